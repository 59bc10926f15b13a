"""Cleaning: what is analysed, and that every place points into the caller's own text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance_model.clean import clean, looks_like_html
from stance_model.errors import InputError

PAGE = """<!doctype html><html><head><title>News</title><script>var a = "Assad must go";</script></head><body>
<nav><a href="/">Home</a></nav><article><h1>Talks in Doria</h1>
<p>Norland&rsquo;s envoy said on Monday that Assad could stay for a year, and that the talks would go on.</p>
<p>Estovia answered that it wanted <b>him gone</b> before the spring, as it had said for several years.</p>
</article></body></html>"""


def test_decomposed_letters_are_composed_and_keep_their_places() -> None:
    source = "Zoe\u0308 said no."
    cleaned = clean(source)
    assert cleaned.text == "Zoë said no."
    start = cleaned.text.index("said")
    assert source[slice(*cleaned.to_source(start, start + 4))] == "said"
    assert source[slice(*cleaned.to_source(0, 3))] == "Zoe\u0308"


def test_what_prints_nothing_goes_and_line_ends_become_one() -> None:
    assert clean("\ufeffAs\u00adsad\r\nspoke.\u200b").text == "Assad\nspoke."


def test_a_page_loses_its_tags_and_scripts_and_keeps_places() -> None:
    cleaned = clean(PAGE)
    assert "var a" not in cleaned.text
    assert "<p>" not in cleaned.text
    assert "Norland’s envoy" in cleaned.text
    for words in ("him gone", "could stay for a year"):
        start = cleaned.text.index(words)
        assert PAGE[slice(*cleaned.to_source(start, start + len(words)))] == words


def test_prose_that_names_a_tag_is_no_page() -> None:
    assert not looks_like_html("The editor wrote <b>bold</b> in his text, then a < b.")
    assert looks_like_html(PAGE)


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\ufeff", "<html><body></body></html>"])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        clean(text)


def test_binary_is_refused() -> None:
    with pytest.raises(InputError, match="binary"):
        clean(bytes(range(256)).decode("latin-1") * 4)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_places_are_ordered_and_inside_the_source(source: str) -> None:
    try:
        cleaned = clean(source)
    except InputError:
        return
    for index in range(len(cleaned.text)):
        start, end = cleaned.to_source(index, index + 1)
        assert 0 <= start < end <= len(source)
    assert list(cleaned.starts) == sorted(cleaned.starts)
