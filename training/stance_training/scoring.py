"""Scoring: a model's raw answers on examples, for calibration and as a teacher's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from transformers import PreTrainedTokenizerBase

from stance_model.checkpoint import EncodingSettings
from stance_model.classifier import StanceModel
from stance_training.batches import TARGETS, Collator, as_dataset
from stance_training.examples import Example

BATCH_SIZE = 16

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RawAnswers:
    """A model's answers on an example's a actors.

    Attributes:
        logits: (a, 3), in the labels' order.
        declared: (a,), logit of "this neutral is declared".
    """

    logits: Floats
    declared: Floats


@torch.inference_mode()
def answer(
    model: StanceModel, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], settings: EncodingSettings
) -> list[RawAnswers]:
    """The model's raw answers on every actor, all mentions shown; one an example, in order."""
    model.eval()
    device = next(model.parameters()).device
    collate = Collator(tokenizer, settings, mention_share=1.0)
    rows = as_dataset(examples)
    found: dict[int, RawAnswers] = {}
    order = np.argsort(rows["length"], kind="stable")
    for start in range(0, len(rows), BATCH_SIZE):
        picked = [int(i) for i in order[start : start + BATCH_SIZE]]
        batch = collate([rows[i] for i in picked])
        outputs = model(**{k: v.to(device) for k, v in batch.items() if k not in TARGETS})
        for row, index in enumerate(picked):
            n = len(examples[index].actors)
            found[index] = RawAnswers(
                logits=outputs.logits[row, :n].double().cpu().numpy(),
                declared=outputs.declared[row, :n].double().cpu().numpy(),
            )
    return [found[i] for i in range(len(rows))]


def taught(examples: Sequence[Example], answers: Sequence[RawAnswers]) -> list[Example]:
    """The examples with a teacher's answers beside their labels."""
    return [
        replace(
            example,
            actors=tuple(
                replace(actor, teacher=(float(logits[0]), float(logits[1]), float(logits[2]), float(declared)))
                for actor, logits, declared in zip(example.actors, raw.logits, raw.declared, strict=True)
            ),
        )
        for example, raw in zip(examples, answers, strict=True)
    ]
