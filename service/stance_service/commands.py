"""`stance serve`: the HTTP service and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stance_model.extras import needs_extra


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="port to listen on; 0 takes a free one")] = 8000,
    host: Annotated[str, typer.Option(help="name or address to listen on")] = "127.0.0.1",
    checkpoint: Annotated[Path | None, typer.Option(help="checkpoint folder; default the shipped one")] = None,
) -> None:
    """Answer over HTTP, with a page for people, until Ctrl-C."""
    with needs_extra("serve"):
        from stance_model.analyzer import Analyzer  # noqa: PLC0415
        from stance_service.app import create_app  # noqa: PLC0415
        from stance_service.server import address_of, listen, run  # noqa: PLC0415
        from stance_service.settings import ServiceSettings  # noqa: PLC0415
    settings = ServiceSettings(host=host, port=port)
    with listen(settings) as bound:
        app = create_app(Analyzer.load(checkpoint), settings=settings)
        typer.echo(f"serving on {address_of(bound)} (Ctrl-C ends)")
        run(app, bound, settings)
