"""Fitting which of the linked candidates are actors, on labelled passages that were kept out of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from stance_model.actors import ActorTags, Aliases, clusters_of, features_of, load_aliases, select
from stance_model.checkpoint import EncodingSettings, SelectionSettings
from stance_model.classifier import Classifier
from stance_model.encoding import TextPair, cut
from stance_model.resources import configs_folder
from stance_model.sentences import split_sentences
from stance_training.examples import Example
from stance_training.metrics import Ints, counted_f1

MIN_ROWS = 50
THRESHOLDS = np.linspace(0.2, 0.8, 25)


def fit_selection(
    classifier: Classifier, examples: Sequence[Example], settings: EncodingSettings
) -> SelectionSettings | None:
    """Weights of a logistic regression over the candidates of passages whose actors are all labelled.

    A candidate is an actor where the best one-to-one assignment gives it a labelled actor whose words overlap its own.
    The bias is that of the best F1 of finding. None where there are too few candidates to fit on.
    """
    features: list[dict[str, float]] = []
    labels: list[bool] = []
    n_labelled = 0
    aliases = load_aliases(configs_folder() / "aliases")
    for example in examples:
        if example.has_all_actors:
            found, hits = _candidates(classifier, example, settings, aliases)
            features += found
            labels += hits
            n_labelled += len(example.actors)
    truth = np.array(labels)
    if len(truth) < MIN_ROWS or truth.all() or not truth.any():
        return None
    vectorizer = DictVectorizer(sparse=False)
    model = LogisticRegression(max_iter=1000).fit(vectorizer.fit_transform(features), truth)
    probabilities = model.predict_proba(vectorizer.transform(features))[:, 1]
    scores = [_f1(truth, probabilities >= threshold, n_labelled) for threshold in THRESHOLDS]
    threshold = float(THRESHOLDS[int(np.argmax(scores))])
    return SelectionSettings(
        bias=round(float(model.intercept_[0] - np.log(threshold / (1 - threshold))), 4),
        weights={
            str(name): round(float(weight), 4)
            for name, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        },
    )


def _f1(truth: Ints, chosen: Ints, n_labelled: int) -> float:
    """Of finding: labelled actors that are no candidate count as missed."""
    return float(counted_f1(np.array(n_labelled), chosen.sum(), (truth & chosen).sum()))


def _candidates(
    classifier: Classifier, example: Example, settings: EncodingSettings, aliases: Aliases
) -> tuple[list[dict[str, float]], list[bool]]:
    """The features of a text's candidates, and which of them are labelled actors."""
    document = split_sentences(example.text)
    windows = cut(document, example.proposition, classifier.tokenizer, settings)
    pairs = [TextPair(document.text[w.start : w.end], example.proposition) for w in windows]
    readings = classifier.read(pairs, [w.start for w in windows])
    tokens = (token for r in readings for token in zip(r.starts, r.ends, r.kinds, strict=True))
    tags = ActorTags(len(document.text), tokens)
    clusters = clusters_of(document, aliases, tags)
    ruled = {cluster.key for cluster in select(clusters, aliases)}
    features = [features_of(cluster, tags, is_ruled=cluster.key in ruled) for cluster in clusters]
    shared = np.array(
        [
            [
                any(c.start < end and start < c.end for c in cluster.candidates for start, end in places)
                for cluster in clusters
            ]
            for actor in example.actors
            for places in [(*actor.names, *actor.others)]
        ]
    ).astype(int)
    is_actor = [False] * len(clusters)
    if shared.size:
        for row, column in zip(*linear_sum_assignment(-shared), strict=True):
            is_actor[column] = bool(shared[row, column])
    return features, is_actor
