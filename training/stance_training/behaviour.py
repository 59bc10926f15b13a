"""Behavioural suites: what a model must do, case by case (CheckList: Ribeiro et al. 2020, "Beyond Accuracy").

    minimum.jsonl               minimum function: plain texts that any good model gets right
    invariance.jsonl            the name of an actor is swapped, and the label must stay
    negation.jsonl              a statement is negated, and the label must change as the codebook says
    unseen_propositions.jsonl   labelled passages on propositions that no training data holds

Their texts are in no training data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.errors import InputError
from stance_model.labels import STANCE_IDS, NeutralKind, Stance
from stance_model.validation import faults
from stance_training.evaluation import Estimate, judge
from stance_training.metrics import Ints, bootstrap, macro_f1
from stance_training.passages import read_lines, read_passages


class _Case(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    actor: str


class MinimumCase(_Case):
    """A text, and the actor's label in it."""

    text: str
    label: Stance
    neutral_kind: NeutralKind | None
    capability: str


class InvarianceCase(_Case):
    """A text, and names that may stand in the actor's place."""

    text: str
    swaps: tuple[str, ...]
    label: Stance
    neutral_kind: NeutralKind | None

    @property
    def variants(self) -> list[tuple[str, str]]:
        """Each text with its actor, the first one as it was written."""
        return [(self.text.replace(self.actor, name), name) for name in (self.actor, *self.swaps)]


class NegationCase(_Case):
    """A text before and after a negation, with the actor's label in both."""

    before: str
    after: str
    label_before: Stance
    label_after: Stance
    kind_before: NeutralKind | None
    kind_after: NeutralKind | None


class BehaviourReport(BaseModel):
    """The share of cases that pass, each with its 95% interval over cases.

    Attributes:
        minimum: Texts whose label is right.
        capabilities: The same a capability.
        invariance: Swaps after which the label is what it was before.
        negation: Cases whose label after the negation is right and another than before it.
        unseen_macro_f1: Macro-F1 on propositions never trained on, over all actors of their passages.
    """

    model_config = ConfigDict(frozen=True)

    n_minimum: int
    n_swaps: int
    n_negations: int
    n_unseen: int
    minimum: Estimate
    capabilities: dict[str, float]
    invariance: Estimate
    negation: Estimate
    unseen_macro_f1: Estimate


Case = TypeVar("Case", bound=_Case)


def read_cases(path: Path, kind: type[Case]) -> list[Case]:
    """The cases of a suite's file.

    Raises:
        InputError: The file cannot be read, or a case is wrong.
    """
    cases = []
    for number, value in read_lines(path):
        try:
            cases.append(kind.model_validate(value))
        except ValidationError as error:
            raise InputError("; ".join(faults(error)), where=f"{path}:{number}") from error
    return cases


def run_suites(analyzer: Analyzer, folder: Path) -> BehaviourReport:
    """Runs the suites of a folder.

    Raises:
        InputError: A suite is missing or wrong.
    """
    minimum = read_cases(folder / "minimum.jsonl", MinimumCase)
    right = np.array(_stances(analyzer, [(c.text, c.actor) for c in minimum])) == [STANCE_IDS[c.label] for c in minimum]
    capability = np.array([case.capability for case in minimum])

    swapped = read_cases(folder / "invariance.jsonl", InvarianceCase)
    answers = iter(_stances(analyzer, [variant for case in swapped for variant in case.variants]))
    same: list[bool] = []
    swap_groups: list[str] = []
    for case in swapped:
        original, *others = [next(answers) for _ in case.variants]
        same += [other == original for other in others]
        swap_groups += [case.id] * len(others)

    negated = read_cases(folder / "negation.jsonl", NegationCase)
    before = np.array(_stances(analyzer, [(c.before, c.actor) for c in negated]))
    after = np.array(_stances(analyzer, [(c.after, c.actor) for c in negated]))
    flips = (after == [STANCE_IDS[c.label_after] for c in negated]) & (after != before)

    passages = read_passages(folder / "unseen_propositions.jsonl")
    rows = [(p, a, row) for p, found in judge(analyzer, passages) for a, row in zip(p.actors, found, strict=True)]
    labels = np.array([STANCE_IDS[actor.label] for _, actor, _ in rows])
    predicted = np.array([STANCE_IDS[row.stance] for _, _, row in rows])

    def unseen(chosen: Ints) -> float:
        return macro_f1(labels[chosen], predicted[chosen])

    return BehaviourReport(
        n_minimum=len(minimum),
        n_swaps=len(same),
        n_negations=len(negated),
        n_unseen=len(labels),
        minimum=_share(right.tolist(), [case.id for case in minimum]),
        capabilities={str(name): float(right[capability == name].mean()) for name in np.unique(capability)},
        invariance=_share(same, swap_groups),
        negation=_share(flips.tolist(), [case.id for case in negated]),
        unseen_macro_f1=Estimate.of(bootstrap(unseen, [passage.id for passage, _, _ in rows])),
    )


def _stances(analyzer: Analyzer, cases: Sequence[tuple[str, str]]) -> list[int]:
    """The label of each text's actor, as an index."""
    articles = [Article(text=text, actors=(actor,)) for text, actor in cases]
    return [STANCE_IDS[analysis.actors[0].stance] for analysis in analyzer.analyze_many(articles)]


def _share(hits: Sequence[bool], groups: Sequence[str]) -> Estimate:
    values = np.array(hits)
    return Estimate.of(bootstrap(lambda rows: float(values[rows].mean()), groups))
