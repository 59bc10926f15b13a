"""Governments: noun phrases that mean a state's government without a name of its own.

"Russian officials", "Assad's forces" and "Syrian state media" name the state; "the regime" and "government
forces" leave it to the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

from stance_model.actors.aliases import Aliases
from stance_model.actors.lexicon import words
from stance_model.actors.names import Name

# With these, "… forces" are no government's: "rebel forces", "former officials".
_NOT_GOVERNMENT = words(
    """rebel opposition former ex then defected dissident anti pro backed led trained funded allied armed
    free kurdish arab loyal moderate islamist insurgent militia retired exiled rival foreign coalition
    joint"""
)
# Nouns that mean the government only in the plural: "Iranian commanders".
_ONLY_PLURAL = words("general commander leader diplomat negotiator representative delegate policymaker soldier")
# Nouns that mean the government also after its leader's name: "Assad's forces".
_PERSONAL = words("regime government administration force troop army military jet warplane cabinet")
_GOVERNMENT_KINDS = frozenset(("government", "regime", "army", "security"))
_MEDIA_NOUNS = frozenset(("media", "television", "tv"))


class GovernmentReader:
    """Reads the phrases of one paragraph; `name_at` holds its names by token."""

    def __init__(self, doc: Doc, name_at: Mapping[int, Name], aliases: Aliases) -> None:
        self._doc = doc
        self._name_at = name_at
        self._nouns = aliases.nouns
        self._people = aliases.people

    def state_of(self, start: int, root: Token) -> str | None:
        """The state whose government the phrase from token `start` to its head means."""
        lemma = root.lemma_.lower()
        before = self._before(start, root)
        state_media = lemma in _MEDIA_NOUNS and "state" in before
        if before & _NOT_GOVERNMENT or not (lemma in self._nouns.government_nouns or state_media):
            return None
        if lemma in _ONLY_PLURAL and root.tag_ not in {"NNS", "NNPS"}:
            return None
        names = {self._name_at[i] for i in range(start, root.i) if i in self._name_at}
        if not names and lemma in _PERSONAL:
            names = set(self._names_after_of(root))
        owners = {self._owner(name, lemma) for name in names if name.sort != "place"}
        return owners.pop() if len(owners) == 1 else None

    def is_bare(self, start: int, root: Token, *, definite: bool) -> bool:
        """Whether the phrase means a government that it does not name: "the regime", "his army"."""
        lemma = root.lemma_.lower()
        before = self._before(start, root)
        if before & _NOT_GOVERNMENT or any(i in self._name_at for i in range(start, root.i)):
            return False
        his = any(child.tag_ == "PRP$" and child.lower_ in {"his", "her"} for child in root.children)
        if his and lemma in _PERSONAL:
            return True
        if (lemma in self._nouns.bare_governments and root.tag_ in {"NN", "NNP"}) or lemma == "authority":
            return definite and root.i == start
        forces = lemma in self._nouns.bare_government_forces and root.tag_ in {"NNS", "NNPS"}
        return forces and bool(before & _GOVERNMENT_KINDS)

    def _before(self, start: int, root: Token) -> set[str]:
        return {self._doc[i].lower_ for i in range(start, root.i)}

    def _owner(self, name: Name, lemma: str) -> str | None:
        """The state that a name before the noun stands for; None for one that makes it no government's."""
        if name.sort == "state":
            return name.entity
        person = self._people.get(name.entity or "") if name.sort == "person" else None
        return person.state if person is not None and lemma in _PERSONAL else None

    def _names_after_of(self, root: Token) -> Iterator[Name]:
        """The names in "the government of President Bashar al-Assad"."""
        for child in root.children:
            if child.dep_ == "prep" and child.lower_ == "of":
                yield from (self._name_at[obj.i] for obj in child.children if obj.i in self._name_at)
