"""The learning curve of a run, as a picture."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def draw_curve(history: dict[str, list[dict[str, float]]], path: Path) -> None:
    """Draws loss and validation macro-F1 over epochs, a panel a stage, as a PNG."""
    figure = Figure(figsize=(5 * len(history), 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(history), squeeze=False)[0]
    for panel, (stage, rows) in zip(panels, history.items(), strict=True):
        losses = [(row["epoch"], row["loss"]) for row in rows if "loss" in row]
        scores = [(row["epoch"], row["eval_macro_f1"]) for row in rows if "eval_macro_f1" in row]
        panel.set(title=f"stage {stage}", xlabel="epoch", ylabel="training loss")
        panel.plot([x for x, _ in losses], [y for _, y in losses], color="tab:blue", label="training loss")
        right = panel.twinx()
        right.set(ylabel="validation macro-F1", ylim=(0, 1))
        right.plot([x for x, _ in scores], [y for _, y in scores], color="tab:orange", marker="o", label="macro-F1")
        panel.legend(loc="upper left")
        right.legend(loc="upper right")
    figure.savefig(path, dpi=110)
