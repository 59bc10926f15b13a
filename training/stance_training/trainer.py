"""One stage of training, on the transformers Trainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from datasets import Dataset
from safetensors.torch import load_file
from torch import Tensor
from torch.utils.data import Sampler
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedTokenizerBase,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.trainer_utils import get_last_checkpoint

from stance_model.checkpoint import WEIGHTS, EncodingSettings
from stance_model.classifier import ENCODER, StanceModel
from stance_model.errors import WorkError
from stance_training.batches import TARGETS, Collator, EpochSampler, as_dataset
from stance_training.config import Loss, Stage, TrainConfig
from stance_training.examples import IGNORED, Example
from stance_training.losses import class_weights, total_loss
from stance_training.metrics import class_f1

BEST_METRIC = "macro_f1"


def has_bfloat16() -> bool:
    """Whether bfloat16 is faster here: on an accelerator that has it, or a processor with AMX tiles.

    Elsewhere a processor emulates it, more slowly than it computes in float32.
    """
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_amx_tile_supported())


def use_bfloat16(precision: str) -> bool:
    """Whether a run trains in bfloat16: `auto` where it is faster."""
    return has_bfloat16() if precision == "auto" else precision == "bfloat16"


class StanceTrainer(Trainer):
    """The Trainer with our loss, our sampler, and a learning rate of their own for the heads."""

    def __init__(self, *, stage: Stage, loss: Loss, weights: Tensor, seed: int, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self._stage = stage
        self._loss = loss
        self._weights = weights
        self._sampler_seed = seed

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler[int]:
        data = cast(Dataset, train_dataset if train_dataset is not None else self.train_dataset)
        return EpochSampler(
            lengths=list(data["length"]),
            batch_size=self._stage.batch_size,
            seed=self._sampler_seed,
        )

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:  # noqa: ANN401 - a scalar, or with return_outputs the pair that the Trainer expects
        texts, targets = _split(inputs)
        outputs = model(**texts)
        weights = self._weights.to(outputs.logits.device)
        loss = total_loss(outputs, weights=weights, settings=self._loss, **targets)
        return (loss, outputs) if return_outputs else loss

    def prediction_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor],
        prediction_loss_only: bool,
        ignore_keys: list[str] | None = None,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        with torch.no_grad():
            inputs = self._prepare_inputs(inputs)
            loss, outputs = self.compute_loss(model, inputs, return_outputs=True)
        return loss.detach(), outputs.logits.detach().float(), inputs["labels"]

    def create_optimizer(self, model: torch.nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW; the fresh heads learn `head_rate` times as fast as the encoder."""
        if self.optimizer is None:
            stance_model = cast(StanceModel, model or self.model)
            named = list(stance_model.named_parameters())
            prefix = f"{ENCODER}{stance_model.classifier.base_model_prefix}."
            is_encoder = [name.startswith(prefix) and ".pooler." not in name for name, _ in named]
            rate = self._stage.learning_rate
            groups = [
                {
                    "params": [p for (_, p), inside in zip(named, is_encoder, strict=True) if inside],
                    "lr": rate,
                },
                {
                    "params": [p for (_, p), inside in zip(named, is_encoder, strict=True) if not inside],
                    "lr": rate * self._stage.head_rate,
                },
            ]
            self.optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=self._stage.weight_decay)
        return self.optimizer


def _split(inputs: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    return {k: v for k, v in inputs.items() if k not in TARGETS}, {k: v for k, v in inputs.items() if k in TARGETS}


def _macro_f1(prediction: EvalPrediction) -> dict[str, float]:
    labels = np.asarray(prediction.label_ids)
    known = labels != IGNORED
    predicted = np.asarray(prediction.predictions).argmax(axis=-1)
    return {BEST_METRIC: float(class_f1(labels[known], predicted[known]).mean())}


def train_stage(
    model: StanceModel,
    tokenizer: PreTrainedTokenizerBase,
    *,
    stage: Stage,
    config: TrainConfig,
    training: list[Example],
    validation: list[Example],
    work: Path,
) -> list[dict[str, float]]:
    """Trains the model in place, keeps the best weights on validation (or a mean), and returns the history.

    A stage that was killed goes on from the last state in `work`.

    Raises:
        WorkError: The loss stopped being a number.
    """
    encoding: EncodingSettings = config.encoding
    labels = [actor.label for example in training for actor in example.actors if actor.label != IGNORED]
    weights = class_weights(labels, power=config.loss.class_weight_power)
    steps_per_epoch = max(1, -(-len(training) // stage.batch_size))
    freeze(model, layers=stage.freeze_layers)
    interval = max(1, steps_per_epoch // stage.evaluations_per_epoch)
    arguments = TrainingArguments(
        output_dir=str(work),
        num_train_epochs=stage.epochs,
        per_device_train_batch_size=stage.batch_size,
        per_device_eval_batch_size=32,
        learning_rate=stage.learning_rate,
        weight_decay=stage.weight_decay,
        warmup_steps=stage.warmup_share,
        lr_scheduler_type="linear",
        eval_strategy="steps",
        eval_steps=interval,
        save_strategy="steps",
        save_steps=interval,
        save_total_limit=max(2, stage.average_last + 1),
        logging_steps=min(50, interval),
        load_best_model_at_end=True,
        metric_for_best_model=BEST_METRIC,
        greater_is_better=True,
        seed=config.seed,
        data_seed=config.seed,
        bf16=use_bfloat16(config.precision),
        remove_unused_columns=False,
        report_to=[],
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
    )
    callbacks: list[TrainerCallback] = []
    if stage.early_stopping is not None:
        patience = stage.early_stopping * stage.evaluations_per_epoch
        callbacks.append(EarlyStoppingCallback(early_stopping_patience=patience))
    trainer = StanceTrainer(
        stage=stage,
        loss=config.loss,
        weights=weights,
        seed=config.seed,
        model=model,
        args=arguments,
        train_dataset=as_dataset(training),
        eval_dataset=as_dataset(validation),
        data_collator=Collator(tokenizer, encoding, mention_share=stage.mention_share),
        compute_metrics=_macro_f1,
        callbacks=callbacks,
    )
    last = get_last_checkpoint(str(work)) if work.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)
    history: list[dict[str, float]] = trainer.state.log_history
    if any(not np.isfinite(row.get("loss", 0.0)) for row in history):
        raise WorkError(f"stage {stage.name!r}: the loss is no longer a number; expected a lower learning_rate")
    if stage.average_last:
        states = sorted(work.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
        model.load_state_dict(mean_weights([load_file(s / WEIGHTS) for s in states[-stage.average_last :]]))
    return history


def mean_weights(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each weight over states of one model; whole numbers (counters) are the last state's."""
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0) if last.is_floating_point() else last
        for name, last in states[-1].items()
    }


def freeze(model: StanceModel, *, layers: int) -> None:
    """Keeps the embeddings and the lowest layers as they are; 0 trains everything."""
    for parameter in model.parameters():
        parameter.requires_grad = True
    if layers:
        encoder: Any = model.encoder
        for module in (encoder.embeddings, *encoder.encoder.layer[:layers]):
            for parameter in module.parameters():
                parameter.requires_grad = False
