"""Evidence: the words of a window that show the actor's stance.

The evidence head gives each token a probability. The span is the stretch of one sentence whose tokens' log-odds
sum highest (the maximum subarray), widened to whole words: long enough to hold the words that show the stance,
and no longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stance_model.classifier import Judgement, TokenEvidence
from stance_model.sentences import Document

MAX_SPANS = 3
# A second span must be as sure as a token that is more likely evidence than not.
MIN_SECOND_SCORE = 0.5
EDGE = " \t\n,;:.“”\"'‘’()[]–—-"


@dataclass(frozen=True)
class EvidenceSpan:
    """Words that show a stance: code points into the document, half-open; `score` is their mean probability."""

    start: int
    end: int
    score: float


def find_span(judgement: Judgement, document: Document) -> EvidenceSpan | None:
    """The best span of a window; None where it has no words.

    A span lies within one sentence. Where no token is more likely evidence than not, it is the sentence of the
    likeliest token, so that a stance never stands without words.
    """
    by_sentence: dict[int, list[TokenEvidence]] = {}
    for token in judgement.tokens:
        by_sentence.setdefault(document.sentence_at(token.start), []).append(token)
    if not by_sentence:
        return None
    best = max((_best_run(tokens) for tokens in by_sentence.values()), key=lambda run: run[0])
    total, run = best
    if total <= 0:
        sentence = max(by_sentence.values(), key=lambda tokens: max(t.probability for t in tokens))
        run = sentence
    score = sum(token.probability for token in run) / len(run)
    start, end = _whole_words(document.text, run[0].start, run[-1].end)
    return EvidenceSpan(start=start, end=end, score=score) if start < end else None


def _best_run(tokens: Sequence[TokenEvidence]) -> tuple[float, Sequence[TokenEvidence]]:
    """Highest sum of log-odds over a stretch of tokens (Kadane 1984), and the stretch."""
    best, best_span = -math.inf, (0, 0)
    total, start = 0.0, 0
    for index, token in enumerate(tokens):
        if total <= 0:
            total, start = 0.0, index
        p = min(max(token.probability, 1e-6), 1 - 1e-6)
        total += math.log(p / (1 - p))
        if total > best:
            best, best_span = total, (start, index + 1)
    return best, tokens[slice(*best_span)]


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while start < end and text[start] in EDGE:
        start += 1
    while start < end and text[end - 1] in EDGE:
        end -= 1
    return start, end


def choose(candidates: Sequence[EvidenceSpan]) -> list[EvidenceSpan]:
    """The spans to show, surest first: one always, more where they are sure and do not overlap."""
    chosen: list[EvidenceSpan] = []
    for span in sorted(candidates, key=lambda s: (-s.score, s.start)):
        is_sure = not chosen or span.score >= MIN_SECOND_SCORE
        if is_sure and all(span.end <= c.start or span.start >= c.end for c in chosen) and len(chosen) < MAX_SPANS:
            chosen.append(span)
    return chosen
