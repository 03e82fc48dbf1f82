"""What is still to be done: "restent à patcher", "still to be patched", "left to deploy". That it is done to records
says nothing of them: those are asked that nobody has begun with, as their states tell."""

from __future__ import annotations

from vigie.ask.planner.coming import coming_path
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ENDED
from vigie.ask.planner.page import Page
from vigie.ask.planner.polarity import is_infinitive
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.states import still_open
from vigie.ask.planner.tokens import alike_start, parts, stem
from vigie.ask.planner.value_marks import value_mark
from vigie.ask.planner.values import ValueRef, equals, forms
from vigie.plan import Scalar


def _stems(listed: str) -> frozenset[str]:
    return frozenset(map(stem, listed.split()))


_REMAIN = frozenset("reste restent restait restaient restant restants restante restantes".split())
_STILL = frozenset("encore toujours".split())
_LEFT = frozenset("left remain remains remaining remained still yet need needs".split())
_DO = _stems("faire effectuer realiser executer execute executed lancer passer do done run perform performed")
_DEAL = _stems("traiter traitee gerer handle handled process processed treat treated")
_CLOSE = _stems(" ".join(ENDED)) | _stems("clore cloturer fermer resoudre regler solder resolve solve")
_PLAIN = _stems("a to be do done todo faire fait traiter planned planifie planifiee not non pas")
_AKIN = 4  # letters that "patcher" and `patches`, "valider" and A_VALIDER share at least


def still_to_do(page: Page, i: int) -> int:
    """The place after an act that is still to be done, the place itself where none is told there. Where no state says
    of which records it is, it cannot be left out: the question is asked back."""
    start = _start(page.grams, page.known, i)
    if start == i:
        return i
    said = page.norms[i]
    page.marks.unknown = [at for at in page.marks.unknown if at[0] < start]  # "left", "restant"
    open_ones = stem(said) in _CLOSE | _DEAL and still_open(page.known, said) is not None
    if open_ones:
        page.marks.cues.append(Cue("open", start, i + 1))
    elif (refs := _waiting(page.known, said)) and not _cut_off(page):
        page.marks.values.append(value_mark(page.grams, start, i + 1, refs, "alike"))
    else:
        page.marks.unknown.append((start, i + 1))
    return i + 1


def _cut_off(page: Page) -> bool:
    """ "à patcher ce mois-ci", read up to now, of what is planned for the days after."""
    times = page.grams.times
    ends_now = any(when.end == times.now for when in times.ranges)
    return times.now is not None and ends_now and coming_path(page.known, times.now) is not None


def _start(grams: Grams, known: Knowledge, i: int) -> int:
    """Where it begins to be told, the place itself where it is not."""
    before = ["", "", "", *grams.norms[:i]][-3:]
    if before[2] in ("need", "needs") and grams.norms[i].endswith("ing"):
        return i - 1  # "still need patching"
    if before[1:] == ["to", "be"]:
        return i - 3 if before[0] in _LEFT else i - 2 if _is_of(known, before[0], grams.norms[i]) else i
    if before[2] == "to" and before[1] in _LEFT:
        return i - 2 if grams.norms[i] != "be" else i
    if before[2] != "a" or not is_infinitive(grams.norms[i]) or known.values.whole.get(f"a {grams.norms[i]}"):
        return i
    if before[1] in _STILL | _REMAIN:
        return i - 2
    return i - 1 if _REMAIN & set(grams.norms[:i]) or _is_of(known, before[1], grams.norms[i]) else i


def _is_of(known: Knowledge, noun: str, act: str) -> bool:
    """ "serveurs à | patcher" of `patch_serveurs`: what is done to the things that the records are of."""
    return known.records.noun(noun) >= OWN and _is_own(known, act)


def _is_own(known: Knowledge, act: str) -> bool:
    return any(alike_start(act, name) >= _AKIN for name in parts(known.name))


def _waiting(known: Knowledge, act: str) -> list[ValueRef]:
    """The states of what waits for this act, or for whatever is done to these records."""
    status = known.facets.get(known.roles.status or "")
    if status is None:
        return []
    waiting = known.roles.polarity.get("waiting", ())
    refs = [ValueRef(status.path, value, n) for value, n in status.profile.values if value in waiting]
    if told := [ref for ref in refs if _names(ref.value, act)]:
        return told
    if stem(act) not in _DO | _DEAL and not _is_own(known, act):
        return []
    return [ref for ref in refs if {stem(word) for word in parts(str(ref.value))} <= _PLAIN] or refs


def _names(value: Scalar, act: str) -> bool:
    """PENDING_REVIEW of "to be reviewed"."""
    words = [word for word in parts(str(value)) if stem(word) not in _PLAIN]
    return any(alike_start(word, act) >= _AKIN or forms(word) & equals(act) for word in words)
