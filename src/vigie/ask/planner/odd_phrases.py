"""Short phrases of the trade that mean what no single word of theirs does: "hors SLA", "never received"."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.compounds import states_with
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.lexicon import ARTICLES, PLANNED, WENT
from vigie.ask.planner.marks import FlagMark, NounMark
from vigie.ask.planner.page import Page
from vigie.ask.planner.polarity import polarity_of
from vigie.ask.planner.tokens import alike_start, parts, root, stem
from vigie.ask.planner.value_marks import value_mark
from vigie.ask.planner.values import ValueRef

NEVER = frozenset({"never", "jamais", "not", "non", "pas"})
WAITING = frozenset({"en", "waiting", "awaiting", "pending"})
UNDER = frozenset({"en", "in", "under", "being"})
BEYOND = frozenset({"hors", "outside", "out", "over"})
OTHERS = frozenset("pris prise prises objet data donnees".split())


def _over_the_bound(page: Page, i: int) -> int:
    """ "hors SLA", "out of SLA" of a flag `sla.breached`, whose object is what was agreed upon."""
    if page.norms[i] not in BEYOND:
        return i
    after = i + 1 + (page.norms[i + 1 : i + 2] in (["of"], ["du"], ["des"], ["the"]))
    said = stem(page.norms[after]) if after < len(page.norms) else ""
    flags = (page.known.facets[path] for path, _, concepts in page.known.flags if "breached" in concepts)
    path = next((f.path for f in flags if said in f.above_stems), None)
    if path is None:
        return i
    page.marks.flags.append(FlagMark(i, after + 1, path, True, page.grams.said(i, after + 1)))
    return after + 1


_BEEN = frozenset("been ete ever yet encore".split())


def _not_done(page: Page, i: int) -> int:
    """ "never received", "non reçus" of a state NOT_RECEIVED."""
    done = next((j for j in range(i + 1, len(page.norms)) if page.norms[j] not in _BEEN), i)
    if page.norms[i] not in NEVER or done == i or not page.grams.free[done]:
        return i
    refs = [ref for ref in _states_of_two(page, page.norms[done]) if parts(str(ref.value))[0] in NEVER]
    return page.take_value(value_mark(page.grams, i, done + 1, refs, "compound")) if refs else i


def _taken_up(page: Page, i: int) -> int:
    """ "temps de prise en charge" of an `ackMin`, of a `delai_prise`."""
    end = i + 3
    said = page.norms[i].startswith("pris") and page.norms[i + 1 : end] in (["en", "charge"], ["en", "compte"])
    fields = page.known.fields.scores(["prise"]) or page.known.fields.scores(["acquittement"]) if said else ()
    fields = [(3.0, path) for _, path in fields if page.known.facets[path].numeric]
    label = page.label()
    if fields and label is not None and "duration" in label.concepts and i - label.last <= _NEAR:
        page.marks.nouns[-1] = replace(label, fields=tuple(fields))
        return end
    return i if not fields else page.take_field(i, NounMark(i, end, 0.0, tuple(fields), page.grams.said(i, end)))


_NEAR = 3  # words from "temps" on: "moyen de"


def _subject_to(page: Page, i: int) -> int:
    """ "fait | l'objet | du plus de demandes"."""
    before = page.norms[max(0, i - 2) : i]
    return i + 1 if page.norms[i] == "objet" and before in (["fait", "l"], ["font", "l"], ["faisant", "l"]) else i


def _of_data(page: Page, i: int) -> int:
    """ "data | files", "data | feeds": the things, whatever field tells how much data they hold."""
    after = page.norms[i + 1] if i + 1 < len(page.norms) and page.grams.free[i + 1] else ""
    if page.norms[i] in ("data", "donnees") and _data_of(page, i):
        return i + 1  # "fournisseurs de données de marché" of `flux_marche`
    plural = page.norms[i] == "data" and after != root(after)
    return i + 1 if plural and (page.known.records.noun(after) or page.known.fields.scores([after])) else i


def _data_of(page: Page, i: int) -> bool:
    """Is it of what the collection's own name tells, and of no field?"""
    after = next((norm for norm in page.norms[i + 1 :] if norm not in ("de", "d", "du", "des", "of")), "")
    named = page.norms[i + 1 : i + 2] != [after] and page.known.records.in_its_name(after)
    return named and not page.known.fields.scores([page.norms[i], after])


def _waiting_for(page: Page, i: int) -> int:
    """ "en attente de la sécurité", "waiting for security" of a state PENDING_SECURITY, and of no other that waits."""
    if page.norms[i] not in WAITING:
        return i
    start = i + 2 if page.norms[i : i + 2] == ["en", "attente"] else i + 1
    whom = next((j for j in range(start, len(page.norms)) if page.norms[j] not in ARTICLES | {"for", "on"}), start)
    if (page.norms[i] == "en" and start == i + 1) or whom >= len(page.norms) or not page.grams.free[whom]:
        return i
    held = _states_of_two(page, page.norms[whom])
    refs = [ref for ref in held if polarity_of(parts(str(ref.value))[0]) == "waiting"]
    return page.take_value(value_mark(page.grams, i, whom + 1, refs, "compound")) if refs else i


def _in_course(page: Page, i: int) -> int:
    """ "en réparation", "en cours de réparation", "under repair" of a state IN_REPAIR, whatever was repaired."""
    course = page.norms[i : i + 3] in (["en", "cours", "de"], ["en", "cours", "d"])
    what = i + 3 if course else i + 1
    if page.norms[i] not in UNDER or what >= len(page.norms) or not page.grams.free[what]:
        return i
    refs = [ref for ref in _states_of_two(page, page.norms[what]) if parts(str(ref.value))[0] in UNDER]
    return page.take_value(value_mark(page.grams, i, what + 1, refs, "compound")) if refs else i


def _states_of_two(page: Page, word: str) -> list[ValueRef]:
    """States of two words that hold this one; those that hold it as it is said come before those that mean it."""
    own = [ref for ref in states_with(page.known, word) if len(parts(str(ref.value))) == 2]
    return [ref for ref in own if stem(word) in map(stem, parts(str(ref.value)))] or own


_BROKE_DOWN = (["en", "panne"], ["down"])
BREAKING = frozenset("tombe tombes tombee tombees tombent tomber broke broken".split())


def _broke_down(page: Page, i: int) -> int:
    """ "sont tombés en panne", "broke down": incidents there were, where no state of theirs is a failure."""
    end = next((i + 1 + len(said) for said in _BROKE_DOWN if page.norms[i + 1 : i + 1 + len(said)] == said), i)
    if page.norms[i] not in BREAKING or end == i or page.known.roles.polarity.get("failed"):
        return i
    return page.take_cue(i, end, ("ran",)) if page.known.records.own("incident") else i


def _went_through(page: Page, i: int) -> int:
    """ "did all payments | go through | yesterday": they went well; not "through gateway 2"."""
    end = i + 2
    if page.norms[i] not in WENT or page.norms[i + 1 : end] != ["through"]:
        return i
    where = end < len(page.norms) and page.grams.free[end] and not tags_of((page.norms[end],))
    if where:
        return i
    told = page.known.roles.polarity.get("succeeded") or not page.marks.has("all")
    return page.take_cue(i, end, ("succeeded",) if told else ("ran",))  # all: none that failed


def _missed(page: Page, i: int) -> int:
    """ "missed their SLA", "SLA breached" of a flag `slaRespecte`, which tells that it was kept."""
    if page.norms[i] not in MISSED:
        return i
    near = {*page.norms[max(0, i - _BESIDE) : i], *page.norms[i + 1 : i + 1 + _BESIDE]}
    flags = (f for f in page.known.facets.values() if f.flag and _KEPT & set(f.words))
    kept = [f.path for f in flags if near & ({*f.words, *f.above} - _KEPT)]
    if len(kept) != 1:
        return i
    page.marks.flags.append(FlagMark(i, i + 1, kept[0], False, page.grams.said(i, i + 1)))
    return i + 1


MISSED = frozenset(
    "missed miss misses breached breach breaches exceeded exceeds exceed violated violate violates "
    "depasse depasses depassee depassees depassent viole violes violee violees rate rates manque manques".split()
)
_KEPT = frozenset(
    "respecte respected respectee met tenu tenue kept ok compliant honored honoured within atteint".split()
)
_BESIDE = 4  # words between the agreement and what became of it


def _empty(page: Page, i: int) -> int:
    """ "fichiers vides", "empty files": those whose one size is 0, as it is of some."""
    if page.norms[i] not in EMPTY:
        return i
    label, after = page.label(), page.norms[i + 1 : i + 2]
    files = "file" in concepts_of(after[0]) if after else False
    files = files or (label is not None and "file" in concepts_of(page.norms[label.last - 1]))
    sizes = [f for f in page.known.facets.values() if f.numeric and "size" in f.concepts]
    if not files or len(sizes) != 1:
        return i
    none = [ValueRef(sizes[0].path, value, n) for value, n in sizes[0].profile.values if value == 0]
    return page.take_value(value_mark(page.grams, i, i + 1, none, "alike")) if none else i


EMPTY = frozenset("vide vides empty".split())
STEPS = (
    _missed,
    _empty,
    _over_the_bound,
    _not_done,
    _taken_up,
    _subject_to,
    _of_data,
    _waiting_for,
    _in_course,
    _broke_down,
    _went_through,
)

_EXPECTED = frozenset({*PLANNED, *"attendu attendue attendus attendues expected due scheduled planned".split()})
_AKIN = 4  # letters that "dénouement" and `denou` share at least
_TOWARDS = frozenset("en au a pour le la l for in".split())
_BE = frozenset("est sont etait etaient is are was were".split())


def planned_for(page: Page, i: int) -> int:
    """ "prévues | en dénouement", "le dénouement | est prévu", "à dénouer" of a `dt_denou_prev`, whatever state has a
    like name."""
    norms = page.norms
    # Asked at each word for each collection: what is cheap to tell first.
    if i + 1 < len(norms) and norms[i + 1] in _EXPECTED and page.known.records.own(norms[i]):
        return page.records_at(i, i + 1) if _dated(page, *_what(page, i + 1)) else i  # "instructions | prévues en ..."
    what, end = _what(page, i)
    found = _dated(page, what, end) if end > i and all(page.grams.free[i:end]) else None
    return page.take_field(i, NounMark(i, end, 0.0, ((3.0, found),), page.grams.said(i, end))) if found else i


def _what(page: Page, i: int) -> tuple[int, int]:
    """(the place of what is to come, where that ends); (i, i) where nothing is."""
    norms = page.norms
    if norms[i] in _EXPECTED:
        what = next((j for j in range(i + 1, len(norms)) if norms[j] not in _TOWARDS), i)
        return (what, what + 1) if what > i + 1 else (i, i)
    if norms[i] == "a" and norms[i + 1 : i + 2] and norms[i + 1].endswith("er"):
        return i + 1, i + 2
    said = norms[i + 1 : i + 2] and norms[i + 1] in _BE and norms[i + 2 : i + 3] and norms[i + 2] in _EXPECTED
    return (i, i + 3) if said else (i, i)


def _dated(page: Page, what: int, end: int) -> str | None:
    """The field of dates that are planned, called by what is to come."""
    fields = page.known.fields.scores([page.norms[what], PLANNED[-1]])[:1] if end > what else ()
    named = (page.known.facets[path] for _, path in fields)
    # "maintenances prévues" of a `debut_prevu` are the records: nothing of it is called by them.
    facets = (f for f in named if any(alike_start(page.norms[what], word) >= _AKIN for word in f.words))
    return next((f.path for f in facets if f.profile.time is not None and "planned" in f.concepts), None)
