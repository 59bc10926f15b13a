"""A real server on a loopback port, and `stance serve`."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from stance_model.errors import CheckpointError, WorkError
from stance_service.app import create_app
from stance_service.commands import serve
from stance_service.server import address_of, listen, make_server
from stance_service.settings import ServiceSettings
from test_service_stand_in import PATIENCE_S, StandIn

SETTINGS = ServiceSettings(port=0, max_body_bytes=1_000_000, deadline_s=0.5)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = make_server(create_app(StandIn(), settings=SETTINGS), SETTINGS)
    with listen(SETTINGS) as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def call(port: int, method: str, path: str, body=None, **headers: str) -> tuple[int, http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response, response.read()
    finally:
        connection.close()


def raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(sent)
        return connection.recv(65536)


def test_an_article_goes_over_the_wire(port: int) -> None:
    status, _, body = call(port, "POST", "/v1/stance", json.dumps({"text": "Moscow spoke."}))
    assert status == 200
    assert json.loads(body)["actors"][0]["name"] == "Moscow"


def test_the_page_is_served(port: int) -> None:
    status, response, body = call(port, "GET", "/")
    assert status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<title>actor-stance</title>" in body


def test_a_chunked_body_over_the_limit_is_413(port: int) -> None:
    chunks = (b"a" * 100_000 for _ in range(11))
    status, response, _ = call(port, "POST", "/v1/stance", chunks, **{"Content-Type": "application/json"})
    assert status == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_length_over_the_limit_is_refused_before_the_body_comes(port: int) -> None:
    answer = raw(port, b"POST /v1/stance HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_stops_coming_is_408(port: int) -> None:
    answer = raw(port, b"POST /v1/stance HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_caller_who_leaves_in_the_middle_harms_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /v1/stance HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    assert call(port, "GET", "/healthz")[0] == 200


def test_a_taken_port_is_one_clear_line(port: int) -> None:
    with pytest.raises(WorkError, match=rf"^127\.0\.0\.1:{port}: cannot listen: Address already in use; .*--port$"):
        serve(port=port)


def test_an_unknown_host_is_one_clear_line() -> None:
    with pytest.raises(WorkError, match=r"^no\.such\.invalid:0: cannot listen: "):
        serve(port=0, host="no.such.invalid")


def test_a_bad_checkpoint_is_an_error_and_frees_the_port(tmp_path) -> None:
    with listen(ServiceSettings(port=0)) as bound:
        free_port = bound.getsockname()[1]
    for _ in range(2):
        with pytest.raises(CheckpointError, match=r"has no stance\.json"):
            serve(port=free_port, checkpoint=tmp_path)


def test_an_ipv6_address_is_written_as_a_url() -> None:
    try:
        bound = listen(ServiceSettings(host="::1", port=0))
    except WorkError:
        pytest.skip("no IPv6 here")
    with bound:
        assert address_of(bound) == f"http://[::1]:{bound.getsockname()[1]}"


SERVE_A_STAND_IN = """
import sys, types
# In place of the real module, whose libraries take seconds to load.
module = sys.modules["stance_model.analyzer"] = types.ModuleType("stance_model.analyzer")
module.Analyzer = type("Analyzer", (), {"load": classmethod(lambda cls, checkpoint: StandIn())})
from test_service_stand_in import StandIn
from stance_service.commands import serve
serve(port=0)
"""


def test_the_command_prints_its_address_and_ends_on_ctrl_c() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE_A_STAND_IN],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("serving on http://127.0.0.1:"), process.stderr.read()
            port = int(line.split()[2].rsplit(":", 1)[1])
            deadline = time.monotonic() + PATIENCE_S
            while call(port, "GET", "/readyz")[0] != 200:
                assert time.monotonic() < deadline
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Traceback" not in errors
