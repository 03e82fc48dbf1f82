"""Who decided: "refusées par Martin", "qui a validé" speak of those who approve, and of nobody who asked or profits."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, ValueMark
from vigie.ask.planner.tokens import Token, parts, stem
from vigie.ask.words import STOP

_DECIDED = frozenset(
    stem(word)
    for word in "approuve approuver approved approve valide valider validated validate refuse refuser refused rejete "
    "rejeter rejected reject accepte accepter accepted accorde accorder granted signe signer signed".split()
)
_DECIDERS = frozenset(
    stem(word)
    for word in "approbateur approver valideur validator reviewer decideur decider signataire signatory approved "
    "validated approuve valide".split()
)
_OTHERS = frozenset(
    stem(word)
    for word in "demandeur requester requested requestor auteur author createur creator declarant reporter reported "
    "beneficiaire beneficiary submitter".split()
)
_PASSED = STOP | frozenset("deja already ever jamais never encore t il elle".split())
_REACH = 6  # words from a name to what it has done


def decided(mark: ValueMark, marks: Marks, known: Knowledge) -> tuple[bool, str | None]:
    """(is a decision told of who is named, the field of those who decide). Where none of the fields that hold the name
    is of those, and one is of somebody else, it is not known who decided."""
    if len(mark.options) < 2 or stem(_act(mark, marks)) not in _DECIDED:
        return False, None
    path = next((path for path in mark.options if _named(path, _DECIDERS)), None)
    return path is not None or any(_named(path, _OTHERS) for path in mark.options), path


def of_another(tokens: Sequence[Token], path: str) -> bool:
    """ "qui a validé" of a field of those who ask."""
    act = next((stem(t.norm) for t in tokens[1 : 1 + _REACH] if t.norm not in _PASSED), "")
    return act in _DECIDED and _named(path, _OTHERS)


def _named(path: str, called: frozenset[str]) -> bool:
    return any({stem(word), *kin_of(word)} & called for word in parts(path))


def _act(mark: ValueMark, marks: Marks) -> str:
    """ "refusées par | Martin", "Martin a déjà | refusé"."""
    norms = [token.norm for token in marks.tokens]
    if mark.first > 1 and norms[mark.first - 1] in ("par", "by"):
        return norms[mark.first - 2]
    return next((norm for norm in norms[mark.last : mark.last + _REACH] if norm not in _PASSED), "")
