"""Evaluation of a checkpoint on labelled passages: stances with the actors given, and the actors it finds itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import confusion_matrix

from stance_model.actors import Actor
from stance_model.analysis import ActorStance
from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.labels import STANCE_IDS, STANCES
from stance_model.proposition import Proposition, get_proposition
from stance_training.examples import find_places
from stance_training.metrics import (
    Interval,
    Ints,
    bootstrap,
    brier_score,
    class_f1,
    expected_calibration_error,
    kappa,
    macro_f1,
)
from stance_training.passages import LabelledActor, LabelledPassage, read_passages

BATCH_PASSAGES = 16

Bools = npt.NDArray[np.bool_]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Estimate(_Frozen):
    """A figure with its 95% bootstrap interval over passages."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, interval: Interval) -> Estimate:
        """The same as a field of a report."""
        return cls(value=interval.value, low=interval.low, high=interval.high)

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class FoundActors(_Frozen):
    """How the actors found compare with the labelled ones, matched one to one where their words overlap."""

    n_labelled: int
    n_found: int
    n_matched: int
    recall: float
    precision: float


class Report(_Frozen):
    """The figures of a checkpoint on a file; `confusion` has a row a true label, a column a predicted one."""

    checkpoint: str
    data: str
    n_passages: int
    n_actors: int
    macro_f1: Estimate
    f1: dict[str, Estimate]
    all_neutral_macro_f1: float
    accuracy: float
    kappa: float
    expected_calibration_error: float
    brier_score: float
    share_abstained: float
    macro_f1_not_abstained: float
    declared_f1: float
    neutral_kind_accuracy: float
    evidence_hit_rate: float
    confusion: list[list[int]]
    found: FoundActors


def evaluate(checkpoint: Path, data: Path) -> Report:
    """The report of a checkpoint on a file of labelled passages.

    Raises:
        CheckpointError: The folder is not a valid checkpoint.
        InputError: The file is wrong.
    """
    analyzer = Analyzer.load(checkpoint)
    passages = read_passages(data)
    pairs = [
        (p, actor, row) for p, rows in _judge(analyzer, passages) for actor, row in zip(p.actors, rows, strict=True)
    ]
    labels = np.array([STANCE_IDS[actor.label] for _, actor, _ in pairs])
    predicted = np.array([STANCE_IDS[row.stance] for _, _, row in pairs])
    groups = [passage.group for passage, _, _ in pairs]
    probabilities = np.array(
        [[row.probabilities.support, row.probabilities.neutral, row.probabilities.oppose] for _, _, row in pairs]
    )
    kept = np.array([not row.abstained for _, _, row in pairs])
    is_declared = np.array([a.neutral_kind == "declared" for _, a, _ in pairs])
    said_declared = np.array([row.neutral_kind == "declared" for _, _, row in pairs])
    both_neutral = [(a, row) for _, a, row in pairs if a.label == "neutral" and row.stance == "neutral"]
    return Report(
        checkpoint=str(checkpoint),
        data=str(data),
        n_passages=len(passages),
        n_actors=len(pairs),
        macro_f1=Estimate.of(bootstrap(macro_f1, labels, predicted, groups)),
        f1={
            stance: Estimate.of(bootstrap(_f1_of(index), labels, predicted, groups))
            for index, stance in enumerate(STANCES)
        },
        all_neutral_macro_f1=macro_f1(labels, np.full_like(labels, STANCE_IDS["neutral"])),
        accuracy=float((labels == predicted).mean()),
        kappa=kappa(labels, predicted),
        expected_calibration_error=expected_calibration_error(labels, probabilities),
        brier_score=brier_score(labels, probabilities),
        share_abstained=float(1 - kept.mean()),
        macro_f1_not_abstained=macro_f1(labels[kept], predicted[kept]) if kept.any() else 0.0,
        declared_f1=_binary_f1(is_declared, said_declared),
        neutral_kind_accuracy=_share(a.neutral_kind == row.neutral_kind for a, row in both_neutral),
        evidence_hit_rate=_share(_hits(p, a, row) for p, a, row in pairs if a.evidence and a.label == row.stance),
        confusion=confusion_matrix(labels, predicted, labels=list(range(len(STANCES)))).tolist(),
        found=compare_found(analyzer, passages),
    )


def _f1_of(index: int) -> Callable[[Ints, Ints], float]:
    def metric(labels: Ints, predicted: Ints) -> float:
        return float(class_f1(labels, predicted)[index])

    return metric


def _binary_f1(truth: Bools, predicted: Bools) -> float:
    hits = float((truth & predicted).sum())
    total = float(truth.sum() + predicted.sum())
    return 2 * hits / total if total else 0.0


def _share(hits: Iterator[bool]) -> float:
    values = list(hits)
    return float(np.mean(values)) if values else 0.0


def _proposition(passage: LabelledPassage) -> Proposition:
    if passage.proposition_text is not None:
        return Proposition(id=passage.proposition, text=passage.proposition_text)
    return get_proposition(passage.proposition)


def _judge(
    analyzer: Analyzer, passages: Sequence[LabelledPassage]
) -> Iterator[tuple[LabelledPassage, tuple[ActorStance, ...]]]:
    """Each passage with a row for each of its labelled actors, who are given by name alone."""
    for start in range(0, len(passages), BATCH_PASSAGES):
        batch = passages[start : start + BATCH_PASSAGES]
        articles = [
            Article(id=p.id, text=p.text, actors=tuple(a.actor for a in p.actors), proposition=_proposition(p))
            for p in batch
        ]
        for passage, analysis in zip(batch, analyzer.analyze_many(articles), strict=True):
            yield passage, analysis.actors


def _hits(passage: LabelledPassage, actor: LabelledActor, row: ActorStance) -> bool:
    """Whether any evidence shown overlaps the labelled evidence."""
    start = passage.text.find(actor.evidence)
    end = start + len(actor.evidence)
    return any(evidence.start < end and start < evidence.end for evidence in row.evidence)


def compare_found(analyzer: Analyzer, passages: Sequence[LabelledPassage]) -> FoundActors:
    """Actors found with none given, against the labelled ones.

    A labelled actor is found when a mention of a found actor overlaps a place where its name or one of its
    labelled mentions stands; each found actor counts for one labelled actor at most (best assignment).
    """
    n_labelled = n_found = n_matched = 0
    for passage in passages:
        found = analyzer.find_actors(passage.text)
        overlaps = np.array([[_overlap(passage, actor, one) for one in found] for actor in passage.actors])
        n_labelled += len(passage.actors)
        n_found += len(found)
        if overlaps.size:
            rows, columns = linear_sum_assignment(-overlaps)
            n_matched += int((overlaps[rows, columns] > 0).sum())
    return FoundActors(
        n_labelled=n_labelled,
        n_found=n_found,
        n_matched=n_matched,
        recall=n_matched / n_labelled if n_labelled else 0.0,
        precision=n_matched / n_found if n_found else 0.0,
    )


def _overlap(passage: LabelledPassage, actor: LabelledActor, found: Actor) -> int:
    places = find_places(passage.text, [actor.actor, *actor.mentions])
    return int(any(m.start < end and start < m.end for m in found.mentions for start, end in places))
