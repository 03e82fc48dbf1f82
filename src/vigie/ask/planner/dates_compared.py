"""Two dates of one record, one held against the other: "reçus après l'heure attendue", "livrés en retard"."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.comparing import AROUND, LATE, PLANNED, REACH, SKIPPED, Compared, comparing_at, is_due
from vigie.ask.planner.comparing import DUE as DUE_STEMS
from vigie.ask.planner.date_names import date_named
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.number_nouns import whole
from vigie.ask.planner.tokens import stem
from vigie.ask.when import Duration
from vigie.ask.words import STOP
from vigie.plan import MINUS, Op

_DAY = 86_400  # seconds
_CAME = ("arriv", "parven", "land", "process", "trait", "execut", "pass")  # what any date of it tells
_OF_TIMES = frozenset("heure heures date horaire time moment jour day planning".split())
_MIRRORED: dict[str, Op] = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_TURNED: dict[Op, Op] = {"gt": "le", "le": "gt", "lt": "ge"}


def after_another(grams: Grams, known: Knowledge) -> Compared | None:
    """ "reçus plus de 30 min après l'heure attendue", "plus tard que prévu"."""
    for i in range(len(grams.norms)):
        end, op = comparing_at(grams, i)
        right, last = _date_after(grams, known, end) if op is not None else (None, end)
        if op is None or right is None:
            continue
        length = _length_before(grams, i)
        first = i if length is None else next(n for n, t in enumerate(grams.tokens) if t.at[0] >= length.at[0])
        before = range(first - 1, max(-1, first - 1 - REACH), -1)
        act = next((n for n in before if _names_other(grams, known, n, right)), None)
        left = _act(grams, known, act) if act is not None else _actual(right, known)
        if left is None or (act is None and (not is_due(known.facets[right]) or _unheard_of(grams, first))):
            continue
        begun = first if act is None else act
        conds = _bounds(known, left, right, op, length, grams.said(begun, last))
        places = frozenset(range(first, last)) | {begun}
        return Compared(f"{left}{MINUS}{right}", conds, places, length) if conds else None
    return None


def said_of_due(norms: Sequence[str], known: Knowledge) -> list[int]:
    """Places of "après l'échéance", "before the deadline": what a field tells, and no time of day or event."""
    found: list[int] = []
    for i, norm in enumerate(norms):
        if norm not in AROUND:
            continue
        end = next((n for n in range(i + 1, min(i + REACH, len(norms))) if norms[n] not in SKIPPED | _OF_TIMES), i)
        path = (date_named(norms[end], known) or _deadline(norms[end], known)) if end > i else None
        if path is not None and is_due(known.facets[path]):
            found += range(i, end + 1)
    return found


def _length_before(grams: Grams, i: int) -> Duration | None:
    """ "plus de 30 min | après"."""
    before = grams.tokens[i].at[0]
    return next(
        (d for d in grams.times.durations if d.at[1] <= before and not grams.text[d.at[1] : before].strip()), None
    )


def _unheard_of(grams: Grams, i: int) -> bool:
    """ "renouvelés | après l'échéance": something else that happened, and that no date tells."""
    while i > 0 and grams.norms[i - 1] in SKIPPED:
        i -= 1
    before = grams.tokens[i - 1].text.lower() if i else ""
    return before.endswith((*PARTICIPLES, "ed")) and not grams.norms[i - 1].startswith(_CAME)


def _names_other(grams: Grams, known: Knowledge, n: int, right: str) -> bool:
    return grams.free[n] and _act(grams, known, n) not in (None, right)


def _act(grams: Grams, known: Knowledge, n: int) -> str | None:
    """ "envoyées" of a `submitted_at` too, where nothing else tells when they were."""
    return date_named(grams.norms[n], known) or known.date_of(grams.tokens[n])


def _date_after(grams: Grams, known: Knowledge, i: int) -> tuple[str | None, int]:
    """(the date that the words from there on name, where they end)."""
    found, last = None, i
    for n in range(i, min(i + REACH + 2, len(grams.norms))):
        norm = grams.norms[n]
        alone = (date_named(norm, known) or _deadline(norm, known)) if grams.free[n] else None
        named = alone or (_joined(grams, known, n) if grams.free[n] else None)
        if named is None and (not grams.free[n] or norm not in SKIPPED | _OF_TIMES or (found and norm in SKIPPED)):
            break
        if named is not None:
            if found not in (None, named):
                break
            found, last = named, n + 1 + (alone is None)
    return found, last


def _deadline(norm: str, known: Knowledge) -> str | None:
    """ "échéance" of a `deadline_at`: the one date by which records have to be dealt with."""
    return known.due if stem(norm) in DUE_STEMS - PLANNED else None


def _joined(grams: Grams, known: Knowledge, n: int) -> str | None:
    """ "cut-off" of a `cutoff_at`."""
    if n + 1 >= len(grams.norms) or not grams.tokens[n + 1].glued:
        return None
    return date_named(grams.norms[n] + grams.norms[n + 1], known)


def _bounds(known: Knowledge, left: str, right: str, op: Op, length: Duration | None, words: str) -> tuple[Cond, ...]:
    """What the difference has to be; () where a length is said of what has no order."""
    path = f"{left}{MINUS}{right}"
    # Due on a day: until it is over.
    slack = _DAY if known.facets[right].whole_days and not known.facets[left].whole_days else 0
    if length is None:
        day: dict[Op, Op] = {"gt": "ge", "le": "lt"} if slack else {}
        return (Cond(path, day.get(op, op), (slack if op in ("gt", "le") else 0,), words),)
    compare = length.compare
    if op not in ("gt", "lt") or compare is None or compare == "eq":
        return ()
    far = whole(slack + length.seconds if op == "gt" else -length.seconds)
    bound = Cond(path, compare if op == "gt" else _MIRRORED[compare], (far,), words)
    near = Cond(path, op, (slack if op == "gt" else 0,), words)
    return (bound,) if compare in ("gt", "ge") else (near, bound)


def _dates(known: Knowledge) -> list[Facet]:
    return [f for f in known.facets.values() if f.profile.time is not None and not f.profile.repeated]


def _actual(right: str, known: Knowledge) -> str | None:
    """The date of what happened that was due then: what is called alike, else the end of the records."""
    others = [f for f in _dates(known) if f.path != right and not is_due(f)]
    own = known.facets[right].stems - DUE_STEMS - frozenset(map(stem, _OF_TIMES))
    alike = [f.path for f in others if own & f.stems]
    if len(alike) == 1:
        return alike[0]
    if len(others) == 1:
        return others[0].path
    return known.roles.end if known.roles.end not in (None, right) and not own else None


def punctual(grams: Grams, known: Knowledge) -> Compared | None:
    """ "arrivés en retard", "received on time" of an `expected_at` and a `received_at`, where nothing else tells it."""
    if known.punctual is not None or any("late" in f.concepts for f in known.facets.values()):
        return None
    dues = [f.path for f in _dates(known) if is_due(f)]
    for i in range(len(grams.norms)):
        said = next((p for p in LATE if tuple(grams.norms[i : i + len(p)]) == p), None)
        if said is None or not all(grams.free[i : i + len(said)]) or _is_a_value(said, known):
            continue
        act = next((n for n in range(i - 1, max(-1, i - 3), -1) if _act(grams, known, n)), None)
        left = _act(grams, known, act) if act is not None else None
        pairs = [(made, due) for due in dues if (made := _actual(due, known)) not in (None, due)]
        if left is not None:
            pairs = [pair for pair in pairs if pair[0] == left] or [(left, due) for due in dues if due != left]
        if len(pairs) != 1:
            return None
        made, due = pairs[0]
        op, first, last = LATE[said], i if act is None else act, i + len(said)
        if i and grams.norms[i - 1] in ("pas", "not", "non"):
            op, first = _TURNED[op], min(first, i - 1)
        conds = _bounds(known, made, due, op, None, grams.said(first, last))
        return Compared(f"{made}{MINUS}{due}", conds, frozenset(range(first, last)))
    return None


def _is_a_value(said: Sequence[str], known: Knowledge) -> bool:
    return bool({stem(word) for word in said if word not in STOP} & known.value_words)
