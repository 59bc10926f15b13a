"""Spokespeople: whom a spokesman or spokeswoman speaks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stance_model.actors.aliases import Aliases
from stance_model.actors.linking import Cluster


def principals(clusters: Sequence[Cluster], aliases: Aliases) -> dict[str, str]:
    """Keys of those who are spoken for, by the key of their spokesperson. Both have a cluster."""
    sorts = {cluster.key: cluster.sort for cluster in clusters}
    named = {c.start: cluster.key for cluster in clusters for c in cluster.candidates if c.sort != "office"}
    found: dict[str, str] = {}
    for cluster in clusters:
        for key in _holders(cluster, named, aliases):
            if key != cluster.key and sorts.get(key, "media") != "media":
                found[cluster.key] = key
                break
    return found


def _holders(cluster: Cluster, named: dict[int, str], aliases: Aliases) -> Iterator[str]:
    """Keys of the likely principals, best first."""
    for office in cluster.voices:
        if office.of is not None:
            yield office.of
        # "a spokesman for the rebels": whoever is named inside the description.
        yield from (named[place] for place in range(office.start, office.end) if place in named)
    person = aliases.people.get(cluster.key.removeprefix("person:"))
    if person is not None and set(person.offices) & aliases.nouns.spokespeople:
        if person.state is not None:
            yield f"state:{person.state}"
        if person.body is not None:
            yield f"name:{person.body}"
