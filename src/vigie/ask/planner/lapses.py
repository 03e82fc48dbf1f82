"""How long it was from one date of a record to another: "délai d'acquittement", "entre dépôt et fabrication"."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.ask.planner.date_names import date_named
from vigie.ask.planner.facets import UNITS
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ARTICLES, HAPPENED, PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.values import gram
from vigie.plan import MINUS

_LENGTHS = frozenset("delai delais duree durees temps time times delay delays laps lag ecart intervalle".split())
_SLOW = frozenset(
    "long longs longue longues longest lent lents lente lentes slow slowest rapide rapides fastest quickest".split()
)
_MEAN = frozenset("moyen moyenne median mediane max maximum maximal min minimum minimal average mean p95 total".split())
_TOWARDS = ARTICLES | _MEAN | frozenset("a to for before avant pour jusqu etre be is".split())
_WITHIN = ARTICLES | frozenset("moins plus less more than over under within sous apres after at bout".split())
_WORDS = _LENGTHS | _SLOW | {"entre", "between"}
_REACH = 6  # words from the word of a length to what it was until


@dataclass(frozen=True, slots=True)
class Lapse:
    """`path`: "end - start". `noun`: where words name it. `places`: of the words that told it."""

    path: str
    places: frozenset[int]
    noun: NounMark | None = None


def lapse(grams: Grams, known: Knowledge) -> Lapse | None:
    """The time between two dates that a question asks of the records; None where it asks of none, or of one that a
    field of numbers tells."""
    if not grams.times.durations and not _WORDS.intersection(grams.norms):
        return None
    dates = [f for f in known.facets.values() if f.profile.time is not None and not f.profile.repeated]
    if len(dates) < 2:
        return None
    return _between(grams, known) or _until(grams, known) or _within(grams, known)


def _between(grams: Grams, known: Knowledge) -> Lapse | None:
    """ "délai moyen entre la création et la résolution", "from receipt to dispatch"."""
    norms = grams.norms
    for i, (norm, joints) in enumerate((n, _JOINTS.get(n)) for n in norms):
        if joints is None or not grams.free[i]:
            continue
        since = _act_after(grams, known, i + 1, ARTICLES)
        joint = next((j for j in range((since or i) + 1, len(norms)) if norms[j] in joints), None)
        until = _act_after(grams, known, joint + 1, ARTICLES) if since is not None and joint is not None else None
        if since is None or until is None or joint is None or joint - since > 2:
            continue
        length = next((j for j in range(i - 1, max(-1, i - _REACH), -1) if norms[j] in _LENGTHS), None)
        if length is None and not (grams.times.durations or norm in ("entre", "between")):
            continue
        start, end = date_named(norms[since], known), date_named(norms[until], known)
        if start is not None and end is not None and start != end:
            return _told(grams, i if length is None else length, until + 1, f"{end}{MINUS}{start}", length is not None)
    return None


_JOINTS = {"entre": ("et",), "between": ("and",), "from": ("to", "until"), "de": ("a",)}


def _until(grams: Grams, known: Knowledge) -> Lapse | None:
    """ "temps moyen d'acquittement", "les plus longs à résoudre", "mis plus de 4h à être résolus"."""
    norms = grams.norms
    for i, norm in enumerate(norms):
        length, slow = norm in _LENGTHS, norm in _SLOW
        bound = i + 1 < len(norms) and not grams.free[i] and grams.free[i + 1] and _is_bound(grams, i)
        if not (length or slow or bound) or (not grams.free[i] and not bound):
            continue
        if (slow or bound) and norms[i + 1 : i + 2] not in (["a"], ["to"], ["pour"], ["before"], ["avant"]):
            continue
        act = _act_after(grams, known, i + 1, _TOWARDS)
        if act is None or (length and act == i + 1 and norms[i] in ("time", "times")):
            continue
        if length and known.records.own(norms[act]):
            continue  # "durée des déploiements" of `deployments`
        if length and _describes(grams, known, act):
            continue
        if length and any(known.facets[p].numeric for _, p in known.fields.scores([norm, norms[act]])):
            return None
        if length and _plain_delay(norm, known):
            return None
        if known.values.exact(gram([norms[act]])) and norms[act] != root(norms[act]):
            return None  # "durée moyenne des | complètes" of a kind COMPLETE
        path = date_named(norms[act], known)
        if path is not None and known.roles.start not in (None, path):
            return _told(grams, i if length else i + 1, act + 1, _since_start(path, known), length)
    return None


def _describes(grams: Grams, known: Knowledge, act: int) -> bool:
    """ "time of | installed renewals": how long those took, whenever they were installed."""
    after = grams.norms[act + 1] if act + 1 < len(grams.norms) else ""
    return grams.tokens[act].text.lower().endswith("ed") and known.records.own(after)


def _plain_delay(norm: str, known: Knowledge) -> bool:
    """ "délai de traitement" where the one field of delays is called nothing more: `delai_ms`."""
    fields = [f for f in known.facets.values() if f.numeric and f.unit is not None and stem(norm) in f.stems]
    return len(fields) == 1 and {w for w in fields[0].words if w not in UNITS} == {norm}


def _within(grams: Grams, known: Knowledge) -> Lapse | None:
    """ "acquittées en moins de 5 minutes", "resolved within 2 hours"."""
    for said in grams.times.durations:
        before = [i for i, token in enumerate(grams.tokens) if token.at[1] <= said.at[0]]
        while said.compare is not None and before and grams.norms[before[-1]] in _WITHIN:
            before.pop()
        act = before[-1] if before else None
        if said.compare is None or act is None or not grams.free[act]:
            continue
        path = (
            date_named(grams.norms[act], known) if _happened(grams.tokens[act].text.lower(), grams.norms[act]) else None
        )
        if path is not None and known.roles.start not in (None, path):
            return Lapse(_since_start(path, known), frozenset(range(act, len(before) and before[-1] + 1)))
    return None


def _since_start(path: str, known: Knowledge) -> str:
    """The length that records tell themselves, where it is until their end."""
    own = known.roles.duration if path == known.roles.end else None
    return own or f"{path}{MINUS}{known.roles.start}"


def _happened(text: str, norm: str) -> bool:
    return text.endswith(PARTICIPLES) or (norm in HAPPENED and norm != "ack")


def _is_bound(grams: Grams, i: int) -> bool:
    """Does a bounded duration end here?"""
    return any(d.compare is not None and d.at[1] == grams.tokens[i].at[1] for d in grams.times.durations)


def _told(grams: Grams, first: int, last: int, path: str, named: bool) -> Lapse:
    noun = NounMark(first, last, 0.0, ((3.0, path),), grams.said(first, last), frozenset({"duration"}))
    read = (i for i in range(first, last) if grams.norms[i] not in _MEAN)
    return Lapse(path, frozenset(read), noun if named else None)


def _act_after(grams: Grams, known: Knowledge, i: int, passed: frozenset[str]) -> int | None:
    """The place of the first word from there on that names a date, small words apart."""
    for place in range(i, min(i + _REACH, len(grams.norms))):
        if not grams.free[place] or grams.identifier(place) > place + 1:
            return None  # "end_to_end" is a name
        if date_named(grams.norms[place], known) is not None:
            return place
        if grams.norms[place] not in passed:
            return None
    return None
