"""Checkpoints: what a valid folder is, its hashes, and how one is read and written.

A checkpoint folder is what plain `AutoModelForSequenceClassification.from_pretrained` loads, with two files more:

    config.json, model.safetensors      the classifier: encoder and the three-label head
    tokenizer.json, tokenizer_config.json
    heads.safetensors                   the heads that judge each actor of a window
    stance.json                         the manifest: how text is encoded, calibration, hashes, figures

Weights are safetensors. A folder that holds a pickle, code, or a file that the manifest's hash does not match is
not loaded.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stance_model.errors import CheckpointError
from stance_model.labels import STANCES
from stance_model.validation import faults

MANIFEST = "stance.json"
WEIGHTS = "model.safetensors"
HEADS = "heads.safetensors"
REQUIRED = ("config.json", WEIGHTS, HEADS, "tokenizer.json", "tokenizer_config.json")
FORBIDDEN_SUFFIXES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy", ".npz", ".joblib", ".py", ".h5"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncodingSettings(_Part):
    """How a window and a proposition become the classifier's input.

    Attributes:
        max_length_tokens: Limit of the two texts, special tokens counted in.
        window_tokens: Aim for a window's text in an article that is longer than the limit.
    """

    max_length_tokens: int = Field(default=384, ge=48, le=8192)
    window_tokens: int = Field(default=200, ge=16, le=8192)


class CalibrationSettings(_Part):
    """Logits to probabilities: softmax(logits / temperature + bias), in the labels' order.

    `declared_threshold` is the probability from which a neutral is called declared; `abstain_below` the highest
    class probability under which the row is marked abstained.
    """

    temperature: float = Field(default=1.0, gt=0)
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    declared_threshold: float = Field(default=0.5, ge=0, le=1)
    abstain_below: float = Field(default=0.5, ge=0, le=1)


class Manifest(_Part):
    """`stance.json`: everything about a checkpoint that is not a weight.

    `tagger_floor` is the probability that the tagger must give one word of an actor that is found.
    """

    schema_number: Literal[2] = Field(default=2, alias="schema")
    name: str
    version: str
    labels: tuple[Literal["support"], Literal["neutral"], Literal["oppose"]] = ("support", "neutral", "oppose")
    base_encoder: str
    encoding: EncodingSettings
    calibration: CalibrationSettings
    tagger_floor: float = Field(default=0.0, ge=0, le=1)
    metrics: dict[str, float] = {}
    training: dict[str, Any] = {}
    files: dict[str, str] = {}

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a valid checkpoint folder; this is the one place that says what valid is.

    Raises:
        CheckpointError: With every fault found: files missing, forbidden, or altered since they were written.
    """
    if not folder.is_dir():
        raise CheckpointError("is no folder; expected a checkpoint folder (see `stance train`)", where=str(folder))
    path = folder / MANIFEST
    if not path.is_file():
        raise CheckpointError(f"has no {MANIFEST}; expected a checkpoint written by `stance train`", where=str(folder))
    try:
        manifest = Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        detail = "; ".join(faults(error)) if isinstance(error, ValidationError) else str(error)
        raise CheckpointError(detail, where=str(path)) from error
    problems = [f"{name} is missing" for name in REQUIRED if not (folder / name).is_file()]
    problems += [
        f"{file.name} is not allowed; expected weights as safetensors and no code"
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in FORBIDDEN_SUFFIXES
    ]
    problems += [f"{name} has no hash in {MANIFEST}" for name in REQUIRED if name not in manifest.files]
    problems += [
        f"{name} has sha256 {found}; expected {expected}"
        for name, expected in manifest.files.items()
        if (folder / name).is_file() and (found := sha256_of(folder / name)) != expected
    ]
    if not problems:
        problems += _config_faults(folder / "config.json")
    if problems:
        raise CheckpointError("; ".join(problems), where=str(folder))
    return manifest


def _config_faults(path: Path) -> list[str]:
    config = json.loads(path.read_text(encoding="utf-8"))
    problems = ["config.json names code in auto_map; expected none"] if "auto_map" in config else []
    labels = [config.get("id2label", {}).get(str(index)) for index in range(len(STANCES))]
    if labels != list(STANCES):
        problems.append(f"config.json has the labels {labels}; expected {list(STANCES)}")
    return problems


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Writes `stance.json` with the hashes of the files that lie in the folder, and returns it with them."""
    names = [*REQUIRED, *(n for n in ("special_tokens_map.json", "vocab.txt") if (folder / n).is_file())]
    hashed = manifest.model_copy(update={"files": {name: sha256_of(folder / name) for name in sorted(names)}})
    text = hashed.model_dump_json(indent=2, by_alias=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return hashed
