"""Optional packages: the commands that need them say so, the others work without them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stance_model.errors import WorkError


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Around the imports of a command: a third-party package that is not installed becomes a plain error.

    Args:
        extra: The group in `pyproject.toml` that brings it, such as "train".

    Raises:
        WorkError: A package is missing; the message says what to install.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("stance_"):
            raise  # a fault of ours, not of the environment
        message = f"the package {error.name} is missing; install 'actor-stance[{extra}]'"
        raise WorkError(message, where="stance") from error
