"""Statements: which sentences carry an actor, and how: its words, its acts, or others' words about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Span, Token

from stance_model.actors.actor import Actor, Mention
from stance_model.actors.lexicon import words
from stance_model.actors.quotes import Quote, Quotes, find_quotes
from stance_model.actors.roles import clause_of, role_of
from stance_model.sentences import Document

StatementRole = Literal["words", "act", "about"]
_STRENGTH: dict[StatementRole, int] = {"about": 0, "act": 1, "words": 2}
# What someone owns when they speak: "her remark", "Ankara's denial"; the rest of what is owned is an act.
_SAID = words(
    """statement remark comment word speech demand call insistence threat warning pledge promise offer
    request appeal response argument claim objection condemnation criticism denial rejection refusal
    account proposal"""
)

# How far behind its head word a speaker's name may stand: "the head of the union, Ana Silva, said".
_MAX_PHRASE_TOKENS = 12


@dataclass(frozen=True)
class Statement:
    """A sentence, by its index, that carries an actor.

    `role`: "words" it says them, directly or as reported; "act" it acts; "about" others speak of it.
    """

    sentence: int
    role: StatementRole


def find_statements(document: Document, actors: Sequence[Actor]) -> list[tuple[Statement, ...]]:
    """The statements of each actor, in the order of the sentences; of two roles in one the stronger.

    A quotation counts for its speaker in every sentence and paragraph that it covers, and what a spokesperson
    says counts also for the actor spoken for.
    """
    finder = _StatementFinder(document, actors)
    roles = [finder.own(index) for index in range(len(actors))]
    quoted = finder.quoted()
    for index, sentences in quoted.items():
        for sentence in sentences:
            roles[index][sentence] = "words"
    by_name = {actor.name: index for index, actor in reversed(list(enumerate(actors)))}
    spoken = [[s for s, role in held.items() if role == "words"] for held in roles]
    for index, actor in enumerate(actors):
        principal = by_name.get(actor.speaks_for) if actor.speaks_for is not None else None
        if principal is not None:
            roles[principal].update((sentence, "words") for sentence in spoken[index])
    return [tuple(Statement(sentence=s, role=held[s]) for s in sorted(held)) for held in roles]


class _StatementFinder:
    def __init__(self, document: Document, actors: Sequence[Actor]) -> None:
        self._document = document
        self._actors = actors
        self._quotes: Quotes = find_quotes(document)
        self._token_at = dict(document.tokens()) if self._quotes.all else {}
        self._at: dict[int, set[int]] = defaultdict(set)
        for index, actor in enumerate(actors):
            for mention in actor.mentions:
                for place in self._token_places(mention):
                    self._at[place].add(index)

    def own(self, index: int) -> dict[int, StatementRole]:
        """Roles by sentence, from what the actor's mentions do there."""
        held: dict[int, StatementRole] = {}
        for mention in self._actors[index].mentions:
            sentence = self._document.sentence_at(mention.start)
            role = self._role(mention)
            if sentence not in held or _STRENGTH[role] > _STRENGTH[held[sentence]]:
                held[sentence] = role
        return held

    def quoted(self) -> dict[int, set[int]]:
        """By actor, the sentences that its quotations cover, and those that name it as their speaker."""
        found: dict[int, set[int]] = defaultdict(set)
        for quote in self._quotes.all:
            if quote.speaker_start is None:
                continue
            first, last = self._document.sentence_at(quote.start), self._document.sentence_at(quote.end - 1)
            for index in self._speakers(quote):
                found[index].update(range(first, last + 1))
                found[index].add(self._document.sentence_at(quote.speaker_start))
        return found

    def _speakers(self, quote: Quote) -> set[int]:
        """The actors whose mention is the speaker's word, or stands in its phrase ("the head of X, Y")."""
        place = quote.speaker_start or 0
        if self._at.get(place):
            return self._at[place]
        token = self._token_at.get(place)
        if token is None:
            return set()
        following = (token.nbor(i) for i in range(1, min(_MAX_PHRASE_TOKENS, len(token.doc) - token.i)))
        inside = (word for word in following if word.dep_ in {"appos", "pobj", "compound"} and token in word.ancestors)
        near = (self._at.get(place - token.idx + word.idx) for word in inside)
        return next((actors for actors in near if actors), set())

    def _role(self, mention: Mention) -> StatementRole:
        span = self._span(mention)
        if span is None:
            return "about"
        root: Token = span.root
        role = role_of(root)
        quote = self._quotes.at(mention.start)
        if role not in {"speaks", "acts", "owns"}:
            return "about"
        if quote is not None:
            own = quote.speaker_start is not None and bool(self._at.get(mention.start, set()) & self._speakers(quote))
            return "words" if own else "about"
        if role == "speaks" or (role == "owns" and root.head.lemma_.lower() in _SAID):
            return "words"
        return "about" if clause_of(root) == "reported" else "act"

    def _span(self, mention: Mention) -> Span | None:
        if not self._document.sentences:
            return None
        sentence = self._document.sentences[self._document.sentence_at(mention.start)]
        doc = sentence.span.doc
        start, end = mention.start - sentence.offset, mention.end - sentence.offset
        if start < 0 or start >= end or end > doc[-1].idx + len(doc[-1]):
            return None
        return doc.char_span(start, end, alignment_mode="expand")

    def _token_places(self, mention: Mention) -> list[int]:
        span = self._span(mention)
        if span is None:
            return []
        offset = self._document.sentences[self._document.sentence_at(mention.start)].offset
        return [offset + token.idx for token in span]
