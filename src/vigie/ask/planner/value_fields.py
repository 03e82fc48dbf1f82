"""Which of several fields a value is of: by its label, by who did it, by its side, else by its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vigie.ask.planner.actors import PEOPLE, acted_by, decided, doer
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import RECEIVED, RECEIVES, SENDS, SENT
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.words import STOP


def field_of(mark: ValueMark, marks: Marks, known: Knowledge) -> str:
    if len(mark.options) == 1:
        return next(iter(mark.options))
    if (path := _by_direction(mark, marks, known) or decided(mark, marks, known)[1]) is not None:
        return path
    if (done := doer(mark, marks, known)) is not None:
        return done[0]
    labelled = [path for noun in _labels(mark, marks) for _, path in noun.fields if path in mark.options]
    if labelled:
        return labelled[0]
    if (acted := acted_by(mark, marks, known)) is not None:
        return acted
    if set(mark.options) <= set(known.http_codes):
        return next(path for path in known.http_codes if path in mark.options)
    return min(mark.options, key=lambda path: _rank(path, mark, known))


_SENDERS = frozenset(
    "emetteur emettrice expediteur expeditrice sender source src from origine origin donneur depart".split()
)
_RECEIVERS = frozenset(
    "destinatrice receptrice dst tgt benef beneficiaire beneficiary dest destinataire destination "
    "cible target to receiver recepteur arrivee".split()
)


def sides_of(paths: Sequence[str], known: Knowledge) -> tuple[str | None, str | None]:
    """(the field of who sends, of who receives) among these."""

    def of(words: frozenset[str]) -> str | None:
        return next((p for p in paths if words & {*known.facets[p].words, *known.facets[p].above}), None)

    return of(_SENDERS), of(_RECEIVERS)


def _by_direction(mark: ValueMark, marks: Marks, known: Knowledge) -> str | None:
    """ "de BNP", "from BNP" is of the sender, "vers BNP", "to BNP" of the receiver, where both fields hold it."""

    sender, receiver = sides_of(list(mark.options), known)
    if sender is None or receiver is None:
        return None
    if told := _by_verb(mark, marks):
        return receiver if told == "receives" else sender
    before = marks.tokens[mark.first - 1].norm if mark.first else ""
    if before in ("de", "d", "of") and "destination" in [
        t.norm for t in marks.tokens[max(0, mark.first - 2) : mark.first]
    ]:
        return receiver
    if before in ("from", "depuis", "par", "by", "de", "d", "du", "of"):
        return sender
    if before in ("to", "vers", "a", "pour", "for", "chez"):
        return receiver
    after = marks.tokens[mark.last].norm if mark.last < len(marks.tokens) else ""
    towards = any(other.first == mark.last + 1 and receiver in other.options for other in marks.values)
    return sender if towards and after in ("to", "vers", "a") else None  # "de Lille vers Lyon"


def _by_verb(mark: ValueMark, marks: Marks) -> str:
    """ "reçus par | BNP", "que | BNP | a reçus", "does | BNP | send", "qu'envoie | BNP": what they did."""
    norms = ["", "", *(token.norm for token in marks.tokens), ""]
    first, last = mark.first + 2, mark.last + 2
    place = next(i for i in range(last, len(norms)) if norms[i] not in _HAVE)
    finite = {norms[first - 1], norms[place]} & (SENDS | RECEIVES) | {norms[place]} & {"sent", "received"}
    by = norms[first - 2] if norms[first - 1] in ("par", "by") else norms[place] if place > last else ""
    if finite & RECEIVED or by in RECEIVED:
        return "receives"
    return "sends" if finite or by in SENT else ""


_HAVE = frozenset("a ont avait avaient has have had t il elle n ne pas not never jamais rien bien".split())


def of_whom(mark: ValueMark, marks: Marks, known: Knowledge) -> bool:
    """ "résolus par Paul", who is both a `gestionnaire` and a `valideur`: does no word tell which of them?"""
    if len(mark.options) < 2 or not all(known.facets[path].concepts & PEOPLE for path in mark.options):
        return False
    labelled = any(path in mark.options for noun in _labels(mark, marks) for _, path in noun.fields)
    told = acted_by(mark, marks, known) or _by_direction(mark, marks, known) or doer(mark, marks, known)
    return not (labelled or told)


def _labels(mark: ValueMark, marks: Marks) -> Iterator[NounMark]:
    """Nouns right before or right after: "l'entité CIB", "the CIB entity"."""
    for noun in marks.nouns:
        gap = range(noun.last, mark.first)
        if noun.last <= mark.first and len(gap) <= 2 and all(marks.tokens[i].norm in STOP for i in gap):
            yield noun
    for noun in marks.nouns:
        if noun.first == mark.last:
            yield noun


def _rank(path: str, mark: ValueMark, known: Knowledge) -> tuple[float, ...]:
    """A state first, then what describes a run (few values), then its name; messages last."""
    facet, roles = known.facets[path], known.roles
    order: tuple[str | None, ...] = (roles.status, roles.env, roles.entity, roles.severity, roles.code)
    if mark.how == "inside":
        order = (roles.code, roles.name)
    place = float(order.index(path) if path in order else len(order))
    if mark.how == "inside" and "type" in facet.concepts:
        place -= 0.5  # "certificats" are a kind TLS_CERT, before an issuer DigiCert
    listed = facet.profile.repeated or "array" in facet.profile.types
    return (facet.long, listed, place, path.count("."), facet.profile.distinct, len(path))
