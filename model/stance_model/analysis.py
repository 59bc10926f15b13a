"""The analysis of an article: what callers get (schema 1 of the contract)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from stance_model.actors import Kind
from stance_model.labels import NeutralKind, Stance

WarningCode = Literal["actor_not_found", "no_actors", "truncated", "unsupported_language", "short_text"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PropositionRef(_Frozen):
    """The proposition that was asked about."""

    id: str
    text: str


class ModelRef(_Frozen):
    """The checkpoint that answered; `sha256` is that of its `model.safetensors`."""

    name: str
    version: str
    sha256: str


class MentionOut(_Frozen):
    """Words that stand for the actor: code points into the caller's text, half-open."""

    start: int
    end: int
    text: str


class Probabilities(_Frozen):
    """Calibrated probabilities; they sum to 1."""

    support: float
    neutral: float
    oppose: float


class Evidence(_Frozen):
    """Words that show a stance; `score` in 0..1 is how surely they do. Places as in `MentionOut`."""

    start: int
    end: int
    text: str
    stance: Stance
    score: float


class ActorStance(_Frozen):
    """One actor's row. `stance` is the most probable; `abstained` says that it is too doubtful to be used."""

    name: str
    kind: Kind
    speaks_for: str | None
    mentions: tuple[MentionOut, ...]
    stance: Stance
    neutral_kind: NeutralKind | None
    probabilities: Probabilities
    abstained: bool
    evidence: tuple[Evidence, ...]


class Warning(_Frozen):
    """What the caller should know about how the answer came about."""

    code: WarningCode
    message: str


class Analysis(_Frozen):
    """Every actor of one article, in the order of their first mention (or as the caller gave them)."""

    schema_: Literal[1] = 1
    id: str | None
    proposition: PropositionRef
    model: ModelRef
    actors: tuple[ActorStance, ...]
    warnings: tuple[Warning, ...]

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: "schema" if name == "schema_" else name,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )
