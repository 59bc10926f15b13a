"""Encoding: windows, and the tokens of each actor's mentions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.encoding import TextPair, Tokens, Window, cut, tokenize
from stance_model.sentences import Document, split_sentences

PROPOSITION = "Bashar al-Assad remains president of Syria."
TEXT = "Norland insists that Assad stays. Estovia wants Assad gone."
NORLAND, ESTOVIA, ASSAD = (0, 7), (34, 41), (21, 26)


def encode(analyzer: Analyzer, *texts: str) -> Tokens:
    pairs = [TextPair(text=text, proposition=PROPOSITION) for text in texts]
    return tokenize(pairs, analyzer._classifier.tokenizer, analyzer.manifest.encoding)


def windows_of(analyzer: Analyzer, text: str) -> tuple[Document, list[Window]]:
    document = split_sentences(text)
    return document, cut(document, PROPOSITION, analyzer._classifier.tokenizer, analyzer.manifest.encoding)


def test_a_mentioned_actors_row_is_the_mean_of_its_tokens(tiny_analyzer: Analyzer) -> None:
    tokens = encode(tiny_analyzer, TEXT)
    norland, writer = tokens.mentions([[[NORLAND, ASSAD], []]])[0]
    assert norland.sum() == np.float32(1)
    assert not writer.any()
    words = {TEXT[tokens.starts[0, i] : tokens.ends[0, i]] for i in np.flatnonzero(norland)}
    assert words
    assert all(any(word in name for name in ("Norland", "Assad")) for word in words)


def test_no_token_of_the_proposition_counts_as_text(tiny_analyzer: Analyzer) -> None:
    tokens = encode(tiny_analyzer, "Assad.", TEXT)
    assert tokens.ends[0][tokens.in_text[0]].max() == len("Assad.")
    assert tokens.in_text[0].sum() < tokens.inputs["attention_mask"][0].sum() - 3
    assert not tokens.within(0, [(0, 5)])[~tokens.in_text[0]].any()


def test_windows_hold_every_sentence_and_overlap_by_one(tiny_analyzer: Analyzer) -> None:
    sentences = [f"Norland sold wheat to port number {i} on Monday." for i in range(30)]
    document, windows = windows_of(tiny_analyzer, " ".join(sentences))
    assert len(windows) > 2
    texts = [document.text[w.start : w.end] for w in windows]
    for sentence in sentences:
        assert any(sentence in text for text in texts)
    for before, after in pairwise(windows):
        assert after.start < before.end <= after.end
    assert windows_of(tiny_analyzer, "One sentence.")[1] == [Window(0, len("One sentence."))]
    assert windows_of(tiny_analyzer, "")[1] == []


def test_a_sentence_over_the_limit_is_cut_between_words_and_nothing_is_lost(tiny_analyzer: Analyzer) -> None:
    text = "Norland wants " + "very " * 300 + "much that Assad stays."
    _, windows = windows_of(tiny_analyzer, text)
    covered = {place for w in windows for place in range(w.start, w.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} <= covered
    pairs = [TextPair(text=text[w.start : w.end], proposition=PROPOSITION) for w in windows]
    assert not any(r.truncated for r in tiny_analyzer._classifier.read(pairs, [w.start for w in windows]))


def test_every_sentence_that_carries_an_actor_is_in_a_window_where_it_is_judged(tiny_analyzer: Analyzer) -> None:
    filler = "Rain fell on the coast and the harvest was late that year. " * 30
    text = f"Norland wants Assad gone. {filler}Norland insists that Assad stays. {filler}Norland takes no side."
    prepared = tiny_analyzer._prepare(Article(text=text, actors=("Norland",)))
    (case,) = tiny_analyzer._judge(prepared, tiny_analyzer._read([prepared]), [])
    assert 1 < len(case.judged) < len(prepared.windows)
    seen = [text[j.tokens[0].start : j.tokens[-1].end] for j in case.judged]
    for words in ("wants Assad gone", "insists that Assad stays", "takes no side"):
        assert any(words in window for window in seen)


def test_an_actor_is_judged_the_same_beside_others_or_alone(tiny_analyzer: Analyzer) -> None:
    (reading,) = tiny_analyzer._classifier.read([TextPair(text=TEXT, proposition=PROPOSITION)], [100])
    norland, estovia = [(place[0] + 100, place[1] + 100) for place in (NORLAND, ESTOVIA)]
    first, second, writer = tiny_analyzer._classifier.judge(reading, [[norland], [estovia], []])
    (alone,) = tiny_analyzer._classifier.judge(reading, [[estovia]])
    assert np.allclose(second.logits, alone.logits, atol=1e-5)
    assert not np.allclose(first.logits, second.logits, atol=1e-3)
    assert not np.allclose(writer.logits, first.logits, atol=1e-3)
    assert second.tokens[0].start == 100
    assert tiny_analyzer._classifier.judge(reading, []) == []


def test_a_window_in_a_batch_reads_as_it_does_alone(tiny_analyzer: Analyzer) -> None:
    pairs = [TextPair(text=text, proposition=PROPOSITION) for text in (TEXT, TEXT * 3, "Assad.")]
    together = tiny_analyzer._classifier.read(pairs, [0, 0, 0])
    for pair, reading in zip(pairs, together, strict=True):
        (alone,) = tiny_analyzer._classifier.read([pair], [0])
        assert np.allclose(reading.hidden.numpy(), alone.hidden.numpy(), atol=1e-5)
        assert np.allclose(reading.named, alone.named, atol=1e-6)
