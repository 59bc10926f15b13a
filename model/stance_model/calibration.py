"""Calibration: logits to probabilities that mean what they say, and windows to one answer an actor.

Temperature and bias a class (vector scaling with one shared temperature: Guo et al. 2017, "On Calibration of
Modern Neural Networks") are fitted on passages kept out of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stance_model.checkpoint import CalibrationSettings
from stance_model.labels import NEUTRAL, NEUTRAL_KINDS, STANCES, NeutralKind, Stance

# The power to which a window's salience is raised when windows are joined; see `join`.
SALIENCE_POWER = 3.0

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """Calibrated probabilities of one actor (or one window of it).

    Attributes:
        probabilities: (3,), in the labels' order; they sum to 1.
        declared: Probability, 0..1, that the actor declares a position, given that it is neutral.
    """

    probabilities: Vector
    declared: float

    @property
    def stance(self) -> Stance:
        """The most probable stance."""
        return STANCES[int(self.probabilities.argmax())]

    @property
    def salience(self) -> float:
        """Probability, 0..1, that any position is shown: all but neutral, none."""
        return float(1 - self.probabilities[NEUTRAL] * (1 - self.declared))

    def neutral_kind(self, settings: CalibrationSettings) -> NeutralKind | None:
        """The kind of a neutral; None for the other stances."""
        if self.stance != "neutral":
            return None
        return NEUTRAL_KINDS[0] if self.declared >= settings.declared_threshold else NEUTRAL_KINDS[1]


NO_POSITION = Verdict(probabilities=np.array([0.0, 1.0, 0.0]), declared=0.0)


def calibrate(logits: Vector, settings: CalibrationSettings) -> Vector:
    """Probabilities for logits of shape (..., 3)."""
    scaled = logits / settings.temperature + np.asarray(settings.bias)
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    exponentials = np.exp(scaled)
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def join(windows: Sequence[Verdict]) -> Verdict:
    """One verdict for an actor from those of its windows.

    The mean of the windows' probabilities, each weighted by its salience to the power 3: a window that shows a
    position counts, a hundred that show none do not drown it, and windows that show opposite positions leave
    doubt. One window is returned as it is; the order does not matter. No window: no position.
    """
    if not windows:
        return NO_POSITION
    weights = np.array([max(window.salience, 1e-6) ** SALIENCE_POWER for window in windows])
    weights = weights / weights.sum()
    probabilities = np.sum([w * window.probabilities for w, window in zip(weights, windows, strict=True)], axis=0)
    neutral = sum(w * window.probabilities[NEUTRAL] for w, window in zip(weights, windows, strict=True))
    declared = sum(
        w * window.probabilities[NEUTRAL] * window.declared for w, window in zip(weights, windows, strict=True)
    )
    return Verdict(
        probabilities=np.asarray(probabilities / probabilities.sum()),
        declared=float(declared / neutral) if neutral > 0 else 0.0,
    )
