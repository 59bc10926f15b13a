"""The data of a run: which sources there are, their fingerprint, and the split by passage."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sklearn.model_selection import GroupShuffleSplit

from stance_model.checkpoint import sha256_of
from stance_model.errors import ConfigError
from stance_model.labels import STANCES
from stance_model.resources import configs_folder
from stance_training.config import DataSource, LabelData, PairData, Stage, TrainConfig
from stance_training.examples import Example
from stance_training.sources import read_source


@dataclass(frozen=True)
class StageData:
    """A stage's examples, and the sources that were left out because `data_root` is not there."""

    training: list[Example]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class RunData:
    """All data of a run; no document is on both sides of the split.

    Attributes:
        stages: By the stage's name.
        validation: Of the last stage; used to choose and to calibrate.
        fingerprint: SHA-256 over the files that were read.
        files: Each file's SHA-256.
    """

    stages: dict[str, StageData]
    validation: list[Example]
    fingerprint: str
    files: dict[str, str]

    def describe(self) -> dict[str, object]:
        """Counts a stage and class, for the record beside the weights."""
        return {
            "fingerprint": self.fingerprint,
            "files": self.files,
            "validation": _counts(self.validation),
            **{
                f"stage {name}": _counts(stage.training) | {"left_out": list(stage.left_out)}
                for name, stage in self.stages.items()
            },
        }


def _counts(examples: list[Example]) -> dict[str, object]:
    actors = [actor for example in examples for actor in example.actors]
    by_label = Counter(STANCES[actor.label] for actor in actors)
    return {
        "passages": len(examples),
        "actors": len(actors),
        **{stance: by_label[stance] for stance in STANCES},
        "declared": sum(actor.declared == 1 for actor in actors),
        "by_source": dict(sorted(Counter(e.source for e in examples).items())),
    }


def load_data(config: TrainConfig) -> RunData:
    """Reads every source of every stage and splits off the validation passages.

    Raises:
        ConfigError: A stage has no data left, or the last one too few passages to split.
        InputError: A file is wrong.
    """
    root = configs_folder().parent
    shared = None if config.data_root is None else (root / config.data_root)
    shared = shared if shared is not None and shared.is_dir() else None
    loaded = {stage.name: _load_stage(stage, config, root=root, shared=shared) for stage in config.stages}
    last = config.stages[-1]
    trained_on = loaded[last.name].training
    offered = {str(source.path) for source in last.data if not isinstance(source, PairData) and source.validation}
    splittable = [e for e in trained_on if e.source in offered] or trained_on
    groups = [e.group for e in splittable]
    if len(set(groups)) < 2:
        raise ConfigError(f"stage {last.name!r} has {len(set(groups))} passages; expected at least 2", where="stages")
    splitter = GroupShuffleSplit(n_splits=1, test_size=config.validation_share, random_state=config.seed)
    _, held_out = next(splitter.split(splittable, groups=groups))
    # A repeated source counts once in validation.
    validation = list(dict.fromkeys(splittable[i] for i in held_out))
    kept_out = {e.group for e in validation}
    held_text = "\n".join(e.text for e in validation)
    stages = {
        name: StageData(
            # A sentence of a passage that was kept out is kept out with it.
            training=[e for e in data.training if e.group not in kept_out and e.text not in held_text],
            left_out=data.left_out,
        )
        for name, data in loaded.items()
    }
    files = {
        str(path.relative_to(root) if path.is_relative_to(root) else path.name): sha256_of(path)
        for stage in config.stages
        for source in stage.data
        for path in _files(source, root=root, shared=shared)
    }
    fingerprint = hashlib.sha256("\n".join(f"{k} {v}" for k, v in sorted(files.items())).encode()).hexdigest()
    return RunData(stages=stages, validation=validation, fingerprint=fingerprint, files=files)


def _load_stage(stage: Stage, config: TrainConfig, *, root: Path, shared: Path | None) -> StageData:
    examples: list[Example] = []
    left_out: list[str] = []
    for source in stage.data:
        if source.shared and shared is None:
            left_out.append(str(source.path))
            continue
        folder = shared if source.shared and shared is not None else root
        examples += read_source(source, folder, root=root, seed=config.seed)
    if not examples and stage is config.stages[-1]:
        raise ConfigError(
            f"stage {stage.name!r} has no data: {', '.join(left_out)} lies in data_root {str(config.data_root)!r}, "
            "which is not there; expected that folder, or a config without the stage",
            where="stages",
        )
    return StageData(training=examples, left_out=tuple(left_out))


def _files(source: DataSource, *, root: Path, shared: Path | None) -> list[Path]:
    if source.shared and shared is None:
        return []
    folder = shared if source.shared and shared is not None else root
    if isinstance(source, LabelData):
        return [root / source.path, folder / source.sentences]
    path = folder / source.path
    if isinstance(source, PairData):
        return [path]
    corrections = [] if source.corrections is None else [root / source.corrections]
    return [*(sorted(path.glob("*.jsonl")) if path.is_dir() else [path]), *corrections]
