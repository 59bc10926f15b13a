"""The classifier: a transformer that reads a window once, and small heads that judge each actor in it.

An actor's state is the mean of its mentions' last hidden states; it attends to the whole window, and the two together
shift the state of the first token, on which the stance head of `AutoModelForSequenceClassification` then judges. So the
folder loads in plain transformers, where that head judges the writer of the text. The kind head tells a declared
neutral from an absent position; the evidence head marks the tokens that show the actor's stance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from stance_model.actors import KINDS
from stance_model.checkpoint import HEADS, EncodingSettings, Manifest, read_manifest
from stance_model.encoding import Place, TextPair, mean_over, tokenize
from stance_model.errors import CheckpointError

# Windows of like length are judged together, up to this many characters with their padding.
BATCH_CHARS = 12_000
ATTENTION_HEADS = 6
DROPOUT = 0.1
ENCODER = "classifier."


@dataclass(frozen=True)
class StanceOutputs:
    """Raw outputs for a batch of b windows of a actors and l tokens.

    Attributes:
        logits: (b, a, 3), in the labels' order.
        declared: (b, a), logit of "this neutral is declared".
        evidence: (b, a, l), logit of "this token shows the actor's stance".
        tags: (b, l, 1 + kinds), logits of "no part of an actor's name" and of each kind of actor.
    """

    logits: Tensor
    declared: Tensor
    evidence: Tensor
    tags: Tensor


class StanceModel(nn.Module):
    """A sequence classifier with heads that judge each actor of a window."""

    def __init__(self, classifier: PreTrainedModel) -> None:
        super().__init__()
        size = classifier.config.hidden_size
        self.classifier = classifier
        heads = ATTENTION_HEADS if size % ATTENTION_HEADS == 0 else 1
        self.attention = nn.MultiheadAttention(size, heads, batch_first=True)
        self.mixer = nn.Sequential(
            nn.LayerNorm(3 * size), nn.Dropout(DROPOUT), nn.Linear(3 * size, size), nn.GELU(), nn.Linear(size, size)
        )
        self.declared_head = nn.Linear(size, 1)
        self.evidence_query = nn.Linear(3 * size, size)
        self.evidence_key = nn.Linear(size, size)
        self.evidence_bias = nn.Linear(size, 1)
        self.tag_head = nn.Linear(size, 1 + len(KINDS))

    @property
    def encoder(self) -> PreTrainedModel:
        """The transformer without any head."""
        return cast(PreTrainedModel, self.classifier.base_model)

    def forward(self, mentions: Tensor, **inputs: Tensor) -> StanceOutputs:
        """The outputs for `tokenize`d windows.

        Args:
            mentions: (b, a, l), as `Tokens.mentions`.
            inputs: `input_ids`, `attention_mask` and, where the encoder has them, `token_type_ids`, each (b, l).
        """
        return self.judge(self.encoder(**inputs).last_hidden_state, inputs["attention_mask"], mentions)

    def judge(self, hidden: Tensor, attention_mask: Tensor, mentions: Tensor) -> StanceOutputs:
        """The heads on the encoder's last hidden states (b, l, d)."""
        first = hidden[:, :1].expand(-1, mentions.shape[1], -1)  # (b, a, d)
        is_mentioned = mentions.any(dim=-1, keepdim=True)
        actors = torch.where(is_mentioned, mentions.to(hidden.dtype) @ hidden, first)
        padding = ~attention_mask.bool()
        context, _ = self.attention(actors, hidden, hidden, key_padding_mask=padding, need_weights=False)
        joined = torch.cat([actors, context, first], dim=-1)
        states = first + torch.where(is_mentioned, self.mixer(joined), 0.0)
        keys = self.evidence_key(hidden)
        evidence = torch.tanh(self.evidence_query(joined)) @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5
        return StanceOutputs(
            logits=self._stance(states),
            declared=self.declared_head(states).squeeze(-1),
            evidence=evidence + self.evidence_bias(hidden).transpose(1, 2),
            tags=self.tag_head(hidden),
        )

    def _stance(self, states: Tensor) -> Tensor:
        """The stance head on states (b, a, d), each in the place of a text's first token."""
        classifier: Any = self.classifier
        flat = states.reshape(-1, 1, states.shape[-1])
        pooler = getattr(self.encoder, "pooler", None)  # BERT pools before its head, others within it
        if pooler is not None:
            flat = classifier.dropout(pooler(flat))
        return cast(Tensor, classifier.classifier(flat)).view(*states.shape[:2], -1)

    def save_heads(self, folder: Path) -> None:
        """Writes the heads that plain transformers does not know, as safetensors."""
        heads = {k: v.detach().float().contiguous() for k, v in self.state_dict().items() if not k.startswith(ENCODER)}
        save_file(heads, folder / HEADS)

    def load_heads(self, folder: Path) -> None:
        """Reads them.

        Raises:
            CheckpointError: The file does not fit this model.
        """
        try:
            missing, unexpected = self.load_state_dict(load_file(folder / HEADS), strict=False)
        except (SafetensorError, RuntimeError) as error:
            raise CheckpointError(str(error), where=str(folder / HEADS)) from error
        absent = [name for name in missing if not name.startswith(ENCODER)]
        if unexpected or absent:
            raise CheckpointError(f"lacks {absent} or has {unexpected}", where=str(folder / HEADS))


@dataclass(frozen=True)
class Reading:
    """A window that the encoder has read, of l tokens in its text.

    Attributes:
        hidden: (n, d), the last hidden states of all its n tokens.
        columns: (l,), which of them belong to the text.
        starts: (l,), the tokens' first code points in the document.
        ends: (l,), the ones after their last.
        named: (l,), the probability that a token is part of an actor's name.
        truncated: Whether the encoder's limit cut the text.
    """

    hidden: Tensor
    columns: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    named: npt.NDArray[np.float64]
    truncated: bool

    def mentions(self, places: Sequence[Place]) -> npt.NDArray[np.float32]:
        """The tokens (n,) of an actor's places in the document, as in `Tokens.mentions`."""
        inside = np.zeros(len(self.hidden), dtype=bool)
        for start, end in places:
            inside[self.columns[(self.starts < end) & (self.ends > start)]] = True
        return mean_over(inside)


@dataclass(frozen=True)
class TokenEvidence:
    """A token of a window: its place in the document, and the probability that it shows the stance."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class Judgement:
    """What the model says of one actor in one window, before calibration."""

    logits: npt.NDArray[np.float64]  # (3,)
    declared: float  # probability, 0..1
    tokens: tuple[TokenEvidence, ...]
    truncated: bool


def load_model(folder: Path) -> tuple[StanceModel, PreTrainedTokenizerBase, Manifest]:
    """The model of a checkpoint folder, in float32, with its tokenizer and manifest.

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
    return model, tokenizer, manifest


class Classifier:
    """A loaded checkpoint that reads windows and judges actors. It is only read, so threads may share it."""

    def __init__(self, model: StanceModel, tokenizer: PreTrainedTokenizerBase, *, settings: EncodingSettings) -> None:
        self._model = model.eval()
        self.tokenizer = tokenizer
        self._settings = settings
        self._device = next(model.parameters()).device

    @classmethod
    def load(cls, folder: Path, *, device: str = "cpu") -> Classifier:
        """The classifier of a checkpoint folder, in float32.

        Raises:
            CheckpointError: The folder is not a valid checkpoint.
        """
        model, tokenizer, manifest = load_model(folder)
        return cls(model.to(device), tokenizer, settings=manifest.encoding)

    def read(self, pairs: Sequence[TextPair], offsets: Sequence[int]) -> list[Reading]:
        """A reading a window, in the given order; what shares a batch changes no number.

        Args:
            pairs: The windows' texts, each with its proposition.
            offsets: Where each window's text begins in its document.
        """
        found: dict[int, Reading] = {}
        for batch in _batches(pairs):
            readings = self._read_batch([pairs[i] for i in batch], [offsets[i] for i in batch])
            found.update(zip(batch, readings, strict=True))
        return [found[i] for i in range(len(pairs))]

    @torch.inference_mode()
    def _read_batch(self, pairs: Sequence[TextPair], offsets: Sequence[int]) -> list[Reading]:
        tokens = tokenize(pairs, self.tokenizer, self._settings)
        inputs = {name: torch.from_numpy(array).to(self._device) for name, array in tokens.inputs.items()}
        hidden = self._model.encoder(**inputs).last_hidden_state
        named = 1 - self._model.tag_head(hidden).double().softmax(dim=-1)[..., 0].cpu().numpy()
        readings = []
        for row, (pair, offset) in enumerate(zip(pairs, offsets, strict=True)):
            columns = np.flatnonzero(tokens.in_text[row])
            ends = tokens.ends[row, columns] + offset
            readings.append(
                Reading(
                    hidden=hidden[row, : int(tokens.inputs["attention_mask"][row].sum())],
                    columns=columns,
                    starts=tokens.starts[row, columns] + offset,
                    ends=ends,
                    named=named[row, columns],
                    truncated=not len(ends) or bool(ends[-1] < offset + len(pair.text.rstrip())),
                )
            )
        return readings

    @torch.inference_mode()
    def judge(self, reading: Reading, actors: Sequence[Sequence[Place]]) -> list[Judgement]:
        """A judgement an actor, by the places of its mentions in the document; without any, of the text's writer."""
        if not actors:
            return []
        mentions = torch.from_numpy(np.stack([reading.mentions(places) for places in actors]))[None].to(self._device)
        hidden = reading.hidden[None]
        outputs = self._model.judge(hidden, torch.ones(hidden.shape[:2], device=self._device), mentions)
        logits = outputs.logits[0].double().cpu().numpy()
        declared = outputs.declared[0].double().sigmoid().cpu().numpy()
        evidence = outputs.evidence[0].double().sigmoid().cpu().numpy()[:, reading.columns]
        places = list(zip(reading.starts.tolist(), reading.ends.tolist(), strict=True))
        return [
            Judgement(
                logits=logits[actor],
                declared=float(declared[actor]),
                tokens=tuple(
                    TokenEvidence(start=start, end=end, probability=float(p))
                    for (start, end), p in zip(places, evidence[actor], strict=True)
                ),
                truncated=reading.truncated,
            )
            for actor in range(len(actors))
        ]


def _batches(pairs: Sequence[TextPair]) -> Iterator[list[int]]:
    """Indices of pairs, longest first, so many at a time that a batch stays under `BATCH_CHARS`."""
    batch: list[int] = []
    for index in sorted(range(len(pairs)), key=lambda i: -len(pairs[i].text)):
        if batch and (len(batch) + 1) * len(pairs[batch[0]].text) > BATCH_CHARS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
