"""Batches: which examples an epoch sees, in what order, and how they become tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Sampler
from transformers import PreTrainedTokenizerBase

from stance_model.actors import Mention
from stance_model.checkpoint import EncodingSettings
from stance_model.encoding import mark
from stance_training.examples import IGNORED

# Batches are cut from blocks of this many that are sorted by length, so that little is padded and order stays random.
BLOCK_BATCHES = 40


class EpochSampler(Sampler[int]):
    """Indices of one epoch: a fresh share of the `neutral, none` rows, examples of like length side by side."""

    def __init__(
        self, *, lengths: Sequence[int], is_none: Sequence[bool], none_share: float, batch_size: int, seed: int
    ) -> None:
        self._lengths = lengths
        self._none = [i for i, none in enumerate(is_none) if none]
        self._others = [i for i, none in enumerate(is_none) if not none]
        self._n_none = round(none_share * len(self._none))
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Makes the next pass that of `epoch`: the same epoch always gives the same order."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._others) + self._n_none

    def __iter__(self) -> Iterator[int]:
        dice = random.Random(f"{self._seed}-{self._epoch}")  # noqa: S311 - an order, no secret
        chosen = self._others + dice.sample(self._none, self._n_none)
        dice.shuffle(chosen)
        batches: list[list[int]] = []
        block = self._batch_size * BLOCK_BATCHES
        for start in range(0, len(chosen), block):
            ordered = sorted(chosen[start : start + block], key=lambda i: self._lengths[i])
            batches += [ordered[i : i + self._batch_size] for i in range(0, len(ordered), self._batch_size)]
        # A short batch must come last: the loader cuts the stream into batches again.
        full = [batch for batch in batches if len(batch) == self._batch_size]
        rest = [i for batch in batches if len(batch) < self._batch_size for i in batch]
        dice.shuffle(full)
        for batch in full:
            yield from batch
        yield from rest


class Collator:
    """Marks, tokenizes and pads examples.

    Args:
        mention_share: Probability that an example's other mentions are marked beside its name.

    Returns, when called with n rows of a dataset of `Example` fields: `input_ids`, `attention_mask` and, where the
    tokenizer has them, `token_type_ids`, each (n, l); `labels` (n,); `declared` (n,); `evidence` (n, l) with 1 in
    the evidence, 0 in the rest of the passage, `IGNORED` elsewhere.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, settings: EncodingSettings, *, mention_share: float) -> None:
        self._tokenizer = tokenizer
        self._settings = settings
        self._mention_share = mention_share

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        premises, places = [], []
        for row in rows:
            shown = [tuple(place) for place in row["names"]]
            if not shown or torch.rand(()).item() < self._mention_share:
                shown += [tuple(place) for place in row["others"]]
            mentions = [Mention(start=s, end=e, text=row["text"][s:e]) for s, e in shown]
            premise, where = mark(row["text"], mentions, self._settings)
            premises.append(premise)
            places.append(where)
        encoded = self._tokenizer(
            premises,
            [row["hypothesis"] for row in rows],
            truncation="only_first",
            max_length=self._settings.max_length_tokens,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").tolist()
        batch: dict[str, Tensor] = dict(encoded.items())
        batch["labels"] = torch.tensor([row["label"] for row in rows])
        batch["declared"] = torch.tensor([row["declared"] for row in rows])
        batch["evidence"] = torch.tensor(
            [
                _evidence_targets(row, encoded.sequence_ids(i), offsets[i], places[i]) if row["has_evidence"] else
                [IGNORED] * len(offsets[i])
                for i, row in enumerate(rows)
            ]
        )  # fmt: skip
        return batch


def _evidence_targets(
    row: dict[str, Any], sequences: Sequence[int | None], offsets: Sequence[Sequence[int]], places: Sequence[int]
) -> list[int]:
    """A target a token: 1 where it stands in the evidence, 0 elsewhere in the passage, `IGNORED` off it."""
    start, end = row["evidence"] or (0, 0)
    targets = []
    for sequence, (a, b) in zip(sequences, offsets, strict=True):
        if sequence != 0 or a >= b:
            targets.append(IGNORED)
        else:
            targets.append(int(any(start <= place < end for place in places[a:b] if place >= 0)))
    return targets
