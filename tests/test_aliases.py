"""The alias files as shipped, and what the loader says of broken ones."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

import pytest

from stance_model.actors import Aliases, load_aliases
from stance_model.errors import ConfigError
from stance_model.resources import configs_folder

SHIPPED = configs_folder() / "aliases"


@lru_cache(maxsize=1)
def shipped() -> Aliases:
    return load_aliases(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "aliases"))


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("Moscow", "Russia"),
        ("the Kremlin", "Russia"),
        ("Downing Street", "United Kingdom"),
        ("U.S.", "United States"),
        ("State Department", "United States"),
        ("Damascus", "Syria"),
        ("Jabhat al-Nusra", "Nusra Front"),
        ("Da'esh", "Islamic State"),
        ("U.N.", "United Nations"),
        ("Lavrov", "Sergey Lavrov"),
    ],
)
def test_a_name_finds_its_entry(name: str, entity: str) -> None:
    found = shipped().lookup(name)
    assert found is not None
    assert found.entity == entity


def test_every_name_of_every_state_leads_back_to_it() -> None:
    for entity, state in shipped().states.items():
        for name in (entity, *state.names, *state.seats, *state.adjectives, *state.people, *state.bodies):
            found = shipped().lookup(name)
            assert found is not None, name
            assert found.entity == entity, name


def test_capitals_tell_a_state_from_a_word() -> None:
    text = "They told us that the US, and RUSSIA too, would wait."
    found = [(text[m.start : m.end], m.alias.entity) for m in shipped().matches(text)]
    assert found == [("US", "United States"), ("RUSSIA", "Russia")]


def test_the_longest_name_wins_and_keeps_its_last_stop() -> None:
    text = "Envoys of the U.S. met the Free Syrian Army."
    assert [text[m.start : m.end] for m in shipped().matches(text)] == ["U.S.", "Free Syrian Army"]


def test_a_name_does_not_reach_over_a_line() -> None:
    assert [m.alias.entity for m in shipped().matches("South\nKorea")] == []


@pytest.mark.parametrize("file", ["states.yaml", "people.yaml", "offices.yaml"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ConfigError, match=file):
        load_aliases(folder)


def test_all_faults_are_told_together_with_file_entry_and_what_is_allowed(folder: Path) -> None:
    append(folder / "states.yaml", "Freedonia: {capital: [Fredville]}")
    append(folder / "people.yaml", "Rufus Firefly: {gender: x}")
    with pytest.raises(ConfigError) as caught:
        load_aliases(folder)
    message = str(caught.value)
    assert "states.yaml: Freedonia.capital" in message
    assert "people.yaml: Rufus Firefly.gender 'x'" in message
    assert "'f' or 'm'" in message


def test_a_person_of_an_unknown_state_is_a_fault(folder: Path) -> None:
    append(folder / "people.yaml", "Rufus Firefly: {state: Freedonia}")
    with pytest.raises(ConfigError, match=r"Rufus Firefly\.state 'Freedonia'; expected an entry of states\.yaml"):
        load_aliases(folder)


def test_one_name_for_two_entries_is_a_fault(folder: Path) -> None:
    append(folder / "armed_groups.yaml", "Sylvania Front: {names: [Hezbollah]}")
    with pytest.raises(ConfigError, match="Sylvania Front: 'Hezbollah' is also a name of 'Hezbollah'"):
        load_aliases(folder)


def test_broken_yaml_is_a_fault_with_its_file(folder: Path) -> None:
    (folder / "organisations.yaml").write_text("United Nations: {names: [UN", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"organisations\.yaml: is not YAML"):
        load_aliases(folder)
