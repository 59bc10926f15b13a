"""Calibration, and the rule that joins an actor's windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance_model.calibration import NO_POSITION, Verdict, calibrate, join
from stance_model.checkpoint import CalibrationSettings
from stance_training.fitting import Scored, fit_calibration

LOGITS = st.lists(st.floats(-30, 30), min_size=3, max_size=3)


def verdict(support: float, neutral: float, oppose: float, declared: float = 0.0) -> Verdict:
    return Verdict(probabilities=np.array([support, neutral, oppose]), declared=declared)


@given(LOGITS, st.floats(0.2, 5))
def test_probabilities_sum_to_one_and_temperature_keeps_the_order(logits: list[float], temperature: float) -> None:
    p = calibrate(np.array(logits), CalibrationSettings(temperature=temperature))
    assert p.sum() == pytest.approx(1)
    assert p[int(np.argmax(logits))] == pytest.approx(p.max())


def test_one_window_is_its_own_answer_and_none_is_no_position() -> None:
    one = verdict(0.2, 0.5, 0.3, 0.4)
    joined = join([one])
    assert joined.probabilities == pytest.approx(one.probabilities)
    assert joined.declared == pytest.approx(0.4)
    assert join([]) is NO_POSITION


def test_many_silent_windows_do_not_drown_one_that_speaks() -> None:
    silent, speaks = verdict(0.02, 0.96, 0.02), verdict(0.03, 0.07, 0.9)
    assert join([silent] * 100 + [speaks]).stance == "oppose"


def test_order_does_not_matter_and_opposite_windows_leave_doubt() -> None:
    for_him, against = verdict(0.9, 0.05, 0.05), verdict(0.05, 0.05, 0.9)
    a, b = join([for_him, against]), join([against, for_him])
    assert a.probabilities == pytest.approx(b.probabilities)
    assert a.probabilities.max() < 0.6


def test_a_declared_window_outweighs_silence() -> None:
    joined = join([verdict(0.05, 0.9, 0.05, 0.95), verdict(0.03, 0.94, 0.03, 0.02)])
    assert joined.neutral_kind(CalibrationSettings()) == "declared"


def test_overconfident_logits_are_cooled() -> None:
    dice = np.random.default_rng(1)
    labels = dice.integers(0, 3, 600)
    said = np.where(dice.random(600) < 0.6, labels, (labels + 1) % 3)
    scored = Scored(logits=8 * np.eye(3)[said], declared=np.zeros(600), labels=labels, is_declared=np.full(600, -100))
    settings = fit_calibration(scored, with_bias=False, risk=0.5)
    assert settings.temperature > 2
    assert settings.bias == (0, 0, 0)
    # Two answers in five are wrong, which the risk of a half allows.
    assert settings.abstain_below == 0
    assert calibrate(scored.logits, settings).max(axis=1).mean() == pytest.approx(0.6, abs=0.05)


def test_biases_bring_back_a_label_that_the_logits_neglect() -> None:
    labels = np.array([0] * 60 + [1] * 40)
    logits = np.tile([0.0, 1.0, -8.0], (100, 1))
    scored = Scored(logits=logits, declared=np.zeros(100), labels=labels, is_declared=np.full(100, -100))
    settings = fit_calibration(scored, with_bias=True, risk=0.5)
    assert settings.bias[0] > 0
    assert calibrate(logits, settings)[0, 0] > 0.5
