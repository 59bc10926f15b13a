"""Swapping names: the words change, the labels and their places stay with what they label."""

from __future__ import annotations

import random

from stance_training.examples import Example, passage_examples
from stance_training.passages import LabelledPassage
from stance_training.swapping import NameSwapper, with_swaps

NONE = {"label": "neutral", "neutral_kind": "none"}


def example(text: str, *actors: dict[str, object]) -> Example:
    passage = {"id": "p", "text": text, "proposition": "assad-stays", "actors": actors}
    (found,) = passage_examples([LabelledPassage.model_validate(passage)], source="s")
    return found


FIRST = example(
    "Vera Lindqvist said that Assad must go. Lindqvist spoke in Norway, and she left at once. Bashar al-Assad did not.",
    {"actor": "Vera Lindqvist", "mentions": ["Lindqvist", "she"], "kind": "person", "label": "oppose",
     "evidence": "Assad must go"},
    {"actor": "Bashar al-Assad", "mentions": ["Assad"], "kind": "person", **NONE},
    {"actor": "Norway", "mentions": [], "kind": "government", **NONE},
)  # fmt: skip
SECOND = example(
    "Tomas Reyes of Peru and the Kremlin, for Russia, were silent.",
    {"actor": "Tomas Reyes", "mentions": [], "kind": "person", **NONE},
    {"actor": "Peru", "mentions": [], "kind": "government", **NONE},
    {"actor": "Russia", "mentions": ["the Kremlin"], "kind": "government", **NONE},
)


def words(one: Example, index: int) -> list[str]:
    actor = one.actors[index]
    return [one.text[slice(*place)] for place in (*actor.names, *actor.others)]


def test_a_person_is_swapped_with_its_surname_and_the_places_move() -> None:
    swapper = NameSwapper([SECOND])
    swapped = swapper.swap(FIRST, random.Random(1))
    assert words(swapped, 0) == ["Tomas Reyes", "Reyes", "she"]
    assert swapped.text[slice(*(swapped.actors[0].evidence or (0, 0)))] == "Assad must go"
    assert words(swapped, 1) == words(FIRST, 1)  # the proposition's own people stay
    assert words(swapped, 2)[0] in {"Peru", "Russia"}
    assert [a.label for a in swapped.actors] == [a.label for a in FIRST.actors]


def test_an_actor_with_a_metonym_stays() -> None:
    swapped = NameSwapper([FIRST]).swap(SECOND, random.Random(1))
    assert swapped.text == "Vera Lindqvist of Norway and the Kremlin, for Russia, were silent."


def test_a_share_of_the_examples_gets_a_copy() -> None:
    examples = [FIRST, SECOND]
    assert with_swaps(examples, share=0.0, seed=1) == examples
    found = with_swaps(examples, share=1.0, seed=1)
    assert found[:2] == examples
    assert 1 <= len(found) - 2 <= 2
    assert all(new.text not in {FIRST.text, SECOND.text} for new in found[2:])
