"""A training run: a config in, a checkpoint folder out."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
import yaml
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerBase, set_seed

from stance_model.calibration import calibrate
from stance_model.checkpoint import HEADS, CalibrationSettings, Manifest, read_manifest, write_manifest
from stance_model.classifier import StanceModel, load_model
from stance_model.errors import ConfigError
from stance_model.resources import configs_folder
from stance_training.card import write_card
from stance_training.config import EncoderSource, TrainConfig
from stance_training.curve import draw_curve, draw_honesty
from stance_training.data import RunData, load_data
from stance_training.encoders import load_encoder
from stance_training.examples import Example
from stance_training.fitting import Scored, fit_calibration, measure, score
from stance_training.scoring import RawAnswers, answer, taught
from stance_training.swapping import with_swaps
from stance_training.trainer import train_stage, use_bfloat16

PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "safetensors", "scikit-learn", "spacy", "numpy")
RUN_CONFIG = "config.yaml"
STAGE_DONE = "done.json"
ANSWERS = "teacher.safetensors"


def train(config: TrainConfig) -> Path:
    """Runs every stage, calibrates, and writes the checkpoint; returns its folder.

    What is written beside the weights: `config.yaml` (resolved), `versions.json`, `data.json` (fingerprint and
    counts), `metrics.json`, `history.json`, `learning_curve.png`, `calibration.png`, and `README.md`, the
    card. A run that was killed goes on where it stopped, when it is started with the same config.

    Raises:
        ConfigError: The work folder holds a run with another config.
        InputError: Data is wrong.
        WorkError: Training failed.
    """
    root = configs_folder().parent
    work = _claim_work(root / config.work / config.name, config)
    set_seed(config.seed)
    data = load_data(config)
    classifier, tokenizer = load_encoder(config.encoder, dropout=config.dropout)
    model = StanceModel(classifier)
    if config.encoder.folder is not None and (config.encoder.folder / HEADS).is_file():
        model.load_heads(config.encoder.folder)  # the folder is a checkpoint: the run goes on from it
    has_teacher = config.teacher is not None and config.teacher.is_dir()
    answers = ask_teacher(config.teacher, data, work / ANSWERS) if config.teacher is not None and has_teacher else {}
    history: dict[str, list[dict[str, float]]] = {}
    for stage in config.stages:
        if not data.stages[stage.name].training:
            continue  # all of its data is left out, as `data.json` says
        folder = work / stage.name
        done = folder / STAGE_DONE
        if done.is_file():
            history[stage.name] = json.loads(done.read_text(encoding="utf-8"))
            _load_weights(model, folder)
            continue
        history[stage.name] = train_stage(
            model,
            tokenizer,
            stage=stage,
            config=config,
            training=with_swaps(
                _taught(data.stages[stage.name].training, answers), share=stage.swap_share, seed=config.seed
            ),
            validation=data.validation,
            work=folder / "state",
        )
        _save_weights(model, folder)
        done.write_text(json.dumps(history[stage.name]), encoding="utf-8")
        shutil.rmtree(folder / "state")
    scored = score(model, tokenizer, data.validation, config)
    calibration = fit_calibration(scored, with_bias=config.calibration == "vector", risk=config.abstain_risk)
    return _write(model, tokenizer, config=config, data=data, calibration=calibration, scored=scored, history=history)


def ask_teacher(teacher: Path, data: RunData, saved: Path) -> dict[Example, RawAnswers]:
    """A teacher's answers on all training examples; kept in a file, for a run that goes on."""
    examples = list(dict.fromkeys(e for stage in data.stages.values() for e in stage.training))
    if not saved.is_file():
        model, tokenizer, manifest = load_model(teacher)
        raw = answer(model, tokenizer, examples, manifest.encoding)
        joined = [np.concatenate([r.logits, r.declared[:, None]], axis=1) for r in raw]
        save_file({"answers": torch.from_numpy(np.concatenate(joined)).float()}, saved)
    rows = iter(load_file(saved)["answers"].double().numpy())
    taken = [np.stack([next(rows) for _ in example.actors]) for example in examples]
    return {e: RawAnswers(logits=a[:, :3], declared=a[:, 3]) for e, a in zip(examples, taken, strict=True)}


def _taught(examples: list[Example], answers: Mapping[Example, RawAnswers]) -> list[Example]:
    return taught(examples, [answers[example] for example in examples]) if answers else examples


def _claim_work(folder: Path, config: TrainConfig) -> Path:
    """The run's work folder; it belongs to one config."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RUN_CONFIG
    text = resolved(config)
    if path.is_file() and path.read_text(encoding="utf-8") != text:
        raise ConfigError(
            "holds a run with another config; expected the same config, another name, or the folder removed",
            where=str(folder),
        )
    path.write_text(text, encoding="utf-8")
    return folder


def resolved(config: TrainConfig) -> str:
    """The whole config as YAML, defaults included."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _save_weights(model: StanceModel, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model.classifier.save_pretrained(folder)
    model.save_heads(folder)


def _load_weights(model: StanceModel, folder: Path) -> None:
    restored = type(model.classifier).from_pretrained(folder, dtype=torch.float32, use_safetensors=True)
    model.classifier.load_state_dict(restored.state_dict())
    model.load_heads(folder)


def _write(
    model: StanceModel,
    tokenizer: PreTrainedTokenizerBase,
    *,
    config: TrainConfig,
    data: RunData,
    calibration: CalibrationSettings,
    scored: Scored,
    history: dict[str, list[dict[str, float]]],
) -> Path:
    """The checkpoint, written aside and put in place whole."""
    output = configs_folder().parent / config.output
    fresh = output.with_name(output.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    model.save_heads(fresh)
    _save_classifier(model, fresh, as_float16=config.store_weights_as == "float16")
    tokenizer.save_pretrained(fresh)
    text = resolved(config)
    metrics = measure(scored, calibration)
    manifest = Manifest(
        name=config.name,
        version=config.version,
        base_encoder=_describe(config.encoder),
        encoding=config.encoding,
        calibration=calibration,
        tagger_floor=config.tagger_floor,
        metrics=metrics,
        training={
            "seed": config.seed,
            "config_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "data_fingerprint": data.fingerprint,
            "precision": "bfloat16" if use_bfloat16(config.precision) else "float32",
        },
    )
    manifest = write_manifest(fresh, manifest)
    (fresh / RUN_CONFIG).write_text(text, encoding="utf-8")
    versions = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    _write_json(fresh / "versions.json", versions)
    _write_json(fresh / "data.json", data.describe())
    _write_json(fresh / "metrics.json", metrics)
    _write_json(fresh / "history.json", history)
    draw_curve(history, fresh / "learning_curve.png")
    draw_honesty(scored.labels, calibrate(scored.logits, calibration), fresh / "calibration.png")
    write_card(fresh, manifest, data)
    read_manifest(fresh)
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    return output


def _save_classifier(model: StanceModel, folder: Path, *, as_float16: bool) -> None:
    """Writes the classifier; `config.json` says float32 either way, which is what it is loaded as."""
    if as_float16:
        model.classifier.half()  # type: ignore[no-untyped-call]
    model.classifier.save_pretrained(folder)
    model.classifier.float()  # type: ignore[no-untyped-call]
    path = folder / "config.json"
    _write_json(path, json.loads(path.read_text(encoding="utf-8")) | {"dtype": "float32"})


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _describe(source: EncoderSource) -> str:
    if source.package is not None:
        return f"package {source.package}, sha256 {source.sha256}"
    return f"hub {source.hub}@{source.revision}" if source.hub is not None else f"folder {source.folder}"
