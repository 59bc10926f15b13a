"""Labelled passages: the format of training and evaluation data, read and checked."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stance_model.actors import Kind
from stance_model.errors import InputError
from stance_model.labels import NeutralKind, Stance
from stance_model.validation import faults

MAX_FAULTS_SHOWN = 20


class LabelledActor(BaseModel):
    """One actor's row in a passage. `mentions` are other names for it in the text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    actor: str = Field(min_length=1)
    mentions: tuple[str, ...] = ()
    label: Stance
    neutral_kind: NeutralKind | None = None
    evidence: str = ""
    hard: bool = False
    kind: Kind | None = None

    @model_validator(mode="after")
    def _kind_only_for_neutral(self) -> LabelledActor:
        if (self.label == "neutral") != (self.neutral_kind is not None):
            expected = "declared or none" if self.label == "neutral" else "null"
            raise ValueError(f"neutral_kind {self.neutral_kind!r} with label {self.label!r}; expected {expected}")
        return self


class LabelledPassage(BaseModel):
    """A passage with every actor labelled.

    `pair` names those written to differ in a few words or in the proposition alone; `group` keeps what belongs
    together on one side of a split.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    text: str = Field(min_length=1)
    proposition: str
    proposition_text: str | None = None
    date: str | None = None
    origin_id: str | None = None
    pair: str | None = None
    actors: tuple[LabelledActor, ...]

    @property
    def group(self) -> str:
        """The document that the passage was taken from, its pair, or the text, which several propositions may share."""
        return self.origin_id or self.pair or self.text


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Each decoded line of a `.jsonl` or `.jsonl.gz` file with its number.

    Raises:
        InputError: The file is missing, not UTF-8, or a line is not JSON.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        yield number, json.loads(line)
                    except json.JSONDecodeError as error:
                        raise InputError(f"is not JSON: {error}", where=f"{path}:{number}") from error
    except (OSError, EOFError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} of a line is not UTF-8", where=str(path)) from error


def read_passages(path: Path) -> list[LabelledPassage]:
    """The labelled passages of a file.

    Raises:
        InputError: The file cannot be read, holds no passage, or lines are wrong (up to 20 are listed).
    """
    passages: list[LabelledPassage] = []
    problems: list[str] = []
    for number, value in read_lines(path):
        try:
            passages.append(LabelledPassage.model_validate(value))
        except ValidationError as error:
            problems += [f"{path}:{number}: {fault}" for fault in faults(error)]
    if problems:
        more = f" (and {len(problems) - MAX_FAULTS_SHOWN} more)" if len(problems) > MAX_FAULTS_SHOWN else ""
        raise InputError("; ".join(problems[:MAX_FAULTS_SHOWN]) + more)
    if not passages:
        raise InputError("holds no passage; expected labelled passages, one a line", where=str(path))
    return passages
