"""Propositions: the sentences toward which a stance is judged, as files in `configs/propositions/`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stance_model.errors import ConfigError, InputError
from stance_model.resources import configs_folder
from stance_model.validation import faults

DEFAULT_PROPOSITION = "assad-stays"


class Proposition(BaseModel):
    """A sentence that an actor may want, reject, or say nothing about.

    Attributes:
        id: Lower-case words joined by hyphens.
        text: The whole sentence, with a full stop.
        short: A few words for a table's head.
        language: ISO 639-1 code of `text`.
        aliases: For each person or place in `text`, other names that articles use.
        support: How the wish of one who supports it is worded.
        oppose: How the wish of one who opposes it is worded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    text: str = Field(min_length=3, max_length=500)
    short: str = ""
    language: str = "en"
    aliases: dict[str, tuple[str, ...]] = {}
    support: str = "wants this"
    oppose: str = "wants the opposite"

    @field_validator("text")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("is blank; expected a sentence")
        return text.strip()


def load_propositions(folder: Path) -> dict[str, Proposition]:
    """All propositions of a folder by id.

    Raises:
        ConfigError: A file is not a valid proposition; all faults of all files are listed.
    """
    found: dict[str, Proposition] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            proposition = Proposition.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (ValidationError, yaml.YAMLError) as error:
            problems += [f"{path.name}: {fault}" for fault in faults(error)]
            continue
        if proposition.id != path.stem:
            problems.append(f"{path.name}: id {proposition.id!r}; expected the file's name {path.stem!r}")
        found[proposition.id] = proposition
    if problems:
        raise ConfigError("; ".join(problems), where=str(folder))
    if not found:
        raise ConfigError("holds no *.yaml file; expected propositions", where=str(folder))
    return found


@lru_cache(maxsize=1)
def known_propositions() -> dict[str, Proposition]:
    """The propositions that come with the project, by id."""
    return load_propositions(configs_folder() / "propositions")


def get_proposition(choice: str | Proposition) -> Proposition:
    """The proposition with this id; one given whole is returned as it is.

    Raises:
        InputError: No proposition has this id.
    """
    if isinstance(choice, Proposition):
        return choice
    known = known_propositions()
    if choice not in known:
        raise InputError(f"{choice!r} is not known; expected one of {', '.join(sorted(known))}", where="proposition")
    return known[choice]
