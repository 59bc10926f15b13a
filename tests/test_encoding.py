"""Encoding: windows, and the tokens of each actor's mentions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.encoding import EncodedWindow, Tokens, cut, tokenize
from stance_model.sentences import split_sentences

PROPOSITION = "Bashar al-Assad remains president of Syria."
TEXT = "Norland insists that Assad stays. Estovia wants Assad gone."


def encode(analyzer: Analyzer, *windows: EncodedWindow) -> Tokens:
    return tokenize(windows, analyzer._classifier.tokenizer, analyzer.manifest.encoding)


def test_a_mentioned_actors_row_is_the_mean_of_its_tokens(tiny_analyzer: Analyzer) -> None:
    places = ((0, 7), (21, 26))  # Norland, Assad
    window = EncodedWindow(text=TEXT, proposition=PROPOSITION, actors=(places, ()))
    tokens = encode(tiny_analyzer, window)
    norland, writer = tokens.mentions[0]
    assert norland.sum() == np.float32(1)
    assert not writer.any()
    words = {TEXT[tokens.starts[0, i] : tokens.ends[0, i]] for i in np.flatnonzero(norland)}
    assert all(any(word in name for name in ("Norland", "Assad")) for word in words)
    assert words


def test_no_token_of_the_proposition_counts_as_text(tiny_analyzer: Analyzer) -> None:
    tokens = encode(tiny_analyzer, EncodedWindow(text="Assad.", proposition=PROPOSITION, actors=(((0, 5),),)))
    inside = [(int(s), int(e)) for s, e in zip(tokens.starts[0], tokens.ends[0], strict=True)]
    assert max(end for (_, end), is_text in zip(inside, tokens.in_text[0], strict=True) if is_text) == len("Assad.")
    assert tokens.in_text[0].sum() < tokens.inputs["attention_mask"][0].sum() - 3


def test_windows_hold_every_sentence_and_overlap_by_one(tiny_analyzer: Analyzer) -> None:
    sentences = [f"Norland sold wheat to port number {i} on Monday." for i in range(30)]
    document = split_sentences(" ".join(sentences))
    tokenizer, settings = tiny_analyzer._classifier.tokenizer, tiny_analyzer.manifest.encoding
    windows = cut(document, PROPOSITION, tokenizer, settings)
    assert len(windows) > 2
    texts = [document.text[w.start : w.end] for w in windows]
    for sentence in sentences:
        assert any(sentence in text for text in texts)
    for before, after in pairwise(windows):
        assert after.start < before.end <= after.end
    assert cut(split_sentences("One sentence."), PROPOSITION, tokenizer, settings)[0].end == len("One sentence.")


def test_a_sentence_over_the_limit_is_cut_between_words_and_nothing_is_lost(tiny_analyzer: Analyzer) -> None:
    text = "Norland wants " + "very " * 300 + "much that Assad stays."
    document = split_sentences(text)
    windows = cut(document, PROPOSITION, tiny_analyzer._classifier.tokenizer, tiny_analyzer.manifest.encoding)
    covered = {place for w in windows for place in range(w.start, w.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} <= covered
    encoded = [EncodedWindow(text=text[w.start : w.end], proposition=PROPOSITION, actors=((),)) for w in windows]
    judged = tiny_analyzer._classifier.judge(encoded)
    assert not any(judgement.truncated for window in judged for judgement in window)


def test_every_sentence_that_carries_an_actor_is_in_a_window_where_it_is_judged(tiny_analyzer: Analyzer) -> None:
    filler = "Rain fell on the coast and the harvest was late that year. " * 30
    text = f"Norland wants Assad gone. {filler}Norland insists that Assad stays. {filler}Norland takes no side."
    prepared = tiny_analyzer._prepare(Article(text=text, actors=("Norland",)))
    (case,) = prepared.cases
    seats = [prepared.windows[window] for window, _ in case.seats]
    assert 1 < len(seats) < len(prepared.windows)
    for words in ("wants Assad gone", "insists that Assad stays", "takes no side"):
        assert any(words in window.text for window in seats)
    for window, seat in case.seats:
        assert prepared.windows[window].actors[seat]


def test_an_actor_is_judged_the_same_beside_others_or_alone(tiny_analyzer: Analyzer) -> None:
    norland, estovia = ((0, 7),), ((34, 41),)
    together = EncodedWindow(text=TEXT, proposition=PROPOSITION, actors=(norland, estovia, ()))
    alone = EncodedWindow(text=TEXT, proposition=PROPOSITION, actors=(estovia,))
    nobody = EncodedWindow(text=TEXT, proposition=PROPOSITION, actors=())
    first, second, third = tiny_analyzer._classifier.judge([together, alone, nobody])
    assert np.allclose(first[1].logits, second[0].logits, atol=1e-5)
    assert not np.allclose(first[0].logits, first[1].logits, atol=1e-3)
    assert third == []
