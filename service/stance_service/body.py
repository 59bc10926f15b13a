"""From a request to an article: the body within its limits, the JSON in it, the fields of the article."""

from __future__ import annotations

import asyncio
import json
import re
from email.message import Message
from typing import Any, NoReturn

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from stance_model.article import Article, parse_article
from stance_model.errors import InputError, TooLargeError
from stance_service.errors import MalformedBodyError, SlowBodyError, UnsupportedTypeError
from stance_service.fields import check_characters, field_error

_JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json", re.I)
# JSON's own encoding, and the two that callers name for what is the same bytes.
_CHARSETS = {"utf-8", "utf8", "us-ascii"}
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


async def read_body(request: Request, *, max_bytes: int, timeout_s: float) -> bytes:
    """The body of a request that is declared as JSON or not declared.

    Raises:
        UnsupportedTypeError: It is declared as something else, or compressed.
        TooLargeError: It is over `max_bytes`, whatever its Content-Length says.
        SlowBodyError: It did not arrive within `timeout_s`.
        MalformedBodyError: The caller left before its end.
    """
    _check_type(request)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise TooLargeError(f"the body is declared to have {declared} bytes; expected at most {max_bytes:,}")
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    raise TooLargeError(f"the body is over {max_bytes:,} bytes; expected at most that")
    except TimeoutError as error:
        raise SlowBodyError(f"{len(body):,} bytes came in {timeout_s:g} s; expected the whole body by then") from error
    except ClientDisconnect as error:
        raise MalformedBodyError(f"the body ends after {len(body):,} bytes; expected the rest of it") from error
    return bytes(body)


def article_in(body: bytes) -> Article:
    """The article that a body holds.

    Raises:
        MalformedBodyError: It is not one JSON object in UTF-8.
        InputError: A field of it is missing or wrong; `where` is the path of the first, the message has all.
        TooLargeError: The text is over the library's limit.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = body[error.start]
        raise MalformedBodyError(f"byte {error.start} is 0x{found:02x}; expected JSON in UTF-8") from error
    try:
        value = _decode(text)
        # Only an escape brings half a character in; the rest of the body was checked by its decoding.
        if _SURROGATE_ESCAPE.search(text):
            check_characters(value)
        return _article(value)
    except RecursionError as error:
        raise MalformedBodyError("the body is nested too deeply; expected an article's few levels") from error


def _check_type(request: Request) -> None:
    declared = Message()
    declared["Content-Type"] = request.headers.get("content-type") or "application/json"
    if not _JSON_TYPE.fullmatch(declared.get_content_type()):
        found = request.headers["content-type"]
        raise UnsupportedTypeError(f"the Content-Type is {found!r}; expected 'application/json' or none")
    charset = declared.get_content_charset("utf-8")
    if charset not in _CHARSETS:
        raise UnsupportedTypeError(f"the charset is {charset!r}; expected 'utf-8' or none")
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise UnsupportedTypeError(f"the Content-Encoding is {coding!r}; expected none")


def _decode(text: str) -> dict[str, Any]:
    if not text.strip():
        raise MalformedBodyError("the body is empty; expected an object with a field 'text'")
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except ValueError as error:  # also a number with more digits than Python converts
        raise MalformedBodyError(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedBodyError(
            f"the body is a JSON {_JSON_NAMES[type(value)]}; expected an object with a field 'text'"
        )
    return value


_JSON_NAMES = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that has a key twice means two things, and is refused."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:60]!r} occurs twice in an object")
    return found


def _article(value: dict[str, Any]) -> Article:
    try:
        return parse_article(value)
    except InputError as error:
        if isinstance(error.__cause__, ValidationError):
            raise field_error(value, error.__cause__) from error
        raise
