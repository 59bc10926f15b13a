"""Batches: in what order an epoch sees the examples, and how they become tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset
from torch import Tensor
from torch.utils.data import Sampler
from transformers import PreTrainedTokenizerBase

from stance_model.actors.lexicon import words
from stance_model.checkpoint import EncodingSettings
from stance_model.encoding import Place, TextPair, Tokens, tokenize
from stance_training.examples import IGNORED, Example

# Batches are cut from blocks of this many that are sorted by length, so that little is padded and order stays random.
BLOCK_BATCHES = 40
# Characters a token, about: lengths only order the examples.
CHARS_PER_TOKEN = 4
TARGETS = ("labels", "declared", "evidence", "tags", "teacher")
TEACHER_ANSWERS = 4
PRONOUNS = words("i me my mine we us our ours he him his she her hers it its they them their theirs who whom whose")


def as_dataset(examples: Sequence[Example]) -> Dataset:
    """The examples as a dataset, with a column `length` in tokens, about."""
    rows = [asdict(e) | {"length": (len(e.text) + len(e.proposition)) // CHARS_PER_TOKEN} for e in examples]
    return Dataset.from_list(rows)


class EpochSampler(Sampler[int]):
    """Indices of one epoch, examples of like length side by side."""

    def __init__(self, *, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths = lengths
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Makes the next pass that of `epoch`: the same epoch always gives the same order."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        dice = random.Random(f"{self._seed}-{self._epoch}")  # noqa: S311 - an order, no secret
        chosen = list(range(len(self._lengths)))
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
    """Tokenizes and pads examples.

    Args:
        mention_share: Probability that an actor's other mentions are shown beside its name.

    Returns, when called with b rows of a dataset of `Example` fields: `input_ids`, `attention_mask` and, where the
    tokenizer has them, `token_type_ids`, each (b, l); `mentions` (b, a, l); `labels` and `declared` (b, a), `IGNORED`
    beyond a row's actors; `evidence` (b, a, l) with 1 in the evidence, 0 in the rest of the text, `IGNORED` elsewhere;
    `tags` (b, l) with 0 for a word of no actor's name, else 1 + the kind's index, `IGNORED` for pronouns and elsewhere;
    `teacher` (b, a, 4), a teacher's three stance logits and its declared logit, NaN where there is none.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, settings: EncodingSettings, *, mention_share: float) -> None:
        self._tokenizer = tokenizer
        self._settings = settings
        self._mention_share = mention_share

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        pairs = [TextPair(text=row["text"], proposition=row["proposition"]) for row in rows]
        tokens = tokenize(pairs, self._tokenizer, self._settings)
        mentions = tokens.mentions([[self._shown(actor) for actor in row["actors"]] for row in rows])
        labels = np.full(mentions.shape[:2], IGNORED)
        declared = np.full(mentions.shape[:2], IGNORED)
        evidence = np.full(mentions.shape, IGNORED)
        tags = np.full(tokens.in_text.shape, IGNORED)
        teacher = np.full((*mentions.shape[:2], TEACHER_ANSWERS), np.nan, dtype=np.float32)
        for i, row in enumerate(rows):
            if row["has_all_actors"]:
                tags[i] = self._tags(tokens, i, row)
            for j, actor in enumerate(row["actors"]):
                labels[i, j] = actor["label"]
                declared[i, j] = actor["declared"]
                if actor["teacher"] is not None:
                    teacher[i, j] = actor["teacher"]
                if actor["has_evidence"]:
                    shown = tokens.within(i, [actor["evidence"]] if actor["evidence"] else [])
                    evidence[i, j] = np.where(tokens.in_text[i], shown, IGNORED)
        arrays = {**tokens.inputs, "mentions": mentions}
        arrays |= {"labels": labels, "declared": declared, "evidence": evidence, "tags": tags, "teacher": teacher}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    @staticmethod
    def _tags(tokens: Tokens, index: int, row: dict[str, Any]) -> npt.NDArray[np.int_]:
        tags = np.where(tokens.in_text[index], 0, IGNORED)
        for actor in row["actors"]:
            for start, end in (*actor["others"], *actor["names"]):
                is_pronoun = row["text"][start:end].lower() in PRONOUNS
                tags[tokens.within(index, [(start, end)])] = IGNORED if is_pronoun else 1 + actor["kind"]
        return tags

    def _shown(self, actor: dict[str, Any]) -> tuple[Place, ...]:
        shown = [tuple(place) for place in actor["names"]]
        if not shown or torch.rand(()).item() < self._mention_share:
            shown += [tuple(place) for place in actor["others"]]
        return tuple((start, end) for start, end in shown)
