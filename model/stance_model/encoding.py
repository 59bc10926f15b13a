"""Encoding: the windows of a text that carry an actor, as pairs of texts for the classifier.

A pair is the window with the actor's mentions marked, and the proposition put for that actor:

    "… → Moscow ← said that it would not ask …"    "Russia wants this: Bashar al-Assad remains president of Syria."

A text that fits the encoder is one window. A longer one is cut between sentences: the sentences that carry the
actor, each with the one before it (where a speaker is often named), joined where they touch, filled up to
`window_tokens`. A sentence over the limit is cut between words into several windows. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transformers import PreTrainedTokenizerBase

from stance_model.actors import Actor, Mention
from stance_model.checkpoint import EncodingSettings
from stance_model.sentences import Document
from stance_model.statements import Statement

# Room for the special tokens, and for words that the tokenizer splits differently beside a mark.
SPARE_TOKENS = 12
MIN_WINDOW_TOKENS = 24
TOKENS_PER_MENTION = 2


@dataclass(frozen=True)
class Window:
    """A stretch of a document's text and one actor's mentions in it. Places are code points into the document."""

    start: int
    end: int
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class EncodedWindow:
    """The classifier's pair for a window; `places[i]` is the document's place of character i, -1 for a mark."""

    premise: str
    hypothesis: str
    places: tuple[int, ...]


def put_for(actor: str, proposition: str, settings: EncodingSettings) -> str:
    """The proposition put for an actor: the second text of a pair."""
    return settings.hypothesis.format(actor=actor, proposition=proposition)


def mark(
    text: str, mentions: Sequence[Mention], settings: EncodingSettings, *, offset: int = 0
) -> tuple[str, list[int]]:
    """The text with marks around the mentions, and each character's place (-1 for a mark and its space).

    Args:
        text: A window's text, which starts at `offset` in the document.
        mentions: In the document's places. Of overlapping ones the longest, then the first, is marked.
        settings: Says what the marks are. A mark that stands in the text itself is replaced by a hyphen.
        offset: The place of `text[0]` in the document.
    """
    chosen: list[tuple[int, int]] = []
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start)):
        start, end = mention.start - offset, mention.end - offset
        if 0 <= start < end <= len(text) and all(end <= s or start >= e for s, e in chosen):
            chosen.append((start, end))
    opens, closes = {s for s, _ in chosen}, {e for _, e in chosen}
    parts: list[str] = []
    places: list[int] = []
    for index in range(len(text) + 1):
        if index in closes:
            parts.append(f" {settings.close_mark}")
            places += [-1, -1]
        if index in opens:
            parts.append(f"{settings.open_mark} ")
            places += [-1, -1]
        if index < len(text):
            is_mark = text[index] in (settings.open_mark, settings.close_mark)
            parts.append("-" if is_mark else text[index])
            places.append(offset + index)
    return "".join(parts), places


def encode_window(
    document: Document, window: Window, actor: str, proposition: str, settings: EncodingSettings
) -> EncodedWindow:
    """The pair of texts for one window."""
    text = document.text[window.start : window.end]
    premise, places = mark(text, window.mentions, settings, offset=window.start)
    return EncodedWindow(premise=premise, hypothesis=put_for(actor, proposition, settings), places=tuple(places))


class Windower:
    """Cuts one document into the windows of its actors; the document's tokens are counted once."""

    def __init__(self, document: Document, tokenizer: PreTrainedTokenizerBase, settings: EncodingSettings) -> None:
        self._document = document
        self._tokenizer = tokenizer
        self._settings = settings
        self._lengths = [self._count(document.text[s.start : s.end]) for s in document.sentences]

    def _count(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def windows(
        self, actor: Actor, statements: Sequence[Statement], voices: Sequence[Mention], hypothesis: str
    ) -> list[Window]:
        """The actor's windows, in order; [] for an actor that no sentence carries.

        Args:
            actor: Whose windows.
            statements: The sentences that carry it.
            voices: Mentions of those who speak for it; they are marked like its own.
            hypothesis: The pair's second text, whose tokens count against the limit.
        """
        sentences = self._document.sentences
        carrying = sorted({statement.sentence for statement in statements})
        if not carrying:
            return []
        mentions = sorted({*actor.mentions, *voices})
        limit = self._settings.max_length_tokens - self._count(hypothesis) - SPARE_TOKENS
        limit = max(MIN_WINDOW_TOKENS, limit)
        if sum(self._lengths) + TOKENS_PER_MENTION * len(mentions) <= limit:
            return [self._window(sentences[0].start, sentences[-1].end, mentions)]
        aim = min(limit, self._settings.window_tokens)
        wanted = sorted({i for c in carrying for i in (c - 1, c) if i >= 0})
        found: list[Window] = []
        run: list[int] = []
        for index in wanted:
            if self._lengths[index] > aim:
                found += self._flush(run, carrying, mentions)
                run = []
                if index in carrying:
                    found += self._split_sentence(index, aim, mentions)
                continue
            joins = run and index == run[-1] + 1
            marks = TOKENS_PER_MENTION * self._n_mentions(mentions, [*run, index])
            if run and (not joins or sum(self._lengths[i] for i in [*run, index]) + marks > aim):
                found += self._flush(run, carrying, mentions)
                # The window after a cut begins with the last sentence of the one before it, where both fit.
                last = run[-1]
                fits = joins and self._lengths[last] + self._lengths[index] + marks <= aim
                run = [last] if fits else []
            run.append(index)
        found += self._flush(run, carrying, mentions)
        return found

    def _n_mentions(self, mentions: Sequence[Mention], run: Sequence[int]) -> int:
        start, end = self._document.sentences[run[0]].start, self._document.sentences[run[-1]].end
        return sum(start <= m.start < end for m in mentions)

    def _flush(self, run: Sequence[int], carrying: Sequence[int], mentions: Sequence[Mention]) -> list[Window]:
        if not set(run) & set(carrying):
            return []
        sentences = self._document.sentences
        return [self._window(sentences[run[0]].start, sentences[run[-1]].end, mentions)]

    def _split_sentence(self, index: int, aim: int, mentions: Sequence[Mention]) -> list[Window]:
        """A sentence over the limit, cut between words (within one, where a word alone is over it)."""
        sentence = self._document.sentences[index]
        text = self._document.text[sentence.start : sentence.end]
        encoded = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        offsets = encoded["offset_mapping"]
        step = max(1, aim - TOKENS_PER_MENTION * 4)
        cuts = [0]
        while cuts[-1] < len(offsets):
            nxt = min(len(offsets), cuts[-1] + step)
            while nxt < len(offsets) and nxt > cuts[-1] + step // 2 and offsets[nxt][0] == offsets[nxt - 1][1]:
                nxt -= 1
            cuts.append(nxt)
        places = [offsets[c][0] for c in cuts[:-1]] + [len(text)]
        return [self._window(sentence.start + a, sentence.start + b, mentions) for a, b in pairwise(places)]

    def _window(self, start: int, end: int, mentions: Sequence[Mention]) -> Window:
        inside = tuple(m for m in mentions if start <= m.start and m.end <= end)
        return Window(start=start, end=end, mentions=inside)
