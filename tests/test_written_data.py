"""The written passages: their number, their cases, their labels, and that no name gives a label away."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from stance_training.passages import read_passages

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "training" / "data").glob("*.jsonl"))
KINDS = {"person", "government", "organisation", "armed_group", "group"}
LONG_WORDS = 110


def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines() if line]


def _cases() -> set[str]:
    """The ids of the hard cases in the codebook's table."""
    text = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z-]+)` \|", text, re.M))


def test_there_are_enough_and_half_are_long() -> None:
    rows = _rows()
    assert len(rows) >= 400
    assert len({row["id"] for row in rows}) == len(rows)
    assert sum(len(row["text"].split()) >= LONG_WORDS for row in rows) >= 0.5 * len(rows)
    assert sum(len(row["actors"]) >= 2 for row in rows) >= 0.8 * len(rows)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_label_keeps_the_format_and_its_words_stand_in_the_text(file: Path) -> None:
    for passage in read_passages(file):
        for actor in passage.actors:
            place = f"{passage.id}: {actor.actor}"
            for name in (actor.actor, *actor.mentions):
                assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", passage.text), f"{place}: {name!r}"
            assert actor.evidence in passage.text, place
            assert bool(actor.evidence) == (actor.neutral_kind != "none"), place
            assert actor.kind in KINDS, place


def test_every_hard_case_of_the_codebook_is_there_six_times() -> None:
    counts = Counter(actor.get("case") for row in _rows() for actor in row["actors"])
    cases = _cases()
    assert len(cases) == 45
    assert {case: counts[case] for case in cases if counts[case] < 6} == {}
    assert set(counts) - {None} <= cases


def test_every_kind_of_actor_and_every_label_is_common() -> None:
    actors = [actor for row in _rows() for actor in row["actors"]]
    assert min(Counter(actor["kind"] for actor in actors)[kind] for kind in KINDS) >= 60
    labels = Counter((actor["label"], actor.get("neutral_kind")) for actor in actors)
    assert min(labels.values()) >= 0.12 * len(actors)
    assert len({row["date"][:4] for row in _rows()}) >= 12
    assert len({row["style"] for row in _rows()}) >= 8


def test_no_frequent_name_has_one_label_only() -> None:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _rows():
        for actor in row["actors"]:
            labels[actor["actor"]][actor["label"]] += 1
    frequent = {name: counts for name, counts in labels.items() if counts.total() >= 12}
    assert len(frequent) >= 5
    assert [name for name, counts in frequent.items() if len(counts) == 1] == []
