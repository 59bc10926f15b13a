"""Cleaning: the text that is analysed, with every character's place in the text that the caller sent.

HTML loses its tags and its page furniture (trafilatura), Unicode becomes NFC, characters that print nothing go.
Offsets in an analysis always point into the caller's own text, so each step keeps them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser

import trafilatura

from stance_model.errors import InputError

_HTML_START = re.compile(
    r"\s*(<!doctype\s+html|<html[\s>]|<\?xml[^>]*>\s*<html|<head[\s>]|<body[\s>]|<article[\s>])", re.I
)
_HTML_BLOCK = re.compile(r"</(p|div|h[1-6]|li|article)>", re.I)
# A base character with all that may combine with it: marks, and the Hangul vowels and finals that compose.
_CLUSTER = re.compile(r"[^\u1160-\u11ff]?[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
                      r"\u06d6-\u06ed\u0900-\u0dff\u0e31-\u0e4e\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
                      r"\u302a-\u302f\u3099\u309a\ufe20-\ufe2f]+|.", re.S)  # fmt: skip
_PRINTS_NOTHING = {"\u00ad", "\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", *map(chr, range(0x202A, 0x202F))}
_LINE_BREAKS = {"\r", "\x0b", "\x0c", "\u0085", "\u2028", "\u2029"}
MAX_CONTROL_SHARE = 0.02


@dataclass(frozen=True)
class CleanText:
    """A cleaned text.

    Attributes:
        text: What is analysed.
        source: What the caller sent.
        starts: For each character of `text`, where it starts in `source`; one entry more for the end.
        ends: For each character of `text`, where it ends in `source`.
    """

    text: str
    source: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The half-open place in `source` of the half-open place `start`, `end` (start < end) in `text`."""
        return self.starts[start], max(self.starts[start] + 1, self.ends[end - 1])

    def from_source(self, start: int, end: int) -> tuple[int, int] | None:
        """The place in `text` of a place in `source`; None where cleaning left nothing of it."""
        kept = [i for i, (s, e) in enumerate(zip(self.starts, self.ends, strict=False)) if s < end and e > start]
        return (kept[0], kept[-1] + 1) if kept else None


def looks_like_html(text: str) -> bool:
    """Whether a text is an HTML page or a fragment of one, rather than prose that names a tag."""
    return bool(_HTML_START.match(text)) or len(_HTML_BLOCK.findall(text[:20_000])) >= 3


def clean(source: str) -> CleanText:
    """The cleaned text of an article.

    Raises:
        InputError: Nothing to read is left, or the text holds what only binary data holds.
    """
    _refuse_binary(source)
    pieces = _from_html(source) if looks_like_html(source) else _from_plain(source)
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in pieces:
        for char in piece:
            chars.append(char)
            starts.append(start)
            ends.append(end)
    text = "".join(chars)
    if not text.strip():
        raise InputError("is empty; expected the text of an article", where="text")
    return CleanText(text=text, source=source, starts=tuple(starts), ends=tuple(ends))


def _refuse_binary(source: str) -> None:
    n_controls = sum(1 for c in source if c in "\x00\ufffd" or (c < " " and c not in "\t\n\r\x0b\x0c\x1f\x1e\x1c\x1d"))
    if n_controls > max(3, MAX_CONTROL_SHARE * len(source)):
        raise InputError(
            f"holds {n_controls} control or undecodable characters in {len(source)}; expected text, not binary data",
            where="text",
        )


def _from_plain(source: str) -> Iterator[tuple[str, int, int]]:
    """NFC pieces of a plain text, each with its place; offsets are exact where nothing was composed."""
    position = 0
    for match in _CLUSTER.finditer(source):
        cluster = match.group()
        start, end = match.span()
        position = end
        if len(cluster) == 1:
            yield _printable(cluster, source, start), start, end
        else:
            composed = unicodedata.normalize("NFC", cluster)
            if composed == cluster:
                for index, char in enumerate(cluster):
                    yield _printable(char, source, start + index), start + index, start + index + 1
            else:
                yield composed, start, end
    if position != len(source):  # pragma: no cover - the pattern matches every character
        raise InputError(f"could not be read past character {position}", where="text")


def _printable(char: str, source: str, position: int) -> str:
    if char in _PRINTS_NOTHING:
        return ""
    if char in _LINE_BREAKS:
        is_crlf = char == "\r" and source[position + 1 : position + 2] == "\n"
        return "" if is_crlf else "\n"
    if unicodedata.category(char) in {"Cc", "Zs"} and char not in "\n\t":
        return " "
    if unicodedata.category(char) == "Cs":
        return "\ufffd"
    return unicodedata.normalize("NFC", char)


class _TextNodes(HTMLParser):
    """The words of an HTML page with their places in its source; scripts and styles are left out."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._line_starts = [0, *(m.end() for m in re.finditer("\n", source))]
        self._silent = 0
        self.chars: list[tuple[str, int, int]] = []
        self.feed(source)
        self.close()

    def _position(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self._gap()

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"} and self._silent > 0
        self._gap()

    def _gap(self) -> None:
        self.chars.append((" ", self._position(), self._position() + 1))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            start = self._position()
            self.chars.extend((char, start + i, start + i + 1) for i, char in enumerate(data))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, reference: str) -> None:
        start = self._position()
        self.chars.extend((char, start, start + len(reference)) for char in html.unescape(reference))


def _from_html(source: str) -> Iterator[tuple[str, int, int]]:
    """The main text of a page, aligned word by word with the page's source.

    trafilatura says which words are the article; the parser says where the page's words stand. Both run in the
    order of the page, so the longest common runs of words give each kept word its place.
    """
    extracted = trafilatura.extract(source, include_comments=False, include_tables=False, favor_recall=True) or ""
    nodes = _TextNodes(source).chars
    page = "".join(char for char, _, _ in nodes)
    if not extracted.strip():  # a fragment too small for trafilatura: all of its words
        extracted = re.sub(r"[^\S\n]+", " ", page).strip()
    page_words = list(re.finditer(r"\S+", page))
    words = list(re.finditer(r"\S+", extracted))
    matcher = SequenceMatcher(None, [w.group() for w in page_words], [w.group() for w in words], autojunk=False)
    place = 0
    last_end = 0
    for block in matcher.get_matching_blocks():
        for i in range(block.size):
            in_page, in_text = page_words[block.a + i], words[block.b + i]
            # White space, and the rare word that has no place of its own, take the gap before this word.
            gap_start, gap_end = last_end, max(last_end + 1, nodes[in_page.start()][1])
            yield unicodedata.normalize("NFC", extracted[place : in_text.start()]), gap_start, gap_end
            for k, char in enumerate(in_text.group()):
                _, start, end = nodes[in_page.start() + k]
                yield unicodedata.normalize("NFC", _printable(char, char, 0)), start, end
            place = in_text.end()
            last_end = nodes[in_page.end() - 1][2]
    yield extracted[place:].rstrip(), last_end, len(source)
