"""Metrics: worked examples, and what must hold of any of them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from stance_training.metrics import (
    Ints,
    bootstrap,
    brier_score,
    class_f1,
    counted_f1,
    expected_calibration_error,
    kappa,
    macro_f1,
    most_certain,
    risk_coverage,
)

LABELS = np.array([0, 0, 1, 1, 1, 2])


def test_macro_f1_is_one_for_the_truth_and_counts_each_label_alike() -> None:
    assert macro_f1(LABELS, LABELS) == 1
    assert macro_f1(LABELS, np.ones_like(LABELS)) == pytest.approx((2 * 0.5 / 1.5) / 3)


def test_f1_is_that_of_scikit_learn() -> None:
    dice = np.random.default_rng(2)
    for n in (1, 2, 5, 300):
        labels, predicted = dice.integers(0, 3, n), dice.integers(0, 3, n)
        theirs = f1_score(labels, predicted, labels=[0, 1, 2], average=None, zero_division=0)
        assert class_f1(labels, predicted) == pytest.approx(theirs)


def test_kappa_is_zero_for_a_constant_answer() -> None:
    assert kappa(LABELS, LABELS) == 1
    assert kappa(LABELS, np.ones_like(LABELS)) == pytest.approx(0)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    sure = np.eye(3)[LABELS]
    assert expected_calibration_error(LABELS, sure) == 0
    wrong = np.eye(3)[(LABELS + 1) % 3]
    assert expected_calibration_error(LABELS, wrong) == 1
    assert brier_score(LABELS, sure) == 0
    assert brier_score(LABELS, wrong) == 2


def test_the_interval_holds_the_value_and_narrows_with_more_passages() -> None:
    dice = np.random.default_rng(0)

    def width(n: int) -> float:
        labels = dice.integers(0, 3, n)
        predicted = np.where(dice.random(n) < 0.7, labels, 1)
        groups = [str(i // 3) for i in range(n)]
        interval = bootstrap(lambda rows: macro_f1(labels[rows], predicted[rows]), groups)
        assert interval.low <= interval.value <= interval.high
        return interval.high - interval.low

    assert width(1500) < width(90)


def test_the_same_seed_gives_the_same_interval() -> None:
    groups = ["a", "a", "b", "c", "c", "d"]
    predicted = np.array([0, 1, 1, 1, 2, 2])

    def metric(rows: Ints) -> float:
        return macro_f1(LABELS[rows], predicted[rows])

    assert bootstrap(metric, groups) == bootstrap(metric, groups)


def test_the_most_certain_share_is_that_of_highest_probability() -> None:
    probabilities = np.array([[0.4, 0.3, 0.3], [0.9, 0.1, 0.0], [0.1, 0.2, 0.7], [0.2, 0.2, 0.6]])
    assert most_certain(probabilities, share=0.5).tolist() == [1, 2]
    assert len(most_certain(probabilities, share=0.01)) == 1


def test_the_threshold_of_a_risk_is_where_the_answered_rows_are_wrong_that_often() -> None:
    sureness = np.array([0.95, 0.9, 0.8, 0.7, 0.6])
    probabilities = np.column_stack([sureness, 1 - sureness, np.zeros(5)])
    curve = risk_coverage(np.array([0, 0, 1, 0, 1]), probabilities)
    assert curve.risk == pytest.approx([0, 0, 1 / 3, 1 / 4, 2 / 5])
    assert curve.coverage == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert curve.threshold(0.0) == 0.9
    assert curve.threshold(0.3) == 0.7
    assert curve.threshold(0.4) == 0
    assert risk_coverage(np.array([2]), probabilities[:1]).threshold(0.1) == 0.95


def test_f1_from_counts_is_that_of_scikit_learn() -> None:
    dice = np.random.default_rng(5)
    labels, predicted = dice.integers(0, 3, 80), dice.integers(0, 3, 80)
    counts = [np.bincount(x, minlength=3) for x in (labels, predicted, labels[labels == predicted])]
    assert counted_f1(*counts) == pytest.approx(f1_score(labels, predicted, average=None))
