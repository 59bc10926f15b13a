"""The command `stance`: collects the commands that the installed packages bring, and maps errors to exit codes."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

import typer
from transformers.utils.logging import disable_progress_bar

from stance_model.errors import StanceError, WorkError

COMMAND_GROUP = "stance.commands"
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2


def build_app() -> typer.Typer:
    """The command line with every command of the group `stance.commands`."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback()
    def stance() -> None:
        """Who, in this news text, wants what?"""

    for entry in sorted(entry_points(group=COMMAND_GROUP), key=lambda entry: entry.name):
        app.command(entry.name)(entry.load())
    return app


def main() -> None:
    """Runs the command line. Exit codes: 0 when done, 2 when the input or the usage is wrong, 1 when the work fails."""
    # Everything that is loaded lies on disk; a check for something newer would only wait for the network.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Of loading weights: standard error is for errors.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        build_app()()
    except WorkError as error:
        typer.echo(f"stance: {error}", err=True)
        sys.exit(EXIT_FAILED)
    except StanceError as error:
        typer.echo(f"stance: {error}", err=True)
        sys.exit(EXIT_BAD_INPUT)
