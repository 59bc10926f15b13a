"""Checkpoint folders: what training writes, what plain transformers loads, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.checkpoint import MANIFEST, WEIGHTS, read_manifest
from stance_model.errors import CheckpointError
from stance_model.labels import STANCES

WRITTEN = (
    "README.md",
    "config.yaml",
    "versions.json",
    "data.json",
    "metrics.json",
    "history.json",
    "learning_curve.png",
)


@pytest.fixture
def copy(tiny_checkpoint: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint"))


def test_plain_transformers_loads_the_folder(tiny_checkpoint: Path) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(tiny_checkpoint)
    assert [model.config.id2label[i] for i in range(3)] == list(STANCES)
    tokenizer = AutoTokenizer.from_pretrained(tiny_checkpoint)
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer)
    (answer,) = classify([{"text": "→ Norland ← takes no side.", "text_pair": "Norland wants this: Assad stays."}])
    assert answer["label"] in STANCES


def test_loaded_twice_it_answers_the_same(tiny_checkpoint: Path, tiny_analyzer: Analyzer) -> None:
    article = Article(text="Norland takes no side on Assad.", actors=("Norland",))
    assert Analyzer.load(tiny_checkpoint).analyze(article) == tiny_analyzer.analyze(article)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_run_leaves_its_record_beside_the_weights(tiny_checkpoint: Path, name: str) -> None:
    assert (tiny_checkpoint / name).stat().st_size > 0


def test_the_record_names_seed_data_and_hash(tiny_checkpoint: Path) -> None:
    manifest = read_manifest(tiny_checkpoint)
    assert manifest.training["seed"] == 3
    assert len(manifest.training["data_fingerprint"]) == 64
    assert manifest.files[WEIGHTS] in (tiny_checkpoint / "README.md").read_text(encoding="utf-8")


def test_altered_weights_are_refused(copy: Path) -> None:
    path = copy / WEIGHTS
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CheckpointError, match=r"model\.safetensors has sha256"):
        read_manifest(copy)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pkl", "modeling.py"])
def test_pickles_and_code_are_refused(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"")
    with pytest.raises(CheckpointError, match="is not allowed"):
        Analyzer.load(copy)


def test_missing_files_are_listed_together(copy: Path) -> None:
    (copy / "heads.safetensors").unlink()
    (copy / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError, match=r"heads\.safetensors is missing.*tokenizer\.json is missing"):
        read_manifest(copy)


@pytest.mark.parametrize("value", ["[]", "{", '{"schema": 2}'])
def test_a_wrong_manifest_is_refused(copy: Path, value: str) -> None:
    (copy / MANIFEST).write_text(value, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"stance\.json"):
        read_manifest(copy)


def test_another_order_of_labels_is_refused(copy: Path) -> None:
    path = copy / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["id2label"] = {"0": "oppose", "1": "neutral", "2": "support"}
    path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CheckpointError):
        read_manifest(copy)


def test_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="is no folder"):
        read_manifest(tmp_path / "nothing")


def test_weights_on_disk_are_half_and_in_memory_single(tiny_checkpoint: Path) -> None:
    on_disk = load_file(tiny_checkpoint / WEIGHTS)
    assert {tensor.dtype for tensor in on_disk.values() if tensor.is_floating_point()} == {torch.float16}
    assert AutoModelForSequenceClassification.from_pretrained(tiny_checkpoint).dtype == torch.float32
