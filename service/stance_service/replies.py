"""What the service tells about itself."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from stance_model.labels import NeutralKind, Stance


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True)


class ListedProposition(_Reply):
    """A proposition that a request may name by its id."""

    id: str
    text: str
    short: str
    language: str


class Propositions(_Reply):
    """The propositions that are loaded; `default` is asked about where a request names none."""

    default: str
    propositions: tuple[ListedProposition, ...]


class Limits(_Reply):
    """What the service takes on."""

    max_text_chars: int
    max_given_actors: int
    max_body_bytes: int
    max_queued: int
    deadline_s: float


class LoadedModel(_Reply):
    """The checkpoint that answers; `metrics` are those of its training's last evaluation."""

    name: str
    version: str
    sha256: str
    base_encoder: str
    labels: tuple[Stance, ...]
    neutral_kinds: tuple[NeutralKind, ...]
    limits: Limits
    metrics: dict[str, float]


class Health(_Reply):
    """The service's state in a word."""

    status: Literal["alive", "ready"]
