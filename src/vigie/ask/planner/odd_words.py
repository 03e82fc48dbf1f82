"""Words that mean what they mean in few questions only."""

from __future__ import annotations

from vigie.ask.planner.compounds import compound_at
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.errors import kinds_of_errors
from vigie.ask.planner.kinds_of_records import tells_kinds
from vigie.ask.planner.lexicon import AGGREGATES, TROUBLE, WAITED, WENT
from vigie.ask.planner.marks import FlagMark, NounMark, ValueMark
from vigie.ask.planner.numbers import SIZES, sized
from vigie.ask.planner.odd_phrases import (
    BEYOND,
    BREAKING,
    EMPTY,
    MISSED,
    NEVER,
    OTHERS,
    STEPS,
    UNDER,
    WAITING,
    planned_for,
)
from vigie.ask.planner.odd_states import STATE_STEPS, STATE_WORDS
from vigie.ask.planner.page import Page
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import stem
from vigie.ask.planner.value_marks import alike_at, hundred_of_codes, value_mark, whole_at
from vigie.ask.planner.values import ValueRef

_LIVE = frozenset("mise mises mis parti partie partis parties monte montee montes montees passage passages".split())
_BEGINNINGS = frozenset({"debut", "beginning", "start", "origine"})
_TIMES_OUT = frozenset({"time", "times", "timed", "timing"})
_WAITED = WAITED | {"attendre", "file"}
_SIDES = {"server": 5, "serveur": 5, "serveurs": 5, "client": 4, "clients": 4}  # hundreds of HTTP codes
_ERRORS = frozenset("error errors erreur erreurs".split())
_FEW = frozenset("complete finish succeed end hors".split())
_TRIGGERS = frozenset({"trigger", "triggers", "triggered"})
_WASTED = frozenset("perdu perdus perdue perdues gaspille gaspilles lost wasted wasting losing".split())
_DEAD = frozenset("mort morts morte mortes dlq dlqs".split())
_RESPONSE = frozenset({"response", "reponse"})
_ACTS = _TRIGGERS | _WASTED | _DEAD | _RESPONSE
_SMALL = TROUBLE | SIZES.keys() | _LIVE | _FEW | _BEGINNINGS | _TIMES_OUT | _WAITED | _SIDES.keys() | _ERRORS | _ACTS
_ODD = _SMALL | NEVER | WAITING | UNDER | BEYOND | OTHERS | BREAKING | WENT | STATE_WORDS | MISSED | EMPTY


def odd_word(page: Page, i: int) -> int:
    """Where it ends; the place itself where it means nothing odd."""
    if page.norms[i] not in _ODD:
        return planned_for(page, i)
    own = (
        _answered,
        _put_live,
        _completed,
        _in_units,
        _off_line,
        _timed_out,
        _waited,
        _by_whom,
        _kinds_of_errors,
        _trouble,
        _from_the_start,
    )
    steps = (*own, _triggered, _wasted, _dead, *STEPS, *STATE_STEPS)
    return next((end for step in steps if (end := step(page, i)) > i), i)


def _off_line(page: Page, i: int) -> int:
    """ "hors ligne" of a flag `online`."""
    if page.norms[i : i + 2] != ["hors", "ligne"]:
        return i
    path = next((p for p, stems, _ in page.known.flags if {stem("online"), "lign"} & stems), None)
    if path is None:
        return i
    page.marks.flags.append(FlagMark(i, i + 2, path, False, page.grams.said(i, i + 2)))
    return i + 2


def _put_live(page: Page, i: int) -> int:
    """ "mises en | prod", "parties en | prod" of a collection of deployments, or of a kind of its records."""
    live = page.norms[i] in _LIVE and page.norms[i + 1 : i + 2] == ["en"]
    live = live and page.norms[i + 2 : i + 3] in (["prod"], ["production"])
    if not live or page.known.records.own("deploiement"):
        return page.records_at(i, i + 2) if live else i
    told = [f for f in page.known.facets.values() if f.text and tells_kinds(page.known, f.path)]
    said = ((f.path, *one) for f in told for one in f.profile.values)
    kinds = [ValueRef(*one) for one in said if "deploy" in concepts_of(str(one[1]).lower())]
    return page.take_value(value_mark(page.grams, i, i + 2, kinds, "alike")) if kinds else i


def _triggered(page: Page, i: int) -> int:
    """ "did Zoé | trigger", "that Zoé | triggered": an act of who is named before it, and no field of triggers."""
    last = page.marks.values[-1] if page.marks.values else None
    if page.norms[i] not in _TRIGGERS or last is None or last.last != i:
        return i
    return i + 1 if any("user" in page.known.facets[path].concepts for path in last.options) else i


def _wasted(page: Page, i: int) -> int:
    """ "temps total | perdu", "time | wasted", "how much time was | lost": how long in all, where nothing else is
    said of it."""
    label, asked = page.label(), page.marks.cue("how_long")
    ends = [label.last] if label is not None and "duration" in label.concepts else []
    ends += [asked.last] if asked is not None else []
    if page.norms[i] not in _WASTED or not any(0 <= i - end <= _NEAR_TIME for end in ends):
        return i
    return i + 1 if page.marks.has(*AGGREGATES) else page.take_cue(i, i + 1, ("sum",))


_NEAR_TIME = 2  # words: "temps total de machine"


_DEAD_LETTERS = frozenset(map(stem, ("dead", "letter")))


def _dead(page: Page, i: int) -> int:
    """ "messages | morts", "passage en | DLQ" of a collection of dead letters: all of them are."""
    name = page.known.records.own_words
    if page.norms[i] not in _DEAD or not (name >= _DEAD_LETTERS or "dlq" in name):
        return i
    if whole_at(page.grams, page.known, i)[0] > i:
        return i  # a state DEAD
    label = page.label()
    if label is not None and label.record >= OWN and i - label.last <= _NEAR_TIME:
        return i + 1
    return page.records_at(i, i + 1)


def _answered(page: Page, i: int) -> int:
    """ "response | time", "temps de | réponse" where no field is called so: how long a call took. Of what somebody
    deals with, it is no length of the records."""
    timed = page.norms[i + 1 : i + 2] in (["time"], ["times"]) or (
        i > 1 and page.norms[i - 1] in ("de", "of") and page.norms[i - 2] in ("temps", "delai", "delais", "duree")
    )
    if page.norms[i] not in _RESPONSE or not timed or page.known.fields.scores([page.norms[i]]):
        return i
    lasted = page.known.facets.get(page.known.roles.duration or "")
    if not page.known.http_codes and (lasted is None or lasted.unit is None or lasted.unit[0] >= 1):
        page.marks.unknown.append((i, i + 1))
    return i + 1


def _timed_out(page: Page, i: int) -> int:
    """ "did any job | time out": small words each, which together say what became of it, or nothing known."""
    if page.norms[i] not in _TIMES_OUT or page.norms[i + 1 : i + 2] != ["out"] or not all(page.grams.free[i : i + 2]):
        return i
    if alike_at(page.grams, page.known, i)[0] < i + 2 and whole_at(page.grams, page.known, i)[0] < i + 2:
        expired = _expired(page)
        if expired:
            return page.take_value(value_mark(page.grams, i, i + 2, expired, "alike"))
        page.marks.unknown.append((i, i + 2))
        return i + 2
    return i


def _expired(page: Page) -> list[ValueRef]:
    """Of runs that have a state EXPIRE: they took too long."""
    status = page.known.facets.get(page.known.roles.status or "")
    values = status.profile.values if status is not None and page.known.runs else ()
    return [ValueRef(status.path, v, n) for v, n in values if str(v).lower().startswith("expir")] if status else []


def _waited(page: Page, i: int) -> int:
    """ "time spent | queued", "temps d'| attente" of a `queueMs`, whatever state is called so."""
    if page.norms[i] not in _WAITED:
        return i
    told = [f.path for f in page.known.facets.values() if f.numeric and f.unit and _WAITED & set(f.words)]
    label = page.label()
    if len(told) == 1 and label is not None and label.fields and label.fields[0][1] == told[0]:
        return i + 1  # "temps d'attente moyen en | file"
    said = next((n for n in reversed(page.norms[:i]) if n not in _INTO and not set(tags_of((n,))) & _NUMBERS), "")
    if len(told) != 1 or said not in _SPENT:
        return i
    end = i + 3 if page.norms[i + 1 : i + 3] == ["d", "attente"] else i + 1
    if label is not None and page.norms[label.first] == said:
        page.marks.nouns.pop()  # of the waiting, and not of the whole
    page.marks.nouns.append(NounMark(i, end, 0.0, ((2.5, told[0]),), page.grams.said(i, end), frozenset({"duration"})))
    return end


_INTO = frozenset("de d en in dans la the a to on sur".split())
_SPENT = frozenset("time times temps spent passe passes passee duree duration delai delay long longtemps".split())
_NUMBERS = frozenset({*AGGREGATES, "count", "longest", "most"})


def _in_units(page: Page, i: int) -> int:
    """ "total GB written": of the one field of sizes."""
    if not i or page.norms[i] not in SIZES or len(page.norms[i]) < 2:
        return i
    fields = sized(page.known)
    asked = {"sum", "avg", "max", "min", "every", "count", "most"} & set(page.grams.phrase(i - 1)[1])
    if not asked or len(fields) != 1:
        return i
    noun = NounMark(i, i + 1, 0.0, ((2.5, fields[0].path),), page.grams.said(i, i + 1))
    page.marks.nouns.append(noun)
    return i + 1


def _completed(page: Page, i: int) -> int:
    """ "did all backups | complete"."""
    asked = page.norms[0] in ("did", "didn", "do", "does") and page.norms[i] in (
        "complete",
        "finish",
        "succeed",
        "end",
    )
    well = page.norms[i] == "succeed" and page.known.roles.polarity.get("succeeded")
    return page.take_cue(i, i + 1, ("succeeded" if well else "ran",)) if asked else i


def _by_whom(page: Page, i: int) -> int:
    """ "server errors", "erreurs | client": the codes of that hundred, where calls have HTTP codes."""
    after = page.norms[i + 1 : i + 2]
    first, hundred = (i, _SIDES.get(page.norms[i])) if after and after[0] in _ERRORS else (i, None)
    end = i + 2
    if hundred is None and page.norms[i] in _ERRORS and after:
        hundred = _SIDES.get(after[0])
    if hundred is None or not all(page.grams.free[i:end]):
        return i
    if own := _own_kind(page, i, end):
        return page.take_value(value_mark(page.grams, i, end, own, "compound"))
    codes = hundred_of_codes(page.known, hundred)
    return page.take_value(ValueMark(first, end, codes, "whole", page.grams.said(first, end))) if codes else i


def _kinds_of_errors(page: Page, i: int) -> int:
    named = kinds_of_errors(page.grams, page.known, i)
    if named is not None:
        page.marks.nouns.append(named)
    return i + 1 if named is not None else i


def _own_kind(page: Page, i: int, end: int) -> list[ValueRef]:
    """ "server errors" of an outcome `serverError` that calls have beside their codes: their own word for it."""
    told = (step(page.grams, page.known, i) for step in (whole_at, alike_at, compound_at))
    return next((list(refs) for last, refs in told if last == end and refs), [])


def _trouble(page: Page, i: int) -> int:
    """ "des soucis cette nuit ?": failures, where a time is said; "problèmes connus sur SFTP" is for the documents."""
    timed = page.grams.times.ranges or page.grams.times.vague
    own = page.known.records.own(page.norms[i])
    return page.take_cue(i, i + 1, ("failed",)) if page.norms[i] in TROUBLE and timed and not own else i


def _from_the_start(page: Page, i: int) -> int:
    """ "depuis le début", of nothing: of all that there is."""
    before = page.norms[max(0, i - 2) : i]
    since = page.norms[i] in _BEGINNINGS and before in (["depuis", "le"], ["depuis", "l"], ["since", "the"])
    return i + 1 if since and page.norms[i + 1 : i + 2] not in (["de"], ["du"], ["d"], ["des"], ["of"]) else i
