"""Relations that an analysis keeps, whatever the weights."""

from __future__ import annotations

import pytest

from stance_model.analysis import Analysis
from stance_model.analyzer import Analyzer
from stance_model.article import MAX_TEXT_CHARS, Article, parse_article
from stance_model.errors import InputError, TooLargeError
from stance_model.proposition import Proposition

TEXT = (
    "Norland insists that Assad stays in office. Estovia wants Assad gone from the palace. "
    "“We take no side on Assad,” said Doria Vex, a spokeswoman for Karpatia. Ostia sold wheat to a port on Monday."
)
NAMES = ("Norland", "Estovia", "Doria Vex", "Karpatia", "Ostia")


def _analyze(analyzer: Analyzer, text: str, names: tuple[str, ...] | None = NAMES) -> Analysis:
    return analyzer.analyze(Article(text=text, actors=names))


def test_probabilities_sum_to_one_and_the_stance_is_the_likeliest(tiny_analyzer: Analyzer) -> None:
    for row in _analyze(tiny_analyzer, TEXT).actors:
        p = row.probabilities.model_dump()
        assert sum(p.values()) == pytest.approx(1, abs=1e-5)
        assert p[row.stance] == max(p.values())
        assert (row.neutral_kind is None) == (row.stance != "neutral")
        assert bool(row.evidence) == (row.neutral_kind != "none")


def test_given_actors_come_back_each_once_and_in_order(tiny_analyzer: Analyzer) -> None:
    names = ("Ostia", "Nowhere", "Norland", "Doria Vex")
    analysis = _analyze(tiny_analyzer, TEXT, names)
    assert tuple(row.name for row in analysis.actors) == names
    absent = analysis.actors[1]
    assert (absent.stance, absent.neutral_kind, absent.mentions) == ("neutral", "none", ())
    assert [w.code for w in analysis.warnings] == ["actor_not_found"]


def test_places_point_into_the_callers_own_text(tiny_analyzer: Analyzer) -> None:
    text = "\ufeff" + TEXT.replace("Karpatia", "Karpa\u0301tia").replace(". ", ".\r\n\r\n")
    for row in _analyze(tiny_analyzer, text, None).actors:
        for place in (*row.mentions, *row.evidence):
            assert text[place.start : place.end] == place.text


def test_found_actors_come_in_the_order_of_their_first_mention(tiny_analyzer: Analyzer) -> None:
    rows = _analyze(tiny_analyzer, TEXT, None).actors
    firsts = [row.mentions[0].start for row in rows]
    assert firsts == sorted(firsts)
    assert "Doria Vex" in {row.name for row in rows}
    assert next(row for row in rows if row.name == "Doria Vex").speaks_for == "Karpatia"


def test_alone_or_in_a_batch_the_numbers_are_the_same(tiny_analyzer: Analyzer) -> None:
    texts = [TEXT, "Estovia wants Assad gone from the palace.", TEXT + " " + TEXT]
    alone = [_analyze(tiny_analyzer, text) for text in texts]
    together = tiny_analyzer.analyze_many([Article(text=text, actors=NAMES) for text in texts])
    for one, other in zip(alone, together, strict=True):
        for a, b in zip(one.actors, other.actors, strict=True):
            assert a.probabilities.model_dump() == pytest.approx(b.probabilities.model_dump(), abs=1e-3)


def test_a_longer_text_never_loses_an_actor(tiny_analyzer: Analyzer) -> None:
    padding = "Rain fell on the coast for a week and the harvest was late. " * 60
    found = {row.name for row in _analyze(tiny_analyzer, TEXT, None).actors}
    longer = {row.name for row in _analyze(tiny_analyzer, f"{padding}\n\n{TEXT}\n\n{padding}", None).actors}
    assert found <= longer


def test_twenty_thousand_words_work_and_a_late_sentence_counts(tiny_analyzer: Analyzer) -> None:
    sentence = "Ostia sold wheat to a port on Monday.\n"
    text = sentence * 2500 + "Norland insists that Assad stays in office."
    assert len(text.split()) > 20_000
    article = Article(text=text, actors=("Norland", "Ostia"))
    prepared = tiny_analyzer._prepare(article)
    (case, _) = tiny_analyzer._judge(prepared, tiny_analyzer._read([prepared]), [])
    assert any("insists that Assad stays in office" in text[j.tokens[0].start : j.tokens[-1].end] for j in case.judged)
    analysis = tiny_analyzer.analyze(article)
    # Ostia fills more windows than are judged, and a warning says so.
    assert "truncated" in {w.code for w in analysis.warnings}


def test_a_sentence_over_the_encoders_limit_is_not_cut_silently(tiny_analyzer: Analyzer) -> None:
    text = "Norland, " + "which sold wheat and oil and tin, " * 30 + "insists that Assad stays in office."
    prepared = tiny_analyzer._prepare(Article(text=text, actors=("Norland",)))
    readings = tiny_analyzer._read([prepared])
    (case,) = tiny_analyzer._judge(prepared, readings, [])
    assert len(case.judged) == len(readings) > 1
    covered = {place for r in readings for s, e in zip(r.starts, r.ends, strict=True) for place in range(s, e)}
    assert covered == {i for i, char in enumerate(text) if not char.isspace()}
    assert not any(reading.truncated for reading in readings)


def test_overlapping_and_repeated_actors_are_judged_each(tiny_analyzer: Analyzer) -> None:
    value = {
        "text": TEXT,
        "actors": [
            {"name": "Norland", "mentions": [{"start": 0, "end": 7}]},
            {"name": "Norland insists", "mentions": [{"start": 0, "end": 15}]},
            "Doria Vex",
            "Vex",
        ],
    }
    analysis = tiny_analyzer.analyze(parse_article(value))
    assert [row.name for row in analysis.actors] == ["Norland", "Norland insists", "Doria Vex", "Vex"]


@pytest.mark.parametrize(
    "text",
    ["Assad", "Talks go on", "مصر تدعو إلى الحوار في سوريا", "قال الرئيس: لا.", "🕊🕊🕊", "a\n" * 500, "“" * 300, "1 2 3"],
)
def test_odd_texts_get_an_answer(tiny_analyzer: Analyzer, text: str) -> None:
    analysis = tiny_analyzer.analyze(Article(text=text))
    assert analysis.warnings or analysis.actors


def test_a_text_in_another_script_is_answered_with_a_warning(tiny_analyzer: Analyzer) -> None:
    analysis = tiny_analyzer.analyze(Article(text="مصر تدعو إلى الحوار في سوريا ولا تقول شيئا عن الرئيس."))
    assert "unsupported_language" in {w.code for w in analysis.warnings}


def test_no_actor_is_a_warning_and_an_empty_list_judges_none(tiny_analyzer: Analyzer) -> None:
    nobody = tiny_analyzer.analyze(Article(text="It rained all night on the hills and the roads were wet."))
    assert nobody.actors == ()
    assert "no_actors" in {w.code for w in nobody.warnings}
    assert tiny_analyzer.analyze(Article(text=TEXT, actors=())).actors == ()


@pytest.mark.parametrize("text", ["", " \n ", "\x00\x01\x02\x03" * 50])
def test_what_is_no_text_is_refused_with_its_place(tiny_analyzer: Analyzer, text: str) -> None:
    with pytest.raises(InputError, match="text: "):
        tiny_analyzer.analyze(Article(text=text))


def test_a_text_over_the_limit_is_refused(tiny_analyzer: Analyzer) -> None:
    with pytest.raises(TooLargeError, match="expected at most 1,000,000"):
        tiny_analyzer.analyze(Article(text="a " * MAX_TEXT_CHARS))


def test_a_new_proposition_needs_no_new_head(tiny_analyzer: Analyzer) -> None:
    asked = Proposition(id="dam", text="The dam at Tarsk is built.")
    analysis = tiny_analyzer.analyze(Article(text=TEXT, actors=NAMES, proposition=asked))
    assert analysis.proposition.id == "dam"
    assert len(analysis.actors) == len(NAMES)
    with pytest.raises(InputError, match="expected one of assad-stays"):
        tiny_analyzer.analyze(Article(text=TEXT, proposition="no-such"))
