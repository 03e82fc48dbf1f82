"""Is a question one to compute, or one for the documents?"""

from __future__ import annotations

from vigie.ask.planner.actors import PEOPLE
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.held_texts import HOLDING
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.planner import Planned
from vigie.ask.planner.problems import names_one
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.states import STATE_CUES

# Cues that only a computation answers, and those that do with records named beside them.
_COMPUTES = (
    *("count", "rate", "trend", "top", "most", "least", "avg", "sum", "median", "p95", "spread", "distinct"),
    *("when", "when_last", "when_first", "longest", "shortest", "largest", "smallest", "compare", "both"),
)
_WITH_RECORDS = (
    *("gt", "ge", "lt", "le", "list", "yes_no", "last", "first"),
    *("all", "now", "by", "only", "without", "max", "min"),
)
_COMPUTES_TIMES = ("most", "least", "last", "first", "longest", "when_last", "when_first", "avg", "failed")
_STATES = (*STATE_CUES, "ran", "not_run")


def wants_rows(planned: Planned, told: bool, alone: bool) -> bool:
    """`told`: a record collection was named as the place to look in. `alone`: nothing was asked before."""
    problem, marks = planned.problem, planned.marks
    if problem is not None and problem.code in ("not_exact", "no_records"):
        return False
    if problem is not None and problem.code == "foretold":
        return True
    if planned.followed or marks is None:
        return planned.followed or problem is None
    strong = marks.has(*_COMPUTES) or (planned.frame is not None and _is_number(planned.frame))
    timed = bool(marks.times.ranges or marks.times.vague or marks.times.durations)
    named = bool(marks.values or marks.flags) or any(n.record or n.fields for n in marks.nouns)
    status = planned.known.roles.status if planned.known else None
    stated = marks.has(*_STATES) or any(status in value.options for value in marks.values)
    if _asks_a_schedule(planned):
        return False
    if problem is None and (_names_records(planned) or (named and marks.compared is not None)):
        return True
    if problem is None and planned.known is not None and names_one(marks, planned.known):
        return True  # "RUN-20261120-0011963", "durée du run 4711"
    if problem is None and stated and marks.has("last", "first"):
        return True  # "dernier abend ?"
    if problem is None:
        now = marks.has("now") or any(token.norm in ("now", "moment") for token in marks.tokens)
        timed = timed or (stated and now)  # "what is running right now?"
        return strong or timed or (stated and named) or (named and marks.has(*_WITH_RECORDS)) or told
    if problem.code == "unknown_value" and _says_whose(planned):
        return True
    if problem.code == "unknown_value" and len(marks.unknown) > 2 and not strong:
        return False  # most of its words are of no record: a question to the documents
    if problem.code == "unknown_field" and _opens_with_records(marks):
        return True  # "alertes disque critiques", where none is called critical
    things = any(n.record >= 3 for n in marks.nouns) or any(v.how == "compound" for v in marks.values)
    if problem.code == "vague_time" and not (strong or stated or things or marks.has("yes_no")):
        return False  # "la nuit" of "qui appeler la nuit" asks for no records
    if problem.code == "unknown_value" and marks.has("last", "first") and any(n.record >= 3 for n in marks.nouns):
        return True  # "dernier passage de XYZ"
    opening = tuple(token.norm for token in marks.tokens[:2])
    leaning = opening[:1] in (("et",), ("and",)) or opening in (("what", "about"), ("how", "about"))
    leaning = leaning and alone and len(marks.tokens) < 6
    return strong or (named and (timed or stated)) or (timed and stated) or leaning


def _asks_a_schedule(planned: Planned) -> bool:
    """ "À quelle heure tourne X ?": when it is to run, which no run tells."""
    marks = planned.marks
    if marks is None or marks.times.ranges or marks.has(*_COMPUTES_TIMES):
        return False
    said = " ".join(token.norm for token in marks.tokens)
    return said.startswith(("a quelle heure tourne ", "a quelle heure passe ", "a quelle heure demarre ",
                            "a quelle heure se lance ", "what time does ", "at what time does "))  # fmt: skip


def _opens_with_records(marks: Marks) -> bool:
    """ "alertes ...", "MEP ...", in few words: records in the plural."""
    noun = marks.nouns[0] if marks.nouns else None
    if noun is None or noun.first > 0 or noun.record < OWN or len(marks.tokens) > _FEW:
        return False
    said = marks.tokens[noun.last - 1]
    return said.norm.endswith(("s", "x")) or said.shouted


_FEW = 6  # words


def _names_records(planned: Planned) -> bool:
    """ "alertes critiques non acquittées": the records in the plural, and which of them."""
    marks = planned.marks
    noun = marks.nouns[0] if marks and marks.nouns else None
    if marks is None or noun is None or noun.first > 1:
        return False
    if noun.record < 3:
        return _bounds_a_number(planned, noun)
    said = marks.tokens[noun.last - 1]
    plural = said.norm.endswith(("s", "x")) or said.shouted  # "MEP urgentes"
    if plural and noun.last < len(marks.tokens) and marks.tokens[noun.last].norm in HOLDING:
        return bool(marks.values)  # "erreurs contenant timeout"
    narrowed = planned.frame is not None and bool(planned.frame.conds)  # "incidents rouverts" of a `reopenCount`
    return plural and bool(
        narrowed
        or marks.flags
        or any(value.how in ("whole", "alike", "compound", "part", "message") for value in marks.values)
    )


def _bounds_a_number(planned: Planned, noun: NounMark) -> bool:
    """ "jobs relancés deux fois", "consumers with 0 members": what records are of, in the plural, by a number of theirs
    that all words tell."""
    frame, known = planned.frame, planned.known
    if frame is None or known is None or planned.marks is None or frame.subject is None or noun.first > 0:
        return False
    plural = planned.marks.tokens[noun.last - 1].norm.endswith(("s", "x"))
    numbers = [c for c in frame.conds if c.path in known.facets and known.facets[c.path].numeric]
    return plural and bool(numbers) and any(frame.subject == path for _, path in noun.fields)


def _says_whose(planned: Planned) -> bool:
    """ "tickets assignés à | Zoé Nom": the records in the plural, and before a name that is none, whose they are."""
    marks, known = planned.marks, planned.known
    if marks is None or known is None or not marks.nouns or not marks.unknown:
        return False
    opens, (first, _) = marks.nouns[0], marks.unknown[0]
    told = opens.first <= 1 and opens.record >= OWN and marks.tokens[opens.last - 1].norm.endswith(("s", "x"))
    before = (n for n in marks.nouns if n is not opens and n.fields and 0 <= first - n.last <= 1)
    people = any(known.facets[n.fields[0][1]].concepts & _SOMEBODY for n in before)
    return told and people and marks.tokens[first].text[:1].isupper()


_SOMEBODY = PEOPLE | {"team"}


def _is_number(frame: Frame) -> bool:
    """A ranking, a bound, a set: nothing that a document says."""
    return bool(frame.having or frame.groups or frame.absent or frame.sides or frame.both or frame.aggregate != "count")
