"""Linking: which candidates are one actor.

A state is one by its entry, a person by the surname, an office by its holder, a described group by its words.
Every step looks names up in an index; nothing compares all mentions with all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from stance_model.actors.aliases import Aliases
from stance_model.actors.mentions import Candidate, CandidateSort, Office, key_of_name, name_words
from stance_model.actors.roles import ACTIVE

_SORTS: dict[str, CandidateSort] = {"state": "state", "person": "person"}
_BODY_NOUNS = frozenset(("group", "organisation", "organization", "agency", "body"))
# How far back, in characters, "the president" may point where several presidents are named.
MAX_DISTANCE = 600
_INITIAL = re.compile(r"[A-Z]")


@dataclass
class Cluster:
    """The candidates of one actor, in order.

    Attributes:
        key: By what they are one: "state:Russia", "person:Maria Zakharova", "group:syrian rebel".
        nouns: What the person is called beside the name.
        holders: Keys of the states and bodies whose office the person holds.
        voices: The offices by which the person speaks in another's name.
    """

    key: str
    sort: CandidateSort
    candidates: list[Candidate] = field(default_factory=list)
    nouns: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)
    voices: list[Office] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.candidates[0].start


def link(candidates: Sequence[Candidate], aliases: Aliases) -> list[Cluster]:
    """The actors that the candidates make, in the order of their first mention."""
    linker = _Linker(candidates, aliases)
    for candidate in candidates:
        linker.add(candidate)
    return sorted(linker.clusters.values(), key=lambda cluster: cluster.start)


class _Linker:
    def __init__(self, candidates: Sequence[Candidate], aliases: Aliases) -> None:
        self.clusters: dict[str, Cluster] = {}
        self._aliases = aliases
        self._full_names = self._index_persons(candidates)
        self._acronyms = self._index_acronyms(candidates)
        self._later_people = dict.fromkeys(c.entity for c in candidates if c.sort == "person" and c.entity)
        self._by_noun: dict[str, list[str]] = defaultdict(list)
        self._by_surname: dict[str, str] = {}
        self._groups: dict[str, list[str]] = defaultdict(list)
        self._governments: dict[str, str] = {}
        self._ruler_state: str | None = None
        self._bodies: dict[str, None] = {}
        self._last_subject: dict[str, int] = {}
        self._states = {f"state:{c.entity}" for c in candidates if c.sort == "state"}
        self._states |= {state for c in candidates if (state := self._state_of(c)) is not None}

    def add(self, candidate: Candidate) -> None:
        """Puts a candidate to its actor."""
        key = self._key(candidate)
        cluster = self.clusters.get(key)
        if cluster is None:
            cluster = self.clusters[key] = Cluster(key=key, sort=_SORTS.get(key.split(":")[0], candidate.sort))
            if cluster.sort == "person":
                self._know(cluster)
        cluster.candidates.append(candidate)
        for office in candidate.offices:
            self._hold(cluster, office)
        if candidate.sort == "person":
            self._by_surname[name_words(candidate.text)[-1]] = key
        if candidate.role in ACTIVE:
            self._last_subject[key] = candidate.start
        if candidate.sort in {"organisation", "armed_group"}:
            self._bodies.pop(key, None)
            self._bodies[key] = None
        if candidate.sort == "state" and candidate.form == "official":
            self._governments[""] = self._governments[candidate.root.lemma_.lower()] = key
        self._ruler_state = self._state_of(candidate) or self._ruler_state

    def _state_of(self, candidate: Candidate) -> str | None:
        """Key of the state that a known person leads or serves."""
        person = self._aliases.people.get(candidate.entity or "") if candidate.sort == "person" else None
        return f"state:{person.state}" if person is not None and person.state else None

    def _key(self, candidate: Candidate) -> str:
        found: dict[CandidateSort, Callable[[Candidate], str]] = {
            "organisation": self._organisation,
            "armed_group": self._organisation,
            "person": self._person,
            "office": self._office,
            "bare_government": self._bare_government,
            "group": self._group,
        }
        if candidate.sort in found:
            return found[candidate.sort](candidate)
        # Of states, nations and media the entry is all; a nation in no file goes by its word.
        return f"{candidate.sort}:{candidate.entity or name_words(candidate.text)[-1].rstrip('s')}"

    def _index_persons(self, candidates: Iterable[Candidate]) -> dict[str, list[tuple[str, ...]]]:
        """The full names by surname, for a surname that comes before its full name."""
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for candidate in candidates:
            words = name_words(candidate.text)
            if candidate.sort == "person" and len(words) > 1:
                found[words[-1]].append(words)
        return found

    def _index_acronyms(self, candidates: Iterable[Candidate]) -> dict[str, str]:
        """Keys by the acronym of organisations named in full: "FSA" to the Free Syrian Army."""
        found: dict[str, str] = {}
        for candidate in candidates:
            if candidate.sort in {"organisation", "armed_group"} and " " in candidate.text:
                initials = "".join(w[0] for w in re.findall(r"\w+", candidate.text) if _INITIAL.match(w))
                if len(initials) > 1:
                    found.setdefault(initials, key_of_name(candidate.sort, candidate.entity, candidate.text))
        return found

    def _organisation(self, candidate: Candidate) -> str:
        if candidate.entity is None and candidate.text.isupper() and candidate.text in self._acronyms:
            return self._acronyms[candidate.text]
        return key_of_name(candidate.sort, candidate.entity, candidate.text)

    def _person(self, candidate: Candidate) -> str:
        if candidate.entity is not None:
            return f"person:{candidate.entity}"
        words = name_words(candidate.text)
        if len(words) == 1:
            if words[0] in self._by_surname:
                return self._by_surname[words[0]]
            later = self._full_names.get(words[0])
            words = later[0] if later else words
        known = self._aliases.lookup(" ".join(words).title())
        if known is not None and known.sort == "person":
            return f"person:{known.entity}"
        earlier = self._by_surname.get(words[-1], "")
        if len(words) > 1 and f":{words[0]} " in earlier:
            return earlier
        return f"person:{' '.join(words)}"

    def _know(self, cluster: Cluster) -> None:
        """What the alias files say of a person's office."""
        person = self._aliases.people.get(cluster.key.removeprefix("person:"))
        if person is None:
            return
        holder = f"state:{person.state}" if person.state else f"name:{person.body}" if person.body else None
        nouns = frozenset(noun for office in person.offices for noun in (office, office.split()[-1]))
        self._enter(cluster, nouns, holder)

    def _hold(self, cluster: Cluster, office: Office) -> None:
        self._enter(cluster, office.nouns, office.of)
        if office.nouns & self._aliases.nouns.spokespeople:
            cluster.voices.append(office)

    def _enter(self, cluster: Cluster, nouns: Iterable[str], holder: str | None) -> None:
        for noun in nouns:
            if noun not in cluster.nouns:
                cluster.nouns.add(noun)
                self._by_noun[noun].append(cluster.key)
        if holder is not None:
            cluster.holders.add(holder)

    def _office(self, candidate: Candidate) -> str:
        """The holder of the office, where it is certain; else a row of its own."""
        office = candidate.offices[0]
        if candidate.definite:
            fits = {
                key for noun in office.nouns for key in self._by_noun[noun] if self._fits(self.clusters[key], office)
            }
            if len(fits) == 1:
                return fits.pop()
            if fits:
                recent = max(fits, key=lambda key: (self._last_subject.get(key, -1), key))
                if candidate.start - self._last_subject.get(recent, -MAX_DISTANCE) < MAX_DISTANCE:
                    return recent
            if office.of is not None:
                known = self._known_holder(office)
                if known is not None:
                    return known
        words = " ".join(w for w in name_words(candidate.text) if w not in {"senior", "top", "the"})
        return f"office:{words}"

    def _known_holder(self, office: Office) -> str | None:
        """The person of the alias files who held the office and is named later in the document."""
        fits = []
        for name in self._later_people:
            person = self._aliases.people[name]
            own = {noun for noun in office.nouns if noun in person.offices}
            if own and f"state:{person.state}" == office.of:
                fits.append(f"person:{name}")
        return fits[0] if len(fits) == 1 else None

    @staticmethod
    def _fits(cluster: Cluster, office: Office) -> bool:
        if office.of is not None and cluster.holders and office.of not in cluster.holders:
            return False
        if office.of is not None and not cluster.holders:
            return False
        own, other = ({n for n in nouns if " " in n} for nouns in (office.nouns, cluster.nouns))
        return not own or not other or bool(own & other)

    def _bare_government(self, candidate: Candidate) -> str:
        """The state whose "regime", "administration" or "government forces" it is."""
        words = name_words(candidate.text)
        if words[0] in {"his", "her"} and self._ruler_state is not None:
            return self._ruler_state
        if "administration" in words and "state:United States" in self._states:
            return "state:United States"
        noun = "regime" if "regime" in words else words[-1]
        if noun in self._governments:
            return self._governments[noun]
        if noun == "regime":
            return "government:regime"
        return self._governments.get("") or "government:government"

    def _group(self, candidate: Candidate) -> str:
        lemmas, head = candidate.lemmas, candidate.root.lemma_.lower()
        if candidate.definite and lemmas == (head,):
            body = self._body(head)
            if body is not None:
                return body
        for key in reversed(self._groups[head]):
            if self._same_group(set(key.removeprefix("group:").split()), set(lemmas), candidate):
                return key
        key = f"group:{' '.join(lemmas) or head}"
        self._groups[head].append(key)
        return key

    def _same_group(self, known: set[str], words: set[str], candidate: Candidate) -> bool:
        """Whether "the rebels" are the "Syrian rebels" of before; "people" are not always the same people."""
        if known == words:
            return True
        pointing = candidate.definite or bool(words & self._aliases.nouns.standing_groups)
        return pointing and not candidate.has_tail and (words < known or known < words)

    def _body(self, noun: str) -> str | None:
        """The organisation or armed group that "the coalition" or "the group" points back to."""
        if noun in _BODY_NOUNS:
            return next(reversed(self._bodies), None)
        return next((key for key in reversed(self._bodies) if noun in key.casefold().split()), None)
