"""What can go wrong in a request beside the library's own errors, in the order in which it meets them."""

from __future__ import annotations

from stance_model.errors import InputError, WorkError


class UnsupportedTypeError(InputError):
    """The body is declared to be something other than plain JSON."""


class SlowBodyError(InputError):
    """The body did not arrive in time."""


class MalformedBodyError(InputError):
    """The body is no JSON object."""


class QueueFullError(WorkError):
    """As many articles wait as may wait.

    Args:
        message: As for every `StanceError`.
        retry_after_s: When a caller should try again.
    """

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeadlineError(WorkError):
    """The answer was not ready in time."""
