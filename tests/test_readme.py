"""The README: what its blocks call exists, and its Python block runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from stance_model import cli
from stance_model.analyzer import Analyzer
from stance_model.article import parse_article

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", README, re.S)
    assert found
    return found


def test_every_command_that_is_shown_exists() -> None:
    commands = set(re.findall(r"^stance ([a-z-]+)", "\n".join(blocks("bash")), re.M))
    assert commands == {entry.name for entry in cli.entry_points(group=cli.COMMAND_GROUP)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)`?", README):
        assert f"\n{target}:" in makefile, target


def test_the_json_blocks_are_an_article_and_an_answer() -> None:
    article, answer = (json.loads(block) for block in blocks("json"))
    article["text"] = "x" * 200
    assert parse_article(article).actors
    assert answer["actors"][0]["neutral_kind"] == "declared"


def test_the_python_block_runs(
    tiny_analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Analyzer, "load", classmethod(lambda cls: tiny_analyzer))
    (block,) = blocks("python")
    exec(compile(block, "README.md", "exec"), {})
    assert "France" in capsys.readouterr().out


def test_what_the_map_names_is_there() -> None:
    paths = re.findall(r"`([A-Za-z_./-]+)`", README.split("## Map")[1])
    assert len(paths) >= 10
    for path in paths:
        assert (ROOT / path).exists(), path


def test_no_figure_is_left_to_fill_in() -> None:
    assert "FIGURES" not in README
