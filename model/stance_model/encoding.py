"""Encoding: the windows of a text, and the tokens that the classifier reads.

The classifier reads a window once, beside the proposition, and judges every actor in it:

    "… Moscow said that it would not ask …"    "Bashar al-Assad remains president of Syria."

A text that fits the encoder is one window. A longer one is cut between sentences into windows of about
`window_tokens`; each begins with the last sentence of the one before it, where a speaker is often named. A sentence
over the limit is cut between words. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerBase

from stance_model.checkpoint import EncodingSettings
from stance_model.sentences import Document

# Room for the special tokens, and for words that the tokenizer splits differently at a window's edge.
SPARE_TOKENS = 12
MIN_WINDOW_TOKENS = 24

Place = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A stretch of a document, in code points, half-open."""

    start: int
    end: int


@dataclass(frozen=True)
class TextPair:
    """What the encoder reads: the text of a window, and the proposition."""

    text: str
    proposition: str


@dataclass(frozen=True)
class Tokens:
    """A batch of b pairs of at most l tokens.

    Attributes:
        inputs: `input_ids`, `attention_mask` and, where the encoder has them, `token_type_ids`, each (b, l).
        in_text: (b, l), whether a token belongs to the window's text.
        starts: (b, l), a token's first code point in the window's text.
        ends: (b, l), the one after its last.
    """

    inputs: dict[str, npt.NDArray[np.int64]]
    in_text: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def within(self, row: int, places: Sequence[Place]) -> npt.NDArray[np.bool_]:
        """Which tokens (l,) of a row stand in one of the places."""
        inside = np.zeros(self.in_text.shape[1], dtype=bool)
        for start, end in places:
            inside |= (self.starts[row] < end) & (self.ends[row] > start)
        return np.asarray(inside & self.in_text[row])

    def mentions(self, actors: Sequence[Sequence[Sequence[Place]]]) -> npt.NDArray[np.float32]:
        """Which tokens stand for which actor, (b, a, l), for the places of each actor in each pair's text.

        A mentioned actor's row sums to 1 over the tokens of its mentions; the row of one who is not is 0.
        """
        matrix = np.zeros((len(actors), max(map(len, actors)), self.in_text.shape[1]), dtype=np.float32)
        for row, placed in enumerate(actors):
            for column, places in enumerate(placed):
                matrix[row, column] = mean_over(self.within(row, places))
        return matrix


def mean_over(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Weights of a mean over the chosen tokens; all 0 where none is chosen."""
    return np.asarray(inside / max(1, inside.sum()), dtype=np.float32)


def tokenize(pairs: Sequence[TextPair], tokenizer: PreTrainedTokenizerBase, settings: EncodingSettings) -> Tokens:
    """The pairs as one padded batch; a text over the encoder's limit loses its end."""
    encoded = tokenizer(
        [pair.text for pair in pairs],
        [pair.proposition for pair in pairs],
        truncation="only_first",
        max_length=settings.max_length_tokens,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="np",
    )
    offsets = encoded.pop("offset_mapping")
    sequences = np.array([[-1 if s is None else s for s in encoded.sequence_ids(i)] for i in range(len(pairs))])
    return Tokens(
        inputs=dict(encoded.items()),
        in_text=(sequences == 0) & (offsets[..., 0] < offsets[..., 1]),
        starts=offsets[..., 0],
        ends=offsets[..., 1],
    )


def cut(
    document: Document, proposition: str, tokenizer: PreTrainedTokenizerBase, settings: EncodingSettings
) -> list[Window]:
    """The windows of a document, in order; together they hold all of its sentences."""

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    sentences = document.sentences
    if not sentences:
        return []
    lengths = [count(document.text[s.start : s.end]) for s in sentences]
    limit = max(MIN_WINDOW_TOKENS, settings.max_length_tokens - count(proposition) - SPARE_TOKENS)
    if sum(lengths) <= limit:
        return [Window(sentences[0].start, sentences[-1].end)]
    aim = min(limit, settings.window_tokens)
    windows: list[Window] = []
    run: list[int] = []
    for index, length in enumerate(lengths):
        if run and sum(lengths[i] for i in run) + length > aim:
            windows.append(Window(sentences[run[0]].start, sentences[run[-1]].end))
            run = [run[-1]] if lengths[run[-1]] + length <= aim else []
        if length > aim:
            windows += _split(document, index, aim, tokenizer)
        else:
            run.append(index)
    if run and (not windows or windows[-1].end < sentences[run[-1]].end):
        windows.append(Window(sentences[run[0]].start, sentences[run[-1]].end))
    return windows


def _split(document: Document, index: int, aim: int, tokenizer: PreTrainedTokenizerBase) -> list[Window]:
    """A sentence over the limit, cut between words (within one, where a word alone is over it)."""
    sentence = document.sentences[index]
    text = document.text[sentence.start : sentence.end]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    offsets = encoded["offset_mapping"]
    cuts = [0]
    while cuts[-1] < len(offsets):
        nxt = min(len(offsets), cuts[-1] + aim)
        while nxt < len(offsets) and nxt > cuts[-1] + aim // 2 and offsets[nxt][0] == offsets[nxt - 1][1]:
            nxt -= 1
        cuts.append(nxt)
    places = [offsets[c][0] for c in cuts[:-1]] + [len(text)]
    return [Window(sentence.start + a, sentence.start + b) for a, b in pairwise(places)]
