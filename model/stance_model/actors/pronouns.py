"""Pronouns: "she", "his", "they", and the "I" and "we" of a quotation, where it is clear whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Token

from stance_model.actors.actor import Mention
from stance_model.actors.aliases import Aliases
from stance_model.actors.entries import Gender
from stance_model.actors.lexicon import words
from stance_model.actors.linking import Cluster
from stance_model.actors.mentions import Candidate
from stance_model.actors.quotes import Quotes
from stance_model.actors.roles import ACTIVE
from stance_model.sentences import Document

_GENDERS: dict[str, Gender] = {
    "he": "m",
    "him": "m",
    "his": "m",
    "himself": "m",
    "she": "f",
    "her": "f",
    "hers": "f",
    "herself": "f",
}
_FIRST = words("i me my mine myself we us our ours ourselves")
_SINGULAR = frozenset(("it", "its", "itself"))
_PLURAL = frozenset(("they", "their", "them", "themselves"))
_MANY = frozenset(("group", "people", "organisation", "armed_group", "state", "bare_government"))
_BODIES = frozenset(("organisation", "armed_group", "state", "bare_government", "group"))
# A person named further back than this many characters is not who "she" is.
_MAX_BACK = 700
_MAX_CLIMB = 15


def find_pronouns(
    document: Document, clusters: Sequence[Cluster], quotes: Quotes, aliases: Aliases
) -> dict[str, tuple[Mention, ...]]:
    """The pronouns of each actor, by its key."""
    found: dict[str, list[Mention]] = defaultdict(list)
    reader = _Reader(document, clusters, quotes, aliases)
    for key, mention in reader.read():
        found[key].append(mention)
    return {key: tuple(mentions) for key, mentions in found.items()}


class _Reader:
    """Walks through a document once, keeping who was spoken of last."""

    def __init__(self, document: Document, clusters: Sequence[Cluster], quotes: Quotes, aliases: Aliases) -> None:
        self._document = document
        self._quotes = quotes
        self._genders = {c.key: _gender(c, aliases) for c in clusters if c.sort in {"person", "office"}}
        self._sorts = {cluster.key: cluster.sort for cluster in clusters}
        self._candidates = sorted(
            ((candidate, cluster.key) for cluster in clusters for candidate in cluster.candidates),
            key=lambda pair: pair[0].start,
        )
        self._key_of_root = {(c.paragraph, c.root.i): key for c, key in self._candidates}
        self._speaker_keys: dict[int, str] = {}
        self._last: dict[Gender, tuple[str, int]] = {}
        self._last_active: dict[Gender, tuple[str, int]] = {}

    def read(self) -> Iterator[tuple[str, Mention]]:
        """Each pronoun with the key of its actor, in order; a quotation's own after the text around it."""
        upcoming = iter(self._candidates)
        following = next(upcoming, None)
        first: list[tuple[int, Token]] = []
        for index, paragraph in enumerate(self._document.paragraphs):
            for token in paragraph.doc:
                place = paragraph.offset + token.idx
                while following is not None and following[0].start <= place:
                    self._note(*following)
                    following = next(upcoming, None)
                lower = token.lower_
                if token.pos_ not in {"PRON", "DET"}:
                    continue
                quoted = self._quotes.at(place)
                if quoted is not None:
                    if lower in _FIRST and token.text != "US":
                        first.append((place, token))
                    continue
                key = self._owner(lower, index, token, place)
                if key is not None:
                    self._speaker_keys[place] = key
                    yield key, Mention(place, place + len(token.text), token.text)
        speakers = self._speakers()
        for place, token in first:
            quote = self._quotes.at(place)
            key = speakers.get(quote.speaker_start) if quote is not None and quote.speaker_start is not None else None
            if key is not None:
                yield key, Mention(place, place + len(token.text), token.text)

    def _owner(self, lower: str, paragraph: int, token: Token, place: int) -> str | None:
        if lower in _GENDERS:
            return self._person(_GENDERS[lower], place)
        if lower in _SINGULAR:
            return self._governing_subject(paragraph, token, _BODIES)
        if lower in _PLURAL:
            return self._governing_subject(paragraph, token, _MANY)
        return None

    def _note(self, candidate: Candidate, key: str) -> None:
        gender_known = self._genders.get(key, "none")
        if gender_known == "none" or self._quotes.at(candidate.start) is not None:
            return
        active = candidate.role in ACTIVE and candidate.clause != "reported"
        if candidate.sort == "office" and not active:
            return
        for gender in ("f", "m"):
            if gender_known in {None, gender}:
                self._last[gender] = (key, candidate.start)
                if active:
                    self._last_active[gender] = (key, candidate.start)

    def _person(self, gender: Gender, place: int) -> str | None:
        """Who was last the subject, or else last named, and may be "he" or "she"."""
        for memory in (self._last_active, self._last):
            key, start = memory.get(gender, ("", -_MAX_BACK))
            if key and place - start < _MAX_BACK:
                memory[gender] = (key, place)
                return key
        return None

    def _governing_subject(self, paragraph: int, token: Token, sorts: frozenset[str]) -> str | None:
        """The body that is the subject of a verb on which the pronoun hangs: "Iran said that it would"."""
        verb = token.head
        for _ in range(_MAX_CLIMB):
            for child in verb.children:
                if child.dep_ == "nsubj" and child.i < token.i and child.pos_ in {"NOUN", "PROPN"}:
                    key = self._key_of_root.get((paragraph, child.i))
                    return key if key is not None and self._sorts[key] in sorts else None
            if verb.head is verb:
                break
            verb = verb.head
        return None

    def _speakers(self) -> dict[int, str]:
        """Keys by the place of a quotation's speaker word."""
        found = dict(self._speaker_keys)
        for candidate, key in self._candidates:
            root = self._document.paragraphs[candidate.paragraph].offset + candidate.root.idx
            found[root] = key
            found.setdefault(candidate.start, key)
        return found


def _gender(cluster: Cluster, aliases: Aliases) -> Gender | None:
    """f or m, by the alias files, a title, an office noun or a given name; None where nothing tells."""
    person = aliases.people.get(cluster.key.removeprefix("person:"))
    if person is not None and person.gender is not None:
        return person.gender
    nouns = aliases.nouns
    words: Mapping[Gender, tuple[frozenset[str], frozenset[str]]] = {
        "f": (nouns.female_nouns, nouns.female_names),
        "m": (nouns.male_nouns, nouns.male_names),
    }
    for gender, (offices, given) in words.items():
        if cluster.nouns & offices:
            return gender
        if any(candidate.text.split()[0] in given for candidate in cluster.candidates):
            return gender
        if any(candidate.root.lemma_.lower() in offices for candidate in cluster.candidates):
            return gender
    return None
