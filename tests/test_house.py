"""The house: imports point one way, files are short, weights are not pickles, examples are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "stance_model": ROOT / "model" / "stance_model",
    "stance_training": ROOT / "training" / "stance_training",
    "stance_service": ROOT / "service" / "stance_service",
}
MAX_LINES = 400


def _imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    files = sorted(PACKAGES[package].rglob("*.py"))
    assert len(files) >= 3
    forbidden = set(PACKAGES) - {package, "stance_model"}
    for file in files:
        assert not _imported(file) & forbidden, file
        assert package != "stance_model" or not _imported(file) & {"fastapi", "uvicorn", "datasets", "sklearn"}, file


def test_no_file_is_over_four_hundred_lines() -> None:
    files = [f for folder in PACKAGES.values() for f in folder.rglob("*.py")]
    lengths = {f.name: len(f.read_text(encoding="utf-8").splitlines()) for f in files}
    assert len(lengths) > 40
    assert {name: n for name, n in lengths.items() if n > MAX_LINES} == {}


def test_nothing_loads_code_or_pickles() -> None:
    for folder in PACKAGES.values():
        for file in folder.rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "trust_remote_code=True" not in text, file
            assert not _imported(file) & {"pickle", "joblib", "dill"}, file
            assert "torch.load(" not in text, file


def test_examples_are_several_and_one_is_long() -> None:
    lengths = [len(f.read_text(encoding="utf-8").split()) for f in (ROOT / "examples").glob("*.txt")]
    assert len(lengths) >= 3
    assert max(lengths) >= 1500


def test_the_makefile_says_what_it_can_make() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("help", "install", "check", "test", "serve", "train", "demo"):
        assert f"\n{target}:" in text, target
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
