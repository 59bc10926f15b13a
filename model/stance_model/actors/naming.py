"""Naming: the clearest name of an actor, in the words of the text."""

from __future__ import annotations

from collections import Counter

from stance_model.actors.lexicon import words
from stance_model.actors.linking import Cluster
from stance_model.actors.mentions import Candidate
from stance_model.actors.roles import ACTIVE

_GOVERNMENT_NOUNS = words("government regime administration authority")
_BODY_NOUNS = words("""ministry army navy embassy parliament cabinet military intelligence police""")
_MAX_NAME_CHARS = 80


def name_of(cluster: Cluster) -> str:
    """The name of a row: a state's own where the text has it, else the longest that it is called."""
    if cluster.key.startswith("state:"):
        return _state_name(cluster)
    own = [c for c in cluster.candidates if c.sort == cluster.sort]
    short = [c for c in own if len(c.text) <= _MAX_NAME_CHARS]
    longest = max(short or own or cluster.candidates, key=lambda c: len(c.text))
    return " ".join(longest.text.split())


def _state_name(cluster: Cluster) -> str:
    """Its own name where the text has it or only its adjective, else "Kremlin" or "Assad regime"."""
    canonical = cluster.key.removeprefix("state:")
    standing = [c for c in cluster.candidates if c.role not in {"place", "modifies"}]
    active = [c for c in standing if c.role in ACTIVE] or standing
    if any(c.text.casefold() == canonical.casefold() for c in active):
        return canonical
    plain = [c for c in active if c.form in {"name", "seat"} and c.sort == "state"]
    governments = [c for c in active if c.form == "official" and _is_government(c)]
    if governments and not any(c.form == "name" for c in plain):
        return " ".join(governments[0].text.split())
    known = [*plain, *(c for c in active if c.form == "body" and not _is_described(c))]
    if any(c.text.casefold() == canonical.casefold() for c in cluster.candidates) or not known:
        return canonical
    return Counter(_bare(c.text) for c in known).most_common(1)[0][0]


def _is_government(candidate: Candidate) -> bool:
    return candidate.root.lemma_.lower() in _GOVERNMENT_NOUNS


def _bare(text: str) -> str:
    return " ".join(text.removeprefix("the ").removeprefix("The ").split())


def _is_described(candidate: Candidate) -> bool:
    """Whether a body is named after its state ("Russian Foreign Ministry"), unlike the Pentagon."""
    return candidate.root.lemma_.lower() in _BODY_NOUNS
