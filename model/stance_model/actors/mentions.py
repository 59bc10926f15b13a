"""Mentions: every stretch of a document that may stand for an actor, with what it does in its sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Doc, Token

from stance_model.actors.actor import Mention
from stance_model.actors.aliases import Aliases, Form
from stance_model.actors.lexicon import words
from stance_model.actors.names import Name, find_names
from stance_model.actors.phrases import Phrase, find_phrases
from stance_model.actors.roles import ACTIVE, Clause, Role, clause_of, role_of
from stance_model.sentences import Document

CandidateSort = Literal[
    "person", "state", "organisation", "armed_group", "media", "people", "office", "group", "bare_government"
]
_MAX_PERSON_WORDS = 3
_PARTICLES = words("al el bin ibn ben de der von van di da la le abu")


@dataclass(frozen=True)
class Office:
    """What a person is called: "the Russian Foreign Ministry spokeswoman".

    `nouns` are lemmas; `of` is the key of the state or body whose office it is ("state:Russia"). Places are
    code points into the document.
    """

    nouns: frozenset[str]
    of: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Candidate:
    """A stretch of text that may stand for an actor.

    Attributes:
        start: Code point into the document's text; `end` is past the last.
        root: The head word.
        entity: The entry of an alias file, where it is in one.
        form: Which of the entry's lists; "official" for "Russian officials".
        offices: A person's descriptions beside the name, or an unnamed person's own.
        definite: Whether it points back ("the rebels", "those officials").
        clause: Where its verb stands; see `clause_of`.
        lemmas: The telling words of a described group, the head last.
        has_tail: Whether words after its head say who it is ("leaders of both parties").
    """

    start: int
    end: int
    text: str
    paragraph: int
    root: Token
    role: Role
    sort: CandidateSort
    entity: str | None = None
    form: Form | Literal["official"] = "name"
    offices: tuple[Office, ...] = ()
    definite: bool = False
    clause: Clause = "main"
    lemmas: tuple[str, ...] = ()
    has_tail: bool = False


def find_candidates(document: Document, aliases: Aliases) -> list[Candidate]:
    """All candidates of a document, in order of place."""
    named = [find_names(paragraph.doc, aliases) for paragraph in document.paragraphs]
    surnames, lone = _surnames(document, named, full=True), _surnames(document, named, full=False)
    found: list[Candidate] = []
    for index, paragraph in enumerate(document.paragraphs):
        names = _spread(paragraph.doc, named[index], surnames, lone)
        phrases = find_phrases(paragraph.doc, names, aliases)
        found += _Maker(document, index, names, phrases).make(aliases.nouns.spokespeople)
    return sorted(found, key=lambda c: (c.start, -c.end))


def _surnames(document: Document, named: list[list[Name]], *, full: bool) -> frozenset[str]:
    """The last words of the persons that the document names in full, or else by one word alone."""
    lasts = (
        paragraph.doc[name.end - 1].text
        for paragraph, names in zip(document.paragraphs, named, strict=True)
        for name in names
        if name.sort == "person" and (name.length > 1) == full
    )
    return frozenset(last for last in lasts if last[:1].isupper())


def _spread(doc: Doc, names: list[Name], surnames: Set[str], lone: Set[str]) -> list[Name]:
    """The names, with every lone surname of a known person read as that person.

    What the recogniser took for a body is a person too where its last word alone speaks: "Vale Harrow left.
    Harrow said".
    """

    def is_person(name: Name) -> bool:
        last = doc[name.end - 1].text
        if name.length == 1:
            return name.sort in {"organisation", "place", "people"} and last in surnames
        short = name.length <= _MAX_PERSON_WORDS and name.entity is None
        return short and name.sort in {"organisation", "place"} and last in lone

    taken = {i for name in names for i in range(name.start, name.end)}
    found = [replace(name, sort="person") if is_person(name) else name for name in names]
    for token in doc:
        if token.i not in taken and token.text in surnames and token.pos_ in {"PROPN", "NOUN"}:
            found.append(Name(start=token.i, end=token.i + 1, sort="person"))
    return sorted(found, key=lambda name: name.start)


class _Maker:
    """Makes the candidates of one paragraph from its names and phrases."""

    def __init__(self, document: Document, index: int, names: list[Name], phrases: list[Phrase]) -> None:
        self._text = document.text
        self._index = index
        self._doc = document.paragraphs[index].doc
        self._offset = document.paragraphs[index].offset
        self._names = names
        self._phrases = [phrase for phrase in phrases if phrase.beside is None]
        self._beside: dict[int, list[Phrase]] = defaultdict(list)
        for phrase in phrases:
            if phrase.beside is not None:
                self._beside[phrase.beside].append(phrase)

    def make(self, spokespeople: Set[str]) -> Iterator[Candidate]:
        """The candidates; `spokespeople` are the nouns of those who speak in another's name."""
        beside = [phrase for found in self._beside.values() for phrase in found]
        voices = _tokens(p for p in (*beside, *self._phrases) if p.nouns & spokespeople)
        owned = _tokens(beside) | voices
        for name in self._names:
            # "Russian" alone is no mention of Russia, unless it says whom a spokeswoman speaks for.
            if name.sort == "place" or (name.form == "adjective" and name.start not in voices):
                continue
            candidate = self._named(name, name.sort)
            yield replace(candidate, role="modifies") if name.start in owned else candidate
        yield from map(self._described, self._phrases)

    def _named(self, name: Name, sort: CandidateSort) -> Candidate:
        root = self._doc[name.start : name.end].root
        beside = self._beside.get(name.start, ())
        if beside and role_of(root) not in ACTIVE:
            # "Director of National Intelligence James Clapper said": the office carries the role.
            role, clause = role_of(self._doc[beside[0].root]), clause_of(self._doc[beside[0].root])
        else:
            role, clause = role_of(root), clause_of(root)
        start, end = self._place(name.start, name.end)
        return Candidate(
            start=start,
            end=end,
            text=self._text[start:end],
            paragraph=self._index,
            root=root,
            role=role,
            sort=sort,
            entity=name.entity,
            form=name.form,
            offices=tuple(self._office(phrase) for phrase in beside),
            clause=clause,
        )

    def _described(self, phrase: Phrase) -> Candidate:
        root = self._doc[phrase.root]
        start, end = self._place(phrase.start, phrase.end)
        return Candidate(
            start=start,
            end=end,
            text=self._text[start:end],
            paragraph=self._index,
            root=root,
            role=role_of(root),
            sort=phrase.sort,
            entity=phrase.entity,
            form="official" if phrase.sort == "state" else "name",
            offices=(self._office(phrase),) if phrase.sort == "office" else (),
            definite=phrase.definite,
            clause=clause_of(root),
            lemmas=_lemmas(self._doc, phrase),
            has_tail=phrase.end > phrase.root + 1,
        )

    def _office(self, phrase: Phrase) -> Office:
        start, end = self._place(phrase.start, phrase.end)
        of = None
        if phrase.of is not None:
            a, b = self._place(phrase.of.start, phrase.of.end)
            of = key_of_name(phrase.of.sort, phrase.of.entity, self._text[a:b])
        return Office(nouns=phrase.nouns, of=of, start=start, end=end)

    def _place(self, start: int, end: int) -> tuple[int, int]:
        """Code points into the document of tokens `start` to `end`."""
        last = self._doc[end - 1]
        return self._offset + self._doc[start].idx, self._offset + last.idx + len(last.text)


def _tokens(phrases: Iterable[Phrase]) -> set[int]:
    return {i for phrase in phrases for i in range(phrase.start, phrase.end)}


def outermost(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """The mentions in order, without those inside another ("Department" in "State Department official")."""
    found: list[Mention] = []
    for mention in sorted(set(mentions), key=lambda m: (m.start, -m.end)):
        if not found or mention.end > found[-1].end:
            found.append(mention)
    return tuple(found)


def name_words(text: str) -> tuple[str, ...]:
    """A name's words in lower case, without particles and marks: ("bashar", "assad")."""
    found = tuple(re.findall(r"[^\W_]+", text.casefold()))
    return tuple(word for word in found if word not in _PARTICLES and word != "s") or found


def key_of_name(sort: str, entity: str | None, text: str) -> str:
    """The key of a state ("state:Russia") or body ("name:NATO"), by its entry or else by its words."""
    if sort == "state":
        return f"state:{entity}"
    return f"name:{entity or ' '.join(name_words(text.removeprefix('the ')))}"


def _lemmas(doc: Doc, phrase: Phrase) -> tuple[str, ...]:
    tokens = doc[phrase.start : phrase.root + 1]
    return tuple(
        dict.fromkeys(t.lemma_.lower() for t in tokens if (t.is_alpha and not t.is_stop) or t.i == phrase.root)
    )
