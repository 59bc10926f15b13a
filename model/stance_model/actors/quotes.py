"""Quotations: what stands between quotation marks, and who says it.

News names a speaker once and lets the words run on: `"…," she said. "…"`, over sentences and paragraphs. A
quotation without a speaker of its own is given the one before it, as far as nothing else comes between.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Token

from stance_model.actors.roles import QUOTATION_VERBS
from stance_model.sentences import Document

_DOUBLE = re.compile("[“”„\"«»]|''|``")
_OPENING, _CLOSING = frozenset("“„«") | {"``"}, frozenset("”»") | {"''"}
_SINGLE = re.compile(r"(?<!\w)‘(?=\w)|(?<=[.,?!…])’(?!\w)")
# A few words between marks are a term, not speech, unless a speaker stands beside them.
_MIN_SPEECH_WORDS = 3
# How far from the closing mark the speaker may stand: `"…," the 54-year-old head of the … said`.
_REACH_TOKENS = 24


@dataclass(frozen=True)
class Quote:
    """A quotation: code points `start` to `end`, marks included, and those of its speaker's head word.

    `speaker_start` is None where the text does not say who speaks.
    """

    start: int
    end: int
    paragraph: int
    speaker_start: int | None = None
    speaker_end: int | None = None


@dataclass(frozen=True)
class Quotes:
    """The quotations of a document, in order and apart from each other."""

    all: tuple[Quote, ...]
    starts: tuple[int, ...]

    def at(self, position: int) -> Quote | None:
        """The quotation that holds the code point at `position`."""
        i = bisect_right(self.starts, position) - 1
        return self.all[i] if i >= 0 and position < self.all[i].end else None

    def between(self, start: int, end: int) -> tuple[Quote, ...]:
        """The quotations that overlap `start` to `end`."""
        i = max(0, bisect_right(self.starts, start) - 1)
        found = []
        for quote in self.all[i:]:
            if quote.start >= end:
                break
            if quote.end > start:
                found.append(quote)
        return tuple(found)


def find_quotes(document: Document) -> Quotes:
    """The quotations of a document with their speakers, as far as the text names them."""
    spans = list(_spans(document))
    bare = [quote for quote, _ in spans]
    continues = [goes_on for _, goes_on in spans]
    finder = _SpeakerFinder(document, Quotes(all=tuple(bare), starts=tuple(q.start for q in bare)))
    found: list[Quote] = []
    for i, span in enumerate(bare):
        quote = span
        speaker = finder.beside(quote)
        if speaker is None and found and (continues[i] or finder.runs_on(found[-1], quote)):
            found.append(replace(quote, speaker_start=found[-1].speaker_start, speaker_end=found[-1].speaker_end))
            continue
        speaker = speaker or finder.introduced(quote)
        if speaker is not None:
            place, token = speaker
            quote = replace(quote, speaker_start=place, speaker_end=place + len(token.text))
        found.append(quote)
    _name_backwards(found, continues)
    return Quotes(all=tuple(found), starts=tuple(q.start for q in found))


def _name_backwards(found: list[Quote], continues: list[bool]) -> None:
    """A quotation over paragraphs whose speaker is named only after a later one."""
    for i in range(len(found) - 2, -1, -1):
        if continues[i + 1] and found[i].speaker_start is None:
            later = found[i + 1]
            found[i] = replace(found[i], speaker_start=later.speaker_start, speaker_end=later.speaker_end)


def _spans(document: Document) -> Iterator[tuple[Quote, bool]]:
    """Quotations without speakers; the flag: it goes on from the paragraph before, left open there."""
    marks = _DOUBLE if _DOUBLE.search(document.text) else _SINGLE
    left_open = False
    for index, paragraph in enumerate(document.paragraphs):
        text = paragraph.doc.text
        start: int | None = None
        goes_on = False
        for match in marks.finditer(text):
            mark = match.group()
            opens = mark in _OPENING or mark == "‘" or (mark == '"' and start is None)
            if opens and start is None:
                start = match.start()
                goes_on = left_open and not text[:start].strip()
                left_open = False
            elif start is not None and (mark in _CLOSING or mark in {'"', "’"}):
                yield Quote(paragraph.offset + start, paragraph.offset + match.end(), index), goes_on
                start = None
        left_open = start is not None and len(text) - start > 1
        if left_open and start is not None:
            yield Quote(paragraph.offset + start, paragraph.offset + len(text), index), goes_on


class _SpeakerFinder:
    """Finds the word that names the speaker of each quotation of a document."""

    def __init__(self, document: Document, quotes: Quotes) -> None:
        self._document = document
        self._quotes = quotes
        self._outside: list[list[Token]] = []
        self._places: list[list[int]] = []
        for paragraph in document.paragraphs:
            outside = [t for t in paragraph.doc if not t.is_space and quotes.at(paragraph.offset + t.idx) is None]
            self._outside.append(outside)
            self._places.append([paragraph.offset + t.idx for t in outside])

    def beside(self, quote: Quote) -> tuple[int, Token] | None:
        """The speaker named in the quotation's own sentence: after it, or else before it."""
        return self._after(quote) or self._before(quote)

    def runs_on(self, last: Quote, quote: Quote) -> bool:
        """Whether `quote` goes on with the words of `last`: only an attribution, or nothing, lies between."""
        if quote.paragraph == last.paragraph:
            between = self._document.text[last.end : quote.start].strip()
            if last.speaker_start is not None and last.end <= last.speaker_start < quote.start:
                return len(re.findall(r"[.?!](?=\s|$)", between)) <= 1 and len(between.split()) <= _REACH_TOKENS
            return len(between.split()) <= 2
        starts_paragraph = not self._text(quote.paragraph, None, quote.start).strip()
        near = quote.paragraph == last.paragraph + 1
        after = self._text(last.paragraph, last.end, None)
        return starts_paragraph and near and len(re.findall(r"[.?!](?=\s|$)", after.strip())) <= 1

    def introduced(self, quote: Quote) -> tuple[int, Token] | None:
        """The subject of the sentence before a quotation that is a sentence of its own."""
        text = self._document.text[quote.start : quote.end]
        if len(text.split()) < 2 * _MIN_SPEECH_WORDS:
            return None
        index = self._document.sentence_at(quote.start)
        sentence = self._document.sentences[index]
        if sentence.start < quote.start - 1:
            return None
        if index == 0 or self._document.sentences[index - 1].paragraph < sentence.paragraph - 1:
            return None
        before = self._document.sentences[index - 1]
        if before.paragraph != sentence.paragraph and not self._document.text[before.start : before.end].endswith(":"):
            return None
        root = before.span.root
        for child in root.children:
            place = before.offset + child.idx
            if child.dep_ == "nsubj" and self._quotes.at(place) is None and child.pos_ in {"PROPN", "PRON", "NOUN"}:
                return place, child
        return None

    def _text(self, paragraph: int, start: int | None, end: int | None) -> str:
        held = self._document.paragraphs[paragraph]
        a = held.offset if start is None else start
        b = held.offset + len(held.doc.text) if end is None else end
        return self._document.text[a:b]

    def _after(self, quote: Quote) -> tuple[int, Token] | None:
        words, places = self._outside[quote.paragraph], self._places[quote.paragraph]
        inside = self._document.text[quote.start : quote.end].rstrip("”\"»'’")
        first = bisect_left(places, quote.end)
        if first >= len(words):
            return None
        if not inside.endswith((",", "?", "!", "…", "-", "—")) and words[first].text not in {
            ",",
            "—",
            "–",
            "-",
        }:
            return None
        stop = self._next_start(quote)
        for position in range(first, min(len(words), first + _REACH_TOKENS)):
            token, place = words[position], places[position]
            if place >= stop or (token.text in {".", ";"} and position > first):
                break
            if token.lemma_.lower() in QUOTATION_VERBS and token.pos_ in {"VERB", "AUX"}:
                subject = self._subject(token, quote)
                return subject or self._neighbour(words, places, position, first)
        return None

    def _next_start(self, quote: Quote) -> int:
        i = bisect_right(self._quotes.starts, quote.start)
        return self._quotes.starts[i] if i < len(self._quotes.starts) else len(self._document.text)

    def _before(self, quote: Quote) -> tuple[int, Token] | None:
        words, places = self._outside[quote.paragraph], self._places[quote.paragraph]
        sentence = self._document.sentences[self._document.sentence_at(quote.start)]
        last = bisect_left(places, quote.start) - 1
        for position in range(last, max(-1, last - _REACH_TOKENS), -1):
            token, place = words[position], places[position]
            if place < sentence.start and words[last].text != ":":
                break
            if token.text in {".", "?", "!", ";"}:
                break
            if token.lower_ == "according":
                source = next((g for c in token.children for g in c.children if g.dep_ == "pobj"), None)
                return (self._place(quote, source), source) if source is not None else None
            if token.lemma_.lower() in QUOTATION_VERBS and token.pos_ in {"VERB", "AUX"}:
                subject = self._subject(token, quote)
                if subject is not None:
                    return subject
        return None

    def _place(self, quote: Quote, token: Token) -> int:
        return self._document.paragraphs[quote.paragraph].offset + token.idx

    def _subject(self, verb: Token, quote: Quote) -> tuple[int, Token] | None:
        """The subject of a verb, or of the verb on which it hangs ("she said, adding")."""
        for _ in range(4):
            for child in verb.children:
                place = self._place(quote, child)
                if (
                    child.dep_ in {"nsubj", "nsubjpass"}
                    and self._quotes.at(place) is None
                    and child.tag_ not in {"WDT"}
                ):
                    if child.tag_ == "WP" and verb.dep_ == "relcl":
                        return self._place(quote, verb.head), verb.head
                    return place, child
            if verb.dep_ == "relcl":
                return self._place(quote, verb.head), verb.head
            if verb.dep_ not in {"conj", "advcl", "xcomp"}:
                break
            verb = verb.head
        return None

    def _neighbour(self, words: list[Token], places: list[int], position: int, first: int) -> tuple[int, Token] | None:
        """The name or pronoun beside the verb, where the parse finds no subject."""
        for step in (
            *range(position + 1, min(position + 6, len(words))),
            *range(position - 1, first - 1, -1),
        ):
            if words[step].pos_ in {"PROPN", "PRON"} or (words[step].pos_ == "NOUN" and step < position):
                head = words[step]
                while head.dep_ == "compound" and head.head.i > head.i:
                    head = head.head
                return places[step] - words[step].idx + head.idx, head
        return None
