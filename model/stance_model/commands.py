"""`stance analyze`: articles in, a table or JSON lines out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.errors import InputError, StanceError
from stance_model.proposition import DEFAULT_PROPOSITION, get_proposition
from stance_model.reading import read_articles, read_stream
from stance_model.table import print_table


def analyze(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help=".txt, .md, .html, .json, .jsonl, or - for standard input"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="print analyses as JSON, one a line")] = False,
    actors: Annotated[str | None, typer.Option(help='judge exactly these: "A;B"')] = None,
    proposition: Annotated[str | None, typer.Option(help=f"id of a proposition; default {DEFAULT_PROPOSITION}")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="checkpoint folder; default the shipped one")] = None,
) -> None:
    """Tell each actor's stance in articles, with the words that show it."""
    names = None if actors is None else _names(actors)
    asked = None if proposition is None else get_proposition(proposition)
    analyzer = Analyzer.load(checkpoint)
    console = Console(width=None if sys.stdout.isatty() else 140)
    n_failed = 0
    for article in _articles(files):
        try:
            if isinstance(article, StanceError):
                raise article
            changes = {"actors": names} if names is not None else {}
            chosen = article.model_copy(update=changes | ({"proposition": asked} if asked is not None else {}))
            analysis = analyzer.analyze(chosen)
        except StanceError as error:
            n_failed += 1
            where = article.id if isinstance(article, Article) and article.id else ""
            typer.echo(f"stance: {where + ': ' if where else ''}{error}", err=True)
            continue
        if as_json:
            typer.echo(analysis.model_dump_json(by_alias=True))
        else:
            print_table(analysis, get_proposition(chosen.proposition), console)
    if n_failed:
        raise typer.Exit(2)


def _names(actors: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in actors.split(";") if name.strip())
    if not names:
        raise InputError(f"{actors!r}; expected names joined by ';'", where="--actors")
    return names


def _articles(files: list[str]) -> Iterator[Article | StanceError]:
    for name in files:
        try:
            yield from read_stream(sys.stdin.buffer) if name == "-" else read_articles(Path(name))
        except StanceError as error:
            yield error
