"""Evaluation of a checkpoint on labelled passages: stances with the actors given, and the actors it finds itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import confusion_matrix

from stance_model.analysis import ActorStance
from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.labels import STANCE_IDS, STANCES
from stance_model.proposition import Proposition, get_proposition
from stance_model.sentences import split_sentences
from stance_training.examples import find_places
from stance_training.metrics import (
    Interval,
    Ints,
    bootstrap,
    brier_score,
    class_f1,
    counted_f1,
    expected_calibration_error,
    kappa,
    macro_f1,
    most_certain,
)
from stance_training.passages import LabelledActor, LabelledPassage, read_passages

BATCH_PASSAGES = 16
CERTAIN_SHARE = 0.8

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


class Report(_Frozen):
    """The figures of a checkpoint on a file; `confusion` has a row a true label, a column a predicted one.

    Attributes:
        macro_f1_certain: Over the 80% of the rows with the highest top probability.
        gain_certain: That, less the macro-F1 of all rows.
        declared_f1: Of the answer "neutral, declared" among all rows.
        evidence_overlap: Share of rows with labelled evidence and the right stance whose evidence overlaps it.
        evidence_by_removal: Share of those rows, in passages of two sentences or more, where the sentence whose removal
            lowers the stance's probability most holds the labelled evidence.
        found_f1: Of the actors found with none given, matched one to one with the labelled where their words overlap.
        found_recall: Share of the labelled actors that are found.
        found_precision: Share of the found actors that are labelled.
        end_to_end_macro_f1: Of the stances of found actors: an actor that is missed, or found and not labelled, counts
            against its label.
    """

    checkpoint: str
    data: str
    n_passages: int
    n_actors: int
    n_found: int
    macro_f1: Estimate
    f1: dict[str, Estimate]
    all_neutral_macro_f1: float
    accuracy: float
    kappa: float
    expected_calibration_error: Estimate
    brier_score: float
    macro_f1_certain: Estimate
    gain_certain: Estimate
    share_abstained: float
    macro_f1_not_abstained: float
    declared_f1: Estimate
    evidence_overlap: Estimate
    evidence_by_removal: Estimate
    found_f1: Estimate
    found_recall: Estimate
    found_precision: Estimate
    end_to_end_macro_f1: Estimate
    confusion: list[list[int]]


def evaluate(analyzer: Analyzer, data: Path) -> Report:
    """The report of a checkpoint's analyzer on a file of labelled passages.

    Raises:
        InputError: The file is wrong.
    """
    passages = read_passages(data)
    pairs = [
        (p, actor, row) for p, rows in judge(analyzer, passages) for actor, row in zip(p.actors, rows, strict=True)
    ]
    groups = [passage.group for passage, _, _ in pairs]
    labels = np.array([STANCE_IDS[actor.label] for _, actor, _ in pairs])
    predicted = np.array([STANCE_IDS[row.stance] for _, _, row in pairs])
    probabilities = np.array(
        [[row.probabilities.support, row.probabilities.neutral, row.probabilities.oppose] for _, _, row in pairs]
    )
    kept = np.array([not row.abstained for _, _, row in pairs])
    is_declared = np.array([a.neutral_kind == "declared" for _, a, _ in pairs])
    said_declared = np.array([row.neutral_kind == "declared" for _, _, row in pairs])
    shows = np.array([bool(a.evidence) and a.label == row.stance for _, a, row in pairs])
    hits = np.array([overlaps(p, a, row) for p, a, row in pairs])
    removed = [one for passage in passages for one in removal_hits(analyzer, passage)]
    removal = np.array([hit for _, hit in removed], dtype=bool)
    found = count_found(analyzer, passages)
    passage_groups = [passage.group for passage in passages]

    def over_rows(metric: Callable[[Ints], float]) -> Estimate:
        return Estimate.of(bootstrap(metric, groups))

    def over_passages(metric: Callable[[Ints], float]) -> Estimate:
        return Estimate.of(bootstrap(metric, passage_groups))

    def certain(rows: Ints) -> float:
        chosen = rows[most_certain(probabilities[rows], share=CERTAIN_SHARE)]
        return macro_f1(labels[chosen], predicted[chosen])

    def calibration(rows: Ints) -> float:
        return expected_calibration_error(labels[rows], probabilities[rows])

    def all_rows(rows: Ints) -> float:
        return macro_f1(labels[rows], predicted[rows])

    return Report(
        checkpoint=f"{analyzer.model_ref.name} {analyzer.model_ref.version}",
        data=str(data),
        n_passages=len(passages),
        n_actors=len(pairs),
        n_found=int(found.found.sum()),
        macro_f1=over_rows(all_rows),
        f1={
            stance: over_rows(lambda rows, i=index: float(class_f1(labels[rows], predicted[rows])[i]))  # type: ignore[misc]
            for index, stance in enumerate(STANCES)
        },
        all_neutral_macro_f1=macro_f1(labels, np.full_like(labels, STANCE_IDS["neutral"])),
        accuracy=float((labels == predicted).mean()),
        kappa=kappa(labels, predicted),
        expected_calibration_error=over_rows(calibration),
        brier_score=brier_score(labels, probabilities),
        macro_f1_certain=over_rows(certain),
        gain_certain=over_rows(lambda rows: certain(rows) - all_rows(rows)),
        share_abstained=float(1 - kept.mean()),
        macro_f1_not_abstained=macro_f1(labels[kept], predicted[kept]) if kept.any() else 0.0,
        declared_f1=over_rows(lambda rows: binary_f1(is_declared[rows], said_declared[rows])),
        evidence_overlap=over_rows(lambda rows: share(hits[rows][shows[rows]])),
        evidence_by_removal=Estimate.of(bootstrap(lambda rows: share(removal[rows]), [group for group, _ in removed])),
        found_f1=over_passages(found.f1),
        found_recall=over_passages(found.recall),
        found_precision=over_passages(found.precision),
        end_to_end_macro_f1=over_passages(found.end_to_end),
        confusion=confusion_matrix(labels, predicted, labels=list(range(len(STANCES)))).tolist(),
    )


def binary_f1(truth: Bools, predicted: Bools) -> float:
    """F1 of the true class; 0 where it is neither there nor predicted."""
    hits = float((truth & predicted).sum())
    total = float(truth.sum() + predicted.sum())
    return 2 * hits / total if total else 0.0


def share(hits: Bools) -> float:
    """The share of hits; 0 of none."""
    return float(hits.mean()) if hits.size else 0.0


def _proposition(passage: LabelledPassage) -> Proposition:
    if passage.proposition_text is not None:
        return Proposition(id=passage.proposition, text=passage.proposition_text)
    return get_proposition(passage.proposition)


def judge(
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


def overlaps(passage: LabelledPassage, actor: LabelledActor, row: ActorStance) -> bool:
    """Whether any evidence shown overlaps the labelled evidence; False where none is labelled."""
    start = passage.text.find(actor.evidence) if actor.evidence else -1
    end = start + len(actor.evidence)
    return start >= 0 and any(evidence.start < end and start < evidence.end for evidence in row.evidence)


def removal_hits(analyzer: Analyzer, passage: LabelledPassage) -> list[tuple[str, bool]]:
    """For each row with evidence and the right stance, the passage's group, and whether removal shows the evidence.

    Each sentence is left out in turn; the one without which the stance's probability falls most should hold the start
    of the labelled evidence.
    """
    sentences = split_sentences(passage.text).sentences
    if len(sentences) < 2:
        return []
    names = tuple(actor.actor for actor in passage.actors)
    texts = [passage.text] + [passage.text[: s.start] + passage.text[s.end :] for s in sentences]
    articles = [Article(text=text, actors=names, proposition=_proposition(passage)) for text in texts]
    whole, *without = analyzer.analyze_many(articles)
    hits = []
    for index, actor in enumerate(passage.actors):
        if actor.evidence and whole.actors[index].stance == actor.label:
            left = [getattr(analysis.actors[index].probabilities, actor.label) for analysis in without]
            chosen = sentences[int(np.argmin(left))]
            hits.append((passage.group, chosen.start <= passage.text.find(actor.evidence) < chosen.end))
    return hits


@dataclass(frozen=True)
class FoundCounts:
    """Counts a passage and stance, each (n, 3): actors labelled, found, and found with the labelled stance.

    `matched` (n,) counts the labelled actors that were found, whatever the stance.
    """

    labelled: Ints
    found: Ints
    right: Ints
    matched: Ints

    def recall(self, rows: Ints) -> float:
        """Share of the passages' labelled actors that were found."""
        return float(self.matched[rows].sum() / max(1, self.labelled[rows].sum()))

    def precision(self, rows: Ints) -> float:
        """Share of the found actors that are labelled."""
        return float(self.matched[rows].sum() / max(1, self.found[rows].sum()))

    def f1(self, rows: Ints) -> float:
        """F1 of finding."""
        labelled, found, matched = self.labelled[rows].sum(), self.found[rows].sum(), self.matched[rows].sum()
        return float(counted_f1(labelled, found, matched))

    def end_to_end(self, rows: Ints) -> float:
        """Macro-F1 of being found with the right stance."""
        counts = (self.labelled[rows].sum(axis=0), self.found[rows].sum(axis=0), self.right[rows].sum(axis=0))
        return float(counted_f1(*counts).mean())


def count_found(analyzer: Analyzer, passages: Sequence[LabelledPassage]) -> FoundCounts:
    """How the actors found with none given compare with the labelled ones.

    A labelled actor is found when a mention of a found actor overlaps a place where its name or one of its
    labelled mentions stands; each found actor counts for one labelled actor at most (best assignment).
    """
    n = len(passages)
    labelled, found, right = (np.zeros((n, len(STANCES)), dtype=int) for _ in range(3))
    matched = np.zeros(n, dtype=int)
    articles = [Article(id=p.id, text=p.text, proposition=_proposition(p)) for p in passages]
    for row, (passage, analysis) in enumerate(zip(passages, analyzer.analyze_many(articles), strict=True)):
        for actor in passage.actors:
            labelled[row, STANCE_IDS[actor.label]] += 1
        for one in analysis.actors:
            found[row, STANCE_IDS[one.stance]] += 1
        shared = np.array([[_shares_words(passage, actor, one) for one in analysis.actors] for actor in passage.actors])
        if shared.size:
            for i, j in zip(*linear_sum_assignment(-shared), strict=True):
                if shared[i, j]:
                    matched[row] += 1
                    label = passage.actors[i].label
                    right[row, STANCE_IDS[label]] += label == analysis.actors[j].stance
    return FoundCounts(labelled=labelled, found=found, right=right, matched=matched)


def _shares_words(passage: LabelledPassage, actor: LabelledActor, found: ActorStance) -> int:
    places = find_places(passage.text, [actor.actor, *actor.mentions])
    return int(any(m.start < end and start < m.end for m in found.mentions for start, end in places))
