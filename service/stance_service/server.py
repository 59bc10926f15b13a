"""The server: a socket that listens, and uvicorn on it until a signal ends it."""

from __future__ import annotations

import math
import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from stance_model.errors import WorkError
from stance_service.settings import ServiceSettings


def listen(settings: ServiceSettings) -> socket.socket:
    """A socket that is bound to the settings' host and port; it answers once `run` takes it.

    Raises:
        WorkError: The host is not known here, or the port is taken or not ours to take.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            # Already here: another socket could be bound to the same port until one of them listens.
            bound.listen()
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise WorkError(
            f"cannot listen: {error.strerror}; expected a free port, try another with --port",
            where=f"{settings.host}:{settings.port}",
        ) from error
    return bound


def address_of(bound: socket.socket) -> str:
    """The URL at which a bound socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if bound.family == socket.AF_INET6 else f"http://{host}:{port}"


def make_server(app: FastAPI, settings: ServiceSettings) -> uvicorn.Server:
    """A uvicorn server for the app, which on a signal answers what it has taken on and then ends."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=math.ceil(settings.deadline_s),
        )
    )


def run(app: FastAPI, bound: socket.socket, settings: ServiceSettings) -> None:
    """Serves until a signal comes.

    Raises:
        WorkError: The app did not start.
    """
    server = make_server(app, settings)
    with suppress(KeyboardInterrupt):  # uvicorn has ended in order and raises it again
        server.run(sockets=[bound])
    if not server.started:
        raise WorkError("the service did not start; the lines above say why")
