"""`stance train`, `stance evaluate` and `stance data-report`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from stance_model.extras import needs_extra
from stance_model.labels import STANCES

if TYPE_CHECKING:
    from stance_training.behaviour import BehaviourReport
    from stance_training.evaluation import Report


def train(
    config: Annotated[Path, typer.Argument(help="a file in configs/train")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]…", help="such as seed=7")] = None,
) -> None:
    """Train a checkpoint from a config; a run that was killed goes on where it stopped."""
    with needs_extra("train"):
        from stance_training.config import load_config  # noqa: PLC0415
        from stance_training.run import train as run_training  # noqa: PLC0415
    folder = run_training(load_config(config, overrides))
    typer.echo(f"checkpoint: {folder}")


def evaluate(
    checkpoint: Annotated[Path, typer.Argument(help="a checkpoint folder")],
    data: Annotated[Path, typer.Argument(help="labelled passages, .jsonl")],
    behaviour: Annotated[Path | None, typer.Option(help="a folder of behavioural suites to run as well")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Print the metrics of a checkpoint on labelled passages, and of its behaviour."""
    with needs_extra("train"):
        from stance_model.analyzer import Analyzer  # noqa: PLC0415
        from stance_training.behaviour import run_suites  # noqa: PLC0415
        from stance_training.evaluation import evaluate as evaluate_checkpoint  # noqa: PLC0415
    analyzer = Analyzer.load(checkpoint)
    report = evaluate_checkpoint(analyzer, data)
    suites = None if behaviour is None else run_suites(analyzer, behaviour)
    if as_json:
        values = report.model_dump() | ({} if suites is None else {"behaviour": suites.model_dump()})
        typer.echo(json.dumps(values, indent=2))
        return
    _print(report)
    if suites is not None:
        _print_suites(suites)


def data_report(
    folder: Annotated[Path, typer.Argument(help="a folder of labelled passages, *.jsonl")] = Path("training/data"),
) -> None:
    """Print what labelled passages are: counts, near-duplicates, what names tell, and how far readers agree."""
    with needs_extra("train"):
        from stance_training.data_report import report_data  # noqa: PLC0415
    typer.echo(report_data(folder).model_dump_json(indent=2))


def _print(report: Report) -> None:
    console = Console(width=110)
    console.print(f"{report.checkpoint} on {report.data}: {report.n_passages} passages, {report.n_actors} actors")
    figures = Table("figure", "value [95% interval over passages]")
    figures.add_row("macro-F1", str(report.macro_f1))
    for stance in STANCES:
        figures.add_row(f"F1 {stance}", str(report.f1[stance]))
    figures.add_row("macro-F1 of the all-neutral answer", f"{report.all_neutral_macro_f1:.3f}")
    figures.add_row("accuracy", f"{report.accuracy:.3f}")
    figures.add_row("Cohen's kappa", f"{report.kappa:.3f}")
    figures.add_row("F1 of neutral, declared", str(report.declared_f1))
    figures.add_row("evidence overlaps, where the stance is right", str(report.evidence_overlap))
    figures.add_row("  removing its sentence changes the answer most", str(report.evidence_by_removal))
    figures.add_row("expected calibration error (15 bins)", str(report.expected_calibration_error))
    figures.add_row("Brier score (0 to 2)", f"{report.brier_score:.3f}")
    figures.add_row("macro-F1 over the most certain 80%", str(report.macro_f1_certain))
    figures.add_row("that, less macro-F1 over all", str(report.gain_certain))
    figures.add_row("share abstained", f"{report.share_abstained:.3f}")
    figures.add_row("macro-F1 where not abstained", f"{report.macro_f1_not_abstained:.3f}")
    figures.add_row("actors found, with none given: F1", str(report.found_f1))
    figures.add_row("  recall", str(report.found_recall))
    figures.add_row("  precision", str(report.found_precision))
    figures.add_row("found, and with the right stance: macro-F1", str(report.end_to_end_macro_f1))
    console.print(figures)
    confusion = Table("true \\ predicted", *STANCES)
    for stance, row in zip(STANCES, report.confusion, strict=True):
        confusion.add_row(stance, *map(str, row))
    console.print(confusion)


def _print_suites(suites: BehaviourReport) -> None:
    table = Table("behavioural suite", "cases", "value [95% interval over cases]")
    table.add_row("minimum function: label right", str(suites.n_minimum), str(suites.minimum))
    for capability, share in suites.capabilities.items():
        table.add_row(f"  {capability}", "", f"{share:.2f}")
    table.add_row("name swapped: label unchanged", str(suites.n_swaps), str(suites.invariance))
    table.add_row("negated: label changes as it should", str(suites.n_negations), str(suites.negation))
    table.add_row("unseen propositions: macro-F1", str(suites.n_unseen), str(suites.unseen_macro_f1))
    Console(width=110).print(table)
