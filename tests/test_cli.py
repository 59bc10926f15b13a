"""The command line: answers, exit codes, and one line on standard error for what is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stance_model import cli, commands
from stance_model.analyzer import Analyzer
from stance_model.cli import build_app
from stance_model.errors import WorkError
from stance_model.extras import needs_extra

TEXT = "Norland insists that Assad stays in office. Estovia wants Assad gone from the palace."


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch, tiny_analyzer: Analyzer) -> None:
    """The commands load the tiny checkpoint where none is named."""
    monkeypatch.setattr(
        commands.Analyzer, "load", classmethod(lambda cls, checkpoint=None, device="cpu": tiny_analyzer)
    )


def run(*arguments: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(build_app(), list(arguments), input=stdin)
    return result.exit_code, result.stdout, result.stderr


def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """Exit code and standard error of the whole command, errors mapped."""
    monkeypatch.setattr(sys, "argv", ["stance", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return caught.value.code, capsys.readouterr().err


def write(folder: Path, name: str, data: str | bytes) -> str:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def test_a_text_file_becomes_a_table(tmp_path: Path) -> None:
    code, out, _ = run("analyze", write(tmp_path, "a.txt", TEXT), "--actors", "Norland;Estovia")
    assert code == 0
    assert "a.txt: Assad stays" in out
    assert "Norland" in out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", TEXT),
        ("a.md", TEXT),
        ("a.html", f"<html><body><article><p>{TEXT}</p></article></body></html>"),
        ("a.json", json.dumps({"text": TEXT, "id": "x"})),
        ("a.jsonl", json.dumps({"text": TEXT, "id": "x"}) + "\n"),
    ],
)
def test_every_kind_of_file_gives_json_lines(tmp_path: Path, name: str, content: str) -> None:
    code, out, _ = run("analyze", "--json", "--actors", "Norland; Estovia", write(tmp_path, name, content))
    assert code == 0
    (line,) = out.splitlines()
    analysis = json.loads(line)
    assert analysis["schema"] == 1
    assert [row["name"] for row in analysis["actors"]] == ["Norland", "Estovia"]


def test_standard_input_is_text_or_json_lines() -> None:
    code, out, _ = run("analyze", "--json", "-", stdin=TEXT.encode())
    assert (code, len(out.splitlines())) == (0, 1)
    lines = "".join(json.dumps({"text": TEXT, "id": i}) + "\n" for i in ("a", "b"))
    code, out, _ = run("analyze", "--json", "-", stdin=lines.encode())
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b"]


def test_one_bad_line_loses_no_other(tmp_path: Path) -> None:
    lines = [json.dumps({"text": TEXT, "id": "a"}), '{"text": 3}', "{", json.dumps({"text": TEXT, "id": "d"})]
    path = write(tmp_path, "a.jsonl", "\n".join(lines))
    code, out, err = run("analyze", "--json", path)
    assert code == 2
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "d"]
    assert "a.jsonl:2: " in err
    assert "a.jsonl:3: is not JSON" in err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"\xff\xfe\x00text", "expected text in UTF-8"),
        ("a.txt", b"ab\xe9c", "byte 2 is 0xe9"),
        ("a.txt", bytes(range(32)) * 20, "binary"),
        ("a.pdf", b"%PDF", "ending '.pdf'; expected .txt"),
        ("a.json", b'{"title": "only"}', "text"),
        ("a.json", b"[" * 5000, "is not JSON"),
    ],
)
def test_bad_files_give_one_line_and_exit_code_2(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    code, out, err = run("analyze", write(tmp_path, name, content))
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_fifty_megabytes_are_refused(tmp_path: Path) -> None:
    code, _, err = run("analyze", write(tmp_path, "big.txt", b"word " * 10_000_000))
    assert code == 2
    assert "expected at most" in err


def test_a_missing_file_and_a_wrong_proposition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run("analyze", str(tmp_path / "none.txt"))
    assert code == 2
    assert "cannot be read" in err
    exit_code, err = main(monkeypatch, capsys, "analyze", "--proposition", "nope", write(tmp_path, "a.txt", TEXT))
    assert exit_code == 2
    assert "expected one of assad-stays" in err
    exit_code, err = main(monkeypatch, capsys, "train", write(tmp_path, "c.yaml", "seed: x"))
    assert exit_code == 2
    assert "c.yaml" in err


def test_wrong_usage_is_exit_code_2() -> None:
    assert run("analyze")[0] == 2
    assert run("no-such-command")[0] == 2
    assert run("evaluate", "only-one")[0] == 2


def test_the_standard_stream_may_hold_nothing() -> None:
    code, _, err = run("analyze", "-", stdin=b"")
    assert code == 2
    assert "is empty" in err


def test_help_names_every_command() -> None:
    code, out, _ = run("--help")
    assert code == 0
    for command in ("analyze", "train", "evaluate", "serve"):
        assert command in out


def test_a_missing_extra_is_named_and_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(WorkError, match=r"sklearn is missing; install 'actor-stance\[train\]'"), needs_extra("train"):
        raise ModuleNotFoundError("no", name="sklearn")
    with pytest.raises(ModuleNotFoundError), needs_extra("train"):
        raise ModuleNotFoundError("no", name="stance_training.gone")
