"""The finder: the actors of a document, by spaCy's names and parse, the alias files, and the encoder's tagger.

candidate mentions → linked into actors → those with a row → named, with their pronouns. Of the actors that rules would
give a row, the tagger strikes out those it does not take for actors at all.
"""

from __future__ import annotations

from functools import partial

from stance_model.actors.actor import Actor, Kind, Mention
from stance_model.actors.aliases import Aliases
from stance_model.actors.linking import Cluster, link
from stance_model.actors.mentions import CandidateSort, find_candidates, outermost
from stance_model.actors.naming import name_of
from stance_model.actors.pronouns import find_pronouns
from stance_model.actors.quotes import find_quotes
from stance_model.actors.selection import select
from stance_model.actors.spokespeople import principals
from stance_model.actors.tags import ActorTags
from stance_model.sentences import Document

# The kind of row that each sort of candidate makes.
KIND_OF_SORT: dict[CandidateSort, Kind] = {
    "person": "person",
    "office": "person",
    "state": "government",
    "bare_government": "government",
    "organisation": "organisation",
    "armed_group": "armed_group",
    "media": "organisation",
    "people": "group",
    "group": "group",
}


class SpacyActorFinder:
    """Finds actors by spaCy's names and parse, with what the alias files know. Thread-safe."""

    def __init__(self, aliases: Aliases, *, tagger_floor: float = 0.0) -> None:
        self._aliases = aliases
        self._floor = tagger_floor

    def find(self, document: Document, tags: ActorTags | None = None) -> list[Actor]:
        """The document's actors, one row each, in the order of their first mention."""
        clusters = link(find_candidates(document, self._aliases), self._aliases)
        spokespeople = principals(clusters, self._aliases)
        choose = partial(select, clusters, self._aliases, tags=tags, floor=self._floor)
        speaking = {cluster.key for cluster in choose()}
        spoken_for = {principal for key, principal in spokespeople.items() if key in speaking}
        chosen = choose(spoken_for=spoken_for)
        names = {cluster.key: name_of(cluster) for cluster in chosen}
        pronouns = find_pronouns(document, clusters, find_quotes(document), self._aliases)
        actors = [
            Actor(
                name=names[cluster.key],
                kind=KIND_OF_SORT[cluster.sort],
                mentions=_mentions(cluster, pronouns.get(cluster.key, ())),
                speaks_for=names.get(spokespeople.get(cluster.key, "")),
            )
            for cluster in chosen
        ]
        return sorted(actors, key=lambda actor: (actor.mentions[0].start, actor.mentions[0].end))


def _mentions(cluster: Cluster, pronouns: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The actor's mentions. A place as a place ("in Moscow") is none, save where nothing else names it."""
    named = [c for c in cluster.candidates if c.role != "place"] or cluster.candidates
    return outermost([*(Mention(c.start, c.end, c.text) for c in named), *pronouns])
