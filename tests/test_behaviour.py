"""The behavioural suites: that they are what they say, and that they can fail."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from stance_model.analyzer import Analyzer
from stance_model.errors import InputError
from stance_training.behaviour import InvarianceCase, MinimumCase, NegationCase, read_cases, run_suites
from stance_training.passages import read_passages

ROOT = Path(__file__).parents[1]
SUITES = ROOT / "tests" / "behaviour"


def test_the_suites_hold_what_they_ask_for() -> None:
    minimum = read_cases(SUITES / "minimum.jsonl", MinimumCase)
    assert min(Counter(case.capability for case in minimum).values()) >= 10
    assert len(minimum) >= 100
    assert all(case.actor in case.text for case in minimum)
    swapped = read_cases(SUITES / "invariance.jsonl", InvarianceCase)
    assert len(swapped) >= 100
    for case in swapped:
        texts = {text for text, _ in case.variants}
        assert len(texts) == 1 + len(case.swaps) == 4
        assert all(name in text for text, name in case.variants)
    negated = read_cases(SUITES / "negation.jsonl", NegationCase)
    assert len(negated) >= 100
    for flip in negated:
        assert flip.actor in flip.before
        assert flip.actor in flip.after
        assert (flip.label_before, flip.kind_before) != (flip.label_after, flip.kind_after)
    propositions = Counter(passage.proposition for passage in read_passages(SUITES / "unseen_propositions.jsonl"))
    assert len(propositions) >= 12
    assert min(propositions.values()) >= 10


def test_no_suite_is_trained_on() -> None:
    trained = [passage for file in (ROOT / "training" / "data").glob("*.jsonl") for passage in read_passages(file)]
    unseen = read_passages(SUITES / "unseen_propositions.jsonl")
    assert not {p.proposition_text for p in unseen} & {p.proposition_text for p in trained}
    assert not {p.proposition for p in unseen} & {p.proposition for p in trained}
    texts = "\n".join(passage.text for passage in trained)
    cases = [case.text for case in read_cases(SUITES / "minimum.jsonl", MinimumCase)]
    cases += [case.before for case in read_cases(SUITES / "negation.jsonl", NegationCase)]
    cases += [case.text for case in read_cases(SUITES / "invariance.jsonl", InvarianceCase)]
    assert not [case for case in cases if case in texts]


def test_the_suites_run_and_can_fail(tiny_analyzer: Analyzer, tmp_path: Path) -> None:
    for file in SUITES.glob("*.jsonl"):
        lines = file.read_text(encoding="utf-8").splitlines()[:12]
        (tmp_path / file.name).write_text("\n".join(lines), encoding="utf-8")
    report = run_suites(tiny_analyzer, tmp_path)
    assert (report.n_minimum, report.n_swaps, report.n_negations) == (12, 36, 12)
    assert report.negation.value < 1
    assert report.invariance.low <= report.invariance.value <= report.invariance.high
    case = json.loads((tmp_path / "minimum.jsonl").read_text(encoding="utf-8").splitlines()[0])
    (tmp_path / "minimum.jsonl").write_text(json.dumps(case | {"label": "pro"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"minimum\.jsonl:1: label"):
        run_suites(tiny_analyzer, tmp_path)
    shutil.rmtree(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        run_suites(tiny_analyzer, tmp_path)
