"""Bodies that are no article: each gives a problem that names the place, never a 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stance_model.article import MAX_TEXT_CHARS
from test_service_stand_in import StandIn, client_of

MAX_BODY_BYTES = 2_000_000


@pytest.fixture(scope="module")
def client():
    with client_of(StandIn(), max_body_bytes=MAX_BODY_BYTES) as client:
        yield client


def problem_of(response, status: int) -> dict:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    assert "ArticleActor" not in problem["detail"]  # our names are not the caller's
    assert "Traceback" not in response.text
    return problem


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"{", "line 1 column 2"),
        (b'{"text": "a"} x', "Extra data"),
        (b'{"text": "a\xff"}', "byte 11 is 0xff"),
        (b'{"text": "\xed\xa0\x80"}', "UTF-8"),
        (b'{"text": "a\nb"}', "control character"),
        (b'["text"]', "array"),
        (b'"text"', "string"),
        (b"3", "number"),
        (b"true", "boolean"),
        (b"null", "null"),
        (b"NaN", "NaN"),
        (b'{"text": "a", "x": NaN}', "NaN"),
        (b'{"text": "a", "x": -Infinity}', "-Infinity"),
        (b'{"text": "a", "x": ' + b"9" * 10_000 + b"}", "digits"),
        (b'{"text": "a", "text": "b"}', "'text' occurs twice"),
        (b'{"text": "a", "actors": [{"name": "a", "name": "b"}]}', "'name' occurs twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"text":' * 100_000, "nested too deeply"),
    ],
)
def test_malformed_bodies_are_400(client, body: bytes, found: str) -> None:
    problem = problem_of(client.post("/v1/stance", content=body), 400)
    assert found in problem["detail"]
    assert "path" not in problem


@pytest.mark.parametrize("depth", [500, *range(900, 1000, 9)])
def test_no_depth_of_nesting_gives_a_500(client, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    for body in (b'{"text":%b}' % nested, b'{"text":"A b.","actors":[{"name":%b}]}' % nested):
        response = client.post("/v1/stance", content=body)
        assert response.status_code in {400, 422}
        problem_of(response, response.status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-ndjson"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "json"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_what_is_declared_as_something_else_is_415(client, headers: dict[str, str]) -> None:
    problem_of(client.post("/v1/stance", content=b'{"text": "Moscow spoke."}', headers=headers), 415)


@pytest.mark.parametrize(
    ("article", "path"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "\x00\x01\x02\x03 PNG \x00\x00"}, "text"),
        ({"text": "a \ud83d b"}, "text"),
        ({"text": "A b.", "id": 5}, "id"),
        ({"text": "A b.", "id": "\udc00"}, "id"),
        ({"text": "A b.", "actors": "Russia"}, "actors"),
        ({"text": "A b.", "actors": ["A"] * 501}, "actors"),
        ({"text": "A b.", "actors": [5]}, "actors[0]"),
        ({"text": "A b.", "actors": ["A", ""]}, "actors[1]"),
        ({"text": "A b.", "actors": ["A", {}]}, "actors[1].name"),
        ({"text": "A b.", "actors": ["A", {"name": ""}]}, "actors[1].name"),
        ({"text": "A b.", "actors": ["A", {"name": 5}]}, "actors[1].name"),
        ({"text": "A b.", "actors": ["A", {"name": "\ud800"}]}, "actors[1].name"),
        ({"text": "A b.", "actors": [{"name": "A", "\ud800": 1}]}, "actors[0]"),
        ({"text": "A b.", "actors": [{"name": "A", "rank": 1}]}, "actors[0].rank"),
        (
            {"text": "A b.", "actors": [{"name": "A", "mentions": [{"start": 0}]}]},
            "actors[0].mentions[0].end",
        ),
        (
            {"text": "A b.", "actors": [{"name": "A", "mentions": [{"start": 2, "end": 1}]}]},
            "actors[0].mentions[0]",
        ),
        (
            {"text": "A b.", "actors": [{"name": "A", "mentions": [{"start": 0, "end": 9}]}]},
            "actors[0].mentions[0].end",
        ),
        ({"text": "A b.", "proposition": None}, "proposition"),
        ({"text": "A b.", "proposition": "nope"}, "proposition"),
        ({"text": "A b.", "proposition": {"id": "a"}}, "proposition.text"),
        ({"text": "A b.", "proposition": {"id": "A B", "text": "It is so."}}, "proposition.id"),
    ],
)
def test_a_wrong_field_is_422_with_its_path(client, article: dict, path: str) -> None:
    problem = problem_of(client.post("/v1/stance", content=json.dumps(article)), 422)
    assert problem["path"] == path
    assert problem["detail"].startswith(f"{path}: ")


def test_several_faults_are_told_together_and_many_in_short(client) -> None:
    article = {"text": 1, "id": 2, "actors": [3, {"name": ""}]}
    detail = problem_of(client.post("/v1/stance", json=article), 422)["detail"]
    assert all(place in detail for place in ("text: 1", "id: 2", "actors[0]: 3", "actors[1].name: ''"))
    many = {"text": "A b.", "actors": [""] * 400}
    detail = problem_of(client.post("/v1/stance", json=many), 422)["detail"]
    assert detail.endswith("and 390 more")


def test_a_text_over_the_limit_is_413_with_its_path(client) -> None:
    assert problem_of(client.post("/v1/stance", json={"text": "a" * (MAX_TEXT_CHARS + 1)}), 413)["path"] == "text"


@pytest.mark.parametrize("length", [None, 12, MAX_BODY_BYTES + 1, 10**30])
def test_a_body_over_the_limit_is_413_whatever_its_length_says(client, length: int | None) -> None:
    def chunks():
        yield b'{"text": "'
        for _ in range(MAX_BODY_BYTES // 65536 + 1):
            yield b"a" * 65536

    headers = {} if length is None else {"Content-Length": str(length)}
    problem_of(client.post("/v1/stance", content=chunks(), headers=headers), 413)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ACTOR = JSON | st.fixed_dictionaries(
    {"name": st.text(max_size=5)},
    optional={
        "mentions": st.lists(st.fixed_dictionaries({"start": JSON, "end": st.integers()}), max_size=2),
        "x": JSON,
    },
)
ARTICLE = st.fixed_dictionaries(
    {"text": JSON | st.text(st.characters(codec=None))},
    optional={
        "id": JSON,
        "actors": JSON | st.lists(ACTOR, max_size=3),
        "proposition": JSON | st.fixed_dictionaries({"id": st.text(max_size=5), "text": JSON}),
    },
)
BODY = st.binary(max_size=60) | st.text(st.sampled_from('{}[]",:\\u0dD8e1 a'), max_size=60).map(str.encode)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODY | (JSON | ARTICLE).map(lambda value: json.dumps(value).encode()))
def test_no_body_gives_a_500(client, body: bytes) -> None:
    response = client.post("/v1/stance", content=body)
    if response.status_code != 200:
        assert response.status_code in {400, 422}
        problem_of(response, response.status_code)
