"""Losses: the stance, and the two small heads."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from stance_model.classifier import StanceOutputs
from stance_model.labels import STANCES
from stance_training.config import Loss
from stance_training.examples import IGNORED


def class_weights(labels: Sequence[int], *, power: float) -> Tensor:
    """Weights (3,) inverse to the classes' counts, to a power; a class that is absent weighs 1."""
    counts = torch.bincount(torch.tensor(labels), minlength=len(STANCES)).float()
    weights = (counts.sum() / (len(STANCES) * counts.clamp(min=1))) ** power
    return torch.where(counts > 0, weights, torch.ones_like(weights))


def stance_loss(logits: Tensor, labels: Tensor, weights: Tensor, settings: Loss) -> Tensor:
    """Weighted cross-entropy or focal loss, a scalar; logits (n, 3), labels (n,)."""
    if settings.kind == "cross_entropy":
        return functional.cross_entropy(logits, labels, weight=weights, label_smoothing=settings.label_smoothing)
    log_p = functional.log_softmax(logits, dim=-1).gather(1, labels[:, None]).squeeze(1)
    weight = weights[labels]
    return (-weight * (1 - log_p.exp()) ** settings.focal_gamma * log_p).sum() / weight.sum()


def distillation_loss(logits: Tensor, teacher: Tensor, *, temperature: float) -> Tensor:
    """Divergence of the student's softened answers from the teacher's (Hinton et al. 2015); both (n, 3)."""
    ours = functional.log_softmax(logits / temperature, dim=-1)
    theirs = functional.log_softmax(teacher / temperature, dim=-1)
    return functional.kl_div(ours, theirs, log_target=True, reduction="batchmean") * temperature**2


def total_loss(
    outputs: StanceOutputs,
    *,
    labels: Tensor,
    declared: Tensor,
    evidence: Tensor,
    tags: Tensor,
    teacher: Tensor,
    weights: Tensor,
    settings: Loss,
) -> Tensor:
    """The stance loss plus the heads' losses, each over the actors and tokens whose target is known.

    Where a teacher's answers are known, the stance loss gives way to theirs by the share `distill_weight`.
    """
    loss = outputs.logits.sum() * 0.0
    taught = ~teacher.isnan().any(dim=-1)
    share = settings.distill_weight if taught.any() else 0.0
    known = labels != IGNORED
    if known.any():
        loss = loss + (1 - share) * stance_loss(outputs.logits[known].float(), labels[known], weights, settings)
    if taught.any():
        logits, answers = outputs.logits[taught].float(), teacher[taught]
        loss = loss + share * distillation_loss(logits, answers[:, :3], temperature=settings.distill_temperature)
        soft = functional.binary_cross_entropy_with_logits(outputs.declared[taught].float(), answers[:, 3].sigmoid())
        loss = loss + share * settings.declared_weight * soft
    loss = loss + settings.declared_weight * _known_loss(outputs.declared, declared, settings)
    loss = loss + settings.evidence_weight * _known_loss(outputs.evidence, evidence, settings)
    if (tags != IGNORED).any():
        tag_loss = functional.cross_entropy(outputs.tags.flatten(0, 1).float(), tags.flatten(), ignore_index=IGNORED)
        loss = loss + settings.tag_weight * tag_loss
    return loss


def _known_loss(logits: Tensor, targets: Tensor, settings: Loss) -> Tensor:
    """Binary cross-entropy over known targets; positives are rare and weigh more."""
    known = targets != IGNORED
    if not known.any():
        return logits.sum() * 0.0
    positive_weight = torch.tensor(settings.positive_weight, device=logits.device)
    return functional.binary_cross_entropy_with_logits(
        logits[known].float(), targets[known].float(), pos_weight=positive_weight
    )
