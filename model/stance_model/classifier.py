"""The classifier: a transformer with the stance head, and two small heads of ours on its last layer.

The stance head is the one of `AutoModelForSequenceClassification`, so the folder loads in plain transformers. The
kind head tells a declared neutral from an absent position; the evidence head marks the tokens that show a stance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from stance_model.checkpoint import HEADS, read_manifest
from stance_model.encoding import EncodedWindow
from stance_model.errors import CheckpointError

BATCH_SIZE = 32


@dataclass(frozen=True)
class StanceOutputs:
    """Raw outputs for a batch of n pairs of length l.

    Attributes:
        logits: (n, 3), in the labels' order.
        declared: (n,), logit of "this neutral is declared".
        evidence: (n, l), logit of "this token shows the stance".
    """

    logits: Tensor
    declared: Tensor
    evidence: Tensor


class StanceModel(nn.Module):
    """A sequence classifier with the kind head and the evidence head."""

    def __init__(self, classifier: PreTrainedModel) -> None:
        super().__init__()
        self.classifier = classifier
        self.declared_head = nn.Linear(classifier.config.hidden_size, 1)
        self.evidence_head = nn.Linear(classifier.config.hidden_size, 1)

    def forward(self, **inputs: Tensor) -> StanceOutputs:
        """The outputs for tokenized pairs: `input_ids`, `attention_mask` and, where the encoder has them, types."""
        outputs = self.classifier(**inputs, output_hidden_states=True)
        last = outputs.hidden_states[-1]  # (n, l, d)
        return StanceOutputs(
            logits=outputs.logits,
            declared=self.declared_head(last[:, 0]).squeeze(-1),  # the first token stands for the pair
            evidence=self.evidence_head(last).squeeze(-1),
        )

    def save_heads(self, folder: Path) -> None:
        """Writes the two heads as safetensors."""
        heads = {k: v.detach().float().contiguous() for k, v in self.state_dict().items() if "_head." in k}
        save_file(heads, folder / HEADS)

    def load_heads(self, folder: Path) -> None:
        """Reads the two heads.

        Raises:
            CheckpointError: The file does not fit this model.
        """
        try:
            heads = load_file(folder / HEADS)
            missing, unexpected = self.load_state_dict(heads, strict=False)
        except (SafetensorError, RuntimeError) as error:
            raise CheckpointError(str(error), where=str(folder / HEADS)) from error
        if unexpected or any("_head." in name for name in missing):
            raise CheckpointError(f"lacks {missing} or has {unexpected}", where=str(folder / HEADS))


@dataclass(frozen=True)
class TokenEvidence:
    """A token of a window: its place in the premise, and the probability that it shows the stance."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class Judgement:
    """What the model says of one pair, before calibration."""

    logits: npt.NDArray[np.float64]  # (3,)
    declared: float  # probability, 0..1
    tokens: tuple[TokenEvidence, ...]
    truncated: bool


class Classifier:
    """A loaded checkpoint that judges pairs. Calls share one model; it is only read, so threads may share it."""

    def __init__(self, model: StanceModel, tokenizer: PreTrainedTokenizerBase, *, max_length_tokens: int) -> None:
        self._model = model.eval()
        self.tokenizer = tokenizer
        self._max_length = max_length_tokens
        self._device = next(model.parameters()).device

    @classmethod
    def load(cls, folder: Path, *, device: str = "cpu") -> Classifier:
        """The classifier of a checkpoint folder, in float32.

        Raises:
            CheckpointError: The folder is not a valid checkpoint.
        """
        manifest = read_manifest(folder)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            classifier = AutoModelForSequenceClassification.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
            )
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise CheckpointError(f"does not load: {error}", where=str(folder)) from error
        model = StanceModel(classifier)
        model.load_heads(folder)
        return cls(model.to(device), tokenizer, max_length_tokens=manifest.encoding.max_length_tokens)

    def judge(self, pairs: Sequence[EncodedWindow]) -> list[Judgement]:
        """A judgement a pair, in the given order. Pairs of like length share a batch; that changes no number."""
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].premise))
        judged: dict[int, Judgement] = {}
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            for index, judgement in zip(batch, self._judge_batch([pairs[i] for i in batch]), strict=True):
                judged[index] = judgement
        return [judged[i] for i in range(len(pairs))]

    @torch.inference_mode()
    def _judge_batch(self, pairs: Sequence[EncodedWindow]) -> list[Judgement]:
        encoded = self.tokenizer(
            [pair.premise for pair in pairs],
            [pair.hypothesis for pair in pairs],
            truncation="only_first",
            max_length=self._max_length,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").tolist()
        outputs = self._model(**{name: tensor.to(self._device) for name, tensor in encoded.items()})
        logits = outputs.logits.double().cpu().numpy()
        declared = outputs.declared.double().sigmoid().cpu().numpy()
        evidence = outputs.evidence.double().sigmoid().cpu().numpy()
        judgements = []
        for row, pair in enumerate(pairs):
            tokens = tuple(
                TokenEvidence(start=place[0], end=place[1], probability=float(evidence[row, column]))
                for column, (text, place) in enumerate(zip(encoded.sequence_ids(row), offsets[row], strict=True))
                if text == 0 and place[0] < place[1]
            )
            seen = tokens[-1].end if tokens else 0
            judgements.append(
                Judgement(
                    logits=logits[row],
                    declared=float(declared[row]),
                    tokens=tokens,
                    truncated=seen < len(pair.premise.rstrip()),
                )
            )
        return judgements
