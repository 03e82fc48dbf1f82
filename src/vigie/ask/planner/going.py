"""What has been going on for so long: "tournent depuis plus de 3 h" are running still."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.cues import Cue
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.states import STATE_CUES, still_open

_GO_ON = frozenset("tourne tournent dure durent patine patinent mouline moulinent".split())
_BEEN = frozenset("a ont avait avaient".split())  # "ont tourné", its accent left out


def going_on(marks: Marks) -> Marks:
    """The same where a verb of the present stands right before how long: what has ended does not "run for 3 hours"."""
    lengths = [
        when.at[0] for when in marks.times.ranges if when.phrase.lower().startswith(("depuis plus", "depuis au"))
    ]
    marks = _right_now(_longest_of_all(marks))
    if not lengths:
        return marks
    cues = [
        replace(c, tag="running") if c.tag in ("ran", "long") and _goes_on(c.first, c.last, lengths, marks) else c
        for c in marks.cues
    ]
    return replace(marks, cues=cues)


def _longest_of_all(marks: Marks) -> Marks:
    """ "quel flux tourne depuis le plus longtemps", "the longest running job right now": of those that run still."""
    longest = marks.cue("longest")
    if longest is None or marks.has("running"):
        return marks
    said = {token.norm for token in marks.tokens[longest.first : longest.last]}
    verb = longest.first - 2
    since = verb >= 0 and marks.tokens[verb + 1].norm == "depuis" and _is_now(verb, marks)
    if not since and not ("running" in said and marks.has("now")):
        return marks
    kept = [cue for cue in marks.cues if not (cue.first == verb and cue.tag in ("ran", "long"))]
    at = verb if since else longest.first
    return replace(marks, cues=[*kept, Cue("running", at, at + 1)])


def not_begun(marks: Marks, known: Knowledge) -> Marks:
    """ "pas encore démarrés", "have not started yet": they wait, where a state says so."""
    ran = next((c for c in marks.cues if c.tag == "ran" and marks.tokens[c.first].norm.startswith(_BEGIN)), None)
    if ran is None or not known.roles.polarity.get("waiting"):
        return marks
    beside = range(ran.first - _NEAR, ran.last + 2)
    said = [c for c in marks.cues if c.tag in ("not", "now", "not_run") and c.first in beside]
    yet = {marks.tokens[i].norm for i in beside if 0 <= i < len(marks.tokens)} & _YET
    if not yet or not any(c.tag != "now" for c in said):
        return marks
    first = min(c.first for c in said if c.tag != "now")
    kept = [c for c in marks.cues if c is not ran and c not in said]
    return replace(marks, cues=[*kept, Cue("waiting", first, ran.last)])


_BEGIN = ("demarre", "commence", "start", "begun")
_YET = frozenset({"encore", "yet", "still", "toujours"})
_NEAR = 3  # words


def _right_now(marks: Marks) -> Marks:
    """ "qu'est-ce qui tourne en ce moment ?": nothing else says what is asked for."""
    ran = marks.cue("ran")
    if ran is None or not marks.has("now") or marks.nouns or marks.has(*_NEGATING) or not _is_now(ran.first, marks):
        return marks
    return replace(marks, cues=[replace(cue, tag="running") if cue is ran else cue for cue in marks.cues])


_NEGATING = ("not", "not_run", "without", "except")


def _is_now(i: int, marks: Marks) -> bool:
    said, before = marks.tokens[i], marks.tokens[i - 1].norm if i else ""
    return said.norm in _GO_ON and not said.text.endswith(PARTICIPLES) and before not in _BEEN


def _goes_on(first: int, last: int, lengths: list[int], marks: Marks) -> bool:
    return _is_now(first, marks) and last < len(marks.tokens) and marks.tokens[last].at[0] in lengths


def runs_now(marks: Marks, known: Knowledge) -> Marks:
    """ "quels jobs tournent en prod ?", at no time that is said: those that run now, where a state says so."""
    ran = marks.cue("ran")
    timed = marks.times.ranges or marks.times.durations or marks.times.vague
    if ran is None or timed or not known.roles.polarity.get("running") or marks.has(*_NEGATING, *_AS_A_RULE):
        return marks
    verb, before = marks.tokens[ran.first], marks.tokens[ran.first - 1].norm if ran.first else ""
    if verb.norm not in ("tourne", "tournent") or verb.text.endswith(PARTICIPLES) or before in _BEEN:
        return marks
    return replace(marks, cues=[replace(cue, tag="running") if cue is ran else cue for cue in marks.cues])


_AS_A_RULE = ("most", "least", "top", "by", "trend", "every", "avg", "times", "how_long", "long", "longest", "shortest",
              "when", "when_last", "when_first", "last", "first", "gt", "lt", "ge", "le", "rate", "never")  # fmt: skip


def still_left(marks: Marks, known: Knowledge) -> Marks:
    """ "reste-t-il des erreurs critiques ?": of those that nobody has dealt with, where the records tell it."""
    norms = [token.norm for token in marks.tokens]
    at = next((i for i in range(len(norms)) if norms[i : i + 3] == ["reste", "t", "il"]), None)
    stated = marks.flags or marks.has(*STATE_CUES) or any(known.roles.status in m.options for m in marks.values)
    if at is None or stated or still_open(known, "") is None:
        return marks
    return replace(marks, cues=[*marks.cues, Cue("open", at, at + 3)])
