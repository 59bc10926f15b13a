"""Phrases: the noun phrases of a paragraph that describe an actor, or a person beside the name.

"Russian officials" is a state, "the Syrian president" an office, "residents of Homs" a group, and "Russian
Foreign Ministry spokeswoman" before a name says what that person is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Doc, Span, Token

from stance_model.actors.aliases import Aliases
from stance_model.actors.governments import GovernmentReader
from stance_model.actors.lexicon import words
from stance_model.actors.names import Name
from stance_model.actors.roles import PARTITIVES, is_predicate, verb_of

PhraseSort = Literal["office", "group", "state", "bare_government"]
# Their subjects speak, whatever the noun: "a caretaker said".
_SAYING = words("say tell warn argue insist add announce accuse urge vow claim")
_HUMAN_ENDINGS = ("er", "or", "ist", "ian", "man", "woman", "person", "crat")
# Offices that many hold at once: the word before tells them apart ("foreign minister").
_RANKED = words("minister secretary adviser advisor chief")
# Words that open the few after a head that say who is meant: "residents of Homs", "forces loyal to".
_TAIL_PREPOSITIONS = words("of for in from to at with against within")
_TAIL_PARTICIPLES = words("loyal allied opposed close fighting backed trying supported affiliated linked familiar")
_MAX_TAIL_WORDS = 7


@dataclass(frozen=True)
class Phrase:
    """A noun phrase: tokens `start` to `end` (half-open) of its paragraph, without its article.

    Attributes:
        root: The head word's index.
        nouns: The lemmas of the office nouns in it.
        entity: The state, for sort "state".
        of: The name in it of the state or body whose office it is.
        beside: First token of the name of the person that it describes; None where it stands alone.
        definite: Whether it has "the", "this", "that", "these", "those".
    """

    start: int
    end: int
    root: int
    sort: PhraseSort
    nouns: frozenset[str] = frozenset()
    entity: str | None = None
    of: Name | None = None
    beside: int | None = None
    definite: bool = False


def find_phrases(doc: Doc, names: list[Name], aliases: Aliases) -> list[Phrase]:
    """The describing noun phrases of a paragraph, in order."""
    reader = _Reader(doc, names, aliases)
    return sorted((phrase for chunk in _chunks(doc) for phrase in reader.read(chunk)), key=lambda p: p.start)


def _chunks(doc: Doc) -> Iterator[Span]:
    """spaCy's noun chunks, and the possessors inside them ("the spokeswoman's statements")."""
    if doc.has_annotation("DEP"):
        yield from doc.noun_chunks
        for token in doc:
            if token.dep_ == "poss" and token.pos_ == "NOUN":
                yield doc[token.left_edge.i : token.i + 1]


class _Reader:
    """Reads the noun chunks of one paragraph."""

    def __init__(self, doc: Doc, names: list[Name], aliases: Aliases) -> None:
        self._doc = doc
        self._nouns = aliases.nouns
        self._name_at = {i: name for name in names for i in range(name.start, name.end)}
        self._governments = GovernmentReader(doc, self._name_at, aliases)

    def read(self, chunk: Span) -> Iterator[Phrase]:
        """The phrases in a chunk: its own, or what it says of the person that it names."""
        name = self._name_at.get(chunk.root.i)
        if name is not None:
            if name.sort == "person":
                yield from self._title(chunk, name)
            elif name.sort == "place" and chunk.root.lemma_.lower() in self._nouns.groups:
                yield from self._described(chunk)
            return
        yield from self._described(chunk)

    def _title(self, chunk: Span, name: Name) -> Iterator[Phrase]:
        """The office in the words before a person's name."""
        start = chunk.start
        while start < name.start and self._is_article(self._doc[start]):
            start += 1
        nouns = self._office_nouns(start, name.start)
        if nouns:
            of = self._holder(start, name.start)
            yield self._office(start, name.start, name.start - 1, nouns, of, beside=name.start)

    def _described(self, chunk: Span) -> Iterator[Phrase]:
        root, doc = chunk.root, self._doc
        start = chunk.start
        definite = False
        while start < root.i and self._is_article(doc[start]):
            definite = definite or doc[start].lower_ in {"the", "this", "that", "these", "those", "both"}
            start += 1
        end = self._tail(root)
        beside = self._beside(root) or self._named_in_tail(root, end)
        if beside is not None and beside.end == end:
            end = beside.start
        if beside is not None and beside.sort == "person":
            nouns = self._office_nouns(start, root.i + 1)
            if nouns:
                yield self._office(start, end, root.i, nouns, self._holder(start, end), beside=beside.start)
                return
        if is_predicate(root):
            return
        if root.pos_ == "PRON":
            yield from self._those(root)
        elif root.pos_ in {"NOUN", "PROPN", "ADJ"}:
            phrase = self._standing_alone(start, end, root, definite=definite)
            if phrase is not None:
                yield phrase

    def _those(self, root: Token) -> Iterator[Phrase]:
        """ "Those fighting in the north": a pronoun that a clause describes."""
        clause = next((c for c in root.children if c.dep_ in {"acl", "relcl"}), None)
        if clause is not None and root.lower_ in {"those", "many", "others", "some"}:
            end = min(clause.right_edge.i + 1, root.i + _MAX_TAIL_WORDS)
            yield Phrase(start=root.i, end=end, root=root.i, sort="group")

    def _standing_alone(self, start: int, end: int, root: Token, *, definite: bool) -> Phrase | None:
        """What a phrase with no name beside it describes."""
        lemma = root.lemma_.lower()
        plural = root.tag_ in {"NNS", "NNPS"} or lemma in PARTITIVES
        state = self._governments.state_of(start, root)
        past, head = root.i + 1, root.i
        if state is not None:
            return Phrase(start=start, end=past, root=head, sort="state", entity=state, definite=definite)
        if self._governments.is_bare(start, root, definite=definite):
            return Phrase(start=start, end=past, root=head, sort="bare_government", definite=definite)
        says = self._says(root) and lemma not in self._nouns.documents | PARTITIVES
        nouns = frozenset[str]()
        if not plural and lemma in self._nouns.offices:
            nouns = self._office_nouns(start, past)
        elif not plural and says and root.pos_ == "NOUN" and lemma.endswith(_HUMAN_ENDINGS):
            nouns = frozenset((lemma,))
        if nouns:
            return self._office(start, end, head, nouns, self._holder(start, end), definite=definite)
        owned = self._doc[start].tag_ == "PRP$"
        if (self._is_group(lemma, plural=plural) and not owned) or (plural and says):
            return Phrase(start=start, end=end, root=head, sort="group", definite=definite)
        return None

    def _office(
        self,
        start: int,
        end: int,
        root: int,
        nouns: frozenset[str],
        of: Name | None,
        *,
        beside: int | None = None,
        definite: bool = False,
    ) -> Phrase:
        return Phrase(
            start=start,
            end=end,
            root=root,
            sort="office",
            nouns=nouns,
            of=of,
            beside=beside,
            definite=definite or of is not None,
        )

    def _is_article(self, token: Token) -> bool:
        return (
            token.tag_ in {"DT", "PDT"}
            or token.is_punct
            or token.is_space
            or (token.pos_ == "NUM" and "-" in token.text)
        )

    def _is_group(self, lemma: str, *, plural: bool) -> bool:
        if lemma not in self._nouns.groups or lemma in PARTITIVES:
            return False
        return plural or lemma in self._nouns.collectives

    def _beside(self, root: Token) -> Name | None:
        """The person that the phrase stands beside: "Lebanon's president, Michel Suleiman"."""
        word = root
        while word.dep_ == "conj" and word.head.i < word.i:
            word = word.head
        near = [word.head] if word.dep_ == "appos" else [c for c in root.children if c.dep_ == "appos"]
        for token in near:
            name = self._name_at.get(token.i)
            if name is not None and root.i not in range(name.start, name.end):
                return name
        return None

    def _named_in_tail(self, root: Token, end: int) -> Name | None:
        """The person at the end of an office: "Director of National Intelligence James Clapper"."""
        name = self._name_at.get(end - 1)
        is_office = root.lemma_.lower() in self._nouns.offices
        if not is_office or name is None or name.sort != "person" or name.end != end:
            return None
        between = self._doc[root.i + 1 : name.start]
        return name if len(between) > 1 and between[-1].pos_ in {"PROPN", "NOUN"} else None

    def _office_nouns(self, start: int, end: int) -> frozenset[str]:
        found = set()
        for i in range(start, end):
            lemma = self._doc[i].lemma_.lower().rstrip(".")
            lower = self._doc[i].lower_.rstrip(".")
            if self._name_at.get(i) is None or self._name_at[i].sort in {"place", "organisation"}:
                both = f"{self._doc[i - 1].lower_} {lemma}" if i > start else lemma
                known = self._nouns.offices | self._nouns.titles | self._nouns.spokespeople
                found |= {lemma, lower} & known
                if lemma in _RANKED or both in known:
                    found.add(both)
        return frozenset(found)

    def _holder(self, start: int, end: int) -> Name | None:
        """Whose office it is."""
        names = (self._name_at[i] for i in range(start, end) if i in self._name_at)
        return next((n for n in names if n.sort in {"state", "organisation", "armed_group"}), None)

    def _says(self, root: Token) -> bool:
        verb = verb_of(root)
        return root.dep_ in {"nsubj", "conj"} and verb is not None and verb.lemma_.lower() in _SAYING

    def _tail(self, root: Token) -> int:
        """Past the last token of the phrase with the few words that say who: "residents of Homs"."""
        end = root.i + 1
        for child in root.children:
            opens = (child.dep_ == "prep" and child.lower_ in _TAIL_PREPOSITIONS) or (
                child.dep_ in {"amod", "acl"} and child.lower_ in _TAIL_PARTICIPLES
            )
            if child.i == end and opens:
                return self._take(child, end)
        return end

    def _take(self, child: Token, end: int) -> int:
        stop = child.right_edge.i + 1
        if stop - child.i <= _MAX_TAIL_WORDS and child.left_edge.i == child.i:
            while stop > end and (self._doc[stop - 1].is_punct or self._doc[stop - 1].is_space):
                stop -= 1
            return stop
        return end
