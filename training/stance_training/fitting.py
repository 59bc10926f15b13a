"""Fitting the calibration on passages that were kept out of training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import f1_score
from transformers import PreTrainedTokenizerBase

from stance_model.calibration import calibrate
from stance_model.checkpoint import CalibrationSettings
from stance_model.classifier import StanceModel
from stance_model.labels import NEUTRAL, STANCES
from stance_training.config import TrainConfig
from stance_training.examples import IGNORED, Example
from stance_training.metrics import brier_score, class_f1, expected_calibration_error, risk_coverage
from stance_training.scoring import answer

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]

# Pulls temperature and biases toward doing nothing: with few rows of a class they would follow noise.
PRIOR_STRENGTH = 2.0
THRESHOLDS = np.linspace(0.2, 0.8, 25)


@dataclass(frozen=True)
class Scored:
    """A model's raw answers on examples: logits (n, 3), declared probability (n,), and what is true."""

    logits: Floats
    declared: Floats
    labels: Ints
    is_declared: Ints


def score(
    model: StanceModel, tokenizer: PreTrainedTokenizerBase, examples: list[Example], config: TrainConfig
) -> Scored:
    """The model's raw answers on every actor of the examples, in order."""
    answers = answer(model, tokenizer, examples, config.encoding)
    actors = [actor for example in examples for actor in example.actors]
    return Scored(
        logits=np.concatenate([raw.logits for raw in answers]),
        declared=expit(np.concatenate([raw.declared for raw in answers])),
        labels=np.array([actor.label for actor in actors]),
        is_declared=np.array([actor.declared for actor in actors]),
    )


def fit_calibration(scored: Scored, *, with_bias: bool, risk: float) -> CalibrationSettings:
    """Temperature, and biases if asked, of least negative log-likelihood, and the thresholds.

    Args:
        scored: Answers on rows that were kept out of training.
        with_bias: Fit a bias a class beside the temperature.
        risk: Share of wrong answers, 0..1, that the rows which are not abstained may have.
    """

    def objective(parameters: Floats) -> float:
        p = calibrate(scored.logits, _settings(parameters))[np.arange(len(scored.labels)), scored.labels]
        return float(-np.log(np.clip(p, 1e-12, 1)).sum() + PRIOR_STRENGTH * (parameters**2).sum())

    start = np.zeros(3 if with_bias else 1)
    found = minimize(objective, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-4})
    settings = _settings(np.round(found.x, 4))
    curve = risk_coverage(scored.labels, calibrate(scored.logits, settings))
    thresholds = {"declared_threshold": _declared_threshold(scored), "abstain_below": curve.threshold(risk)}
    return settings.model_copy(update=thresholds)


def _settings(parameters: Floats) -> CalibrationSettings:
    """The settings of (log temperature,) or (log temperature, support's bias, oppose's bias)."""
    log_temperature, support, oppose = (*map(float, parameters), 0.0, 0.0)[:3]
    return CalibrationSettings(temperature=float(np.exp(log_temperature)), bias=(support, 0.0, oppose))


def _declared_threshold(scored: Scored) -> float:
    """The threshold of best F1 for declared among the neutrals; 0.5 where none is declared."""
    known = (scored.labels == NEUTRAL) & (scored.is_declared != IGNORED)
    truth, p = scored.is_declared[known], scored.declared[known]
    if not truth.any():
        return 0.5
    values = [f1_score(truth, p >= threshold, zero_division=0) for threshold in THRESHOLDS]
    # The middle of the best stretch, which shifts least with another sample.
    best = np.flatnonzero(np.isclose(values, max(values)))
    return round(float(THRESHOLDS[best[len(best) // 2]]), 4)


def measure(scored: Scored, calibration: CalibrationSettings) -> dict[str, float]:
    """The figures of calibrated answers."""
    probabilities = calibrate(scored.logits, calibration)
    predicted = probabilities.argmax(axis=1)
    f1 = class_f1(scored.labels, predicted)
    return {
        "n_rows": float(len(scored.labels)),
        "macro_f1": float(f1.mean()),
        **{f"f1_{stance}": float(value) for stance, value in zip(STANCES, f1, strict=True)},
        "accuracy": float((predicted == scored.labels).mean()),
        "expected_calibration_error": expected_calibration_error(scored.labels, probabilities),
        "brier_score": brier_score(scored.labels, probabilities),
    }
