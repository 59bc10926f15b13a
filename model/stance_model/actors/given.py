"""Given actors: the caller's own, each with its mentions in the text, in the caller's order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stance_model.actors.actor import Actor, Kind, Mention
from stance_model.actors.aliases import Alias, Aliases
from stance_model.actors.finder import KIND_OF_SORT
from stance_model.actors.lexicon import words
from stance_model.actors.linking import link
from stance_model.actors.mentions import Candidate, find_candidates, name_words, outermost
from stance_model.actors.pronouns import find_pronouns
from stance_model.actors.quotes import find_quotes
from stance_model.actors.spokespeople import principals
from stance_model.sentences import Document

_PRONOUNS = words("i we he she it they you the author")
_KEYS = {
    "state": "state",
    "organisation": "name",
    "armed_group": "name",
    "person": "person",
    "media": "media",
}
_MAX_PERSON_WORDS = 4


@dataclass(frozen=True)
class GivenActor:
    """An actor that a caller names; `mentions` are code points into the document's text, half-open."""

    name: str
    mentions: tuple[tuple[int, int], ...] = ()


def resolve_given(document: Document, given: Sequence[GivenActor], aliases: Aliases) -> list[Actor]:
    """The caller's actors, each name once, in the given order; one that the text never names has no mentions.

    The text is searched for the name, and for the words that the finder links to it ("Moscow", "the Kremlin",
    "she"). Actors may share mentions.
    """
    resolver = _Resolver(document, aliases)
    merged: dict[str, list[tuple[int, int]]] = {}
    for actor in given:
        merged.setdefault(" ".join(actor.name.split()), []).extend(actor.mentions)
    found = {name: resolver.find(name, places) for name, places in merged.items()}
    names = {key: name for name, (_, key) in reversed(found.items()) if key is not None}
    return [
        Actor(
            name=name,
            kind=resolver.kind(name, key),
            mentions=mentions,
            speaks_for=resolver.principal(name, key, names),
        )
        for name, (mentions, key) in found.items()
    ]


class _Resolver:
    """One document with its linked candidates, by which names are found."""

    def __init__(self, document: Document, aliases: Aliases) -> None:
        self._document = document
        self._aliases = aliases
        clusters = link(find_candidates(document, aliases), aliases)
        self._clusters = {cluster.key: cluster for cluster in clusters}
        self._pronouns = find_pronouns(document, clusters, find_quotes(document), aliases)
        self._principals = principals(clusters, aliases)
        self._by_root: dict[int, tuple[str, Candidate]] = {}
        self._by_surname: dict[str, str] = {}
        for cluster in clusters:
            for candidate in cluster.candidates:
                self._by_root[self._root_place(candidate)] = (cluster.key, candidate)
                if candidate.sort == "person":
                    self._by_surname.setdefault(name_words(candidate.text)[-1], cluster.key)

    def find(self, name: str, places: Iterable[tuple[int, int]]) -> tuple[tuple[Mention, ...], str | None]:
        """The mentions of a name, and the key of the cluster that it is, if any."""
        length = len(self._document.text)
        told = [(a, b) for a, b in places if 0 <= a < b <= length]
        spans = self._occurrences(name)
        key = self._key(name, spans)
        spans = [span for span in spans if not self._is_part_of_other(span, key)]
        if key is not None:
            spans += [(c.start, c.end) for c in self._clusters[key].candidates if c.role != "place"]
            spans += [(m.start, m.end) for m in self._pronouns.get(key, ())]
        # What the caller marked stays as it is; of what is found, no word counts twice.
        found = outermost(Mention(a, b, self._document.text[a:b]) for a, b in spans)
        kept = {Mention(a, b, self._document.text[a:b]) for a, b in told}
        return tuple(sorted(kept.union(found))), key

    def kind(self, name: str, key: str | None) -> Kind:
        """The kind of the actor, guessed from its words where nothing else tells."""
        alias = self._aliases.lookup(name)
        if alias is not None and alias.form != "people":
            return KIND_OF_SORT[alias.sort]
        if key is not None:
            return KIND_OF_SORT[self._clusters[key].sort]
        words = name.split()
        nouns = self._aliases.nouns
        last = words[-1].casefold() if words else ""
        if last.rstrip("s") in nouns.bare_governments:
            return "government"
        if last in nouns.offices or name.casefold() in _PRONOUNS:
            return "person"
        if last.rstrip("s") in nouns.groups or name.islower():
            return "group"
        return "person" if 1 < len(words) <= _MAX_PERSON_WORDS or not name.isascii() else "organisation"

    def principal(self, name: str, key: str | None, names: dict[str, str]) -> str | None:
        """The given actor that this one speaks for."""
        found = names.get(self._principals.get(key or "", ""))
        return found if found != name else None

    def _occurrences(self, name: str) -> list[tuple[int, int]]:
        """Where the name stands: as it is, else in any capitals, else (no Latin letters) inside a word."""
        text = self._document.text
        for wanted in dict.fromkeys((name, self._without_title(name))):
            if not any(char.isalnum() for char in wanted):
                continue
            pattern = r"\s+".join(re.escape(word) for word in wanted.split())
            attempts = [(rf"(?<!\w){pattern}(?!\w)", 0)]
            if wanted.casefold() not in _PRONOUNS and len(wanted) > 2:
                attempts.append((rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE))
            if not any(char.isascii() and char.isalpha() for char in wanted):
                attempts.append((pattern, re.IGNORECASE))
            for expression, flags in attempts:
                spans = [match.span() for match in re.finditer(expression, text, flags)]
                if spans:
                    return spans
        return []

    def _without_title(self, name: str) -> str:
        words = name.split()
        while len(words) > 1 and words[0].casefold().rstrip(".") in self._aliases.nouns.titles | {"the"}:
            words = words[1:]
        return " ".join(words)

    def _key(self, name: str, spans: Sequence[tuple[int, int]]) -> str | None:
        """The cluster that the name is: by the alias files, the head of the words found, or the surname."""
        alias = self._aliases.lookup(name) or self._aliases.lookup(self._without_title(name))
        if alias is not None:
            key = self._alias_key(alias)
            if key in self._clusters:
                return key
        for start, end in spans:
            root = self._root_of(start, end)
            if root is not None and root in self._by_root:
                return self._by_root[root][0]
        words = name_words(self._without_title(name))
        if not spans and len(words) > 1 and name[:1].isupper():
            return self._surname_key(words)
        return None

    @staticmethod
    def _alias_key(alias: Alias) -> str:
        if alias.form == "people":
            return f"people:{alias.entity}"
        return f"{_KEYS[alias.sort]}:{alias.entity}"

    def _surname_key(self, words: tuple[str, ...]) -> str | None:
        """The person with this surname, unless the text gives another first name."""
        key = self._by_surname.get(words[-1])
        if key is None:
            return None
        firsts = {name_words(c.text)[0] for c in self._clusters[key].candidates if c.sort == "person"} - {words[-1]}
        return key if not firsts or words[0] in firsts else None

    def _is_part_of_other(self, span: tuple[int, int], key: str | None) -> bool:
        """Whether the words found are part of another person's name: "Paul" in "Paul Ryan"."""
        root = self._root_of(*span)
        held = self._by_root.get(root) if root is not None else None
        if held is None or held[1].sort != "person" or held[0] == key:
            return False
        return (held[1].start, held[1].end) != span and held[1].start <= span[0] and span[1] <= held[1].end

    def _root_of(self, start: int, end: int) -> int | None:
        """The place of the head word of a stretch of text."""
        if not self._document.sentences:
            return None
        sentence = self._document.sentences[self._document.sentence_at(start)]
        doc = sentence.span.doc
        a, b = start - sentence.offset, end - sentence.offset
        if a < 0 or b > doc[-1].idx + len(doc[-1]):
            return None
        span = doc.char_span(a, b, alignment_mode="expand")
        return sentence.offset + span.root.idx if span is not None else None

    def _root_place(self, candidate: Candidate) -> int:
        return self._document.paragraphs[candidate.paragraph].offset + candidate.root.idx
