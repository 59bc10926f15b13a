"""The model card beside the weights, from what was measured."""

from __future__ import annotations

from pathlib import Path

from stance_model.checkpoint import WEIGHTS, Manifest
from stance_training.data import RunData


def write_card(folder: Path, manifest: Manifest, data: RunData) -> None:
    """Writes `README.md`: what the checkpoint is, what it was trained on, and its figures on validation."""
    figures = "\n".join(f"| {name} | {value:.4g} |" for name, value in manifest.metrics.items())
    calibration = manifest.calibration
    stages = "\n".join(
        f"- stage `{name}`: {len(stage.training)} passages"
        + (f"; left out, since the data was not there: {', '.join(stage.left_out)}" if stage.left_out else "")
        for name, stage in data.stages.items()
    )
    (folder / "README.md").write_text(
        f"""# {manifest.name} {manifest.version}

Tells an actor's stance toward a proposition in a news passage: `support`, `neutral`, `oppose`, with heads for
the kind of neutral, for evidence, and for the words that name actors. Base encoder: {manifest.base_encoder}.

Load it with `Analyzer.load(Path(...))` of `stance_model`, or the stance head alone with plain
`AutoModelForSequenceClassification.from_pretrained`, which then judges the writer of the text. Input: a passage, and
the proposition as the second text.

## Training

{stages}

Validation: {len(data.validation)} passages kept out of training, also used for early stopping and calibration.
Data fingerprint: `{data.fingerprint}`; files in `data.json`, the whole config in `config.yaml`, the curve in
`learning_curve.png`, versions in `versions.json`. SHA-256 of `{WEIGHTS}`: `{manifest.files[WEIGHTS]}`.

## Figures on validation

They chose the weights, so they flatter; for figures on other data run `stance evaluate`.

| figure | value |
| --- | --- |
{figures}

Calibration: temperature {calibration.temperature}, bias {list(calibration.bias)}; a neutral is called declared from
{calibration.declared_threshold}; a row is marked abstained when its highest probability is under
{calibration.abstain_below}.
""",
        encoding="utf-8",
    )
