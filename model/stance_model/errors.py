"""What can go wrong, as one tree.

An error follows the data: the caller's input (`InputError`), a config or an alias file (`ConfigError`), a
checkpoint folder (`CheckpointError`), or the work itself (`WorkError`). The command line turns the first three
into exit code 2 and the last into 1; the service maps each to one HTTP status in `stance_service.problems`.
"""

from __future__ import annotations


class StanceError(Exception):
    """The root. `str()` is one line: where, what was found, what is allowed.

    Args:
        message: What was found and what is allowed.
        where: The place: a file and line, a field path such as `actors[1].mentions[0].start`, or "".
    """

    def __init__(self, message: str, *, where: str = "") -> None:
        self.message = " ".join(message.split())
        self.where = where
        super().__init__(f"{where}: {self.message}" if where else self.message)


class InputError(StanceError):
    """The caller's article, actors or proposition cannot be used as they are."""


class TooLargeError(InputError):
    """The input is over a stated limit in size."""


class ConfigError(StanceError):
    """A config file, alias file or proposition file is wrong; the message lists every fault found."""


class CheckpointError(StanceError):
    """A checkpoint folder is incomplete, altered, or of a kind that is not loaded."""


class WorkError(StanceError):
    """The input was fine and the work failed."""
