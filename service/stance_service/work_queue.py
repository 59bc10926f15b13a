"""The queue: articles are analysed one at a time in a thread, so that the service still answers meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from stance_service.errors import DeadlineError, QueueFullError

RETRY_AFTER_S = 5
Answer = TypeVar("Answer")


class WorkQueue:
    """One worker thread and a bounded number of those who wait for it.

    Args:
        max_queued: How many may wait while one is worked on.
        deadline_s: Longest wait for an answer, the wait in the queue counted in.
    """

    def __init__(self, *, max_queued: int, deadline_s: float) -> None:
        self._max_queued = max_queued
        self._deadline_s = deadline_s
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stance-worker")
        self._lock = Lock()
        self._n_unfinished = 0

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """What `work` returns, called in the worker thread.

        Raises:
            QueueFullError: As many wait as may wait.
            DeadlineError: The answer was not there in time. Work that waits is then dropped; work under way
                goes on to its end, because a thread cannot be stopped, and keeps its place until then.
        """
        future = self._submit(work)
        try:
            async with asyncio.timeout(self._deadline_s) as deadline:
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            if not deadline.expired():  # the work raised it
                raise
            raise DeadlineError(
                f"no answer after {self._deadline_s:g} s; expected one by then, try a shorter text"
            ) from error

    def check_room(self) -> None:
        """Refuses when no more may wait.

        Raises:
            QueueFullError: As many wait as may wait.
        """
        with self._lock:
            if self._n_unfinished > self._max_queued:
                raise QueueFullError(
                    f"{self._max_queued} articles wait, as many as may; try again in {RETRY_AFTER_S} s",
                    retry_after_s=RETRY_AFTER_S,
                )

    def close(self) -> None:
        """Drops what waits and lets the worker thread end after what it does now."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _submit(self, work: Callable[[], Answer]) -> Future[Answer]:
        self.check_room()
        with self._lock:
            self._n_unfinished += 1
        future = self._worker.submit(work)
        future.add_done_callback(self._finished)
        return future

    def _finished(self, _: Future[Answer]) -> None:
        with self._lock:
            self._n_unfinished -= 1
