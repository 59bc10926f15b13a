"""`stance train`, `stance evaluate` and `stance data-report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from stance_model.extras import needs_extra
from stance_model.labels import STANCES

if TYPE_CHECKING:
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
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Print the metrics of a checkpoint on labelled passages."""
    with needs_extra("train"):
        from stance_training.evaluation import evaluate as evaluate_checkpoint  # noqa: PLC0415
    report = evaluate_checkpoint(checkpoint, data)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _print(report)


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
