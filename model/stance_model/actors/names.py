"""Names: the proper names of one parsed paragraph, from the alias files and spaCy's entity recogniser.

Where both speak, the alias files say what a name is, and the recogniser how far a person's name reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Doc, Span, Token

from stance_model.actors.aliases import Aliases, Form
from stance_model.actors.lexicon import words
from stance_model.actors.roles import QUOTATION_VERBS

NameSort = Literal["state", "organisation", "armed_group", "person", "media", "people", "place"]
# Words that end the name of a state's own body: "Russian Foreign Ministry", "Syrian Arab Army".
_STATE_BODIES = words(
    """ministry government army navy embassy parliament cabinet administration regime military intelligence
    police"""
)
_PLACE_ENDINGS = (
    " Square",
    " Street",
    " Avenue",
    " Airport",
    " Province",
    " City",
    " Mosque",
    " Convention",
    " Agreement",
    " Act",
)
_MAX_PERSON_WORDS = 6


@dataclass(frozen=True)
class Name:
    """A proper name: tokens `start` to `end` (half-open) of its paragraph.

    Attributes:
        sort: What it names; `people` is a nation, faith or party ("Kurds"), `place` no actor.
        entity: The entry of an alias file, where it is in one.
        form: Which of the entry's lists the name is in.
    """

    start: int
    end: int
    sort: NameSort
    entity: str | None = None
    form: Form = "name"

    @property
    def length(self) -> int:
        return self.end - self.start


def find_names(doc: Doc, aliases: Aliases) -> list[Name]:
    """The names of a paragraph, in order, without overlaps."""
    known = _known(doc, aliases)
    found = list(known)
    known_at = {i: name for name in known for i in range(name.start, name.end)}
    for entity in doc.ents:
        name = _read_entity(entity, known_at, aliases)
        if name is not None:
            found.append(name)
    chosen = _without_overlaps(found)
    speaking = _speaking_names(doc, chosen, aliases)
    spoken = {i for name in speaking for i in range(name.start, name.end)}
    kept = [n for n in chosen if n.sort != "place" or spoken.isdisjoint(range(n.start, n.end))]
    return sorted(kept + speaking, key=lambda name: name.start)


def _known(doc: Doc, aliases: Aliases) -> list[Name]:
    found = []
    for match in aliases.matches(doc.text):
        span = doc.char_span(match.start, match.end, alignment_mode="expand")
        if span is None or _is_part_of_word(span, match.start, match.end):
            continue
        alias = match.alias
        sort: NameSort = "people" if alias.form == "people" else alias.sort
        found.append(Name(start=span.start, end=span.end, sort=sort, entity=alias.entity, form=alias.form))
    return found


def _is_part_of_word(span: Span, start: int, end: int) -> bool:
    """Whether the alias is only part of its token, as in "Russia-backed" where that is one token."""
    inside = span.text
    rest = inside[: start - span.start_char] + inside[end - span.start_char :]
    return any(char.isalnum() for char in rest)


def _trim(entity: Span, aliases: Aliases) -> Span:
    """The entity without article, title and possessive mark."""
    start, end, doc = entity.start, entity.end, entity.doc
    skipped = {"the", "a", "an"} | (aliases.nouns.titles if entity.label_ == "PERSON" else frozenset())
    while start < end and (doc[start].lower_.rstrip(".") in skipped or doc[start].is_punct):
        start += 1
    while end > start and (doc[end - 1].tag_ == "POS" or doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    return doc[start:end]


def _read_entity(entity: Span, known_at: Mapping[int, Name], aliases: Aliases) -> Name | None:
    """The name that a recognised entity is, or None where the alias files say better."""
    span = _trim(entity, aliases)
    text = span.text
    junk = text.startswith(("@", "#", "http")) or text.endswith(_PLACE_ENDINGS)
    inside = list(dict.fromkeys(known_at[i] for i in range(span.start, span.end) if i in known_at))
    better = any(name.start <= span.start and span.end <= name.end for name in inside)
    if junk or better or not any(char.isalpha() for char in text):
        return None
    match entity.label_:
        case "PERSON":
            return _read_person(span, inside, aliases)
        case "ORG":
            return _read_organisation(span, inside, aliases)
        case "NORP":
            return Name(start=span.start, end=span.end, sort="people")
        case "GPE" | "LOC" | "FAC" | "EVENT" | "WORK_OF_ART" | "LAW" | "PRODUCT" | "DATE" if not inside:
            return Name(start=span.start, end=span.end, sort="place")
    return None


def _read_person(span: Span, inside: list[Name], aliases: Aliases) -> Name | None:
    if len(span) > _MAX_PERSON_WORDS or any(t.pos_ == "VERB" and t.text.islower() for t in span):
        return None
    start, end = span.start, span.end
    person = next((name for name in inside if name.sort == "person"), None)
    if person is not None:
        # "Bashar" and "Assad" of one name: a given name extends the surname of the file, a title does not.
        before = span.doc[start : person.start]
        if len(before) > 2 or not all(_extends_name(token, aliases) for token in before):
            start = person.start
        return replace(person, start=min(start, person.start), end=max(end, person.end))
    given_names = aliases.nouns.female_names | aliases.nouns.male_names
    if inside and inside[-1].end == end and span[0].text not in given_names:
        return None
    if inside and inside[-1].form == "adjective":
        start = min(inside[-1].end, end - 1)
    return Name(start=start, end=end, sort="person")


def _read_organisation(span: Span, inside: list[Name], aliases: Aliases) -> Name | None:
    first, last = span[0].lower_, span[-1].lower_
    known = any(name.sort in {"person", "organisation", "armed_group"} for name in inside)
    if known or last in aliases.nouns.offices:
        return None
    state = next((name for name in inside if name.sort == "state"), None)
    if state is not None and {first, last} & _STATE_BODIES:
        return Name(start=span.start, end=span.end, sort="state", entity=state.entity, form="body")
    if state is not None and span[-1].pos_ == "NOUN":
        return None
    return Name(start=span.start, end=span.end, sort="organisation")


def _without_overlaps(names: list[Name]) -> list[Name]:
    chosen: list[Name] = []
    reach = -1
    for name in sorted(names, key=lambda n: (n.start, -n.length)):
        if name.start >= reach:
            chosen.append(name)
            reach = name.end
        elif name.length > chosen[-1].length:
            chosen[-1] = name
            reach = name.end
    return chosen


def _speaking_names(doc: Doc, names: list[Name], aliases: Aliases) -> list[Name]:
    """Persons that the recogniser missed: a capitalised subject of "said", or a name after a title."""
    taken = {i for name in names if name.sort != "place" for i in range(name.start, name.end)}
    found = []
    for token in doc:
        if token.i in taken or token.text.isupper() or not _extends_name(token, aliases):
            continue
        titled = token.i > 0 and _is_title(doc[token.i - 1], aliases) and doc[token.i - 1].text[0].isupper()
        speaks = token.dep_ == "nsubj" and token.head.lemma_.lower() in QUOTATION_VERBS
        if titled or speaks:
            start, end = token.i, token.i + 1
            while start and start - 1 not in taken and _extends_name(doc[start - 1], aliases):
                start -= 1
            while titled and end < len(doc) and end not in taken and _extends_name(doc[end], aliases):
                end += 1
            taken.update(range(start, end))
            found.append(Name(start=start, end=end, sort="person"))
    return found


def _is_title(token: Token, aliases: Aliases) -> bool:
    return token.lower_.rstrip(".") in aliases.nouns.titles


def _extends_name(token: Token, aliases: Aliases) -> bool:
    """Whether the word may be part of a person's name."""
    lemma, nouns = token.lemma_.lower(), aliases.nouns
    common = lemma in nouns.groups or lemma in nouns.offices or lemma in nouns.documents or token.is_stop
    return token.pos_ == "PROPN" and token.text[0].isupper() and not common and not _is_title(token, aliases)
