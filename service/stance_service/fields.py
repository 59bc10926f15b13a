"""Where an article's fields are wrong, as the caller sees it: paths without the names of our classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stance_model.errors import InputError
from stance_model.validation import MAX_SHOWN_CHARS, field_path

MAX_FAULTS_SHOWN = 10
# A check of the whole article names the place itself, at the start of its message.
_PLACE = re.compile(r"([a-z_]+(?:\[\d+\]|\.[a-z_]+)*) (.*)", re.S)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Fault:
    """One wrong field: its path ("" for the whole article), what was found and what is allowed."""

    path: str
    message: str


def field_error(value: dict[str, Any], error: ValidationError) -> InputError:
    """The error whose place is the first field at fault and whose message lists the first few."""
    found = [fault for details in error.errors(include_url=False) if (fault := _fault(value, details)) is not None]
    first, *others = found
    shown = [first.message, *(f"{fault.path}: {fault.message}" for fault in others[: MAX_FAULTS_SHOWN - 1])]
    if len(found) > MAX_FAULTS_SHOWN:
        shown.append(f"and {len(found) - MAX_FAULTS_SHOWN} more")
    return InputError("; ".join(shown), where=first.path)


def check_characters(value: dict[str, Any]) -> None:
    """Refuses half a surrogate pair, which JSON can write and UTF-8, in which the answer goes out, can't.

    Raises:
        InputError: With the path of the first string that holds one.
    """
    waiting: list[tuple[tuple[int | str, ...], Any]] = [((), value)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, dict):
            keys = "".join(part)
            if _SURROGATE.search(keys):
                raise InputError(
                    "a key holds half of a surrogate pair; expected whole characters", where=field_path(path)
                )
            waiting += [((*path, key), inner) for key, inner in reversed(part.items())]
        elif isinstance(part, list):
            waiting += [((*path, index), inner) for index, inner in reversed(list(enumerate(part)))]
        elif isinstance(part, str) and (half := _SURROGATE.search(part)):
            found = f"character {half.start()} is \\u{ord(half[0]):04x}"
            message = f"{found}, half of a surrogate pair; expected whole characters"
            raise InputError(message, where=field_path(path))


def _fault(value: dict[str, Any], details: ErrorDetails) -> Fault | None:
    """The fault in the caller's terms; None where it tells of the alternative that the caller did not mean.

    Where a field may be a string or an object, pydantic reports against both, each under its own name for it.
    """
    location: list[int | str] = []
    part: Any = value
    is_alternative = False
    for depth, step in enumerate(details["loc"], start=1):
        is_last = depth == len(details["loc"])
        if isinstance(part, dict) and (step in part or (is_last and details["type"] == "missing")):
            part = part.get(step)
        elif isinstance(part, list) and isinstance(step, int):
            part = part[step]
        else:  # a name of ours for an alternative
            is_alternative = is_last
            continue
        location.append(step)
    message = details["msg"].removeprefix("Value error, ")
    if is_alternative and details["type"] == "model_type":
        return None
    if is_alternative and details["type"] == "string_type":
        if isinstance(part, dict):
            return None
        message = "Input should be a string or an object"
    if not location and (placed := _PLACE.fullmatch(message)):
        return Fault(path=placed[1], message=placed[2])
    shown = repr(details["input"])
    shown = shown if len(shown) <= MAX_SHOWN_CHARS else f"{shown[:MAX_SHOWN_CHARS]}…"
    return Fault(
        path=field_path(tuple(location)),
        message=message if details["type"] == "missing" else f"{shown}: {message}",
    )
