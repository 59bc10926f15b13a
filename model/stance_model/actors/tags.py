"""Tags: how sure the encoder's tagger is, of each word of a document, that it is part of an actor's name."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


class ActorTags:
    """The tagger's probabilities for a document of n code points.

    Args:
        length: n.
        tokens: Start, end and probability, 0..1, of all windows' tokens; where windows overlap, the higher counts.
    """

    def __init__(self, length: int, tokens: Iterable[tuple[int, int, float]]) -> None:
        self._named = np.zeros(length)
        for start, end, probability in tokens:
            self._named[start:end] = np.maximum(self._named[start:end], probability)

    def sureness(self, start: int, end: int) -> float:
        """Probability, 0..1, that a stretch names an actor: that of its likeliest token."""
        return float(self._named[start:end].max(initial=0.0))
