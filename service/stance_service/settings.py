"""The service's settings, made from arguments; nothing is read from the environment."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ServiceSettings(BaseModel):
    """Where the service listens and how much it takes on.

    Attributes:
        host: Name or address to listen on; the default is reached from this machine only.
        port: 0 lets the system choose a free one.
        max_body_bytes: Limit of a request's body.
        deadline_s: Longest wait for a body, and again for its answer, waiting in the queue counted in.
        max_queued: Articles that may wait while one is analysed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    max_body_bytes: int = Field(default=6_000_000, ge=1)
    deadline_s: float = Field(default=120.0, gt=0)
    max_queued: int = Field(default=16, ge=0)
