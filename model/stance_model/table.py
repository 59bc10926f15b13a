"""The readable table of an analysis."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stance_model.analysis import ActorStance, Analysis
from stance_model.proposition import Proposition

STYLES = {"support": "green", "neutral": "yellow", "oppose": "red"}
MAX_EVIDENCE_CHARS = 220


def print_table(analysis: Analysis, proposition: Proposition, console: Console) -> None:
    """Prints the analysis: a row an actor, with its stance, probabilities and evidence, then the warnings."""
    title = f"{analysis.id or 'article'}: {proposition.short or proposition.text}"
    table = Table(title=title, title_justify="left", expand=False, show_lines=True)
    table.add_column("Actor", overflow="fold", ratio=3)
    table.add_column("Kind")
    table.add_column("Stance")
    table.add_column("support / neutral / oppose", justify="right")
    table.add_column("Evidence", overflow="fold", ratio=6)
    for actor in analysis.actors:
        table.add_row(_name(actor), actor.kind, _stance(actor), _probabilities(actor), _evidence(actor))
    if analysis.actors:
        console.print(table)
    else:
        console.print(f"{title}: no actors")
    for warning in analysis.warnings:
        console.print(f"warning ({warning.code}): {warning.message}", markup=False)


def _name(actor: ActorStance) -> Text:
    return Text(actor.name if actor.speaks_for is None else f"{actor.name} (for {actor.speaks_for})")


def _stance(actor: ActorStance) -> Text:
    words = actor.stance if actor.neutral_kind is None else f"{actor.stance}, {actor.neutral_kind}"
    return Text(f"{words}?" if actor.abstained else words, style=STYLES[actor.stance])


def _probabilities(actor: ActorStance) -> str:
    p = actor.probabilities
    return f"{p.support:.2f} / {p.neutral:.2f} / {p.oppose:.2f}"


def _evidence(actor: ActorStance) -> Text:
    words = [" ".join(evidence.text.split()) for evidence in actor.evidence]
    return Text("\n".join(w if len(w) <= MAX_EVIDENCE_CHARS else f"{w[:MAX_EVIDENCE_CHARS]}…" for w in words))
