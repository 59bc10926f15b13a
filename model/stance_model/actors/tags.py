"""Tags: what the encoder's tagger says of each word of a document: part of an actor's name, and of which kind."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from stance_model.actors.actor import KINDS


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
