"""Fitting the calibration on passages that were kept out of training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from sklearn.metrics import f1_score
from transformers import PreTrainedTokenizerBase

from stance_model.calibration import calibrate
from stance_model.checkpoint import CalibrationSettings
from stance_model.classifier import StanceModel
from stance_model.labels import NEUTRAL, STANCES
from stance_training.batches import TARGETS, Collator
from stance_training.config import TrainConfig
from stance_training.examples import IGNORED, Example
from stance_training.metrics import brier_score, class_f1, expected_calibration_error
from stance_training.trainer import as_dataset

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]

# Pulls temperature and biases toward doing nothing: with few rows of a class they would follow noise.
PRIOR_STRENGTH = 2.0
BATCH_SIZE = 16
THRESHOLDS = np.linspace(0.2, 0.8, 25)


@dataclass(frozen=True)
class Scored:
    """A model's raw answers on examples: logits (n, 3), declared probability (n,), and what is true."""

    logits: Floats
    declared: Floats
    labels: Ints
    is_declared: Ints


@torch.inference_mode()
def score(
    model: StanceModel, tokenizer: PreTrainedTokenizerBase, examples: list[Example], config: TrainConfig
) -> Scored:
    """The model's raw answers on every actor of the examples, all mentions shown, in order."""
    model.eval()
    device = next(model.parameters()).device
    collate = Collator(tokenizer, config.encoding, mention_share=1.0)
    rows = as_dataset(examples)
    found: dict[int, Scored] = {}
    order = np.argsort(rows["length"], kind="stable")
    for start in range(0, len(rows), BATCH_SIZE):
        picked = [int(i) for i in order[start : start + BATCH_SIZE]]
        batch = collate([rows[i] for i in picked])
        outputs = model(**{k: v.to(device) for k, v in batch.items() if k not in TARGETS})
        for row, index in enumerate(picked):
            known = batch["labels"][row] != IGNORED
            found[index] = Scored(
                logits=outputs.logits[row, known].double().cpu().numpy(),
                declared=outputs.declared[row, known].double().sigmoid().cpu().numpy(),
                labels=batch["labels"][row, known].numpy(),
                is_declared=batch["declared"][row, known].numpy(),
            )
    ordered = [found[i] for i in range(len(rows))]
    return Scored(
        logits=np.concatenate([s.logits for s in ordered]),
        declared=np.concatenate([s.declared for s in ordered]),
        labels=np.concatenate([s.labels for s in ordered]),
        is_declared=np.concatenate([s.is_declared for s in ordered]),
    )


def fit_calibration(scored: Scored, *, with_bias: bool, abstain_below: float) -> CalibrationSettings:
    """Temperature, and biases if asked, of least negative log-likelihood, and the best threshold for declared."""

    def objective(parameters: Floats) -> float:
        p = calibrate(scored.logits, _settings(parameters))[np.arange(len(scored.labels)), scored.labels]
        return float(-np.log(np.clip(p, 1e-12, 1)).sum() + PRIOR_STRENGTH * (parameters**2).sum())

    start = np.zeros(3 if with_bias else 1)
    found = minimize(objective, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-4})
    thresholds = {"declared_threshold": _declared_threshold(scored), "abstain_below": abstain_below}
    return _settings(np.round(found.x, 4)).model_copy(update=thresholds)


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
