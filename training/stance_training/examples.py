"""Examples: labelled passages as the collator can encode them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stance_model.actors import KINDS
from stance_model.encoding import Place
from stance_model.errors import InputError
from stance_model.labels import STANCE_IDS
from stance_model.proposition import known_propositions
from stance_training.passages import LabelledActor, LabelledPassage

IGNORED = -100


@dataclass(frozen=True)
class Target:
    """One actor of an example.

    Attributes:
        names: Places of the actor's name in the text; none for the writer of the text.
        others: Places of its other mentions.
        label: Index in the labels' order.
        declared: 1 declared, 0 none, `IGNORED` where the label is no neutral or the kind is not known.
        evidence: Place of the words that show the stance; None where there are none.
        has_evidence: Whether `evidence` is known, so that None teaches too.
        kind: Index in `KINDS`; `IGNORED` where it is not known.
        teacher: A teacher's three stance logits and its declared logit, where one was asked.
    """

    names: tuple[Place, ...]
    others: tuple[Place, ...]
    label: int
    declared: int
    evidence: Place | None
    has_evidence: bool
    kind: int
    teacher: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Example:
    """A text, a proposition, and the actors whose stance is known.

    Attributes:
        text: The passage.
        proposition: What the stances are about.
        actors: In the passage's order.
        has_all_actors: Whether every actor of the text is among them, with its kind.
        group: The document; a split never divides it.
        source: The file that it came from.
    """

    text: str
    proposition: str
    actors: tuple[Target, ...]
    has_all_actors: bool
    group: str
    source: str


def find_places(text: str, names: Iterable[str]) -> tuple[Place, ...]:
    """Where names stand in a text as whole words; of overlapping ones the longest."""
    places: list[Place] = []
    for name in sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name)):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            start, end = match.span()
            if all(end <= s or start >= e for s, e in places):
                places.append((start, end))
    return tuple(sorted(places))


def passage_examples(passages: Iterable[LabelledPassage], *, source: str) -> Iterator[Example]:
    """An example a passage; passages without a labelled actor are passed over.

    Raises:
        InputError: A passage's proposition is neither known nor carried in its `proposition_text`.
    """
    known = known_propositions()
    for passage in passages:
        text = passage.proposition_text or (known[passage.proposition].text if passage.proposition in known else None)
        if text is None:
            allowed = ", ".join(sorted(known))
            raise InputError(
                f"proposition {passage.proposition!r}; expected {allowed}, or a proposition_text",
                where=f"{source}: {passage.id}",
            )
        if passage.actors:
            yield Example(
                text=passage.text,
                proposition=text,
                actors=tuple(_target(passage.text, actor) for actor in passage.actors),
                has_all_actors=all(actor.kind is not None for actor in passage.actors),
                group=f"{source}:{passage.group}",
                source=source,
            )


def _target(text: str, actor: LabelledActor) -> Target:
    names = find_places(text, [actor.actor])
    others = find_places(text, actor.mentions)
    start = text.find(actor.evidence) if actor.evidence else -1
    shows_none = actor.label == "neutral" and actor.neutral_kind == "none"
    return Target(
        names=names,
        others=tuple((s, e) for s, e in others if all(e <= a or s >= b for a, b in names)),
        label=STANCE_IDS[actor.label],
        declared=IGNORED if actor.label != "neutral" else int(actor.neutral_kind == "declared"),
        evidence=(start, start + len(actor.evidence)) if start >= 0 else None,
        has_evidence=start >= 0 or shows_none,
        kind=IGNORED if actor.kind is None else KINDS.index(actor.kind),
    )
