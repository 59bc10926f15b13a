"""Swapping: the same passage with other actors' names, so that no name tells a label.

An actor is swapped where its kind is known and all that it is called are its name, a part of it, or pronouns:
"Vladimir Putin … Putin … he" can become "Nils Amdahl … Amdahl … he", but "Russia … the Kremlin" stays. The
proposition's own people stay, and so do described groups, whose names say what they are.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from stance_model.actors import KINDS
from stance_model.encoding import Place
from stance_training.batches import PRONOUNS
from stance_training.examples import IGNORED, Example, Target

SWAPPED_KINDS = ("person", "government", "organisation", "armed_group")


class NameSwapper:
    """Swaps names for others of the same kind that the training passages hold."""

    def __init__(self, examples: Iterable[Example]) -> None:
        pools: dict[int, set[str]] = {KINDS.index(kind): set() for kind in SWAPPED_KINDS}
        for example in examples:
            for actor in example.actors:
                if actor.kind in pools and actor.names:
                    name = example.text[slice(*actor.names[0])]
                    if name[:1].isupper() and not _is_in_proposition(name, example.proposition):
                        pools[actor.kind].add(name)
        self._pools = {kind: sorted(names) for kind, names in pools.items()}

    def swap(self, example: Example, dice: random.Random) -> Example:
        """The example with every actor that can be swapped under another name; the places move with the text."""
        changes: dict[Place, str] = {}
        for actor in example.actors:
            changes.update(self._changes(example, actor, dice))
        chosen = _without_overlaps(changes, example)
        return _rewrite(example, chosen) if chosen else example

    def _changes(self, example: Example, actor: Target, dice: random.Random) -> dict[Place, str]:
        """New words by place, none where the actor cannot be swapped."""
        pool = self._pools.get(actor.kind, [])
        if not pool or not actor.names:
            return {}
        name = example.text[slice(*actor.names[0])]
        if not name[:1].isupper() or _is_in_proposition(name, example.proposition):
            return {}
        parts = [place for place in actor.others if example.text[slice(*place)].lower() not in PRONOUNS]
        if any(example.text[slice(*place)] not in name.split() for place in parts):
            return {}
        other = dice.choice(pool)
        last = other.split()[-1]
        return dict.fromkeys(actor.names, other) | dict.fromkeys(parts, last)


def _is_in_proposition(name: str, proposition: str) -> bool:
    words = proposition.lower().replace(".", "").split()
    return any(word.lower() in words for word in name.replace("-", " ").split() if len(word) > 2)


def _without_overlaps(changes: dict[Place, str], example: Example) -> list[tuple[Place, str]]:
    """The changes in order, without those that touch another actor's words or each other."""
    kept: list[tuple[Place, str]] = []
    others = [place for actor in example.actors for place in (*actor.names, *actor.others) if place not in changes]
    for place, words in sorted(changes.items()):
        is_free = all(place[1] <= start or place[0] >= end for start, end in others)
        if is_free and (not kept or kept[-1][0][1] <= place[0]):
            kept.append((place, words))
    return kept


def _rewrite(example: Example, changes: Sequence[tuple[Place, str]]) -> Example:
    """The example with new words in the places, and all its places moved."""
    parts: list[str] = []
    edges: list[tuple[int, int, int]] = []  # start and end of what was replaced, and how far all after it moves
    position, shift = 0, 0
    for (start, end), words in changes:
        parts += [example.text[position:start], words]
        shift += len(words) - (end - start)
        edges.append((start, end, shift))
        position = end
    text = "".join([*parts, example.text[position:]])

    def moved(place: Place) -> Place:
        before = [s for _, end, s in edges if end <= place[0]]
        inside = [s for start, _, s in edges if start < place[1]]
        return place[0] + (before[-1] if before else 0), place[1] + (inside[-1] if inside else 0)

    def target(actor: Target) -> Target:
        return replace(
            actor,
            names=tuple(map(moved, actor.names)),
            others=tuple(map(moved, actor.others)),
            evidence=None if actor.evidence is None else moved(actor.evidence),
        )

    return replace(example, text=text, actors=tuple(map(target, example.actors)))


def with_swaps(examples: Sequence[Example], *, share: float, seed: int) -> list[Example]:
    """The examples and, for a share of them, a copy under other names."""
    dice = random.Random(seed)  # noqa: S311 - names for training, no secret
    swapper = NameSwapper(examples)
    chosen = [
        example for example in examples if dice.random() < share and any(a.kind != IGNORED for a in example.actors)
    ]
    swapped = [swapper.swap(example, dice) for example in chosen]
    return [*examples, *(new for new, old in zip(swapped, chosen, strict=True) if new != old)]
