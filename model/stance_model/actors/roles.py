"""Roles: what the words of a mention do in their sentence, read off spaCy's parse.

`speaks` and `acts` are what makes an actor; `owns` is the possessor of a word or an act ("Russia's refusal");
`involved` is whom others deal with as a side ("talks with Iran"); `place` is where things happen.
"""

from __future__ import annotations

from typing import Literal

from spacy.tokens import Token

from stance_model.actors.lexicon import words

Role = Literal["speaks", "acts", "owns", "involved", "undergoes", "place", "modifies", "other"]

Clause = Literal["main", "side", "reported"]
# The roles in which one shows a position of one's own.
ACTIVE: frozenset[Role] = frozenset(("speaks", "acts", "owns"))
QUOTATION_VERBS = words(
    """say tell add warn state announce declare claim argue insist ask reply answer respond explain note
    stress emphasize emphasise reiterate repeat acknowledge admit concede confirm suggest write tweet
    comment remark observe report recall continue conclude predict complain joke quip testify boast
    affirm caution lament demand urge vow pledge shout chant cry exclaim whisper mutter plead retort
    counter contend maintain assert allege read begin call describe post think go wonder reveal"""
)
SPEECH_VERBS = QUOTATION_VERBS - {"begin", "go", "read", "post", "continue", "reveal"} | words(
    """deny appeal propose promise threaten accuse blame criticize criticise condemn denounce praise hail
    welcome reject dismiss question express voice believe hope fear agree disagree cite mention estimate
    indicate signal speak talk discuss quote beg want"""
)
# In the passive, their subject is the one who speaks: "he was quoted as saying".
_QUOTED = frozenset(("quote", "cite"))
# Their object only hears: "he told the reporter".
_TOLD = frozenset(("tell", "quote", "cite", "interview"))
# In the passive, their subject still holds a position: "she is opposed to it".
_WILLING = words(
    """prepare oppose determine commit resign concern worry convince divide dedicate resolve incline set
    expect schedule slate poise intend allow unite align"""
)
STANCE_NOUNS = words(
    """support backing refusal rejection opposition demand call insistence statement remark comment word
    speech decision policy plan proposal position stance view intervention veto effort campaign strategy
    threat warning pledge promise offer request appeal response desire wish hope aim goal commitment
    willingness argument claim assessment approach push bid attack strike airstrike bombing offensive
    involvement move action attempt belief fear concern interest vision doctrine objection condemnation
    criticism resistance assault skepticism scepticism pressure reluctance readiness endorsement
    backlash outrage protest denial determination confidence doubt anger interference priority account
    agreement presence influence"""
)
PARTITIVES = words(
    """most many some one majority member number two three all none dozen dozens hundred hundreds thousand
    thousands million millions percent half several few other others rest part each any both lot array
    element handful variety range"""
)
_BACKING_VERBS = words(
    """back support arm train fund pit urge ask press pressure lobby join recognize recognise equip finance"""
)
_DEALING = frozenset(("with", "between", "against", "alongside", "among"))
_PLACING = words(
    """in at near across inside into outside throughout around within toward towards through over off onto
    along beyond"""
)
_LISTING = frozenset(("including", "like"))
_MODALS = frozenset(("must", "should", "will", "would", "could", "may", "might", "can", "shall", "'ll", "ought"))
_MAX_CLIMB = 12


def role_of(token: Token) -> Role:
    """The role of the mention whose head word is `token`."""
    head = _climbed(token)
    role = _own_role(head)
    if role in {"place", "other", "modifies", "undergoes"} and token.dep_ == "pobj" and _lists(token.head):
        role = "involved"
    if role in {"undergoes", "involved", "other"} and (_acts_in_clause(token) or _acts_in_clause(head)):
        return "acts"
    return role


def clause_of(token: Token) -> Clause:
    """Where the verb stands of which the mention is a subject.

    "reported": what it does is only said, wished or expected ("they say he must go"); "side": it stands in
    a side clause; "main": all else.
    """
    verb = verb_of(token)
    if verb is None:
        return "main"
    if any(child.dep_ == "aux" and child.lower_ in _MODALS for child in verb.children):
        return "reported"
    for _ in range(_MAX_CLIMB):
        if verb.dep_ in {"ccomp", "xcomp", "csubj"}:
            return "reported"
        if verb.dep_ in {"advcl", "relcl", "acl", "pcomp"}:
            return "side"
        if verb.dep_ != "conj":
            break
        verb = verb.head
    return "main"


def is_predicate(token: Token) -> bool:
    """Whether the mention only says what another is: "he is the leader", "Kerry, a veteran"."""
    for _ in range(_MAX_CLIMB):
        if token.dep_ in {"attr", "appos"}:
            return not any(child.dep_ == "expl" for child in token.head.children)
        if token.dep_ != "conj":
            return False
        token = token.head
    return False


def _climbed(token: Token) -> Token:
    """The word in whose place the mention stands: the first of a list, the whole of which it is a part."""
    for _ in range(_MAX_CLIMB):
        head = token.head
        if token.dep_ in {"conj", "appos"} and head.pos_ in {"NOUN", "PROPN", "PRON", "NUM", "ADJ"}:
            token = head
        elif (token.dep_ == "pobj" and head.lower_ == "of" and head.head.lemma_.lower() in PARTITIVES) or (
            token.dep_ == "pobj" and _lists(head) and head.head.pos_ in {"NOUN", "PROPN"}
        ):
            token = head.head
        else:
            break
    return token


def _lists(preposition: Token) -> bool:
    such = preposition.lower_ == "as" and any(child.lower_ == "such" for child in preposition.children)
    return such or preposition.lower_ in _LISTING


def _own_role(token: Token) -> Role:  # noqa: PLR0911 - one line a relation of the parse
    head, lemma = token.head, token.head.lemma_.lower()
    match token.dep_:
        case "nsubj" | "csubj":
            return "speaks" if lemma in SPEECH_VERBS else "acts"
        case "nsubjpass":
            return "speaks" if lemma in _QUOTED else "acts" if lemma in _WILLING else "undergoes"
        case "poss":
            return "owns" if lemma in STANCE_NOUNS else "modifies"
        case "pobj":
            return _role_after_preposition(head)
        case "dobj" | "iobj" | "dative" | "obj":
            return "involved" if lemma in _BACKING_VERBS else "modifies" if lemma in _TOLD else "undergoes"
        case "compound" | "amod" | "nmod":
            return "modifies"
        case _:
            return "other"


def _role_after_preposition(preposition: Token) -> Role:
    if preposition.dep_ == "agent":
        return "acts"
    if preposition.lower_ == "to" and preposition.head.lower_ == "according":
        return "speaks"
    if preposition.lower_ in {"by", "from", "of", "among"} and preposition.head.lemma_.lower() in STANCE_NOUNS:
        return "owns"
    if preposition.lower_ in _DEALING:
        return "involved"
    if preposition.lower_ == "of":
        return "modifies"
    return "place" if preposition.lower_ in _PLACING else "other"


def _acts_in_clause(token: Token) -> bool:
    """Whether a clause on the noun has it act: "rebels who fight", "groups trying to"."""
    for child in token.children:
        if child.dep_ == "acl" and child.tag_ == "VBG":
            return True
        if child.dep_ == "relcl" and any(
            c.dep_ == "nsubj" and c.lower_ in {"who", "that", "which"} for c in child.children
        ):
            return True
    return False


def verb_of(token: Token) -> Token | None:
    """The verb of which the mention is a subject, where it is one."""
    for _ in range(_MAX_CLIMB):
        if token.dep_ in {"nsubj", "csubj", "nsubjpass"}:
            return token.head
        if token.dep_ not in {"conj", "appos"}:
            break
        token = token.head
    return None
