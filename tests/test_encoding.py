"""Encoding: marks and windows."""

from __future__ import annotations

from stance_model.actors import Mention
from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.checkpoint import EncodingSettings
from stance_model.encoding import mark

SETTINGS = EncodingSettings()


def mention(text: str, words: str) -> Mention:
    start = text.index(words)
    return Mention(start=start, end=start + len(words), text=words)


def test_mentions_are_marked_and_places_lead_back() -> None:
    text = "Moscow said no."
    premise, places = mark(text, [mention(text, "Moscow")], SETTINGS)
    assert premise == "→ Moscow ← said no."
    assert "".join(text[p] for p in places if p >= 0) == text
    assert len(places) == len(premise)


def test_of_overlapping_mentions_the_longest_is_marked() -> None:
    text = "The Free Army of Doria spoke."
    premise, _ = mark(text, [mention(text, "Doria"), mention(text, "Free Army of Doria")], SETTINGS)
    assert premise == "The → Free Army of Doria ← spoke."


def test_marks_that_stand_in_the_text_are_no_marks() -> None:
    premise, _ = mark("A → B", [mention("A → B", "A")], SETTINGS)
    assert premise.count("→") == 1


def test_every_sentence_that_carries_an_actor_is_in_a_window(tiny_analyzer: Analyzer) -> None:
    filler = "Rain fell on the coast and the harvest was late that year. " * 30
    text = f"Norland wants Assad gone. {filler}Norland insists that Assad stays. {filler}Norland takes no side."
    prepared = tiny_analyzer._prepare(Article(text=text, actors=("Norland",)))
    (case,) = prepared.cases
    assert len(case.windows) > 1
    for words in ("wants Assad gone", "insists that Assad stays", "takes no side"):
        assert any(words in pair.premise for pair in case.pairs)
    judged = tiny_analyzer._classifier.judge(case.pairs)
    assert not any(judgement.truncated for judgement in judged)
