"""Errors as HTTP answers (RFC 9457): the one place that says which error has which status and which body."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from stance_model.errors import InputError, StanceError, TooLargeError
from stance_service.errors import (
    DeadlineError,
    MalformedBodyError,
    QueueFullError,
    SlowBodyError,
    UnsupportedTypeError,
)

PROBLEM_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """The body of every error answer.

    Attributes:
        type: Names the kind of error; stable, for programs.
        title: The kind of error in words; the same for every error of a type.
        status: The HTTP status.
        detail: This error: the place, what was found, what is allowed.
        path: The field at fault, such as `actors[1].name`.
    """

    model_config = ConfigDict(frozen=True)

    type: str = Field(examples=["urn:actor-stance:problem:wrong-field"])
    title: str = Field(examples=["A field is wrong"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["text: is empty; expected the text of an article"])
    path: str | None = Field(default=None, examples=["text"])


@dataclass(frozen=True)
class _Kind:
    status: HTTPStatus
    name: str
    title: str


_FAILED = _Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "failed", "The work failed")

# The most special first along an error's own classes; an error without an entry is the server's fault.
_KINDS: dict[type[BaseException], _Kind] = {
    MalformedBodyError: _Kind(HTTPStatus.BAD_REQUEST, "malformed", "The body is no JSON object"),
    SlowBodyError: _Kind(HTTPStatus.REQUEST_TIMEOUT, "slow-body", "The body took too long to arrive"),
    TooLargeError: _Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The input is too large"),
    UnsupportedTypeError: _Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-type", "The body is not declared as JSON"
    ),
    InputError: _Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong-field", "A field is wrong"),
    QueueFullError: _Kind(HTTPStatus.SERVICE_UNAVAILABLE, "busy", "The service is busy"),
    DeadlineError: _Kind(HTTPStatus.GATEWAY_TIMEOUT, "deadline", "The answer took too long"),
}

# Not the statuses' own phrases, which differ between Python's versions.
PROBLEM_TITLES = {kind.status: kind.title for kind in _KINDS.values()}


def add_problem_answers(app: FastAPI) -> None:
    """Makes every error of the app answer with a problem."""
    for kind in (StanceError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return _http_problem(request, error)
    kind = next((_KINDS[cls] for cls in type(error).__mro__ if cls in _KINDS), _FAILED)
    if kind is _FAILED:
        if isinstance(error, StanceError):  # the server logs every other error itself
            _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        # What failed may name files of this machine, which are no caller's business.
        return _respond(kind.status, type_name=_urn(kind), title=kind.title, detail="the server's log says why")
    path = error.where or None if isinstance(error, InputError) else None
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, QueueFullError) else {}
    return _respond(kind.status, type_name=_urn(kind), title=kind.title, detail=str(error), path=path, headers=headers)


def _http_problem(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    allowed = (error.headers or {}).get("Allow")
    details = {
        HTTPStatus.NOT_FOUND: f"{request.url.path} is not served; expected a path listed at /docs",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is not allowed; expected {allowed}",
    }
    detail = details.get(status, error.detail)
    return _respond(status, type_name="about:blank", title=status.phrase, detail=detail, headers=error.headers or {})


def _urn(kind: _Kind) -> str:
    return f"urn:actor-stance:problem:{kind.name}"


def _respond(
    status: HTTPStatus,
    *,
    type_name: str,
    title: str,
    detail: str,
    path: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    problem = Problem(type=type_name, title=title, status=status, detail=detail, path=path)
    # ASCII: whatever characters the caller's input had, the answer can be sent.
    content = json.dumps(problem.model_dump(exclude_none=True), ensure_ascii=True)
    return Response(content, status_code=status, media_type=PROBLEM_TYPE, headers=headers)
