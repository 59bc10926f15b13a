"""A stand-in for the analyzer, which the service's tests share, and that it is what the service expects."""

from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient

from stance_model.analysis import (
    ActorStance,
    Analysis,
    Evidence,
    MentionOut,
    ModelRef,
    Probabilities,
    PropositionRef,
)
from stance_model.article import Article
from stance_model.checkpoint import CalibrationSettings, EncodingSettings, Manifest
from stance_model.clean import clean
from stance_model.proposition import get_proposition
from stance_service.app import ArticleAnalyzer, create_app
from stance_service.settings import ServiceSettings

PATIENCE_S = 10


class StandIn:
    """Calls the first word of a text an actor that supports everything; checks text and proposition for real.

    `gate` is open unless a test closes it; `n_begun` counts the articles whose analysis has begun.
    """

    def __init__(self) -> None:
        self.manifest = Manifest(
            name="stand-in",
            version="0",
            base_encoder="none",
            encoding=EncodingSettings(),
            calibration=CalibrationSettings(),
            metrics={"macro_f1": 0.5},
        )
        self.model_ref = ModelRef(name="stand-in", version="0", sha256="0" * 64)
        self.gate = threading.Event()
        self.gate.set()
        self.n_begun = 0
        self.failure: Exception | None = None

    def analyze(self, article: Article) -> Analysis:
        self.n_begun += 1
        assert self.gate.wait(PATIENCE_S)
        if self.failure is not None:
            raise self.failure
        proposition = get_proposition(article.proposition)
        cleaned = clean(article.text)
        word = cleaned.text.split()[0]
        start = article.text.find(word[0])
        place = {"start": start, "end": start + 1, "text": article.text[start : start + 1]}
        row = ActorStance(
            name=word,
            kind="person",
            speaks_for=None,
            mentions=(MentionOut(**place),),
            stance="support",
            neutral_kind=None,
            probabilities=Probabilities(support=0.7, neutral=0.2, oppose=0.1),
            abstained=False,
            evidence=(Evidence(**place, stance="support", score=0.7),),
        )
        return Analysis(
            id=article.id,
            proposition=PropositionRef(id=proposition.id, text=proposition.text),
            model=self.model_ref,
            actors=(row,),
            warnings=(),
        )


def client_of(analyzer: ArticleAnalyzer, **settings: float) -> TestClient:
    """A client of a service around an analyzer; use it as a context manager."""
    app = create_app(analyzer, settings=ServiceSettings.model_validate(settings))
    return TestClient(app, raise_server_exceptions=False)


def test_the_stand_in_answers_as_an_analyzer_does() -> None:
    analysis = StandIn().analyze(Article(text="Moscow spoke."))
    assert Analysis.model_validate_json(analysis.model_dump_json(by_alias=True)) == analysis


@pytest.mark.parametrize("text", ["Moscow said that Assad must go.", "«Нет» said Lavrov 🕊 of Assad."])
def test_a_real_analyzer_answers_through_the_service_as_in_the_library(tiny_analyzer, text: str) -> None:
    article = {"id": "a1", "text": text, "actors": ["Russia", "Lavrov"]}
    with client_of(tiny_analyzer) as client:
        response = client.post("/v1/stance", json=article)
    assert response.status_code == 200, response.text
    analysis = tiny_analyzer.analyze(Article.model_validate(article))
    assert response.text == analysis.model_dump_json(by_alias=True)
    for row in response.json()["actors"]:
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
