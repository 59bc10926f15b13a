"""Tags: what the encoder's tagger says of each word of a document: part of an actor's name, and of which kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stance_model.actors.actor import KINDS, Kind

_WORD = re.compile(r"\w+")
_JOINS = re.compile(r"[ \-–.'’]{0,3}")
# From this probability a word belongs to an actor's name.
SURE = 0.5


@dataclass(frozen=True)
class TaggedSpan:
    """Words that the tagger takes for an actor's name: code points, half-open."""

    start: int
    end: int
    kind: Kind


class ActorTags:
    """The tagger's probabilities for a document of n code points.

    Args:
        length: n.
        tokens: Start, end and probabilities (kinds,) of the tokens of all windows; where windows overlap, the higher
            probability counts.
    """

    def __init__(self, length: int, tokens: Iterable[tuple[int, int, npt.NDArray[np.float64]]]) -> None:
        self._kinds = np.zeros((length, len(KINDS)))
        for start, end, probabilities in tokens:
            self._kinds[start:end] = np.maximum(self._kinds[start:end], probabilities)

    def sureness(self, start: int, end: int) -> float:
        """Probability, 0..1, that a stretch names an actor: that of its likeliest token."""
        return float(self._kinds[start:end].sum(axis=1).max(initial=0.0))

    def mean_sureness(self, start: int, end: int) -> float:
        """The mean of that probability over the stretch's letters."""
        sums = self._kinds[start:end].sum(axis=1)
        return float(sums[sums > 0].mean()) if sums.any() else 0.0

    def spans(self, text: str) -> list[TaggedSpan]:
        """The stretches of words that belong to one actor's name, in order."""
        found: list[TaggedSpan] = []
        for word in _WORD.finditer(text):
            start, end = word.span()
            kinds = self._kinds[start:end].max(axis=0)
            if kinds.sum() < SURE:
                continue
            kind = KINDS[int(kinds.argmax())]
            last = found[-1] if found else None
            if last is not None and last.kind == kind and _JOINS.fullmatch(text[last.end : start]):
                found[-1] = TaggedSpan(start=last.start, end=end, kind=kind)
            else:
                found.append(TaggedSpan(start=start, end=end, kind=kind))
        return found
