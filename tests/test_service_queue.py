"""One article at a time: the rest wait, too many are refused, none waits for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from test_service_stand_in import PATIENCE_S, StandIn, client_of

ARTICLE = {"text": "Moscow spoke."}


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_articles_wait_health_answers_and_one_too_many_is_503() -> None:
    analyzer = StandIn()
    analyzer.gate.clear()
    with client_of(analyzer, max_queued=2) as client, ThreadPoolExecutor() as callers:
        taken = [callers.submit(client.post, "/v1/stance", json=ARTICLE) for _ in range(3)]
        wait_until(lambda: client.get("/readyz").status_code == 503)
        assert client.get("/healthz").status_code == 200
        refused = client.post("/v1/stance", json=ARTICLE)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-type"] == "application/problem+json"
        assert analyzer.n_begun == 1  # one at a time
        analyzer.gate.set()
        assert [call.result().status_code for call in taken] == [200, 200, 200]
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/v1/stance", json=ARTICLE).status_code == 200


def test_past_the_deadline_it_is_504_and_what_waited_is_never_begun() -> None:
    analyzer = StandIn()
    analyzer.gate.clear()
    with client_of(analyzer, deadline_s=0.2) as client, ThreadPoolExecutor() as callers:
        late = [callers.submit(client.post, "/v1/stance", json=ARTICLE) for _ in range(3)]
        for call in late:
            assert call.result().status_code == 504
            assert "0.2 s" in call.result().json()["detail"]
        analyzer.gate.set()
        wait_until(lambda: client.post("/v1/stance", json=ARTICLE).status_code == 200)
        assert analyzer.n_begun == 2


def test_work_that_times_out_by_itself_is_no_missed_deadline() -> None:
    analyzer = StandIn()
    analyzer.failure = TimeoutError()
    with client_of(analyzer) as client:
        assert client.post("/v1/stance", json=ARTICLE).status_code == 500


@pytest.mark.parametrize("max_queued", [0, 1])
def test_an_idle_service_takes_an_article_however_short_its_queue(max_queued: int) -> None:
    with client_of(StandIn(), max_queued=max_queued) as client:
        assert [client.post("/v1/stance", json=ARTICLE).status_code for _ in range(3)] == [200] * 3
