"""The written passages: their number, their cases, their labels, and that no name gives a label away."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from stance_training.data_report import names_alone, near_duplicate_share, report_data
from stance_training.passages import read_passages

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "training" / "data").glob("*.jsonl"))
KINDS = {"person", "government", "organisation", "armed_group", "group"}
LONG_WORDS = 110
WRITER = "the author"


def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines() if line]


def _cases() -> set[str]:
    """The ids of the hard cases in the codebook's table."""
    text = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z-]+)` \|", text, re.M))


def test_there_are_enough_and_many_are_long() -> None:
    rows = _rows()
    actors = [actor for row in rows for actor in row["actors"]]
    assert len(rows) >= 2000
    assert len(actors) >= 7000
    assert sum(actor.get("neutral_kind") == "declared" for actor in actors) >= 900
    assert len({row["id"] for row in rows}) == len(rows)
    assert sum(len(row["text"].split()) >= LONG_WORDS for row in rows) >= 400
    assert sum(len(row["actors"]) >= 2 for row in rows) >= 0.8 * len(rows)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_label_keeps_the_format_and_its_words_stand_in_the_text(file: Path) -> None:
    for passage in read_passages(file):
        for actor in passage.actors:
            place = f"{passage.id}: {actor.actor}"
            for name in (actor.actor, *actor.mentions):
                if name == WRITER:
                    continue
                assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", passage.text), f"{place}: {name!r}"
            assert actor.evidence in passage.text, place
            assert bool(actor.evidence) == (actor.neutral_kind != "none"), place
            assert actor.kind in KINDS, place


def test_every_hard_case_of_the_codebook_is_there_forty_times() -> None:
    counts = Counter(actor.get("case") for row in _rows() for actor in row["actors"])
    cases = _cases()
    assert len(cases) == 45
    assert {case: counts[case] for case in cases if counts[case] < 40} == {}
    assert set(counts) - {None} <= cases


def test_every_kind_of_actor_and_every_label_is_common() -> None:
    actors = [actor for row in _rows() for actor in row["actors"]]
    assert min(Counter(actor["kind"] for actor in actors)[kind] for kind in KINDS) >= 60
    labels = Counter((actor["label"], actor.get("neutral_kind")) for actor in actors)
    assert min(labels.values()) >= 0.12 * len(actors)
    assert len({row["date"][:4] for row in _rows()}) >= 12
    assert len({row["style"] for row in _rows()}) >= 8


def test_other_propositions_have_twenty_passages_and_pairs_that_flip() -> None:
    rows = [row for row in _rows() if row["proposition"] != "assad-stays"]
    counts = Counter(row["proposition"] for row in rows)
    assert sum(count >= 20 for count in counts.values()) >= 25
    by_text: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_text[row["text"]].append(row)
    pairs = [found for found in by_text.values() if len(found) > 1]
    assert len(pairs) >= 100
    for found in pairs:
        labels = [{a["actor"]: (a["label"], a.get("neutral_kind")) for a in row["actors"]} for row in found]
        assert len({row["proposition_text"] for row in found}) == len(found)
        assert any(labels[0][name] != other[name] for other in labels[1:] for name in labels[0] if name in other)


def test_texts_differ_and_names_tell_little() -> None:
    report = report_data(ROOT / "training" / "data")
    assert report.near_duplicate_share < 0.02
    assert report.names_macro_f1 < report.chance_macro_f1 + 0.15
    assert report.second_reading_rows >= 295
    assert report.second_reading_kappa > 0.8


def test_what_is_near_and_what_names_tell_is_measured() -> None:
    text = (
        "The minister said on Monday that the bridge would be closed until the river had gone down again, and that the "
        "ferry would carry people, goods and animals across it without charge from early morning until late at night."
    )
    texts = [text, text.replace("Monday", "Tuesday"), "Quite another text, of other words."]
    assert near_duplicate_share(texts, [None, None, None]) == pytest.approx(2 / 3)
    assert near_duplicate_share(texts, ["a", "a", None]) == 0
    groups = [str(i) for i in range(40)]
    telling = names_alone(["Red", "Blue"] * 20, ["support", "oppose"] * 20, groups)
    assert telling == 1
    assert names_alone(["Red"] * 40, ["support", "oppose"] * 20, groups) < 0.7


@pytest.mark.parametrize("file", sorted((ROOT / "training/data/overlays").glob("*.jsonl")), ids=lambda file: file.name)
def test_overlays_hold_ids_places_and_labels_and_no_text(file: Path) -> None:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert rows
    assert len({row["id"] for row in rows}) == len(rows)
    words = {"support", "neutral", "oppose", "declared", "none"}
    for row in rows:
        assert set(row) == {"id", "actors"}
        for actor in row["actors"]:
            values = [value for key, value in actor.items() if key not in {"actor", "mentions", "evidence", "hard"}]
            assert set(values) <= words
            assert all(isinstance(place, int) for place in actor["actor"])


def test_no_frequent_name_has_one_label_only() -> None:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _rows():
        for actor in row["actors"]:
            labels[actor["actor"]][actor["label"]] += 1
    frequent = {name: counts for name, counts in labels.items() if counts.total() >= 12}
    assert len(frequent) >= 50
    # A moderator is neutral by office, and one state of many may be by chance.
    assert sum(len(counts) == 1 for counts in frequent.values()) <= 0.05 * len(frequent)
