"""Evaluation: the report of a checkpoint, and how found actors are counted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from stance_model.analyzer import Analyzer
from stance_model.cli import build_app
from stance_training.evaluation import FoundCounts, count_found, evaluate, judge, removal_hits
from stance_training.passages import LabelledPassage, read_passages


def test_the_report_counts_every_actor_once(tiny_analyzer: Analyzer, passages_file: Path) -> None:
    report = evaluate(tiny_analyzer, passages_file)
    n_actors = sum(len(p.actors) for p in read_passages(passages_file))
    assert report.n_actors == n_actors == sum(map(sum, report.confusion))
    assert report.macro_f1.low <= report.macro_f1.value <= report.macro_f1.high
    assert report.accuracy == pytest.approx(sum(report.confusion[i][i] for i in range(3)) / n_actors)
    assert 0 < report.all_neutral_macro_f1 < 0.34
    assert set(report.f1) == {"support", "neutral", "oppose"}


def test_the_command_prints_the_figures(tiny_checkpoint: Path, passages_file: Path) -> None:
    runner = CliRunner()
    shown = runner.invoke(build_app(), ["evaluate", str(tiny_checkpoint), str(passages_file)])
    assert shown.exit_code == 0
    for words in ("macro-F1", "F1 support", "95% interval", "recall", "precision"):
        assert words in shown.stdout
    as_json = runner.invoke(build_app(), ["evaluate", str(tiny_checkpoint), str(passages_file), "--json"])
    assert json.loads(as_json.stdout)["n_passages"] == 32


def test_a_found_actor_counts_for_one_labelled_actor_only(tiny_analyzer: Analyzer) -> None:
    row = {"label": "neutral", "neutral_kind": "none"}
    passage = LabelledPassage.model_validate(
        {
            "id": "p",
            "text": "France said that it would vote. Mr. Dubois slept.",
            "proposition": "assad-stays",
            "actors": [{"actor": "France", **row}, {"actor": "France", **row}],
        }
    )
    found = count_found(tiny_analyzer, [passage])
    rows = np.array([0])
    assert found.labelled.sum() == 2
    assert found.matched.sum() == 1
    assert found.recall(rows) == pytest.approx(0.5)
    n_found = int(found.found.sum())
    assert found.precision(rows) == pytest.approx(1 / n_found)
    assert found.f1(rows) == pytest.approx(2 / (2 + n_found))


def test_the_sentence_whose_removal_matters_is_compared_with_the_evidence(tiny_analyzer: Analyzer) -> None:
    passage = LabelledPassage.model_validate(
        {
            "id": "p",
            "text": "Norland insists that Assad stays in office. Norland sold wheat to a port on Monday.",
            "proposition": "assad-stays",
            "actors": [{"actor": "Norland", "label": "support", "evidence": "insists that Assad stays"}],
        }
    )
    stance = next(row.stance for _, rows in judge(tiny_analyzer, [passage]) for row in rows)
    hits = removal_hits(tiny_analyzer, passage)
    assert [group for group, _ in hits] == [passage.group] * (stance == "support")
    assert removal_hits(tiny_analyzer, passage.model_copy(update={"text": "Norland insists that Assad stays."})) == []


def test_end_to_end_counts_missed_and_extra_actors_against_their_label() -> None:
    counts = FoundCounts(
        labelled=np.array([[2, 1, 0]]), found=np.array([[1, 2, 0]]), right=np.array([[1, 1, 0]]), matched=np.array([2])
    )
    rows = np.array([0])
    assert counts.end_to_end(rows) == pytest.approx((2 * 1 / 3 + 2 * 1 / 3 + 0) / 3)
    assert counts.recall(rows) == pytest.approx(2 / 3)
