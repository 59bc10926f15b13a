"""The app: which call does what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from stance_model.analysis import Analysis, ModelRef
from stance_model.article import MAX_GIVEN_ACTORS, MAX_TEXT_CHARS, Article
from stance_model.checkpoint import Manifest
from stance_model.labels import NEUTRAL_KINDS, STANCES
from stance_model.proposition import DEFAULT_PROPOSITION, known_propositions
from stance_service.body import article_in, read_body
from stance_service.document import ARTICLE_BODY, openapi_document, problem_answers
from stance_service.page import load_page
from stance_service.problems import add_problem_answers
from stance_service.replies import Health, Limits, ListedProposition, LoadedModel, Propositions
from stance_service.settings import ServiceSettings
from stance_service.work_queue import WorkQueue

STANCE_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)


class ArticleAnalyzer(Protocol):
    """What the service needs of an analyzer; `stance_model.Analyzer` is one."""

    @property
    def manifest(self) -> Manifest:
        """The loaded checkpoint's manifest."""

    @property
    def model_ref(self) -> ModelRef:
        """The loaded checkpoint's name, version and hash."""

    def analyze(self, article: Article) -> Analysis:
        """The analysis of one article."""


def create_app(analyzer: ArticleAnalyzer, *, settings: ServiceSettings) -> FastAPI:
    """The service around an analyzer that is ready to work."""
    queue = WorkQueue(max_queued=settings.max_queued, deadline_s=settings.deadline_s)
    # A body that is wrong in a hundred thousand places takes much memory to tell so: one at a time.
    reading = asyncio.Semaphore(1)
    propositions = _propositions()
    model = _loaded_model(analyzer, settings)
    page = load_page()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        queue.close()

    app = FastAPI(lifespan=lifespan, redirect_slashes=False, redoc_url=None)
    add_problem_answers(app)

    @app.post(
        "/v1/stance",
        summary="One article in, its analysis out",
        response_model=Analysis,
        responses=problem_answers(*STANCE_PROBLEMS),
        openapi_extra=ARTICLE_BODY,
    )
    async def stance(request: Request) -> Response:
        body = await read_body(request, max_bytes=settings.max_body_bytes, timeout_s=settings.deadline_s)
        async with reading:
            article = await asyncio.to_thread(article_in, body)
        analysis_json = await queue.run(lambda: analyzer.analyze(article).model_dump_json(by_alias=True))
        return Response(analysis_json, media_type="application/json")

    @app.get("/v1/propositions", summary="The propositions that are loaded")
    async def list_propositions() -> Propositions:
        return propositions

    @app.get("/v1/model", summary="The checkpoint that answers, its labels, limits and metrics")
    async def describe_model() -> LoadedModel:
        return model

    @app.get("/healthz", summary="Whether the service is alive")
    async def healthz() -> Health:
        return Health(status="alive")

    @app.get(
        "/readyz",
        summary="Whether the service would take an article now",
        responses=problem_answers(HTTPStatus.SERVICE_UNAVAILABLE),
    )
    async def readyz() -> Health:
        queue.check_room()
        return Health(status="ready")

    @app.get("/", summary="The page for people", response_class=HTMLResponse)
    async def show_page() -> HTMLResponse:
        return HTMLResponse(page.html, headers=page.headers)

    @cache
    def document() -> dict[str, Any]:
        return openapi_document(app)

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI's own manual shows
    return app


def _propositions() -> Propositions:
    listed = (
        ListedProposition(id=each.id, text=each.text, short=each.short, language=each.language)
        for each in known_propositions().values()
    )
    return Propositions(default=DEFAULT_PROPOSITION, propositions=tuple(listed))


def _loaded_model(analyzer: ArticleAnalyzer, settings: ServiceSettings) -> LoadedModel:
    ref = analyzer.model_ref
    return LoadedModel(
        name=ref.name,
        version=ref.version,
        sha256=ref.sha256,
        base_encoder=analyzer.manifest.base_encoder,
        labels=STANCES,
        neutral_kinds=NEUTRAL_KINDS,
        limits=Limits(
            max_text_chars=MAX_TEXT_CHARS,
            max_given_actors=MAX_GIVEN_ACTORS,
            max_body_bytes=settings.max_body_bytes,
            max_queued=settings.max_queued,
            deadline_s=settings.deadline_s,
        ),
        metrics=analyzer.manifest.metrics,
    )
