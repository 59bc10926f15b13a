"""The OpenAPI document: FastAPI's, with what the service reads and answers by itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from stance_model.article import Article
from stance_service.problems import PROBLEM_TITLES, PROBLEM_TYPE, Problem

TITLE = "actor-stance"
DESCRIPTION = "Who, in this news text, wants what: every actor's stance toward a proposition, with evidence."
# Of the interface, not of the software: it changes when callers have to.
INTERFACE_VERSION = "1"
_REF = "#/components/schemas/{model}"

ARTICLE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": _REF.format(model="Article")},
                "examples": {
                    "text": {"value": {"text": "Moscow said that only Syrians can decide whether Assad stays."}},
                    "given actors": {
                        "value": {
                            "id": "a1",
                            "text": "Moscow said that only Syrians can decide whether Assad stays.",
                            "actors": ["Russia", {"name": "Syrians", "mentions": [{"start": 22, "end": 29}]}],
                            "proposition": "assad-stays",
                        }
                    },
                },
            }
        },
    }
}


def problem_answers(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that answers with these errors."""
    content = {PROBLEM_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    return {int(status): {"description": PROBLEM_TITLES[status], "content": content} for status in statuses}


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the app."""
    document = get_openapi(title=TITLE, version=INTERFACE_VERSION, description=DESCRIPTION, routes=app.routes)
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (Article, Problem):
        schema = model.model_json_schema(ref_template=_REF)
        schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
    return document
