"""What did not happen: things that had none of it, or in one window and not in the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vigie.ask.planner.conditions import always_there, flag_conditions
from vigie.ask.planner.cues import FILLER, Cue, tags_of
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.in_one_only import in_one_not_the_other
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.memberships import outside_of
from vigie.ask.planner.never import never_of
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.things_of_kind import kind_named
from vigie.ask.planner.undone import kind_undone, spread_after
from vigie.ask.words import STOP


def but_not(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "ont tourné hier mais pas aujourd'hui": the negation stands right before the second window."""
    if frame.subject and (sided := in_one_not_the_other(seen, frame)) is not None:
        return replace(sided, counted=counts(seen, noun))
    if len(frame.times) != 2 or not frame.subject:
        return None
    second = frame.times[1].at[0]
    place = next((i for i, t in enumerate(seen.marks.tokens) if t.at[0] >= second), 0)
    negated = any(c.tag in ("not", "except") and 0 <= place - c.last <= 1 for c in seen.marks.cues)
    return replace(frame, ask="values", but_not=True, counted=counts(seen, noun)) if negated else None


def counts(seen: Interpretation, noun: NounMark | None) -> bool:
    """ "combien de flux ...": the things themselves are counted."""
    cue = seen.marks.cue("count")
    return cue is not None and noun is not None and 0 <= noun.first - cue.last <= 2


def absent(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "n'ont pas tourné hier", "n'ont jamais échoué", "had no failure": the ones that nothing is found of."""
    marks = seen.marks
    if not marks.has("count", "yes_no") and (outside := outside_of(seen, noun, frame.subject)) is not None:
        return _none_with(seen, replace(frame, subject=outside[0]), outside[1].cond, ever=True)
    for gone in frame.conds:
        # "régions sans le moindre abend" of a code that some records have: those of which none has one
        strong = gone.op == "missing" and gone.because.lower().startswith(_NOT_ONE)
        if strong and not seen.known.facets[gone.path].profile.repeated and frame.subject not in (None, gone.path):
            kept = tuple(x for x in frame.conds if x is not gone)
            return replace(_absence(seen, frame, "ran"), conds=kept, part=(replace(gone, op="present"),))
    # "non terminés" only says of which records; "n'ont pas tourné" is of the things that run.
    negations = [
        x
        for x in marks.cues
        if x.tag in ("not", "without") and (marks.tokens[x.first].norm not in _OF_WHICH or _undone(x, seen, noun))
    ]
    negations += [x for x in marks.cues for v in seen.value_placed if x.last == v.first and kind_undone(v, seen, noun)]
    undated = [p for p in seen.missing_placed if p.cond.op == "missing"]  # "pas encore reçus": what has no date of it
    negations = [x for x in negations if not any(p.first <= x.first and x.last < p.last for p in undated)]
    # "les sessions qui ne sont pas Completed": each of them, where they are called otherwise than what runs.
    if not (negations or marks.has("not_run")) or _which_are_not(seen, each=frame.subject is None):
        return None
    if frame.subject is None and any(c.values == (0,) and c.values[0] is not False for c in frame.conds):
        return None  # "chargements sans aucune ligne": those that count none
    if frame.subject is None and noun is not None and (told := never_of(negations, seen, noun)) is not None:
        frame = replace(frame, subject=told or None)
    elif (
        frame.subject is None
        and noun is not None
        and noun.record >= 3
        and (not marks.has("count", "yes_no") or (marks.has("not_run") and counts(seen, noun)))  # no record did not run
    ):
        frame = replace(frame, subject=seen.known.roles.name)
    if frame.subject is None:
        return None
    if (never := marks.cue("not_run")) is not None:
        return _not_run_in(seen, frame, never) if frame.conds and not frame.times else _absence(seen, frame, "ran")
    if (lacking := _none_of_them(seen, frame, negations)) is not None:
        return lacking
    verbs = [n.first for n in marks.nouns if n.record >= 1 and marks.tokens[n.first].text.endswith(PARTICIPLES)]
    verbs += _begun(seen)
    if any(0 <= verb - cue.last <= 2 for verb in verbs for cue in negations):
        return _absence(seen, frame, "ran")
    for value in seen.value_placed:
        none = any(
            (marks.tokens[x.first].norm in ("aucun", "aucune", "no", "sans", "without") or _has_no(x, marks))
            and (x.last == value.first or _only_records(x.last, value.first, seen))
            for x in negations
        )
        denied = value.negated or marks.tokens[value.first - 1].norm == "ete"  # "aucun patch n'a été | appliqué"
        if none and denied and frame.subject not in (None, value.cond.path):
            return _none_with(seen, frame, value.cond, ever=value.cond.polarity not in ("failed", "waiting"))
        undone = _not_been(value.first, seen) or kind_undone(value, seen, noun)
        undone = undone and not spread_after(value.first, seen, noun)
        if value.negated and frame.subject not in (None, value.cond.path) and undone:
            return _none_with(seen, frame, value.cond, ever=True)
        close = value.negated and any(0 <= value.first - cue.last <= 2 for cue in negations)
        follows = marks.tokens[value.last].norm if value.last < len(marks.tokens) else ""
        nothing = follows in ("nothing", "rien")  # "have sent | nothing"
        if (close or nothing) and "ran" in tags_of((marks.tokens[value.first].norm,)):
            return _none_with(seen, frame, value.cond, ever=True)
    for value in seen.value_placed:
        # "which tunnels have never been DOWN"
        ever = any(
            marks.tokens[x.first].norm in ("never", "jamais") and 0 <= value.first - x.last <= 2 for x in negations
        )
        if ever and value.negated and frame.subject not in (None, value.cond.path):
            return _none_with(seen, frame, value.cond)
    for flag in marks.flags:
        # "never rolled back", of groups
        if any(marks.tokens[x.first].norm in ("never", "jamais") and 0 <= flag.first - x.last <= 2 for x in negations):
            cond = next(x.cond for x in flag_conditions(marks) if x.first == flag.first)
            return _none_with(seen, frame, replace(cond, values=(not cond.values[0],)))
    for zero in frame.conds:
        # "files sans aucun dead letter": no record of theirs counts any
        if (
            zero.values == (0,)
            and zero.values[0] is not False
            and any(zero.because.startswith(w) for w in ("sans", "without"))
        ):
            kept = tuple(x for x in frame.conds if x is not zero)
            some = replace(zero, op="gt")
            return replace(_absence(seen, frame, "ran"), conds=kept, part=(some,))
    # "quelles VM n'ont pas eu de sauvegarde": the noun is what they had none of.
    records = (
        n for n in marks.nouns
        if n.record >= 3 or (n.record >= 1 and "run" in n.concepts) or (n.fields and always_there(n, marks, seen.known))
    )  # fmt: skip
    things = [n.first for n in records if n is not noun or kind_named(seen)]
    for thing in (t for t in things if any(_only_small_words(cue.last, t, seen) for cue in negations)):
        after = [s for s in (*seen.states, *seen.value_placed) if s.cond.polarity and 0 < s.first - thing <= 2]
        if after:  # "sans aucun backup en échec"
            return _absence(seen, frame, after[0].cond.polarity or "ran", after[0].last)
        return _absence(seen, frame, "ran")
    # "sans type d'| erreur": what they lack is a field, and not what happened to them.
    lacking_field = {m.first: m.last for m in seen.missing_placed if m.cond.op == "missing"}
    happened = [Cue(v.cond.polarity, v.first, v.last) for v in seen.value_placed if v.cond.polarity]
    happened += [x for x in marks.cues if x.tag in ("ran", "failed", "succeeded", "skipped", "rejected")]
    for cue in negations:
        for verb in (*happened, *_done(cue, seen)):
            # "pas tourné", "not failed", "aucun échec", "sans échec": the verb follows close by.
            nothing = verb.last == cue.first and marks.tokens[cue.first].norm in ("nothing", "rien")
            if not (nothing or 0 <= verb.first - cue.last <= 2):
                continue
            if cue.last < lacking_field.get(cue.first, 0) <= verb.first or spread_after(verb.first, seen, noun):
                continue
            if (
                marks.has("count")
                and noun is not None
                and noun.record >= 3
                and verb.tag != "ran"
                and not _named(seen, frame)
            ):
                continue
            return _absence(seen, frame, verb.tag, verb.last)
    return None


_NOT_ONE = ("sans le moindre", "sans la moindre", "sans aucun", "without a single", "without any")


def _done(cue: Cue, seen: Interpretation) -> list[Cue]:
    """ "exchanged | nothing" of exchanges."""
    before = seen.marks.tokens[cue.first - 1] if cue.first else None
    acted = before is not None and before.text.endswith(PARTICIPLES) and seen.known.records.made(before.norm)
    return [Cue("ran", cue.first - 1, cue.first)] if acted and seen.marks.tokens[cue.first].norm == "nothing" else []


def _not_run_in(seen: Interpretation, frame: Frame, never: Cue) -> Frame:
    """ "which flows have never run | in INT": of all that ever ran, those of which nothing meets what follows. What
    stands before says of which records, and without a time all of those have run."""
    after = {p.cond.path for p in (*seen.value_placed, *seen.state_placed) if p.first >= never.last}
    asked = tuple(x for x in frame.conds if x.path in after and x.path != frame.subject)
    if not asked:
        seen.unclear = (never.first, never.last)
        return frame
    return _none_with(seen, frame, *asked, ever=True)


def _none_of_them(seen: Interpretation, frame: Frame, negations: Sequence[Cue]) -> Frame | None:
    """ "have no open P1 ticket", "aucune alerte CRIT ouverte", "pas eu de purge": all that one phrase says."""
    marks = seen.marks
    placed = [*seen.value_placed, *seen.state_placed]
    records = {i for n in marks.nouns if n.record >= 3 for i in range(n.first, n.last)}
    read = records | {i for p in placed for i in range(p.first, p.last)}
    for cue in negations:
        if not _NONE & {t.norm for t in marks.tokens[cue.first : cue.last]} and not _had_no(cue, marks):
            continue
        first = next((i for i in range(cue.last, len(marks.tokens)) if i in read), len(marks.tokens))
        gap = [marks.tokens[i].norm for i in range(cue.last, first)]
        last = next((i for i in range(first, len(marks.tokens)) if i not in read), len(marks.tokens))
        said = [p for p in placed if first <= p.first < last]
        if len(gap) > 2 or set(gap) - _BETWEEN or not said or frame.subject in {p.cond.path for p in said}:
            continue
        if len(said) < 2 and not _had_no(cue, marks):
            continue  # one value or state: below
        bad = any(p.cond.polarity in ("failed", "waiting") for p in said)
        # Of what is hoped for, those that had nothing at all lack it too; what did not run did not fail.
        return _none_with(seen, frame, *(p.cond for p in said), ever=not bad)
    return None


def _begun(seen: Interpretation) -> list[int]:
    """ "n'ont pas été | chargés" of records that begin with a `debut_chargement`: where it is said."""
    tokens, start = seen.marks.tokens, seen.known.roles.start
    named = (n for n in seen.marks.nouns if start is not None and any(path == start for _, path in n.fields))
    return [
        n.first
        for n in named
        if tokens[n.first].text.endswith(PARTICIPLES) and tokens[n.first - 1].norm in ("ete", "been", "not", "pas")
    ]


_OF_WHICH = frozenset({"non", "ni", "neither", "nor"})


def _undone(cue: Cue, seen: Interpretation, noun: NounMark | None) -> bool:
    """ "cibles | non sauvegardées" of backups: things that had none."""
    done = next((n for n in seen.marks.nouns if n.first == cue.last and n.record >= OWN), None)
    said = done is not None and seen.marks.tokens[done.first].text.endswith(PARTICIPLES)
    return said and noun is not None and noun is not done and noun.last == cue.first


_NONE = frozenset("aucun aucune no without sans".split())
_HAD_ONE = {("eu", "de"), ("eu", "d"), ("had", "a"), ("had", "an"), ("had", "any")}
_BETWEEN = frozenset("eu had de d any aucun aucune le moindre la a an single".split())


def _had_no(cue: Cue, marks: Marks) -> bool:
    """ "n'ont pas | eu de purge", "never | had a critical alert"."""
    said = [t.norm for t in marks.tokens[cue.first : cue.last + 2]]
    return tuple(said[-2:]) in _HAD_ONE and said[-3:-2] in (["pas"], ["jamais"], ["never"], ["not"])


def _has_no(cue: Cue, marks: Marks) -> bool:
    """ "n'ont | pas de défaut"."""
    before = [t.norm for t in marks.tokens[max(0, cue.first - 2) : cue.first]]
    return cue.tag == "without" and before in (["n", "ont"], ["n", "a"])


def _which_are_not(seen: Interpretation, *, each: bool) -> bool:
    """ "nombre de steps qui ne sont pas COMPLETED": it says which records, of none of which nothing is found. `each`:
    the records themselves are asked for."""
    words = f" {' '.join(t.norm for t in seen.marks.tokens)} "
    ends = {noun.last for noun in seen.marks.nouns if noun.record >= 3}
    for cue in (cue for cue in seen.marks.cues if cue.tag == "not"):
        if cue.first in ends and seen.marks.tokens[cue.first].norm == "not":
            return True  # "calls not accepted"
        if _without_verb(cue, seen.marks):
            return True
    return (each or seen.marks.has("count")) and bool(_RELATIVE.search(words))


def _without_verb(cue: Cue, marks: Marks) -> bool:
    """ "fichiers déposés hier et toujours pas livrés": no auxiliary verb makes the things do it."""
    if marks.tokens[cue.first].norm != "pas" or cue.last - cue.first > 1:
        return False
    before = {t.norm for t in marks.tokens[max(0, cue.first - 4) : cue.first]}
    after = marks.tokens[cue.last].text.lower() if cue.last < len(marks.tokens) else ""
    still = before & {"toujours", "encore", "et", "mais"}
    return bool(still) and after.endswith(PARTICIPLES) and not before & _AUXILIARY


_AUXILIARY = frozenset("n ne ont a est sont avait avaient etait etaient ai as avons t".split())
_RELATIVE = re.compile(
    r" (?:qui ne sont pas|qui n etaient pas|that are not|that were not|which are not|which were not) "
)


def _not_been(first: int, seen: Interpretation) -> bool:
    """ "n'ont pas été | patchées", "have not been | patched": said of things, it is of all their records."""
    said = [t.norm for t in seen.marks.tokens[max(0, first - 3) : first]]
    return said[-2:] in (["pas", "ete"], ["not", "been"], ["jamais", "ete"], ["never", "been"])


def _only_records(first: int, last: int, seen: Interpretation) -> bool:
    """ "aucune | alerte | CRIT"."""
    named = {i for n in seen.marks.nouns if n.record >= 1 for i in range(n.first, n.last)}
    gap = range(first, last)
    return any(i in named for i in gap) and all(i in named or seen.marks.tokens[i].norm in STOP for i in gap)


def _only_small_words(first: int, last: int, seen: Interpretation) -> bool:
    """ "pas eu de transfert", "no deployment"."""
    gap = range(first, last)
    return first <= last and len(gap) <= 3 and all(seen.marks.tokens[i].norm in STOP | FILLER for i in gap)


def _named(seen: Interpretation, frame: Frame) -> bool:
    return frame.subject == seen.known.roles.name or frame.aggregate == "distinct"


def _none_with(seen: Interpretation, frame: Frame, *conds: Cond, ever: bool = False) -> Frame:
    """Things none of whose records meets all of these. `ever`: also those that had no record at all."""
    paths = {cond.path for cond in conds}
    kept = tuple(x for x in frame.conds if x.path not in paths)
    return replace(_absence(seen, frame, "ran"), conds=kept, part=conds, part_whenever=ever)


def _absence(seen: Interpretation, frame: Frame, verb: str, last: int | None = None) -> Frame:
    """Negated states are undone: what is looked for is the groups that have none of them."""
    asked: tuple[Cond, ...] = ()
    if verb != "ran":
        own = [x for x in seen.value_placed if x.last == last]  # "jamais tombé en | breach": that state alone
        stated = [*own, *seen.states, *seen.value_placed]
        asked = tuple(x.cond for x in stated if x.cond.polarity == verb)[:1]
        # "aucune erreur 5xx"
        asked += tuple(x.cond for x in seen.value_placed if x.first == last and x.cond not in asked)
    stating = {seen.known.roles.status, *(x.path for x in asked)}
    conds = [x for x in frame.conds if x.path not in stating]
    counted = counts(seen, seen.subject_noun)
    return replace(
        frame,
        ask="values",
        conds=tuple(conds),
        part=asked,
        absent=True,
        aggregate="count",
        target=None,
        counted=counted,
    )
