"""Training configs: YAML files that state what differs from the file they extend."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stance_model.checkpoint import EncodingSettings
from stance_model.errors import ConfigError
from stance_model.validation import faults


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderSource(_Part):
    """Where the base encoder comes from: exactly one of a registry package, a local folder, or a hub id.

    Attributes:
        package: An installed Python package that carries a model folder, with `subfolder` in it.
        folder: A local folder.
        hub: A hub id; `revision` pins the commit.
        sha256: Of `model.safetensors`; checked where given, and always given for a package.
        layers: Indices of the layers to keep, lowest first; null for all.
    """

    package: str | None = None
    subfolder: str = "model"
    folder: Path | None = None
    hub: str | None = None
    revision: str | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    layers: tuple[int, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _exactly_one(self) -> EncoderSource:
        named = [name for name in ("package", "folder", "hub") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(f"names {named or 'no source'}; expected exactly one of package, folder, hub")
        if self.hub is not None and self.revision is None:
            raise ValueError(f"hub {self.hub!r} has no revision; expected the commit to load")
        if self.package is not None and self.sha256 is None:
            raise ValueError(f"package {self.package!r} has no sha256; expected that of its model.safetensors")
        return self


class PassageData(_Part):
    """Labelled passages.

    Attributes:
        path: A file, or a folder of them; relative to the repository, or to `data_root` with `shared: true`.
        corrections: A file of the repository with labels of ours in the place of wrong ones.
        validation: Whether passages may be kept out of training, to choose and to calibrate on. Where no source
            that may is there, all may.
    """

    format: Literal["passages"] = "passages"
    path: Path
    shared: bool = False
    corrections: Path | None = None
    validation: bool = True
    repeat: int = Field(default=1, ge=1, le=10)


class LabelData(_Part):
    """Labels of ours for sentences that lie in `data_root`: offsets into texts that are not the project's."""

    format: Literal["labels"]
    path: Path
    sentences: Path
    shared: Literal[True] = True
    validation: bool = False
    repeat: int = Field(default=1, ge=1, le=10)


class PairData(_Part):
    """General stance and inference pairs in `data_root` (its README says what may be used)."""

    format: Literal["pairs"]
    path: Path
    shared: Literal[True] = True
    neutral_share: float = Field(default=1.0, gt=0, le=1)
    max_rows: int | None = Field(default=None, ge=1)
    max_chars: int = Field(default=500, ge=20)


DataSource = Annotated[PassageData | LabelData | PairData, Field(discriminator="format")]


class Stage(_Part):
    """One pass of training over its data; stages follow each other on the same weights.

    Attributes:
        name: A word; the stage's runs lie in a folder of that name.
        data: Sources; those under `data_root` are left out, with a notice, where it is not there.
        epochs: Full passes; early stopping may end before.
        batch_size: Passages a step.
        freeze_layers: The embeddings and this many of the lowest layers stay as they are; 0 trains everything.
        mention_share: Probability that an actor's other mentions are shown beside its name.
        swap_share: Share of the passages that are learnt a second time under other actors' names.
        head_rate: The heads' learning rate as a multiple of the encoder's.
        evaluations_per_epoch: How often an epoch the stage is measured on validation and its state saved.
        average_last: Keep the mean of the weights of the last n saved states (Izmailov et al. 2018) in place of the
            best state; 0 for the best one.
        early_stopping: Epochs without a better validation macro-F1 after which the stage ends; null for never.
    """

    name: str = Field(pattern=r"^[a-z0-9_-]+$")
    data: tuple[DataSource, ...] = Field(min_length=1)
    epochs: float = Field(gt=0, le=100)
    learning_rate: float = Field(gt=0, lt=1)
    batch_size: int = Field(default=16, ge=1, le=1024)
    warmup_share: float = Field(default=0.08, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    head_rate: float = Field(default=3.0, gt=0)
    freeze_layers: int = Field(default=0, ge=0)
    mention_share: float = Field(default=0.6, ge=0, le=1)
    swap_share: float = Field(default=0.0, ge=0, le=1)
    evaluations_per_epoch: int = Field(default=2, ge=1, le=50)
    average_last: int = Field(default=0, ge=0, le=20)
    early_stopping: int | None = Field(default=None, ge=1)


class Loss(_Part):
    """Cross-entropy or focal loss (Lin et al. 2017) on the stance, plus the losses of the small heads.

    `class_weight_power`: 0 for none, 1 for weights inverse to the classes' counts. `distill_weight` is the teacher's
    share of the stance loss, where the config names a teacher.
    """

    kind: Literal["cross_entropy", "focal"] = "cross_entropy"
    focal_gamma: float = Field(default=2.0, ge=0)
    class_weight_power: float = Field(default=0.5, ge=0, le=1)
    label_smoothing: float = Field(default=0.0, ge=0, lt=0.5)
    declared_weight: float = Field(default=0.3, ge=0)
    evidence_weight: float = Field(default=0.5, ge=0)
    tag_weight: float = Field(default=0.5, ge=0)
    positive_weight: float = Field(default=5.0, gt=0)
    distill_weight: float = Field(default=0.5, ge=0, le=1)
    distill_temperature: float = Field(default=2.0, gt=0)


class TrainConfig(_Part):
    """A whole training run.

    Attributes:
        name: Goes into the checkpoint's manifest, as `version` does.
        seed: Of everything that is drawn: weights, order, split, samples.
        output: Folder of the finished checkpoint.
        work: Folder for the state of runs, from which a killed one goes on.
        data_root: Folder of the data that is not the project's own; what lies there is left out where it is missing.
        teacher: A checkpoint whose answers on the training passages are learnt beside the labels (distillation);
            left out where the folder is not there.
        validation_share: Share of the passages of the last stage that are kept for choosing and calibration.
        calibration: Fit a temperature alone, or a bias a class with it. Biases undo what the class weights do: they
            make probabilities truer and rare stances rarer (see training/EXPERIMENTS.md).
        tagger_floor: An actor that the rules choose gets a row where the tagger is at least this sure of one of its
            words; chosen on the development set (see training/EXPERIMENTS.md).
        abstain_risk: Share of wrong answers that the rows which are not abstained may have, on validation.
        store_weights_as: `float16` halves the file; weights are float32 again when loaded.
        dropout: The encoder's, where it is to differ from its own.
    """

    name: str = Field(pattern=r"^[a-z0-9._-]+$")
    version: str = "0"
    seed: int = Field(ge=0)
    output: Path
    work: Path = Path("runs")
    data_root: Path | None = Path("../shared/data")
    encoder: EncoderSource
    teacher: Path | None = None
    encoding: EncodingSettings = EncodingSettings()
    stages: tuple[Stage, ...] = Field(min_length=1)
    loss: Loss = Loss()
    validation_share: float = Field(default=0.1, gt=0, lt=0.5)
    calibration: Literal["temperature", "vector"] = "temperature"
    tagger_floor: float = Field(default=0.3, ge=0, le=1)
    abstain_risk: float = Field(default=0.1, ge=0, le=1)
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    store_weights_as: Literal["float32", "float16"] = "float32"
    dropout: float | None = Field(default=None, ge=0, lt=1)

    @model_validator(mode="after")
    def _stage_names_differ(self) -> TrainConfig:
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise ValueError(f"stages are named {names}; expected different names")
        return self


def load_config(path: Path, overrides: list[str] | None = None) -> TrainConfig:
    """The config of a file, with what it extends beneath it and `key=value` overrides above.

    `extends: base.yaml` names a file beside it. A key may be dotted and may hold indexes: `stages.0.epochs=2`.

    Raises:
        ConfigError: A file or an override is wrong; every fault is listed.
    """
    values = _read(path, seen=())
    for override in overrides or []:
        _apply(values, override)
    try:
        return TrainConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError("; ".join(faults(error)), where=str(path)) from error


def _read(path: Path, *, seen: tuple[Path, ...]) -> dict[str, Any]:
    if path in seen:
        raise ConfigError(f"extends itself by way of {' → '.join(map(str, seen))}", where=str(path))
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path)) from error
    except yaml.YAMLError as error:
        raise ConfigError("; ".join(faults(error)), where=str(path)) from error
    if not isinstance(values, dict):
        raise ConfigError(f"holds a {type(values).__name__}; expected keys and values", where=str(path))
    parent = values.pop("extends", None)
    return values if parent is None else _merge(_read(path.parent / str(parent), seen=(*seen, path)), values)


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _apply(values: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key:
        raise ConfigError(f"{override!r}; expected key=value, such as seed=7 or stages.0.epochs=2", where="override")
    value = yaml.safe_load(text)
    # YAML 1.1 reads 3e-5 as a word.
    if isinstance(value, str):
        with suppress(ValueError):
            value = float(value)
    place: Any = values
    *parents, last = key.split(".")
    try:
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    except (IndexError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"{key!r} names no place in the config", where="override") from error
