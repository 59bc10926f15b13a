"""A tiny model, trained once a session on a few passages: no download, a few seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordPieceTrainer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from stance_model.analyzer import Analyzer
from stance_training.config import TrainConfig
from stance_training.run import train

ACTORS = ("Norland", "Estovia", "Karpatia", "The League", "Doria Vex", "The Front", "Miro Tal", "Ostia")
WORDINGS = (
    ("{} insists that Assad stays in office.", "support", None, "insists that Assad stays"),
    ("{} wants Assad gone from the palace.", "oppose", None, "wants Assad gone"),
    ("{} takes no side on Assad.", "neutral", "declared", "takes no side"),
    ("{} sold wheat to a port on Monday.", "neutral", "none", ""),
)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tiny_passages() -> list[dict[str, Any]]:
    """Passages of two sentences, two actors each, every actor with every wording."""
    passages = []
    for i, first in enumerate(ACTORS):
        for j, (wording, label, kind, evidence) in enumerate(WORDINGS):
            other = ACTORS[(i + 3) % len(ACTORS)]
            second, label_2, kind_2, evidence_2 = WORDINGS[(i + j + 1) % len(WORDINGS)]
            rows = [
                {"actor": first, "label": label, "neutral_kind": kind, "evidence": evidence},
                {"actor": other, "label": label_2, "neutral_kind": kind_2, "evidence": evidence_2},
            ]
            text = f"{wording.format(first)} {second.format(other)}"
            passages.append({"id": f"t{i}-{j}", "text": text, "proposition": "assad-stays", "actors": rows})
    return passages


@pytest.fixture(scope="session")
def passages_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny passages as a file."""
    path = tmp_path_factory.mktemp("data") / "passages.jsonl"
    path.write_text("".join(json.dumps(p) + "\n" for p in tiny_passages()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random two-layer encoder and a tokenizer of the passages' words."""
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))  # type: ignore[call-arg]
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    trainer = WordPieceTrainer(vocab_size=400, special_tokens=SPECIAL, show_progress=False)
    texts = [p["text"] for p in tiny_passages()] * 2
    tokenizer.train_from_iterator([*texts, "Bashar al-Assad remains president of Syria."], trainer)
    separator = tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", tokenizer.token_to_id("[CLS]")), ("[SEP]", separator)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(fast), max_position_embeddings=256, **sizes)
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_config(tiny_encoder: Path, passages_file: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """A config of two short stages on the tiny encoder."""
    folder = tmp_path_factory.mktemp("run")
    data = [{"format": "passages", "path": str(passages_file)}]
    often = {"batch_size": 16, "evaluations_per_epoch": 1}
    return TrainConfig.model_validate(
        {
            "name": "tiny",
            "version": "0.0.1",
            "seed": 3,
            "output": str(folder / "checkpoint"),
            "work": str(folder / "work"),
            "data_root": None,
            "encoder": {"folder": str(tiny_encoder)},
            "encoding": {"max_length_tokens": 96, "window_tokens": 48},
            "stages": [
                {"name": "warm", "data": data, "epochs": 1, "learning_rate": 2e-3, **often},
                {"name": "domain", "data": data, "epochs": 30, "learning_rate": 4e-3, **often},
            ],
            "validation_share": 0.2,
            "precision": "float32",
            "store_weights_as": "float16",
        }
    )


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_config: TrainConfig) -> Path:
    """The checkpoint folder of a whole training run."""
    return train(tiny_config)


@pytest.fixture(scope="session")
def tiny_analyzer(tiny_checkpoint: Path) -> Analyzer:
    """An analyzer of the tiny checkpoint."""
    return Analyzer.load(tiny_checkpoint)
