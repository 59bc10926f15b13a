"""Which sentences carry an actor: quotations with their speakers, acts, and others' words."""

from __future__ import annotations

from functools import lru_cache

import pytest

from stance_model.actors import Aliases, GivenActor, load_aliases, resolve_given
from stance_model.resources import configs_folder
from stance_model.sentences import split_sentences
from stance_model.statements import find_statements


@lru_cache(maxsize=1)
def aliases() -> Aliases:
    return load_aliases(configs_folder() / "aliases")


def statements(text: str, *names: str) -> list[dict[str, str]]:
    """For each name the roles by sentence, the sentence cut to its first three words."""
    document = split_sentences(text)
    actors = resolve_given(document, [GivenActor(name) for name in names], aliases())
    found = []
    for held in find_statements(document, actors):
        assert [s.sentence for s in held] == sorted({s.sentence for s in held})
        sentences = [document.sentences[s.sentence] for s in held]
        firsts = [" ".join(document.text[s.start : s.end].split()[:3]) for s in sentences]
        found.append({first: s.role for first, s in zip(firsts, held, strict=True)})
    return found


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"')])
def test_a_quotation_runs_on_over_sentences_after_its_speaker(opening: str, closing: str) -> None:
    text = (
        f"The mayor of Tarsk, Olga Brandt, came late. {opening}We will not sell,{closing} Brandt said. "
        f"{opening}Not today. Not next year.{closing} Snow fell."
    )
    (found,) = statements(text, "Olga Brandt")
    assert found[f"{opening}We will not"] == "words"
    assert {role for first, role in found.items() if "Not" in first} == {"words"}
    assert "Snow fell." not in found


def test_a_quotation_runs_on_over_paragraphs_until_it_closes() -> None:
    said = ["“The harbour is ours,” said Ivo Lenk.", "“It was built by us.", "“It will stay with us.”"]
    text = "\n\n".join([*said, "Rain came."])
    (found,) = statements(text, "Ivo Lenk")
    assert found == {"“The harbour is": "words", "“It was built": "words", "“It will stay": "words"}


def test_the_speaker_may_be_named_before_the_quotation() -> None:
    (found,) = statements("Ivo Lenk stood up. Then Lenk said: “Nobody leaves this room.”", "Ivo Lenk")
    assert found["Then Lenk said:"] == "words"
    assert found["Ivo Lenk stood"] == "act"


def test_two_speakers_keep_their_own_words() -> None:
    text = "“We agree to it,” Ivo Lenk said. “We do not agree at all,” Olga Brandt said."
    lenk, brandt = statements(text, "Ivo Lenk", "Olga Brandt")
    assert lenk == {"“We agree to": "words"}
    assert brandt == {"“We do not": "words"}


def test_reported_speech_is_words_an_act_is_an_act_and_the_rest_is_about() -> None:
    text = "Ivo Lenk warned that the dam may break. Ivo Lenk closed the gates. Farmers blamed Ivo Lenk."
    (found,) = statements(text, "Ivo Lenk")
    assert list(found.values()) == ["words", "act", "about"]


def test_what_a_quotation_says_of_another_is_about_that_other() -> None:
    _, peru = statements("“Peru wants a war,” Ivo Lenk said.", "Ivo Lenk", "Peru")
    assert peru == {"“Peru wants a": "about"}


def test_a_spokespersons_words_count_for_whom_they_speak() -> None:
    text = "Norwegian Foreign Ministry spokeswoman Kari Lund met reporters. “We never asked for it,” she said. “Never.”"
    lund, norway = statements(text, "Kari Lund", "Norway")
    said = {first for first, role in lund.items() if role == "words"}
    assert said
    assert said <= {first for first, role in norway.items() if role == "words"}


def test_an_actor_that_the_text_never_names_has_no_statements() -> None:
    assert statements("Farmers left.", "Ivo Lenk") == [{}]


@pytest.mark.parametrize("text", ["", "“", '" " "', "“No", "No” he said “", "'' ``"])
def test_odd_quotation_marks_are_read(text: str) -> None:
    assert len(statements(text, "Ivo Lenk", "he")) == 2


def test_every_mentioned_actor_has_a_statement_for_every_sentence_that_mentions_it() -> None:
    text = "Chad left the talks. Nobody followed. The chair thanked Chad, and Chad’s envoy nodded."
    document = split_sentences(text)
    actors = resolve_given(document, [GivenActor("Chad")], aliases())
    (held,) = find_statements(document, actors)
    assert {document.sentence_at(m.start) for m in actors[0].mentions} <= {s.sentence for s in held}
