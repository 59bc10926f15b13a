"""Pydantic's and YAML's faults in the house's words: the place, the value found, what is allowed."""

from __future__ import annotations

import yaml
from pydantic import ValidationError

MAX_SHOWN_CHARS = 60


def field_path(location: tuple[int | str, ...]) -> str:
    """A location such as `("actors", 1, "name")` as `actors[1].name`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else (f".{part}" if path else str(part))
    return path


def faults(error: ValidationError | yaml.YAMLError) -> list[str]:
    """Each fault on one line, in the order of the input."""
    if isinstance(error, yaml.YAMLError):
        return [f"is not YAML: {' '.join(str(error).split())}"]
    lines = []
    for fault in error.errors(include_url=False):
        shown = repr(fault["input"])
        shown = shown if len(shown) <= MAX_SHOWN_CHARS else f"{shown[:MAX_SHOWN_CHARS]}…"
        found = "" if fault["type"] == "missing" else f" {shown}"
        lines.append(f"{field_path(fault['loc']) or 'value'}{found}: {fault['msg'].removeprefix('Value error, ')}")
    return lines
