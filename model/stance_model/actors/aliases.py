"""Aliases: what news calls states, organisations, armed groups and people, and the nouns of office.

The folder holds five files of data; `load_aliases` checks them all and reports every fault together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from stance_model.actors.entries import Body, Names, Nouns, Person, State
from stance_model.errors import ConfigError
from stance_model.validation import faults

Sort = Literal["state", "organisation", "armed_group", "person", "media"]
Form = Literal["name", "seat", "adjective", "people", "body"]
FILES = ("states.yaml", "organisations.yaml", "armed_groups.yaml", "people.yaml", "offices.yaml")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Alias:
    """Whom a name means: an entry of one of the files, and which of its lists the name is in."""

    entity: str
    sort: Sort
    form: Form


@dataclass(frozen=True)
class AliasMatch:
    """An alias in a text: code points, half-open."""

    start: int
    end: int
    alias: Alias


@dataclass(frozen=True)
class Aliases:
    """All alias files, and the index by which names are found in a text (`matches`)."""

    states: Mapping[str, State]
    organisations: Mapping[str, Body]
    armed_groups: Mapping[str, Body]
    people: Mapping[str, Person]
    nouns: Nouns
    index: Mapping[tuple[str, ...], Alias]
    longest: int

    def lookup(self, name: str) -> Alias | None:
        """Whom a whole name means, in any capitals; None where it is in no file."""
        found = next((m for m in self.matches(name) if (m.start, m.end) == (0, len(name))), None)
        if found is not None:
            return found.alias
        words = _words(name.removeprefix("the ").removeprefix("The "))
        return self.index.get(words) or self.index.get(_shouted(words))

    def matches(self, text: str) -> list[AliasMatch]:
        """The aliases in a text, in order, longest first where they overlap.

        Capitals count ("us" is no state), but a name of four letters or more may be all in capitals.
        """
        words = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
        found: list[AliasMatch] = []
        i = 0
        while i < len(words):
            reach = self._reach(text, words, i)
            step = 1
            for n in range(reach, 0, -1):
                alias = self._get(tuple(w for w, _, _ in words[i : i + n]))
                if alias is not None:
                    start, end = words[i][1], words[i + n - 1][2]
                    if n > 1 and text[end : end + 1] == "." and text[end - 2 : end - 1] == ".":
                        end += 1  # the last stop of "U.S."
                    found.append(AliasMatch(start=start, end=end, alias=alias))
                    step = n
                    break
            i += step
        return found

    def _reach(self, text: str, words: list[tuple[str, int, int]], i: int) -> int:
        """How many words from `i` on could be one name: with at most three marks or spaces between them."""
        n = 1
        while n < self.longest and i + n < len(words):
            gap = text[words[i + n - 1][2] : words[i + n][1]]
            if len(gap) > 3 or gap.strip(" -–.'’ʼ,") or "\n" in gap:
                break
            n += 1
        return n

    def _get(self, words: tuple[str, ...]) -> Alias | None:
        if words[0] == "The":
            words = ("the", *words[1:])
        alias = self.index.get(words)
        if alias is None and sum(map(len, words)) > 3 and all(w.isupper() or w.isdigit() for w in words):
            alias = self.index.get(_shouted(words))
        return alias


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(name))


def _shouted(words: tuple[str, ...]) -> tuple[str, ...]:
    """The index's key of a name in capitals throughout; marked, for "Us" in capitals is not "US"."""
    return ("^", *(word.upper() for word in words))


def load_aliases(folder: Path) -> Aliases:
    """The aliases of a folder with the five files of `FILES`. The caller keeps them: loading takes a while.

    Raises:
        ConfigError: A file is missing or wrong, a name stands for two entries, or a person's state or body
            is in no file; the message lists every fault, each with its file and entry.
    """
    problems: list[str] = []
    states = _read(folder / "states.yaml", TypeAdapter(dict[str, State]), problems)
    organisations = _read(folder / "organisations.yaml", TypeAdapter(dict[str, Body]), problems)
    armed_groups = _read(folder / "armed_groups.yaml", TypeAdapter(dict[str, Body]), problems)
    people = _read(folder / "people.yaml", TypeAdapter(dict[str, Person]), problems)
    nouns = _read(folder / "offices.yaml", TypeAdapter(Nouns), problems)
    known = (states or {}, organisations or {}, armed_groups or {}, people or {})
    index = _index(_names(*known, nouns.media if nouns else ()), problems)
    if states is not None and organisations is not None and armed_groups is not None:
        problems += _unknown_offices(people or {}, states, {**organisations, **armed_groups})
    if nouns is None or problems:
        raise ConfigError("; ".join(problems), where=str(folder))
    return Aliases(
        states=known[0],
        organisations=known[1],
        armed_groups=known[2],
        people=known[3],
        nouns=nouns,
        index=index,
        longest=max((len(key) for key in index), default=1),
    )


_T = TypeVar("_T")


def _read(path: Path, shape: TypeAdapter[_T], problems: list[str]) -> _T | None:
    """The file's content; None where it is at fault, with the faults added to `problems`."""
    try:
        return shape.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        problems += [f"{path.name}: {fault}" for fault in faults(error)]
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: cannot be read ({error}); expected one of {', '.join(FILES)}")
    return None


def _unknown_offices(
    people: Mapping[str, Person], states: Mapping[str, State], bodies: Mapping[str, Body]
) -> Iterator[str]:
    files = "organisations.yaml or armed_groups.yaml"
    for name, person in people.items():
        if person.state is not None and person.state not in states:
            yield f"people.yaml: {name}.state {person.state!r}; expected an entry of states.yaml"
        if person.body is not None and person.body not in bodies:
            yield f"people.yaml: {name}.body {person.body!r}; expected an entry of {files}"


def _names(
    states: Mapping[str, State],
    organisations: Mapping[str, Body],
    armed_groups: Mapping[str, Body],
    people: Mapping[str, Person],
    media: Names,
) -> Iterator[tuple[str, str, Alias]]:
    """Every name with its file and what it means."""
    for entity, state in states.items():
        forms: dict[Form, Names] = {
            "name": (entity, *state.names),
            "seat": state.seats,
            "adjective": state.adjectives,
            "people": state.people,
            "body": state.bodies,
        }
        for form, names in forms.items():
            yield from (("states.yaml", name, Alias(entity, "state", form)) for name in names)
    for file, sort, entries in (
        ("organisations.yaml", "organisation", organisations),
        ("armed_groups.yaml", "armed_group", armed_groups),
    ):
        for entity, body in entries.items():
            alias = Alias(entity, "organisation" if sort == "organisation" else "armed_group", "name")
            yield from ((file, name, alias) for name in (entity, *body.names))
    for entity, person in people.items():
        yield from (("people.yaml", name, Alias(entity, "person", "name")) for name in (entity, *person.names))
    for name in media:
        yield "offices.yaml", name, Alias(name, "media", "name")


def _index(names: Iterator[tuple[str, str, Alias]], problems: list[str]) -> dict[tuple[str, ...], Alias]:
    index: dict[tuple[str, ...], Alias] = {}
    shouted: dict[tuple[str, ...], Alias] = {}
    for file, name, alias in names:
        words = _words(name)
        words = ("the", *words[1:]) if words[0] == "The" else words
        other = index.setdefault(words, alias)
        if other.entity != alias.entity and other.sort != "media" and alias.sort != "media":
            fault = f"{name!r} is also a name of {other.entity!r}; expected one of them"
            problems.append(f"{file}: {alias.entity}: {fault}")
        shouted.setdefault(_shouted(words), alias)
    return {**shouted, **index}
