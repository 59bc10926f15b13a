"""The actor finder on invented news: who gets a row, who does not, and which words are one actor."""

from __future__ import annotations

import time
from functools import lru_cache

import pytest

from stance_model.actors import Actor, ActorTags, SpacyActorFinder, load_aliases
from stance_model.resources import configs_folder
from stance_model.sentences import split_sentences


@lru_cache(maxsize=1)
def finder() -> SpacyActorFinder:
    return SpacyActorFinder(load_aliases(configs_folder() / "aliases"))


def find(text: str) -> dict[str, Actor]:
    actors = finder().find(split_sentences(text))
    assert len({actor.name for actor in actors}) == len(actors)
    return {actor.name: actor for actor in actors}


def words(actor: Actor) -> list[str]:
    return [mention.text for mention in actor.mentions]


def test_a_metonym_and_officials_are_one_government() -> None:
    found = find("Moscow rejected the draft. The Kremlin gave no reason. Russian officials hinted at a veto.")
    assert len(found) == 1
    (actor,) = found.values()
    assert actor.kind == "government"
    assert words(actor) == ["Moscow", "The Kremlin", "Russian officials"]


def test_a_state_that_only_its_adjective_names_gets_its_own_name() -> None:
    assert "Norway" in find("Norwegian officials demanded new talks on Tuesday.")


def test_a_state_is_named_in_the_words_of_the_text() -> None:
    assert "U.S." in find("The U.S. warned both sides. Later the U.S. walked out.")


def test_a_surname_a_pronoun_and_an_office_are_one_person() -> None:
    text = (
        "Portuguese Foreign Ministry spokeswoman Helena Duarte said on Monday that talks were possible. "
        "She gave no date. Duarte later left the hall. “Not yet,” the spokeswoman said."
    )
    found = find(text)
    assert words(found["Helena Duarte"]) == ["Helena Duarte", "She", "Duarte", "spokeswoman"]
    assert found["Helena Duarte"].speaks_for == "Portugal"
    assert found["Portugal"].kind == "government"


def test_she_is_not_the_man_named_last() -> None:
    found = find("Minister Anna Weber met Robert Klein. She said that the deal would hold.")
    assert [name for name, actor in found.items() if "She" in words(actor)] == ["Anna Weber"]


def test_a_known_president_is_linked_by_office() -> None:
    found = find("Bashar al-Assad spoke on television. The Syrian president promised a vote. Mr. Assad smiled.")
    assert words(found["Bashar al-Assad"]) == ["Bashar al-Assad", "Syrian president", "Assad"]


def test_a_spokesman_for_a_group_speaks_for_its_row() -> None:
    found = find("The rebels hold the hills. A spokesman for the rebels said they would not retreat.")
    spokesman = next(actor for actor in found.values() if actor.speaks_for)
    assert spokesman.kind == "person"
    assert found[spokesman.speaks_for or ""].kind == "group"


def test_an_acronym_is_its_organisation() -> None:
    text = "The Coastal Workers Union struck. The government ignored the CWU. The CWU said it would go on."
    found = find(text)
    assert sum("CWU" in words(actor) for actor in found.values()) == 1
    assert "Coastal Workers Union" in found


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Senior Arab diplomats said the plan was dead.", "Senior Arab diplomats", "group"),
        ("Residents of Homs demanded food and water.", "Residents of Homs", "group"),
        ("Pro-government protesters burned the flag.", "Pro-government protesters", "group"),
        ("Hezbollah fired rockets at the town.", "Hezbollah", "armed_group"),
        ("The Arab League condemned the raid.", "Arab League", "organisation"),
        ("Yemen's foreign minister said he would resign.", "Yemen's foreign minister", "person"),
    ],
)
def test_kinds_of_actors(text: str, name: str, kind: str) -> None:
    assert find(text)[name].kind == kind


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("Chancellor Merkel spoke in Moscow on Friday.", "Russia"),
        ("Talks in Vienna ended late, said Chancellor Merkel.", "Austria"),
        ("Russian President Vladimir Putin laughed.", "Russia"),
        ("Chancellor Merkel told CNN that she would wait.", "CNN"),
        ("Chancellor Merkel is ill, according to Reuters.", "Reuters"),
        ("Chancellor Merkel said that 40 civilians were killed.", "civilians"),
        ("On 3 May Chancellor Merkel paid 7 million euros.", "May"),
    ],
)
def test_who_is_only_mentioned_is_no_actor(text: str, nobody: str) -> None:
    found = find(text)
    assert not any(nobody in word for actor in found.values() for word in (actor.name, *words(actor)))
    assert found, "and yet someone acts"


def test_a_state_that_acts_has_a_row_beside_its_president() -> None:
    found = find("Russian President Vladimir Putin laughed. Russia vetoed the text.")
    assert set(found) == {"Vladimir Putin", "Russia"}


def test_actors_come_in_the_order_of_their_first_mention_and_mentions_are_their_words() -> None:
    text = "France warned Iran. Iran answered that Paris had no say. Ankara kept silent and Turkey waited."
    document = split_sentences(text)
    actors = finder().find(document)
    starts = [actor.mentions[0].start for actor in actors]
    assert starts == sorted(starts)
    assert len(actors) >= 3
    assert all(text[m.start : m.end] == m.text for actor in actors for m in actor.mentions)
    assert all(list(actor.mentions) == sorted(set(actor.mentions)) for actor in actors)


def test_more_text_loses_no_actor_and_the_same_text_gives_the_same() -> None:
    first = "Belgium proposed a truce. Opposition activists rejected it."
    more = first + "\n\nWeeks later Denmark sent food to the north."
    assert set(find(first)) <= set(find(more))
    assert find(more) == find(more)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n\t",
        "Talks",
        "“",
        '"\'"',
        "a\x00b\ufffd🙂",
        "TALKS COLLAPSE",
        "...",
        "(((",
        "قالت الحكومة إنها ترفض الاتفاق.",
    ],
)
def test_odd_texts_are_read(text: str) -> None:
    for actor in find(text).values():
        assert actor.mentions


def test_capitals_throughout_still_name_a_state() -> None:
    assert any(a.kind == "government" for a in find("RUSSIA SAYS IT WILL LEAVE THE TALKS").values())


def test_time_grows_with_the_text_and_not_with_its_square() -> None:
    passage = "Mali said on day {} that Colonel Ndiaye{} of the rebels lied. “No,” he said. They left.\n\n"
    document = split_sentences("".join(passage.format(i, i) for i in range(300)))
    started = time.perf_counter()
    assert len(finder().find(document)) > 100
    assert time.perf_counter() - started < 5


def tags_for(text: str, *names: str) -> ActorTags:
    """Tags that are sure of the given words and of nothing else."""
    return ActorTags(len(text), [(text.index(name), text.index(name) + len(name), 0.9) for name in names])


def test_the_tagger_strikes_out_what_it_takes_for_no_actor() -> None:
    text = "Norway sold tin, its envoy said. Chad wants a vote on the treaty."
    document = split_sentences(text)
    aliases = load_aliases(configs_folder() / "aliases")
    assert {"Norway", "Chad"} <= {actor.name for actor in SpacyActorFinder(aliases).find(document)}
    tags = tags_for(text, "Norway")
    assert [a.name for a in SpacyActorFinder(aliases, tagger_floor=0.3).find(document, tags)] == ["Norway"]
    assert SpacyActorFinder(aliases, tagger_floor=0.95).find(document, tags) == []
    assert SpacyActorFinder(aliases, tagger_floor=0.95).find(document) == SpacyActorFinder(aliases).find(document)
