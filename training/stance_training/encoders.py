"""Base encoders: found in a registry package, a local folder or on a hub, and checked before they are loaded."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from stance_model.checkpoint import sha256_of
from stance_model.errors import CheckpointError, ConfigError
from stance_model.labels import STANCES
from stance_training.config import EncoderSource

WEIGHTS = "model.safetensors"


def encoder_folder(source: EncoderSource) -> Path:
    """The local folder of an encoder, its weights' hash checked; a hub id is fetched at its revision.

    Raises:
        ConfigError: The package is not installed.
        CheckpointError: The folder has no safetensors weights, or their hash is another.
    """
    folder = _locate(source)
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise CheckpointError(f"has no {WEIGHTS}; expected weights as safetensors", where=str(folder))
    if source.sha256 is not None and (found := sha256_of(weights)) != source.sha256:
        raise CheckpointError(f"has sha256 {found}; expected {source.sha256}", where=str(weights))
    return folder


def _locate(source: EncoderSource) -> Path:
    if source.folder is not None:
        return source.folder
    if source.package is not None:
        spec = find_spec(source.package)
        if spec is None or not spec.submodule_search_locations:
            raise ConfigError(f"package {source.package!r} is not installed; expected `make install`", where="encoder")
        return Path(spec.submodule_search_locations[0]) / source.subfolder
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only a hub id needs it

    allowed = ["*.json", "*.txt", "*.model", WEIGHTS]
    return Path(snapshot_download(source.hub or "", revision=source.revision, allow_patterns=allowed))


def load_encoder(source: EncoderSource, *, dropout: float | None) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The encoder in float32 with a fresh three-label head, and its tokenizer."""
    folder = encoder_folder(source)
    rates = ("hidden_dropout_prob", "attention_probs_dropout_prob")
    changes = {} if dropout is None else dict.fromkeys(rates, dropout)
    model = AutoModelForSequenceClassification.from_pretrained(
        folder,
        id2label=dict(enumerate(STANCES)),
        label2id={stance: index for index, stance in enumerate(STANCES)},
        use_safetensors=True,
        trust_remote_code=False,
        dtype=torch.float32,
        **changes,
    )
    if source.layers is not None:
        stack = model.base_model.encoder
        if max(source.layers) >= len(stack.layer):
            raise ConfigError(f"layers {source.layers}; expected indices under {len(stack.layer)}", where="encoder")
        stack.layer = torch.nn.ModuleList(stack.layer[index] for index in source.layers)
        model.config.num_hidden_layers = len(source.layers)
    return model, AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
