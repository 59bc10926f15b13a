"""Sources: the files that a config names, read into examples: passages with corrections, labels of ours, and pairs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stance_model.encoding import Place
from stance_model.errors import InputError
from stance_model.labels import STANCE_IDS, NeutralKind, Stance
from stance_model.validation import faults
from stance_training.config import DataSource, LabelData, PairData
from stance_training.examples import IGNORED, Example, Target, find_places, passage_examples
from stance_training.passages import LabelledActor, LabelledPassage, read_lines, read_passages

AUTHOR = "(author)"


class PairRow(BaseModel):
    """A row of the general data: an actor's stance toward an entity or a claim, or a premise and a hypothesis."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    text: str
    actor: str | None = None
    proposition: str
    label: Stance
    ptype: str


def read_source(data: DataSource, folder: Path, *, root: Path, seed: int) -> list[Example]:
    """The examples of one source.

    Args:
        data: The source.
        folder: What its paths are relative to: the repository, or `data_root`.
        root: What the paths of our labels and corrections are relative to: the repository.
        seed: Of what is drawn.

    Raises:
        InputError: A file is missing or a line is wrong.
    """
    if isinstance(data, PairData):
        return _read_pairs(data, folder / data.path, seed=seed)
    if isinstance(data, LabelData):
        joined = _read_labels(root / data.path, folder / data.sentences)
        return list(passage_examples(joined, source=str(data.path))) * data.repeat
    path = folder / data.path
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise InputError("holds no *.jsonl file; expected labelled passages", where=str(path))
    passages = [passage for file in files for passage in read_passages(file)]
    if data.corrections is not None:
        passages = correct(passages, root / data.corrections)
    return list(passage_examples(passages, source=str(data.path))) * data.repeat


class Correction(BaseModel):
    """A label of ours in the place of one that was read wrongly.

    Attributes:
        id: The passage's.
        actor: The row's index in it.
        evidence: `[start, end]` in the passage's text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    actor: int = Field(ge=0)
    label: Stance
    neutral_kind: NeutralKind | None = None
    evidence: Place | None = None


def correct(passages: Iterable[LabelledPassage], path: Path) -> list[LabelledPassage]:
    """The passages with the corrections of a file in their places.

    Raises:
        InputError: A line is wrong, or corrects a row that is not there.
    """
    found = {passage.id: passage for passage in passages}
    for number, value in read_lines(path):
        try:
            correction = Correction.model_validate(value)
            passage = found[correction.id]
            rows = list(passage.actors)
            evidence = "" if correction.evidence is None else passage.text[slice(*correction.evidence)]
            rows[correction.actor] = LabelledActor.model_validate(
                rows[correction.actor].model_dump()
                | {"label": correction.label, "neutral_kind": correction.neutral_kind, "evidence": evidence}
            )
        except ValidationError as error:
            raise InputError("; ".join(faults(error)), where=f"{path}:{number}") from error
        except (KeyError, IndexError) as error:
            raise InputError(
                f"corrects row {value.get('actor')} of {value.get('id')!r}, which is not there",
                where=f"{path}:{number}",
            ) from error
        found[passage.id] = passage.model_copy(update={"actors": tuple(rows)})
    return list(found.values())


class _LabelledPlaces(BaseModel):
    """Labels of ours for one sentence of `data_root`: `[start, end]` instead of words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    class Row(BaseModel):
        model_config = ConfigDict(frozen=True, extra="forbid")

        actor: Place
        mentions: tuple[Place, ...] = ()
        label: Stance
        neutral_kind: str | None = None
        evidence: Place | None = None
        hard: bool = False

    id: str
    actors: tuple[Row, ...]


def _read_labels(path: Path, sentences: Path) -> Iterator[LabelledPassage]:
    texts = {value["id"]: value["text"] for _, value in read_lines(sentences)}
    for number, value in read_lines(path):
        try:
            labels = _LabelledPlaces.model_validate(value)
            text = texts[labels.id]
            yield LabelledPassage.model_validate(
                {
                    "id": labels.id,
                    "text": text,
                    "proposition": "assad-stays",
                    "actors": [
                        {
                            "actor": text[slice(*row.actor)],
                            "mentions": [text[slice(*place)] for place in row.mentions],
                            "label": row.label,
                            "neutral_kind": row.neutral_kind,
                            "evidence": "" if row.evidence is None else text[slice(*row.evidence)],
                            "hard": row.hard,
                        }
                        for row in labels.actors
                    ],
                }
            )
        except ValidationError as error:
            raise InputError("; ".join(faults(error)), where=f"{path}:{number}") from error
        except KeyError as error:
            raise InputError(f"id {error} is not in {sentences}", where=f"{path}:{number}") from error


def _read_pairs(data: PairData, path: Path, *, seed: int) -> list[Example]:
    dice = random.Random(seed)  # noqa: S311 - a sample, no secret
    rows: list[Example] = []
    for number, value in read_lines(path):
        try:
            row = PairRow.model_validate(value)
        except ValidationError as error:
            raise InputError("; ".join(faults(error)), where=f"{path}:{number}") from error
        is_dropped = row.label == "neutral" and dice.random() >= data.neutral_share
        is_named = row.actor in {None, "", AUTHOR} or bool(find_places(row.text, [row.actor or ""]))
        if len(row.text) <= data.max_chars and is_named and not is_dropped:
            rows.append(_pair_example(row, source=str(data.path)))
    dice.shuffle(rows)
    return rows[: data.max_rows]


def _pair_example(row: PairRow, *, source: str) -> Example:
    """The writer of a text, and an inference pair without an actor, have no places in it."""
    actor = "" if row.actor in {None, AUTHOR} else row.actor
    proposition = row.proposition if row.ptype == "claim" or not row.actor else f"{row.proposition} deserves support."
    target = Target(
        names=find_places(row.text, [actor]) if actor else (),
        others=(),
        label=STANCE_IDS[row.label],
        declared=IGNORED,
        evidence=None,
        has_evidence=False,
        kind=IGNORED,
    )
    return Example(
        text=row.text,
        proposition=proposition,
        actors=(target,),
        has_all_actors=False,
        group=f"{source}:{row.text}",
        source=source,
    )
