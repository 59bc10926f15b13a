"""Selection: which of the linked actors get a row. Who is only mentioned gets none."""

from __future__ import annotations

from collections.abc import Iterable, Set

from stance_model.actors.aliases import Aliases
from stance_model.actors.lexicon import words
from stance_model.actors.linking import Cluster
from stance_model.actors.mentions import Candidate, CandidateSort
from stance_model.actors.roles import ACTIVE, Role, verb_of
from stance_model.actors.tags import ActorTags

# What is done to a ruler whose office is at issue, what such a ruler has, and does.
_REMOVING = words(
    """oust topple overthrow remove depose unseat replace dislodge prop shield keep isolate
    force persuade convince pressure"""
)
_FATE_NOUNS = words("""ouster departure removal resignation downfall overthrow regime""")
# Nouns that say nothing of who is meant, and words beside them that do not help.
_VAGUE_NOUNS = words(
    """country nation side state power man woman people force person leader party body team thing official
    other"""
)
_VAGUE_WORDS = words(
    """two three four five six several other same different relevant new such separate many certain various
    both respective"""
)
_STAYING = words("""go leave resign stay remain step fall quit relinquish cede cling survive hold stand lose""")
_INDEPENDENT: frozenset[Role] = frozenset(("speaks", "acts"))
_SIDES: frozenset[Role] = ACTIVE | {"involved"}
# In these roles a name makes a row by itself; chosen on the development set.
_ROLES: dict[CandidateSort, frozenset[Role]] = {
    "state": _SIDES | {"undergoes"},
    "organisation": _SIDES,
    "armed_group": _SIDES | {"other"},
}
_OWNED = ("his ", "her ", "their ", "its ", "my ", "our ")


def select(
    clusters: Iterable[Cluster],
    aliases: Aliases,
    *,
    tags: ActorTags | None = None,
    floor: float = 0.0,
    spoken_for: Set[str] = frozenset(),
) -> list[Cluster]:
    """The clusters that show someone who could hold a position, in order; those spoken for are among them.

    Rules on what a name does in its sentences choose them, and the tagger must give one of its words at least `floor`.
    """
    found = list(clusters)
    contested = {f"person:{name}" for name, person in aliases.people.items() if person.contested}
    at_issue = {c.key for c in found if c.sort == "person" and (c.key in contested or _is_at_issue(c))}
    states = {
        f"state:{person.state}"
        for key in contested & at_issue
        if (person := aliases.people.get(key.removeprefix("person:"))) is not None
    }
    chosen = [
        c for c in found if _has_row(c, aliases, at_issue | states) and (tags is None or _is_tagged(c, tags, floor))
    ]
    keys = {cluster.key for cluster in chosen} | spoken_for
    return [cluster for cluster in found if cluster.key in keys]


def _is_tagged(cluster: Cluster, tags: ActorTags, floor: float) -> bool:
    return any(tags.sureness(c.start, c.end) >= floor for c in cluster.candidates)


def _is_at_issue(cluster: Cluster) -> bool:
    """Whether the text asks if this person stays in office."""
    for candidate in cluster.candidates:
        token = candidate.root
        lemma = token.head.lemma_.lower()
        if token.dep_ in {"dobj", "nsubjpass"} and lemma in _REMOVING:
            return True
        if token.dep_ in {"poss", "compound"} and lemma in _FATE_NOUNS:
            return True
        if (
            token.dep_ == "pobj"
            and token.head.lower_ in {"of", "for"}
            and token.head.head.lemma_.lower() in _FATE_NOUNS
        ):
            return True
    return False


def _has_row(cluster: Cluster, aliases: Aliases, at_issue: Set[str]) -> bool:
    roles = {candidate.role for candidate in cluster.candidates}
    if cluster.key in at_issue:
        return any(_acts_itself(c) or _governs(c) for c in cluster.candidates)
    if cluster.sort == "person":
        return bool(roles - {"modifies", "place"})
    if cluster.sort in _ROLES:
        return bool(roles & _ROLES[cluster.sort])
    if cluster.sort == "group":
        return _is_telling(cluster.candidates[0]) and _stands(cluster, roles, aliases)
    if cluster.sort == "office" and cluster.candidates[0].text.casefold().startswith(_OWNED):
        return "speaks" in roles
    return cluster.sort != "media" and any(_speaks_or_acts(c) for c in cluster.candidates)


def _stands(cluster: Cluster, roles: Set[Role], aliases: Aliases) -> bool:
    """Whether a described group acts, or is a side by what it is ("the rebels") and is dealt with as one."""
    standing = bool(set(cluster.candidates[0].lemmas) & aliases.nouns.standing_groups)
    return any(_speaks_or_acts(c) for c in cluster.candidates) or (standing and bool(roles & _SIDES))


def _acts_itself(candidate: Candidate) -> bool:
    verb = verb_of(candidate.root)
    fate = verb is not None and verb.lemma_.lower() in _STAYING
    return candidate.role in _INDEPENDENT and candidate.clause == "main" and not fate


def _is_telling(candidate: Candidate) -> bool:
    """Whether the words of a group say who it is; "two countries" or "the same people" do not."""
    vague = candidate.lemmas[-1] in _VAGUE_NOUNS
    return not vague or any(lemma not in _VAGUE_WORDS for lemma in candidate.lemmas[:-1]) or candidate.has_tail


def _governs(candidate: Candidate) -> bool:
    """Whether it is the government by name, not the land, that acts."""
    is_government = candidate.form in {"official", "body"} or candidate.sort == "bare_government"
    return is_government and candidate.role in ACTIVE and candidate.clause != "reported"


def _speaks_or_acts(candidate: Candidate) -> bool:
    return candidate.role == "speaks" or (candidate.role in ACTIVE and candidate.clause != "reported")
