"""Two windows or two values against each other, and what is in both."""

from __future__ import annotations

import itertools
from dataclasses import replace

from vigie.ask.planner.aggregates import measure_noun
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import BUCKETS
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.record_names import OWN
from vigie.ask.when import When

_WHICH = frozenset({"laquelle", "lequel"})
_THAT = frozenset({"celui", "celle", "ceux", "celles"})
_THAT_OF = {("that", "of"), ("those", "of"), ("that", "for"), ("those", "for")}
_JOINING = frozenset("et and ou or puis then versus vs contre & +".split())


def sides(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """Two windows or two values of one field against each other."""
    marks = seen.marks
    ranks = _ranks(seen)
    compares = marks.has("compare", "slower", "faster") or (marks.has("than") and ranks)
    # "le montant de mars dépasse-t-il celui d'avril"
    compares = compares or (marks.has("gt", "lt") and _told_again(seen))
    which = any(t.norm in ("ou", "or") for t in marks.tokens) and ranks
    which = which or (any(t.norm in _WHICH for t in marks.tokens) and marks.has("most", "least"))
    which = which or _between(seen)
    if (with_now := _with_now(seen, frame)) is not None:
        frame, compares = with_now, True
    apart = _apart(seen, frame) or (len(frame.times) == 2 and marks.has("longest", "shortest", "more", "fewer"))
    # Of states and directions a number each; "combien de chargements et d'extractions" is how many in all.
    opposed = {path for path, _ in seen.known.directions.values()} | {seen.known.roles.status}
    compares = compares or any(a.cond.path == b.cond.path in opposed for a, b in counted_each(seen))
    if not (compares or which or apart):
        return None
    if frame.groups:
        # "par canal hier vs avant-hier"
        by_value = not any(key.bucket for key in frame.groups)
        grouped = marks.has("compare") and len(frame.times) == 2 and by_value
        return replace(frame, ask="number", sides="times", order="desc") if grouped else None
    if apart and not (compares or which) and frame.subject and marks.has("list") and not marks.has("count"):
        return None  # "quels flux en mars et en mai": in both, or in either? The planner asks.
    if (
        (marks.has("slower", "faster", "longest", "shortest", "long") or _compares_lengths(seen))
        and seen.known.roles.duration
        and frame.aggregate == "count"
    ):
        frame = replace(frame, aggregate="avg", target=seen.known.roles.duration)
    if len(frame.times) >= 2:
        if seen.marks.has("yes_no") and not (compares or which or seen.marks.has("longest", "shortest")):
            return None
        return replace(frame, ask="number", sides="times", subject=None)
    sided = _two_values(seen, frame)
    if sided is None or (not (compares or apart) and _asks_another(seen, sided.path)):
        return None
    return replace(frame, ask="number", sides="values", side_path=sided.path, subject=None)


def _told_again(seen: Interpretation) -> bool:
    """ "celui d'avril", "that of manual ones": the same figure of another side."""
    norms = [t.norm for t in seen.marks.tokens]
    return bool(_THAT & set(norms)) or any(pair in _THAT_OF for pair in itertools.pairwise(norms))


_MORE = ("more", "fewer")
_RANKS = ("most", "least", "longest", "shortest", "largest", "smallest", *_MORE)


def _ranks(seen: Interpretation) -> bool:
    """Is one of them to be the most? "plus de | 20 rejets ou échecs" bounds, and ranks nothing."""
    marks = seen.marks
    bounding = {number.first for number in marks.numbers}
    return any(cue.tag in _RANKS and not (cue.tag in _MORE and cue.last in bounding) for cue in marks.cues)


def _compares_lengths(seen: Interpretation) -> bool:
    """ "la durée des sauvegardes a-t-elle augmenté": how long they took, not how many there were."""
    return not seen.marks.has("count") and measure_noun(seen) == seen.known.roles.duration


def _asks_another(seen: Interpretation, path: str) -> bool:
    """ "quel jour a eu le plus de KO ou d'ANNULE": either of them, of what is asked for."""
    tokens = seen.marks.tokens
    if not tokens or tokens[0].norm not in _ASKING:
        return False
    noun = next((n for n in seen.marks.nouns if n.first == 1 and n.fields), None)
    return tokens[1].norm in BUCKETS or (noun is not None and all(known != path for _, known in noun.fields))


def _between(seen: Interpretation) -> bool:
    """ "qui plante le plus entre CIB et RETAIL", "which of CIB and RETAIL failed more"."""
    marks = seen.marks
    if not marks.has("most", "least", "longest", "shortest", "more", "fewer") or len(seen.value_placed) < 2:
        return False
    norms = [t.norm for t in marks.tokens]
    asked = bool({"qui", "who"} & set(norms)) or bool(_WHICH & set(norms)) or norms[:2] == ["which", "of"]
    for a, b in itertools.pairwise(sorted(seen.value_placed, key=lambda placed: placed.first)):
        before = norms[max(0, a.first - 2) : a.first]
        opened = {"entre", "between", "of", "de"} & set(before)
        if asked and opened and a.cond.path == b.cond.path and norms[a.last : b.first] in (["et"], ["and"]):
            return True
    return False


_NOW = {
    **{"hier": "aujourd'hui", "yesterday": "today"},
    **{"semaine": "cette semaine", "week": "this week", "mois": "ce mois-ci", "month": "this month"},
}


_THAN = frozenset({"que", "qu", "than"})


def _with_now(seen: Interpretation, frame: Frame) -> Frame | None:
    """ "plus d'échecs qu'hier ?", "compared to last week": beside the day, the week, the month that is under way."""
    marks = seen.marks
    if len(frame.times) != 1 or marks.times.now is None or marks.has("list"):
        return None
    asked = marks.has("count", "yes_no", "compare") or any(c.first == 0 for c in marks.cues if c.tag in _MORE)
    if frame.subject and not asked:
        return None  # "flux plus lents qu'hier": each of them
    when, now = frame.times[0], marks.times.now
    place = marks.places(when.at)
    near = [c for c in marks.cues if place and 0 <= place[0] - c.last <= 1]
    joins = [c for c in near if c.tag == "compare" or marks.tokens[c.last - 1].norm in _THAN]
    unit = next((named for word, named in _NOW.items() if word in when.phrase.lower().split()), None)
    if not joins or unit is None or when.start is None or when.end is None or _two_values(seen, frame):
        return None
    if when.kind != "range" or not when.end < now < when.end + (when.end - when.start):
        return None
    under_way = When(when.end, now, unit, (0, 0), "to_now")
    return replace(frame, times=(under_way, when))


def both(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    named = seen.known.roles.name if noun is not None and noun.record >= OWN else None
    if not (frame.subject or named) or not (seen.marks.has("both") or _in_each(seen)):
        return None
    frame = replace(frame, subject=frame.subject or named)  # "quels filtrages": no record is in both
    if len(frame.times) == 2:
        return replace(frame, ask="values", both=True)  # "à la fois hier et avant-hier"
    if (sided := _two_values(seen, frame)) is None:
        return None
    return replace(frame, ask="values", both=True, side_path=sided.path)


def _in_each(seen: Interpretation) -> bool:
    """ "quels jobs ont planté en prod et en qualif", "in PROD AND UAT": of things that are asked for, in the one as
    well as in the other. "les jobs de la prod et de la qualif" are of either."""
    tokens, asked = seen.marks.tokens, seen.marks.cue("list")
    if asked is None or seen.marks.tokens[asked.first].norm not in _ASKING:
        return False
    for a, b in itertools.pairwise(sorted(seen.value_placed, key=lambda placed: placed.first)):
        if a.cond.path != b.cond.path or a.negated or b.negated or not 0 < b.first - a.last <= _JOINED:
            continue
        joint, *between = tokens[a.last : b.first]
        before = {token.norm for token in tokens[max(0, a.first - _JOINED) : a.first]}
        one = bool(between) and between[0].norm in _ONE and bool(before & _ONE)  # "un rejet et une coupure"
        again = one or (len(between) == 1 and between[0].norm in before & _WHERE)
        if joint.norm in ("et", "and") and (again or (joint.shouted and len(between) < _JOINED)):
            return True
    return False


_ASKING = frozenset("quel quelle quels quelles lesquels lesquelles which what".split())
_WHERE = frozenset("en a sur dans chez in on at with avec".split())
_ONE = frozenset("un une a an".split())
_JOINED = 3  # words between two values at most: "et une panne"


def _apart(seen: Interpretation, frame: Frame) -> bool:
    """Two windows with "et" between them that do not follow each other, nor bound one."""
    if len(frame.times) != 2 or sorted(t.kind for t in frame.times) == ["before", "since"]:
        return False
    a, b = frame.times
    if (a.end == b.start or b.end == a.start) and None not in (a.end, b.start):
        return False
    return any(t.norm in _JOINING for t in seen.marks.tokens if a.at[1] <= t.at[0] < b.at[0]) or (
        "," in seen.text[a.at[1] : b.at[0]]
    )


def counted_each(seen: Interpretation) -> list[tuple[Placed, Placed]]:
    """ "combien d'émis et | de | reçus", "how many OK and | how many | KO"."""
    found = []
    norms, counted = [t.norm for t in seen.marks.tokens], [c.last for c in seen.marks.cues if c.tag == "count"]
    for one, other in itertools.pairwise(sorted(seen.value_placed, key=lambda placed: placed.first)):
        again = norms[one.last : other.first]
        opens = any(norms[last : one.first] in ([], ["de"], ["d"]) for last in counted)
        if opens and again[:1] in (["et"], ["and"]) and tuple(again[1:]) in _AGAIN:
            found.append((one, other))
    return found


_AGAIN = {("de",), ("d",), ("combien", "de"), ("combien", "d"), ("how", "many")}


def _two_values(seen: Interpretation, frame: Frame) -> Cond | None:
    said = (x for x in frame.conds if x.op == "in" and 1 < len(x.values) <= _MOST_SIDES)
    return next((x for x in said if x.because.count(",") + 1 >= 2), None)


_MOST_SIDES = 20  # values: more are not two things, but all that hold two words
