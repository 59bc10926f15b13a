"""The OpenAPI document, compared whole with the one committed beside this test."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from test_service_stand_in import StandIn, client_of

COMMITTED = Path(__file__).with_name("openapi.json")
REFRESH = "STANCE_REFRESH_OPENAPI=1 pytest tests/test_service_openapi.py"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    with client_of(StandIn()) as client:
        return client.get("/openapi.json").json()


def test_the_document_is_the_committed_one(document: dict[str, Any]) -> None:
    if os.environ.get("STANCE_REFRESH_OPENAPI"):
        COMMITTED.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    changed = sorted(
        f"{part}.{name}"
        for part, found, expected in (
            ("paths", document["paths"], committed["paths"]),
            ("schemas", document["components"]["schemas"], committed["components"]["schemas"]),
        )
        for name in found.keys() | expected.keys()
        if found.get(name) != expected.get(name)
    )
    advice = f"{COMMITTED.name} differs ({', '.join(changed) or 'its head'}); where that is meant: {REFRESH}"
    assert document == committed, advice


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    references = set()

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            references.update([part["$ref"]] if "$ref" in part else [])
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            collect(inner)

    collect(document)
    assert references
    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= set(schemas)


def test_no_call_is_documented_that_is_not_the_contracts(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {
        "/v1/stance",
        "/v1/propositions",
        "/v1/model",
        "/healthz",
        "/readyz",
        "/",
    }
