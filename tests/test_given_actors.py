"""The caller's actors: each once, in order, with the words of the text that stand for them."""

from __future__ import annotations

from functools import lru_cache

import pytest

from stance_model.actors import Actor, Aliases, GivenActor, load_aliases, resolve_given
from stance_model.resources import configs_folder
from stance_model.sentences import split_sentences

TEXT = (
    "Moscow said that it would veto the draft. The Kremlin called it hostile. "
    "Russian Foreign Ministry spokeswoman Maria Zakharova said the door was open. She smiled. "
    "Senator Paul Hart disagreed, and so did Ryan Paul."
)


@lru_cache(maxsize=1)
def aliases() -> Aliases:
    return load_aliases(configs_folder() / "aliases")


def resolve(text: str, *given: str | GivenActor) -> list[Actor]:
    actors = [one if isinstance(one, GivenActor) else GivenActor(one) for one in given]
    return resolve_given(split_sentences(text), actors, aliases())


def words(actor: Actor) -> list[str]:
    return [mention.text for mention in actor.mentions]


def test_actors_keep_the_given_order_and_their_given_names() -> None:
    names = ["Maria Zakharova", "Nobody Here", "Russia", "the Kremlin"]
    assert [actor.name for actor in resolve(TEXT, *names)] == names


def test_a_name_given_twice_is_one_actor_and_keeps_all_its_places() -> None:
    (actor,) = resolve(TEXT, GivenActor("hawks", ((0, 6),)), GivenActor("hawks", ((42, 53),)))
    assert words(actor) == [TEXT[0:6], TEXT[42:53]]


def test_a_state_is_found_by_its_metonyms() -> None:
    (russia,) = resolve(TEXT, "Russia")
    assert {"Moscow", "The Kremlin", "it"} <= set(words(russia))
    assert russia.kind == "government"


def test_a_person_is_found_by_surname_office_and_pronoun() -> None:
    text = "Zakharova spoke first. She asked for calm."
    (actor,) = resolve(text, "Maria Zakharova")
    assert words(actor) == ["Zakharova", "She"]
    assert actor.kind == "person"


def test_a_spokesperson_speaks_for_the_given_name_of_the_state() -> None:
    person, state = resolve(TEXT, "Zakharova", "the Kremlin")
    assert person.speaks_for == state.name == "the Kremlin"
    (alone,) = resolve(TEXT, "Zakharova")
    assert alone.speaks_for is None


def test_who_is_not_in_the_text_has_no_mentions() -> None:
    (actor,) = resolve(TEXT, "Hillary Clinton")
    assert actor.mentions == ()


def test_another_first_name_is_another_person() -> None:
    (actor,) = resolve("Boris Zakharov left. Zakharov was tired.", "Elena Zakharov")
    assert actor.mentions == ()


def test_a_surname_is_not_found_inside_another_persons_name() -> None:
    (actor,) = resolve("Paul Hart spoke. Then Ryan Paul answered: Paul was angry.", "Ryan Paul")
    assert (0, 4) not in [(m.start, m.end) for m in actor.mentions]


def test_case_and_title_do_not_matter_but_word_bounds_do() -> None:
    (actor,) = resolve("The Union and the reunion.", "THE UNION")
    assert words(actor) == ["The Union"]
    (titled,) = resolve("Hart spoke.", "Senator Hart")
    assert words(titled) == ["Hart"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("قال الوزير سامي حداد إن الحكومة ترفض الاتفاق.", "سامي حداد"),
        ("Президент Иванов сказал, что уйдёт.", "Иванов"),
        ("发言人王芳说政府不同意。", "王芳"),
        ("Ο Νίκος Παππάς διαφώνησε.", "Νίκος Παππάς"),
    ],
)
def test_names_in_any_script_are_found(text: str, name: str) -> None:
    (actor,) = resolve(text, name)
    assert name in words(actor)


def test_the_callers_places_are_kept() -> None:
    (actor,) = resolve("They said no. Nobody else spoke.", GivenActor("the islanders", ((0, 4),)))
    assert words(actor) == ["They"]
    assert actor.kind == "group"


def test_actors_may_overlap() -> None:
    government, person = resolve("The Merkel government fell.", "Merkel government", "Merkel")
    assert words(government) == ["Merkel government"]
    assert words(person) == ["Merkel"]


@pytest.mark.parametrize("name", ["?", "(((", "a.*b", "\\", "🙂", "x" * 300, "the author"])
def test_odd_names_and_texts_are_read(name: str) -> None:
    for text in ("", "Talks", TEXT):
        (actor,) = resolve(text, name)
        assert actor.name == name
        assert actor.mentions == ()


def test_places_outside_the_text_are_left_out() -> None:
    (actor,) = resolve("Talks", GivenActor("x", ((3, 99), (4, 4), (0, 5))))
    assert words(actor) == ["Talks"]
