"""Reading article files: text, Markdown, HTML, JSON and JSONL, from disk or standard input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stance_model.article import MAX_TEXT_CHARS, Article, parse_article
from stance_model.errors import InputError, StanceError, TooLargeError

TEXT_SUFFIXES = (".txt", ".md", ".html", ".htm")
JSON_SUFFIXES = (".json", ".jsonl")
# UTF-8 takes up to four bytes a character.
MAX_FILE_BYTES = 4 * MAX_TEXT_CHARS


def read_articles(path: Path) -> Iterator[Article | StanceError]:
    """The articles of a file, in order; an article that cannot be read is an error at its place.

    A text file is one article with the file's name as id. `.json` holds one article, `.jsonl` one a line.

    Raises:
        InputError: The file as a whole cannot be read.
    """
    if path.suffix.lower() not in TEXT_SUFFIXES + JSON_SUFFIXES:
        allowed = ", ".join(TEXT_SUFFIXES + JSON_SUFFIXES)
        raise InputError(f"has the ending {path.suffix!r}; expected {allowed}", where=str(path))
    try:
        with path.open("rb") as file:
            if path.suffix.lower() == ".jsonl":
                yield from _read_lines(file, where=str(path))
            else:
                text = _decode(_read_limited(file, where=str(path)), where=str(path))
                yield _one(text, where=str(path), is_json=path.suffix.lower() == ".json", default_id=path.name)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error


def read_stream(stream: BinaryIO) -> Iterator[Article | StanceError]:
    """The articles on standard input: JSON objects, one a line, or else one plain text.

    Raises:
        InputError: The stream as a whole cannot be read.
    """
    where = "standard input"
    text = _decode(_read_limited(stream, where=where), where=where)
    if text.lstrip().startswith("{"):
        try:
            yield parse_article(json.loads(text))
        except json.JSONDecodeError:
            for number, line in enumerate(text.splitlines(), start=1):
                if line.strip():
                    yield _one(line, where=f"{where}:{number}", is_json=True, default_id=None)
        except StanceError as error:
            yield type(error)(str(error), where=where)
    else:
        yield _one(text, where=where, is_json=False, default_id="-")


def _read_lines(file: BinaryIO, *, where: str) -> Iterator[Article | StanceError]:
    for number, line in enumerate(file, start=1):
        place = f"{where}:{number}"
        if line.strip():
            try:
                text = _decode(line, where=place)
            except InputError as error:
                yield error
                continue
            yield _one(text, where=place, is_json=True, default_id=None)


def _read_limited(file: BinaryIO, *, where: str) -> bytes:
    data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise TooLargeError(f"is over {MAX_FILE_BYTES:,} bytes; expected at most that", where=where)
    return data


def _decode(data: bytes, *, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = data[error.start : error.start + 1].hex()
        raise InputError(f"byte {error.start} is 0x{found}; expected text in UTF-8", where=where) from error


def _one(text: str, *, where: str, is_json: bool, default_id: str | None) -> Article | StanceError:
    try:
        value = json.loads(text) if is_json else {"text": text}
    except (json.JSONDecodeError, RecursionError) as error:
        return InputError(f"is not JSON: {error}; expected an object with a field 'text'", where=where)
    try:
        article = parse_article(value, where=where)
    except StanceError as error:
        return error
    return article if article.id is not None else article.model_copy(update={"id": default_id})
