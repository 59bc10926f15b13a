"""Metrics: macro-F1 over the three labels with a bootstrap interval, agreement, and how honest probabilities are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import cohen_kappa_score

from stance_model.labels import STANCES

N_RESAMPLES = 2000
N_BINS = 15

Ints = npt.NDArray[np.int_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


def class_f1(labels: Ints, predicted: Ints) -> Floats:
    """F1 of each label, (3,), in the labels' order; 0 for a label that is neither there nor predicted.

    The same as scikit-learn's `f1_score` a label (a test says so), a hundred times faster: the bootstrap needs it.
    """
    n = len(STANCES)
    confusion = np.bincount(n * labels + predicted, minlength=n * n).reshape(n, n)  # true by predicted
    totals = confusion.sum(axis=0) + confusion.sum(axis=1)
    return np.asarray(2 * confusion.diagonal() / np.maximum(totals, 1), dtype=float)


def macro_f1(labels: Ints, predicted: Ints) -> float:
    """The mean of the three labels' F1."""
    return float(class_f1(labels, predicted).mean())


def kappa(labels: Ints, predicted: Ints) -> float:
    """Cohen's kappa (Cohen 1960): agreement beyond chance."""
    return float(cohen_kappa_score(labels, predicted, labels=list(range(len(STANCES)))))


def expected_calibration_error(labels: Ints, probabilities: Floats) -> float:
    """Mean gap, 0..1, between confidence and accuracy over 15 equal-width bins (Guo et al. 2017)."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs(correct[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


@dataclass(frozen=True)
class RiskCoverage:
    """Risk against coverage, when the least certain rows are left out first (El-Yaniv and Wiener 2010).

    Attributes:
        confidence: (n,), the highest probability of each row, descending.
        risk: (n,), share of wrong answers among a row and all that are more certain.
    """

    confidence: Floats
    risk: Floats

    @property
    def coverage(self) -> Floats:
        """Share of rows that are answered, (n,)."""
        return np.arange(1, len(self.risk) + 1) / len(self.risk)

    def threshold(self, risk: float) -> float:
        """The confidence down to which the rows answered are wrong at most as often as `risk`; 0 for all rows."""
        allowed = np.flatnonzero(self.risk <= risk)
        if not len(allowed):
            return round(float(self.confidence[0]), 4)
        return 0.0 if allowed[-1] == len(self.risk) - 1 else round(float(self.confidence[allowed[-1]]), 4)


def risk_coverage(labels: Ints, probabilities: Floats) -> RiskCoverage:
    """The curve of rows (n,) with probabilities (n, 3)."""
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    wrong = (probabilities.argmax(axis=1) != labels)[order]
    return RiskCoverage(confidence=confidence[order], risk=np.cumsum(wrong) / np.arange(1, len(wrong) + 1))


def brier_score(labels: Ints, probabilities: Floats) -> float:
    """Mean squared distance, 0..2, of the probabilities from the truth (Brier 1950)."""
    truth = np.eye(len(STANCES))[labels]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def bootstrap(metric: Callable[[Ints], float], groups: Sequence[str], *, seed: int = 0) -> Interval:
    """A metric of the rows whose indices it gets, with a 95% percentile interval over 2,000 resamples (Efron 1979).

    Whole passages, not rows, are drawn: the rows of one passage (`groups` says whose a row is) stand or fall together.
    Of no rows, the interval is the metric's answer to none.
    """
    if not len(groups):
        nothing = metric(np.arange(0))
        return Interval(value=nothing, low=nothing, high=nothing)
    _, ids = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(ids == g) for g in range(ids.max() + 1)]
    dice = np.random.default_rng(seed)
    values = []
    for _ in range(N_RESAMPLES):
        rows = np.concatenate([members[g] for g in dice.integers(0, len(members), len(members))])
        values.append(metric(rows))
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(value=metric(np.arange(len(ids))), low=float(low), high=float(high))


def counted_f1(labelled: Ints, predicted: Ints, both: Ints) -> Floats:
    """F1 from counts: how often a class is labelled, predicted, and both at once; 0 where it is neither."""
    return np.asarray(2 * both / np.maximum(labelled + predicted, 1), dtype=float)


def most_certain(probabilities: Floats, *, share: float) -> Ints:
    """Indices of the given share of rows with the highest top probability."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    return np.asarray(order[: max(1, round(share * len(order)))])
