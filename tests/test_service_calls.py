"""What each call of the service answers."""

from __future__ import annotations

import json

import pytest

from stance_model.article import MAX_TEXT_CHARS
from stance_model.errors import CheckpointError, WorkError
from stance_model.labels import STANCES
from stance_model.proposition import DEFAULT_PROPOSITION, known_propositions
from test_service_stand_in import StandIn, client_of


@pytest.fixture(scope="module")
def client():
    with client_of(StandIn()) as client:
        yield client


def test_an_article_gives_its_analysis(client) -> None:
    response = client.post("/v1/stance", json={"id": "a1", "text": "Moscow spoke."})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    analysis = response.json()
    assert analysis["schema"] == 1
    assert analysis["id"] == "a1"
    assert analysis["proposition"]["id"] == DEFAULT_PROPOSITION
    assert list(analysis["actors"][0]["probabilities"]) == list(STANCES)


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "Application/JSON; charset=UTF-8", "application/ld+json"]
)
def test_json_is_accepted_declared_or_not(client, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert client.post("/v1/stance", content=b'{"text": "Moscow spoke."}', headers=headers).status_code == 200


def test_a_byte_order_mark_is_no_part_of_the_json(client) -> None:
    assert client.post("/v1/stance", content=b'\xef\xbb\xbf{"text": "Moscow spoke."}').status_code == 200


def test_characters_beyond_ascii_come_back_as_they_were(client) -> None:
    for ensure_ascii in (True, False):
        body = json.dumps({"id": "😀 №1", "text": "Путин 😀."}, ensure_ascii=ensure_ascii).encode()
        analysis = client.post("/v1/stance", content=body).json()
        assert (analysis["id"], analysis["actors"][0]["name"]) == ("😀 №1", "Путин")


def test_a_proposition_is_an_id_or_given_whole(client) -> None:
    named = client.post("/v1/stance", json={"text": "A b.", "proposition": "saleh-stays"}).json()
    assert named["proposition"]["id"] == "saleh-stays"
    given = {"id": "tax", "text": "The tax is raised."}
    assert client.post("/v1/stance", json={"text": "A b.", "proposition": given}).json()["proposition"] == given


def test_propositions_are_those_of_the_library(client) -> None:
    listed = client.get("/v1/propositions").json()
    assert listed["default"] == DEFAULT_PROPOSITION
    assert {each["id"]: each["text"] for each in listed["propositions"]} == {
        id_: each.text for id_, each in known_propositions().items()
    }


def test_the_model_tells_labels_limits_version_and_metrics(client) -> None:
    model = client.get("/v1/model").json()
    assert model["labels"] == list(STANCES)
    assert model["limits"]["max_text_chars"] == MAX_TEXT_CHARS
    assert (model["name"], model["version"], model["sha256"]) == ("stand-in", "0", "0" * 64)
    assert model["metrics"] == {"macro_f1": 0.5}


def test_health_and_readiness(client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nope", 404), ("GET", "/v1/stance/", 404), ("GET", "/v1/stance", 405), ("DELETE", "/", 405)],
)
def test_what_is_not_served_is_a_problem(client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert ("allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    "failure", [RuntimeError("secret"), WorkError("secret"), CheckpointError("x", where="/secret")]
)
def test_a_failure_of_ours_is_a_problem_that_gives_nothing_away(failure: Exception) -> None:
    analyzer = StandIn()
    with client_of(analyzer) as client:
        analyzer.failure = failure
        response = client.post("/v1/stance", json={"text": "Moscow spoke."})
        assert response.status_code == 500
        assert response.headers["content-type"] == "application/problem+json"
        assert "secret" not in response.text
        analyzer.failure = None
        assert client.post("/v1/stance", json={"text": "Moscow spoke."}).status_code == 200
