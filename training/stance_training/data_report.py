"""What the written passages are: counts, near-duplicates, what names alone tell, and how far two readers agree.

The second reading (`checks/second_reading.jsonl`) holds labels that another reader gave to a random sample of rows
without seeing the first; `{id, actor, label, neutral_kind}` a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from stance_model.errors import InputError
from stance_training.passages import LabelledPassage, read_lines, read_passages

SECOND_READING = Path("checks/second_reading.jsonl")
SHINGLE_WORDS = 5
NEAR_DUPLICATE = 0.5
LONG_WORDS = 110
FOLDS = 5
_WORD = r"\w+"


class DataReport(BaseModel):
    """Figures of a folder of labelled passages.

    Attributes:
        labels: Rows a label, `declared` and `none` for the kinds of neutral.
        cases: Rows a hard case.
        near_duplicate_share: Share of different texts whose five-word shingles overlap another text's by half or more
            (Jaccard); texts that were written as a pair are not compared.
        n_pairs: Pairs that differ in a few words, or in the proposition alone, and in a label.
        names_macro_f1: Macro-F1 over the four labels of a logistic regression that sees nothing but the actor's name,
            over five folds of passages.
        chance_macro_f1: That of answers drawn at the labels' own rates.
        second_reading_rows: Rows read twice, the second time blind.
        second_reading_kappa: Cohen's kappa of the two readings over the four labels.
    """

    model_config = ConfigDict(frozen=True)

    n_passages: int
    n_long: int
    n_actors: int
    labels: dict[str, int]
    cases: dict[str, int]
    n_propositions: int
    n_pairs: int
    near_duplicate_share: float
    names_macro_f1: float
    chance_macro_f1: float
    second_reading_rows: int
    second_reading_kappa: float


def report_data(folder: Path) -> DataReport:
    """The report of the passages in a folder's `*.jsonl` files.

    Raises:
        InputError: A file is wrong, or the second reading names a row that is not there.
    """
    files = sorted(folder.glob("*.jsonl"))
    passages = [passage for file in files for passage in read_passages(file)]
    raw = [value for file in files for _, value in read_lines(file)]
    rows = [(passage, actor) for passage in passages for actor in passage.actors]
    labels = [actor.neutral_kind or actor.label for _, actor in rows]
    names, groups = [actor.actor for _, actor in rows], [passage.group for passage, _ in rows]
    first, second = _readings(passages, folder / SECOND_READING)
    texts = {passage.text: passage.pair for passage in passages}
    return DataReport(
        n_passages=len(passages),
        n_long=sum(len(passage.text.split()) >= LONG_WORDS for passage in passages),
        n_actors=len(rows),
        labels=dict(Counter(labels)),
        cases=_cases(raw),
        n_propositions=len({passage.proposition_text or passage.proposition for passage in passages}),
        n_pairs=len({passage.pair for passage in passages} - {None}),
        near_duplicate_share=near_duplicate_share(list(texts), list(texts.values())),
        names_macro_f1=names_alone(names, labels, groups),
        chance_macro_f1=_chance(labels),
        second_reading_rows=len(second),
        second_reading_kappa=float(cohen_kappa_score(first, second)) if second else 0.0,
    )


def _cases(raw: Sequence[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(actor["case"] for value in raw for actor in value["actors"] if actor.get("case")))


def near_duplicate_share(texts: Sequence[str], pairs: Sequence[str | None]) -> float:
    """Share of texts that have a near-duplicate among the others, those of the same pair left aside."""
    if len(texts) < 2:
        return 0.0
    vectorizer = CountVectorizer(ngram_range=(SHINGLE_WORDS, SHINGLE_WORDS), binary=True, token_pattern=_WORD)
    shingles = vectorizer.fit_transform(texts)
    shared = (shingles @ shingles.T).tocoo()
    sizes = np.asarray(shingles.sum(axis=1)).ravel()
    jaccard = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    names = np.array([pair or f"#{index}" for index, pair in enumerate(pairs)])
    near = (jaccard >= NEAR_DUPLICATE) & (names[shared.row] != names[shared.col])
    return len(set(shared.row[near].tolist())) / len(texts)


def names_alone(names: Sequence[str], labels: Sequence[str], groups: Sequence[str]) -> float:
    """Cross-validated macro-F1 of a classifier of names; no passage is in training and test at once."""
    model = make_pipeline(
        CountVectorizer(token_pattern=_WORD), LogisticRegression(class_weight="balanced", max_iter=500)
    )
    folds = GroupKFold(n_splits=min(FOLDS, len(set(groups))))
    predicted = cross_val_predict(model, list(names), list(labels), groups=list(groups), cv=folds)
    return float(f1_score(labels, predicted, average="macro"))


def _chance(labels: Sequence[str]) -> float:
    dice = np.random.default_rng(0)
    return float(np.mean([f1_score(labels, dice.permutation(labels), average="macro") for _ in range(20)]))


def _readings(passages: Sequence[LabelledPassage], path: Path) -> tuple[list[str], list[str]]:
    """The labels of both readings, row by row; none where there was no second."""
    if not path.is_file():
        return [], []
    known = {(p.id, actor.actor): actor.neutral_kind or actor.label for p in passages for actor in p.actors}
    first: list[str] = []
    second: list[str] = []
    for number, value in read_lines(path):
        key = (value["id"], value["actor"])
        if key not in known:
            raise InputError(f"{key} is no row of the passages", where=f"{path}:{number}")
        first.append(known[key])
        second.append(value["neutral_kind"] or value["label"])
    return first, second
