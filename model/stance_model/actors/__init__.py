"""Actors: who can hold a position, found in a document or given by the caller."""

from stance_model.actors.actor import KINDS, Actor, ActorFinder, Kind, Mention
from stance_model.actors.aliases import Aliases, load_aliases
from stance_model.actors.finder import SpacyActorFinder
from stance_model.actors.given import GivenActor, resolve_given
from stance_model.actors.tags import ActorTags

__all__ = [
    "KINDS",
    "Actor",
    "ActorFinder",
    "ActorTags",
    "Aliases",
    "GivenActor",
    "Kind",
    "Mention",
    "SpacyActorFinder",
    "load_aliases",
    "resolve_given",
]
