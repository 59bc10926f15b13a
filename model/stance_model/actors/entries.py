"""Entries: what one entry of an alias file holds; the heads of those files say what it means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Gender = Literal["f", "m"]
Name = Annotated[str, Field(min_length=2, pattern=r"\w")]
Names = tuple[Name, ...]
Lemmas = frozenset[Annotated[str, Field(min_length=2, pattern=r"^[^A-Z]+$")]]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(_Entry):
    """What a state is called; see the head of `states.yaml` for what each list means."""

    names: Names = ()
    seats: Names = ()
    adjectives: Names = ()
    people: Names = ()
    bodies: Names = ()


class Body(_Entry):
    """Other names of an organisation or an armed group."""

    names: Names = ()


class Person(_Entry):
    """Other names of a person, and the office by which news may call them."""

    names: Names = ()
    state: str | None = None
    body: str | None = None
    offices: tuple[str, ...] = ()
    gender: Gender | None = None
    contested: bool = False


class Nouns(_Entry):
    """The nouns of `offices.yaml`: lemmas in lower case, except for names (media, given names)."""

    spokespeople: Lemmas
    female_nouns: Lemmas
    male_nouns: Lemmas
    offices: Lemmas
    groups: Lemmas
    collectives: Lemmas
    standing_groups: Lemmas
    government_nouns: Lemmas
    bare_governments: Lemmas
    bare_government_forces: Lemmas
    titles: Lemmas
    documents: Lemmas
    victims: Lemmas
    media: Names
    female_names: frozenset[str]
    male_names: frozenset[str]
