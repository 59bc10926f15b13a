"""What an actor is, and the one interface through which actors are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from stance_model.sentences import Document

if TYPE_CHECKING:
    from stance_model.actors.tags import ActorTags

Kind = Literal["person", "government", "organisation", "armed_group", "group"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, order=True)
class Mention:
    """Words that stand for an actor: code points into the document's text, half-open."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Actor:
    """One who can hold a position, under its clearest name.

    Attributes:
        name: The clearest name in the text ("Maria Zakharova"), or the canonical one of a government ("Russia").
        kind: See `Kind`.
        mentions: In order of place; empty only for an actor that a caller gave and the text never names.
        speaks_for: Name of the actor whose spokesperson this is, where it has a row of its own.
    """

    name: str
    kind: Kind
    mentions: tuple[Mention, ...]
    speaks_for: str | None = None


class ActorFinder(Protocol):
    """Finds the actors of a document. Any finder with this method can serve the analyzer."""

    def find(self, document: Document, tags: ActorTags | None = None) -> list[Actor]:
        """The document's actors, one row each, in the order of their first mention.

        Args:
            document: The parsed text.
            tags: What the encoder's tagger says of its words; without them, rules alone decide.
        """
        ...
