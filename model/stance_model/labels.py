"""The labels, in the contract's order. What they mean is in `docs/codebook.md`."""

from __future__ import annotations

from typing import Literal, get_args

Stance = Literal["support", "neutral", "oppose"]
NeutralKind = Literal["declared", "none"]

STANCES: tuple[Stance, ...] = get_args(Stance)
NEUTRAL_KINDS: tuple[NeutralKind, ...] = get_args(NeutralKind)
STANCE_IDS: dict[Stance, int] = {stance: index for index, stance in enumerate(STANCES)}
SUPPORT, NEUTRAL, OPPOSE = (STANCE_IDS[stance] for stance in STANCES)
