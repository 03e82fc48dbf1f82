"""Marks to conditions: which field a value is of, what is negated, what is missing, what is joined."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from vigie.ask.planner.actors import GIVEN
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import FlagMark, Marks, NounMark, ValueMark
from vigie.ask.planner.money import of_one_currency
from vigie.ask.planner.placed import NEGATING, Placed, negated
from vigie.ask.planner.polarity import Polarity, polarity_of
from vigie.ask.planner.tokens import parts
from vigie.ask.planner.value_fields import field_of
from vigie.ask.planner.ways import goes_without_saying, other_way, told_by_others
from vigie.ask.planner.with_one import with_one
from vigie.ask.words import STOP
from vigie.plan import Op, Scalar


def value_conditions(marks: Marks, known: Knowledge) -> list[Placed]:
    """One per value mark, on the field that its label, its kind or the other values tell."""
    found = []
    for mark in marks.values:
        path = field_of(mark, marks, known)
        if undated(mark.first, marks, known) or _narrowed(mark, path, marks) or _only_unit(mark, path, marks, known):
            continue
        if goes_without_saying(mark, path, marks, known):
            continue
        if told_by_others(mark, marks, known) and (turned_round := other_way(path, mark, known)):
            mark = replace(mark, options={path: turned_round})
        others = tuple((p, v) for p, v in mark.options.items() if p != path)
        turned = negated(mark.first, marks)
        op: Op = "contains" if mark.how == "message" else "in"
        cond = Cond(path, op, mark.options[path], mark.words, polarity_told(path, mark.options[path], known), others)
        found.append(Placed(cond, mark.first, mark.last, turned))
    return found


def _only_unit(mark: ValueMark, path: str, marks: Marks, known: Knowledge) -> bool:
    """ "plus de 5 000 EUR" where amounts are all in euros: `ecartEUR`."""
    if "currency" not in known.facets[path].concepts:
        return False
    named = (known.facets[n.fields[0][1]] for n in marks.nouns if n.fields and n.last == mark.first)
    if any(str(value).lower() in facet.words for facet in named for value in mark.options[path]):
        return True  # "contrevaleur | euro" of a `contre_valeur_eur`
    if not any(n.last == mark.first for n in marks.numbers):
        return False
    return any(marks.tokens[mark.first].norm in facet.words for facet in of_one_currency(marks, known))


def _narrowed(mark: ValueMark, path: str, marks: Marks) -> bool:
    """ "NAS backups BK_TITRES_NAS": part of a value that is said whole beside."""
    if mark.how != "inside":
        return False
    whole = (
        m
        for m in marks.values
        if m.how == "part" or (m.how in ("whole", "alike", "compound") and abs(m.first - mark.last) <= 2)
    )
    return any(path in m.options and set(m.options[path]) < set(mark.options[path]) for m in whole)


def flag_conditions(marks: Marks) -> list[Placed]:
    return [
        Placed(Cond(f.path, "in", (_says(f, marks),), _with_not(f, marks)), f.first, f.last)
        for f in marks.flags
        if not _says_again(f, marks)
    ]


def compared_conditions(marks: Marks) -> list[Placed]:
    held = marks.compared
    return [Placed(c, min(held.places), max(held.places) + 1) for c in held.conds] if held is not None else []


def _says_again(flag: FlagMark, marks: Marks) -> bool:
    """ "did not breach the | SLA" of one flag `slaBreached`: its other word, right after."""
    others = (f for f in marks.flags if f.path == flag.path and f.first < flag.first <= f.last + _NEAR)
    between = ({t.norm for t in marks.tokens[f.last : flag.first]} for f in others)
    return any(said <= STOP or said == {"non"} for said in between)  # "SLA non respecté"


def _says(flag: FlagMark, marks: Marks) -> bool:
    """Is it so? "SLA n'a pas été | respecté", "SLA | missed" of one flag `slaRespecte`: its other word tells."""
    said = [flag.value is not _turned(flag, marks)]
    for other in marks.flags:
        if other.path == flag.path and flag.last <= other.first <= flag.last + _NEAR and _says_again(other, marks):
            denied = any(c.tag in NEGATING and flag.last <= c.first < other.first for c in marks.cues)
            said.append(other.value is not denied)
    return all(said)


def _turned(flag: FlagMark, marks: Marks) -> bool:
    """ "hors SLA" of `sla_depasse` is what the flag says."""
    before = marks.tokens[flag.first - 1].norm if flag.first else ""
    over = before in ("hors", "outside") and any("breached" in concepts_of(word) for word in parts(flag.path))
    return negated(flag.first, marks) and not over


def _with_not(flag: FlagMark, marks: Marks) -> str:
    if not negated(flag.first, marks):
        return flag.words
    return f"{marks.said(flag.first - 1, flag.first)} {flag.words}"


def missing_conditions(marks: Marks, known: Knowledge) -> tuple[list[Placed], set[int]]:
    """("sans équipe responsable" -> its field is missing; the places of the nouns used). "avec un message": present."""
    placed: list[Placed] = []
    used: set[int] = set()
    flags = {flag.path for flag in marks.flags}  # "sans renouvellement auto": it is false
    for noun in marks.nouns:
        if not noun.fields or (noun.record >= 3 and len(noun.words.split()) == 1):
            continue
        if noun.fields[0][1] in flags or noun.fields[0][1] == "_id":
            continue
        if noun.record > 0 and known.facets[noun.fields[0][1]].unique(known.profile.total):
            continue  # "missing files": they did not come, and no name of theirs lacks
        if any(m.first == noun.last and noun.fields[0][1] in m.options for m in marks.values):
            continue  # "sans compter la zone lab"
        if any(f.first == noun.last and _same_object(f.path, noun.fields[0][1]) for f in marks.flags):
            used.add(noun.first)
            continue  # "sans garde appelée" of `garde.appelee`, beside who was on duty
        if noun.record >= 1 and any(m.first == noun.last and known.roles.status in m.options for m in marks.values):
            continue  # "sans aucun fichier rejeté"
        if noun.record >= 1 and "run" in noun.concepts and known.facets[noun.fields[0][1]].profile.time is not None:
            continue  # "had no | run" of runs with a `debExec`
        cue = _right_before(noun.first, marks, ("without",))
        have = [t.norm for t in marks.tokens[max(0, noun.first - 2) : noun.first]]
        if have in _HAVE_NONE and noun.record < 3:
            cue = noun.first - 1  # "how many certificates have no team?"
        if have in _TO_NO and noun.record < 3:
            cue = noun.first - 1  # "affectées à aucune équipe"
        lacking = [c for c in marks.cues if c.tag == "without" and marks.tokens[c.first].norm not in _BEFORE]
        after = any(c.first == noun.last for c in lacking)
        if (cue is not None or after) and always_there(noun, marks, known):
            used.add(noun.first)  # "tables without any | load" of a kind of load that all records have
        elif cue is not None or after:
            path = _given_to(noun, marks, known) or noun.fields[0][1]
            first = cue if cue is not None else noun.first
            last = noun.last if cue is not None else noun.last + 1
            facet = known.facets[path]
            counted = facet.numeric and not facet.coded and (have[-1:] == ["zero"] or _has_zeros(facet, known))
            said = marks.said(first, last)  # "sans dead letter" where they are counted
            lacks = Cond(path, "in", (0,), said) if counted else Cond(path, "missing", (), said)
            placed.append(Placed(lacks, first, last))
            used.add(noun.first)
    given = with_one(marks, known)
    used |= {noun.first for noun in marks.nouns if any(noun.last == one.last for one in given)}
    placed += [*_to_nobody(marks, known), *given]
    return placed, used


def always_there(noun: NounMark, marks: Marks, known: Knowledge) -> bool:
    """Is it what no record lacks, asked for of the things that records are of?"""
    first = marks.nouns[0]
    whole = known.facets[noun.fields[0][1]].profile.present == known.profile.total
    if not whole or first is noun or first.record >= 1 or not first.fields:
        return False
    thing = known.facets[first.fields[0][1]]
    return thing.text and not thing.unique(known.profile.total)


def _same_object(path: str, other: str) -> bool:
    above = path.rpartition(".")[0]
    return bool(above) and above == other.rpartition(".")[0]


def _has_zeros(facet: Facet, known: Knowledge) -> bool:
    """Is it counted that there was none: in a field of all records, or often where it is one of some?"""
    zeros = sum(n for value, n in facet.profile.values if value == 0)
    always = facet.profile.present > 0.95 * known.profile.total
    return zeros > 0 if always else zeros > _OFTEN * facet.profile.present


_OFTEN = 0.1
_BEFORE = frozenset({"sans", "without", "with", "having"})  # "with no": said of what follows
_HAVE_NONE = [[have, no] for have in ("have", "has", "had", "with", "having", "but") for no in ("no", "zero")]
_TO_NO = (["a", "aucun"], ["a", "aucune"], ["to", "no"], ["par", "aucun"], ["par", "aucune"], ["by", "no"])


_SOMEBODY = frozenset(
    "personne one person responsable owner agent technicien technician intervenant ingenieur engineer".split()
)


def _given_to(noun: NounMark, marks: Marks, known: Knowledge) -> str | None:
    """ "sans personne | assignée": the field that tells to whom."""
    after = marks.tokens[noun.last].norm if noun.last < len(marks.tokens) else ""
    if marks.tokens[noun.first].root not in _SOMEBODY or not after.startswith(GIVEN):
        return None
    return next((p for _, p in known.fields.scores([after]) if known.facets[p].text), None)


def is_not_yet(i: int, marks: Marks) -> bool:
    """Does "pas encore", "nobody", "personne n'a" stand right before?"""
    norms = [t.norm for t in marks.tokens[max(0, i - _NEAR) : i]]
    nobody = [norm for norm in norms if norm not in _HAS][-1:] in (["nobody"], ["personne"])
    return norms[-2:] in _NOT_YET or nobody or norms[-2:] == ["no", "one"]


def is_never(i: int, marks: Marks) -> bool:
    """Does "non", "jamais", "pas été" stand right before what is no state?"""
    said = [t.norm for t in marks.tokens[max(0, i - 2) : i]]
    places = [(m.first, m.last) for m in marks.values] + [(c.first, c.last) for c in marks.cues]
    stated = any(first <= i < last for first, last in (*places, *((f.first, f.last) for f in marks.flags)))
    return not stated and (said[-1:] in _NOS or said in _NEVER)


_NOS = (["non"], ["jamais"], ["never"], ["not"])
_NEVER = (["pas", "ete"], ["jamais", "ete"], ["never", "been"], ["not", "been"])


def undated(i: int, marks: Marks, known: Knowledge) -> str | None:
    """The date that records lack of which this word, after "pas encore", has not happened."""
    if not (is_not_yet(i, marks) or is_never(i, marks)):
        return None
    path = known.date_of(marks.tokens[i])
    return path if path is not None and known.facets[path].profile.present < known.profile.total else None


def _to_nobody(marks: Marks, known: Knowledge) -> list[Placed]:
    """ "affectés à personne", "non affectés": of the field that tells to whom."""
    found = []
    for i, token in enumerate(marks.tokens):
        after = [t.norm for t in marks.tokens[i + 1 : i + 3]]
        before = marks.tokens[i - 1].norm if i else ""
        nobody = after in (["a", "personne"], ["to", "nobody"], ["to", "anyone"]) or token.norm == "unassigned"
        if not (nobody or (before == "non" and token.norm.startswith(GIVEN))):
            continue
        said = "assigned" if token.norm == "unassigned" else token.norm
        path = next((p for _, p in known.fields.scores([said]) if known.facets[p].text), None)
        if path is not None:
            first, last = (
                (i - 1 if before == "non" else i),
                i + 1 + 2 * (token.norm != "unassigned" and before != "non"),
            )
            found.append(Placed(Cond(path, "missing", (), marks.said(first, last)), first, last))
    return found


def _right_before(first: int, marks: Marks, tags: Sequence[str]) -> int | None:
    for cue in marks.cues:
        if cue.tag in tags and cue.last <= first and all(marks.tokens[i].norm in STOP for i in range(cue.last, first)):
            return cue.first
    return None


def merged(placed: Sequence[Placed], apart: Container[int] = ()) -> list[Cond]:
    """One condition per path, operator and sense: "CIB ou AM" is one of both. `apart`: places of those that hold
    beside the one before."""
    found: dict[tuple[str, str, bool], Cond] = {}
    for one in placed:
        cond = one.cond
        op = negate(cond) if one.negated else cond
        key = (op.path, op.op, one.negated)
        before = found.get(key)
        if before is not None and one.last > one.first in apart:
            found[(op.path, op.op + str(len(found)), one.negated)] = op
        elif before is not None and op.op in ("in", "not_in"):
            values = tuple(dict.fromkeys((*before.values, *op.values)))
            because = before.because if op.because == before.because else f"{before.because}, {op.because}"
            found[key] = replace(before, values=values, because=because)
        elif before is None:
            found[key] = op
        else:
            found[(op.path, op.op + str(len(found)), one.negated)] = op
    return list(found.values())


_NEAR = 5  # words
_HAS = frozenset("n ne a l la les ont has have had encore yet".split())
_NOT_YET = (["pas", "encore"], ["toujours", "pas"], ["not", "yet"], ["still", "not"])
_OPPOSITE: dict[Op, Op] = {"in": "not_in", "not_in": "in", "missing": "present", "present": "missing"}


def negate(cond: Cond) -> Cond:
    opposite = _OPPOSITE.get(cond.op)
    return cond if opposite is None else replace(cond, op=opposite, polarity=None)


def polarity_told(path: str, values: Sequence[Scalar], known: Knowledge) -> Polarity | None:
    """The state that values of a field tell; None where it is no field of states, or they tell several."""
    if path != known.roles.status:
        # A second field of states, such as a label beside a code.
        told = {polarity_of(value) for value in values} if "status" in known.facets[path].concepts else set()
        return told.pop() if len(told) == 1 else None
    return next((pole for pole, of in known.roles.polarity.items() if set(values) <= set(of)), None)
