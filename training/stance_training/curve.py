"""Pictures of a run: its learning curve, and how honest its probabilities are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from stance_training.metrics import N_BINS, Floats, Ints, risk_coverage


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


def draw_honesty(labels: Ints, probabilities: Floats, path: Path) -> None:
    """Draws a reliability plot and the risk–coverage curve of rows (n,) with probabilities (n, 3), as a PNG."""
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    confidence, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    used = sorted(set(bins.tolist()))
    means = [(confidence[bins == b].mean(), correct[bins == b].mean(), (bins == b).sum()) for b in used]
    left.plot([1 / 3, 1], [1 / 3, 1], color="grey", linestyle=":", label="as sure as right")
    left.scatter([x for x, _, _ in means], [y for _, y, _ in means], s=[20 + 2 * n for _, _, n in means], alpha=0.7)
    left.set(title="reliability (area: rows)", xlabel="highest probability", ylabel="share right", ylim=(0, 1.02))
    left.legend(loc="upper left")
    curve = risk_coverage(labels, probabilities)
    right.plot(curve.coverage, curve.risk, color="tab:red")
    right.set(title="risk and coverage", xlabel="share of rows answered", ylabel="share of them wrong", ylim=(0, None))
    figure.savefig(path, dpi=110)
