"""Who did what, who decided: which of several fields of people a verb speaks of."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import HAPPENED, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.tokens import Token, alike_start, parts, stem
from vigie.ask.words import STOP

PEOPLE = frozenset({"user", "approver"})  # what their fields mean
GIVEN = ("affecte", "assigne", "attribue")  # to somebody
_HAVE = frozenset("a ont has have had est is s y".split())
_ACT = 5  # letters that "validé" and `valideur` share
_AFTER, _BEFORE = 2, 3  # words between somebody and what they did


def _stems(listed: str) -> frozenset[str]:
    return frozenset(map(stem, listed.split()))


# What people do, and what the field of those who do it is called where it does not bear the verb's own name.
_DONE_BY = tuple(
    (_stems(acts), _stems(people))
    for acts, people in (
        (
            "ouvert ouverte ouverts ouvertes ouvre ouvrent open opens opened opening cree creee crees created declare "
            "declares signale signales raised logged submitted soumis demande demandes requested reported",
            "demandeur requester requestor declarant reporter submitter auteur author opened created ouvert cree "
            "appelant caller",
        ),
        (
            "resolu resolue resolus resolues resout resolve resolves resolved solve solved traite traites "
            "traitee traitees traitent handle handles handled ferme fermes clos close closes closed "
            "cloture clotures pris taken",
            "traite traitee assigne assignee assigned affecte owner proprietaire responsable "
            "technicien technician agent operateur operator handler intervenant",
        ),
        ("deploye deployes livre livres installe deploy deployed shipped", "implementer impl deployer auteur author"),
        (
            "intervenu intervenue intervenus intervenues intervened intervention interventions effectue effectues "
            "realise realises performed performs carried execute executes fait faits faite faites done did made",
            "operateur operator intervenant technicien technician agent executant performer engineer",
        ),
        (
            "lance lances lancee lancees relance started launched triggered ran run submitted soumis soumise",
            "operateur operator user utilisateur submitted submitter soumis soumissionnaire launched lanceur",
        ),
    )
)


def people_of(known: Knowledge) -> list[str]:
    return [f.path for f in known.facets.values() if f.text and not f.long and _is_person(f)]


def _is_person(facet: Facet) -> bool:
    given = any(word.startswith(GIVEN) for word in facet.words)
    return given or bool(facet.concepts & PEOPLE) or ("user" in facet.above_concepts and "name" in facet.concepts)


def done_by(word: str, people: Sequence[str], known: Knowledge) -> str | None:
    """The one field of those who did it: "acquitté" of `ack_by`, "ouvert" of `demandeur.nom`."""
    named = [p for p in people if _bears(p, word, known)]
    if not named:
        others = {one for acts, by in _DONE_BY if stem(word) in acts for one in by}
        named = [p for p in people if others & set(map(stem, _names(known.facets[p])))]
    return named[0] if len(named) == 1 else None


def doer_of(word: str, known: Knowledge, *, nobody: bool = False) -> str | None:
    """ "acquittées" of an `acked_by` that some records lack, where no date tells it: the one field of who did it. Who
    is to decide, or has it in hand, may not have done anything yet, unless it is said that `nobody` has."""
    if word.startswith(GIVEN):
        return None
    named = [path for path in people_of(known) if _bears(path, word, known)]
    if stem(word) in _DECIDED and not nobody:
        named = [path for path in named if {"par", "by"} & set(known.facets[path].words)]  # `valide_par`
    some = len(named) == 1 and known.facets[named[0]].profile.present < known.profile.total
    return named[0] if some else None


def _bears(path: str, word: str, known: Knowledge) -> bool:
    """Is the field called by the very act?"""
    said, group = concepts_of(word) - {"user"}, HAPPENED.get(word)
    return any(
        (len(name) > _ACT <= len(word) and name[:_ACT] == word[:_ACT])
        or bool(said & concepts_of(name))
        or (group is not None and HAPPENED.get(name) == group)
        for name in _names(known.facets[path])
    )


def _names(facet: Facet) -> tuple[str, ...]:
    return (*facet.words, *spelled(facet.words), *facet.above)  # `tech`: a technician


def tells_doer(tokens: Sequence[Token], i: int, known: Knowledge, named: Collection[str]) -> bool:
    """ "validés | par Paul", "qui a | validé" of a field `valideur`: it says which of them, and of no check.
    `named`: the fields that hold who is named after it."""
    asked = tokens[0].norm in ("qui", "who") and all(t.norm in _HAVE for t in tokens[1:i])
    people = [path for path in people_of(known) if _bears(path, tokens[i].norm, known)]
    done = tokens[i].text.endswith(PARTICIPLES) or (i == 1 and asked)  # "qui | approuve le plus"
    return done and len(people) == 1 and (asked or people[0] in named)


def is_done_by(tokens: Sequence[Token], i: int, noun: NounMark, known: Knowledge) -> bool:
    """ "which team | requested" of a `demandeur.equipe`: what the field that is named before says of its own."""
    if any(t.norm not in _HAVE for t in tokens[noun.last : i]):
        return False
    names = {stem(name) for _, path in noun.fields[:1] for name in known.facets[path].above}
    act = stem(tokens[i].norm)
    return tokens[i].text.endswith(PARTICIPLES) and any(act in acts and names & people for acts, people in _DONE_BY)


def doer(mark: ValueMark, marks: Marks, known: Knowledge) -> tuple[str, int] | None:
    """ "acquittées par jdupont", "did Hugo Petit open": the field of people that what was done speaks of, and where."""
    people = list(mark.options)  # an `owner` among them, who may be a team elsewhere
    if not any(_is_person(known.facets[p]) for p in people):
        return None
    before = range(mark.first - 1, max(-1, mark.first - 1 - _BEFORE), -1)
    for i in (*before, *range(mark.last, min(len(marks.tokens), mark.last + _AFTER))):
        norm = marks.tokens[i].norm
        if (path := done_by(norm, people, known)) is not None and (len(people) > 1 or _bears(path, norm, known)):
            return path, i
    return _one_of_those(mark, marks, known)


def _one_of_those(mark: ValueMark, marks: Marks, known: Knowledge) -> tuple[str, int] | None:
    """ "Leroy ou Benali : qui a | fait le plus ...": what the one or the other did, wherever it is said."""
    norms = [token.norm for token in marks.tokens]
    beside = {*norms[max(0, mark.first - 1) : mark.first], *norms[mark.last : mark.last + 1]}
    asked = next((i for i, norm in enumerate(norms) if norm in ("qui", "who")), len(norms))
    named = {i for v in marks.values if set(v.options) & set(mark.options) for i in range(v.first, v.last)}
    small = _HAVE | {"entre", "between", "et", "and", "ou", "or", "of", "de"}
    place = next((i for i in range(asked + 1, len(norms)) if norms[i] not in small and i not in named), None)
    between = beside & {"et", "and"} and {"entre", "between"} & set(norms)
    if not (beside & {"ou", "or"} or between) or place is None:
        return None
    path = done_by(norms[place], list(mark.options), known)
    return (path, place) if path is not None else None


def who(marks: Marks, known: Knowledge) -> tuple[str, int] | None:
    """ "qui acquitte", "who has deployed": the field of those who did it, and where it is said that they did."""
    tokens = marks.tokens
    place = next((i for i in range(1, len(tokens)) if tokens[i].norm not in _HAVE), None)
    if place is None or tokens[0].norm not in ("qui", "who"):
        return None
    path = done_by(tokens[place].norm, people_of(known), known)
    return (path, place) if path is not None else None


def told_by_people(marks: Marks, known: Knowledge) -> set[int]:
    """Places of what was done that a field of people tells: who acknowledged it, whatever its state is now."""
    found = [who(marks, known), *(doer(mark, marks, known) for mark in marks.values)]
    opening = _DONE_BY[0][0]
    return {
        told[1]
        for told in found
        if told is not None and (_bears(told[0], norm := marks.tokens[told[1]].norm, known) or stem(norm) in opening)
    }


_AKIN = 6  # letters that "intervention" and `intervenant` share at least


def acted_by(mark: ValueMark, marks: Marks, known: Knowledge) -> str | None:
    """ "interventions de Paul" of an `intervenant`, "lancés par Paul" of a `trigger.by`: the one of several fields that
    hold the value whose name another word of the question is akin to."""
    others = [t for i, t in enumerate(marks.tokens) if not mark.first <= i < mark.last and i not in marks.timed]
    facets = (known.facets[path] for path in mark.options)
    told = [f.path for f in facets if not f.unique(known.profile.total) and any(_akin(t, f) for t in others)]
    return told[0] if len(told) == 1 else None  # "fichiers" that hold STET in their names are no act


def _akin(token: Token, facet: Facet) -> bool:
    if any(alike_start(token.norm, word) >= _AKIN for word in _names(facet)):
        return True
    acts = concepts_of(token.norm) & (facet.concepts | facet.above_concepts) - {"user"}
    return bool(acts) and "user" in facet.concepts and token.text.endswith(PARTICIPLES)


_DECIDED = _stems(
    "approuve approuver approved approve valide valider validated validate refuse refuser refused rejete "
    "rejeter rejected reject accepte accepter accepted accorde accorder granted signe signer signed"
)
_DECIDERS = _stems(
    "approbateur approver valideur validator reviewer decideur decider signataire signatory approved "
    "validated approuve valide"
)
_OTHERS = _stems(
    "demandeur requester requested requestor auteur author createur creator declarant reporter reported "
    "beneficiaire beneficiary submitter"
)
_BETWEEN = STOP | frozenset("deja already ever jamais never encore t il elle".split())
_DECIDES = 6  # words from a name to what it has done


def decided(mark: ValueMark, marks: Marks, known: Knowledge) -> tuple[bool, str | None]:
    """(is a decision told of who is named, the field of those who decide). Where none of the fields that hold the name
    is of those, and one is of somebody else, it is not known who decided."""
    if len(mark.options) < 2 or stem(_act(mark, marks)) not in _DECIDED:
        return False, None
    path = next((path for path in mark.options if _called(path, _DECIDERS)), None)
    return path is not None or any(_called(path, _OTHERS) for path in mark.options), path


def of_another(tokens: Sequence[Token], path: str) -> bool:
    """ "qui a validé" of a field of those who ask."""
    act = next((stem(t.norm) for t in tokens[1 : 1 + _DECIDES] if t.norm not in _BETWEEN), "")
    return act in _DECIDED and _called(path, _OTHERS)


def _called(path: str, called: frozenset[str]) -> bool:
    return any({stem(word), *kin_of(word)} & called for word in parts(path))


def _act(mark: ValueMark, marks: Marks) -> str:
    """ "refusées par | Martin", "Martin a déjà | refusé"."""
    norms = [token.norm for token in marks.tokens]
    if mark.first > 1 and norms[mark.first - 1] in ("par", "by"):
        return norms[mark.first - 2]
    return next((norm for norm in norms[mark.last : mark.last + _DECIDES] if norm not in _BETWEEN), "")
