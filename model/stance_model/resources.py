"""Where the files that come with the project lie: in a checkout beside the packages, in a wheel inside this one."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _find(in_wheel: str, in_checkout: str) -> Path:
    bundled = _PACKAGE / "_resources" / in_wheel
    return bundled if bundled.exists() else _PACKAGE.parents[1] / in_checkout


def configs_folder() -> Path:
    """The folder `configs/`: aliases, propositions, training configs."""
    return _find("configs", "configs")


def shipped_checkpoint() -> Path:
    """The folder of the checkpoint that the project ships."""
    return _find("checkpoint", "model/checkpoint")
