"""Words that only say of what kind the records are: "robot sessions", "sessions robot" of a field `robot` that each
of them has; words that every value of a field holds: "bot" where robots are called bot-iris, bot-lys; and words that
name the records by their sense, where a field tells several kinds of them."""

from __future__ import annotations

from collections.abc import Sequence, Set

from vigie.ask.planner.concepts import SPECIFIC, concepts_of, same_values
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.field_names import SAME_SENSE
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.noun_marks import LINKS
from vigie.ask.planner.record_names import HEAD, OWN
from vigie.ask.planner.tokens import parts, root, stem
from vigie.ask.planner.value_marks import alike_at, value_mark, whole_at
from vigie.ask.planner.values import ValueRef, equals, forms
from vigie.ask.words import STOP
from vigie.plan import FieldProfile

_NEARLY_ALL = 0.95  # of the records have the field
_FEW = 3  # values: fewer have a word in common by chance
_NAMED = 2.0  # points of a field that a word of all its values names


def are_records(known: Knowledge, said: Sequence[str], fields: Sequence[tuple[float, str]]) -> bool:
    """Do two words side by side name the records by what each of them has: "server checks", "contrôles serveur"?"""
    if len(said) != 2 or not fields or set(said) & LINKS:
        return False
    first, second = said
    english = known.records.own(second) and not known.records.own(first) and second != root(second)
    french = known.records.own(first) and not known.records.own(second) and first != root(first)
    facet = known.facets[fields[0][1]]
    if known.http_codes and concepts_of(second if french else first) & {"host", "client", "partner"}:
        return False  # "erreurs serveur" are 5xx
    if not (english or (french and second == root(second))) or not facet.text:
        return False
    both = {stem(first), stem(second)} <= {*facet.stems, *facet.kin, *map(stem, facet.above)}
    return not both and facet.profile.present >= _NEARLY_ALL * known.profile.total


def says_of_what(marks: Marks, known: Knowledge, noun: NounMark) -> bool:
    """ "les 3 process | robot": a singular right after a noun, of a field that nearly all records have."""
    before = next((n for n in marks.nouns if n.last == noun.first and (n.fields or n.record >= OWN)), None)
    last = marks.tokens[noun.last - 1]
    if before is None or not noun.fields or last.norm != last.root:
        return False
    gap = marks.text[marks.tokens[noun.first - 1].at[1] : marks.tokens[noun.first].at[0]]
    facet = known.facets[noun.fields[0][1]]
    return not gap.strip() and facet.text and facet.profile.present >= _NEARLY_ALL * known.profile.total


def in_all_values(grams: Grams, known: Knowledge, held: ValueMark) -> list[NounMark] | None:
    """What words that all values of a field hold name: that field, and nothing more where they stand beside what else
    the question names. None where only some of its values hold them."""
    for path, values in held.options.items():
        profile = known.facets[path].profile
        if held.how != "inside" or not profile.complete or not _FEW <= profile.distinct == len(set(values)):
            continue
        said = grams.said(held.first, held.last)
        if profile.present >= _NEARLY_ALL * known.profile.total:
            if _beside_records(grams, known, held):
                return [NounMark(held.first, held.last, 3.0, (), said)]  # "bot sessions"
            if _before_things(grams, known, held.last):
                return []  # "bot processes"
        return [NounMark(held.first, held.last, 0.0, ((_NAMED, path),), said)]
    return None


def where_all_are(grams: Grams, known: Knowledge, i: int) -> list[NounMark]:
    """ "sur la | grille", "jobs de la grille" of folders GRID-RISK, GRID-MARKET: a word of the other language that
    every value holds, said of where all of them are."""
    if i < 2 or grams.norms[i] != root(grams.norms[i]) or grams.norms[i - 1] not in _THE:
        return []
    kin = kin_of(grams.norms[i])
    told = kin and any(f.text and _in_each(f.profile, kin, known.profile.total) for f in known.facets.values())
    return [NounMark(i, i + 1, OWN, (), grams.said(i, i + 1))] if told else []


def _in_each(profile: FieldProfile, kin: Set[str], total: int) -> bool:
    """Does each value of a field of all records hold one of these words?"""
    of_all = profile.complete and profile.distinct >= _FEW and profile.present >= _NEARLY_ALL * total
    return of_all and all(kin & {stem(part) for part in parts(str(value))} for value, _ in profile.values)


_THE = frozenset("la le l du the".split())


def kind_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "sauvegardes" of an `op` backup beside restore, "maintenances" of a `nature` "maintenance planifiée" of
    interventions: a word of the trade that is not the records' own name tells which of them, where a field does."""
    norm = grams.norms[i]
    if set(tags_of((norm,))) & _FIGURES:
        return None  # "taux d'erreur", whatever is called rates.load
    if norm in STOP or grams.glued(i) > i + 1 or known.records.called(norm) >= HEAD:
        return None  # "par heure", whatever kind is called "par lot"
    if not concepts_of(norm):
        here = max(alike_at(grams, known, i)[0], whole_at(grams, known, i)[0])
        if known.records.noun(norm) or here > i or known.values.containing([norm]):
            return None  # "VACUUM" is one of them, beside VACUUM_FULL
        first = (ref for ref in known.values.holding(norm) if forms(parts(str(ref.value))[0]) & equals(norm))
        told = [ref for ref in first if tells_kinds(known, ref.path)]
        if not told or _say_more(grams, i, told):
            return None
        return value_mark(grams, i, i + 1, told, "alike")  # "reconciliation" of "rapprochement titres"
    fields = known.fields.scores([norm])
    if fields and fields[0][0] >= SAME_SENSE:
        return None
    end, alike = alike_at(grams, known, i)
    if max(end, whole_at(grams, known, i)[0]) > i + 1:
        return None  # "sauvegardes complètes"
    if end == i + 1 and alike and all(tells_kinds(known, ref.path) for ref in alike):
        return value_mark(grams, i, end, alike, "alike")
    if known.records.in_its_name(norm):
        return None
    same = same_values(root(norm)) | same_values(stem(norm))
    said = (norm, *sorted(other for other in same if " " not in other))
    held = [known.values.containing([word]) for word in said]
    refs = [ref for found in held for path, refs in found.items() if tells_kinds(known, path) for ref in refs]
    if not refs or len(refs) == known.facets[refs[0].path].profile.distinct:
        return None
    return value_mark(grams, i, i + 1, refs, "alike")


_FIGURES = frozenset({"rate", "count", "avg", "sum", "median", "p95", "trend"})


def one_of_two(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "exports", "exportés" of `exports_purges` whose `operation` tells "export complet" and "purge", "impression" of
    a type PRT: one of the two things that the collection is called by, and not all that it holds."""
    norm = grams.norms[i]
    if not known.records.called_so(norm) or grams.glued(i) > i + 1 or whole_at(grams, known, i)[0] > i + 1:
        return None
    said = equals(norm) if not known.records.own(norm) else frozenset({stem(norm)})
    for path in (path for path in known.facets if tells_kinds(known, path)):
        values = known.facets[path].profile.values
        refs = [ValueRef(path, value, n) for value, n in values if _is_said(value, said)]
        told = {ref.value for ref in refs}
        others = [parts(str(value)) for value, _ in values if value not in told]
        itself = any(len(parts(str(ref.value))) == 1 for ref in refs)  # `exports_bases`: "export" beside "purge"
        if refs and others and (itself or all(any(map(known.records.in_its_name, words)) for words in others)):
            return value_mark(grams, i, i + 1, refs, "whole")
    return None


def by_one(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "lancés par un | opérateur" of a `launched_by` planner, operator, api: a value, before whoever they are."""
    if grams.norms[max(0, i - 2) : i] not in _BY_ONE:
        return None
    refs = known.values.translated(grams.norms[i]) or alike_at(grams, known, i)[1]
    by = [ref for ref in refs if set(known.facets[ref.path].words) & {"by", "par"}]
    return value_mark(grams, i, i + 1, by, "alike") if by else None


_BY_ONE = (["par", "un"], ["par", "une"], ["by", "a"], ["by", "an"])


def _is_said(value: object, said: Set[str]) -> bool:
    return any(forms(part) & said for part in parts(str(value)))


def _say_more(grams: Grams, i: int, refs: Sequence[ValueRef]) -> bool:
    """ "licences | vont expirer" of LICENSE_EXPIRING beside LICENSE_EXPIRED: another word tells which of them."""
    others = {form for j, norm in enumerate(grams.norms) if j != i and grams.free[j] for form in equals(norm)}
    return any(forms(part) & others for ref in refs for part in parts(str(ref.value)))


_KINDS = frozenset("op ope operation action acte act activite activity".split())
_FEW_KINDS = 20  # values


def tells_kinds(known: Knowledge, path: str) -> bool:
    """Does the field tell of what kind each record is, of a few?"""
    facet, profile = known.facets[path], known.facets[path].profile
    named = "type" in facet.concepts or set(facet.words) <= _KINDS
    single = set(facet.above) <= _KINDS and not profile.repeated  # `op.kind` too
    one = facet.text and single and 1 < profile.distinct <= _FEW_KINDS
    return named and one and profile.present >= _NEARLY_ALL * known.profile.total


def _beside_records(grams: Grams, known: Knowledge, held: ValueMark) -> bool:
    """Does a word for the records stand right after, or right before?"""
    near = (*grams.norms[max(held.first - 1, 0) : held.first], *grams.norms[held.last : held.last + 1])
    return any(map(known.records.own, near))


def _before_things(grams: Grams, known: Knowledge, i: int) -> bool:
    """Is what stands there a plural that names a field of texts?"""
    norm = grams.norms[i] if i < len(grams.norms) and grams.free[i] else ""
    named = known.fields.scores([norm]) if norm and norm != root(norm) else ()
    return bool(named) and named[0][0] >= _NAMED and known.facets[named[0][1]].text


def kinds_called(known: Knowledge, words: Sequence[str], fields: Sequence[tuple[float, str]]) -> list[ValueRef]:
    """ "backups" of operations "sauvegarde complète" and "sauvegarde incrémentale", where the records are called
    otherwise and no field is called so: those of that kind, and not whatever runs."""
    if len(words) != 1 or any(score >= 1 for score, _ in fields):
        return []
    if not concepts_of(words[0]) & SPECIFIC:
        return []
    apart = (known.roles.name, known.roles.status)  # "livraisons" of a state DELIVERED_LATE are no kind
    return [ref for ref in known.values.holding(words[0]) if ref.path not in apart]


_WITH = frozenset({"with", "avec"})
_SMALL = frozenset("des de d some any".split())


def says_more(before: ValueMark, mark: ValueMark, norms: Sequence[str]) -> bool:
    """ "terminées | avec des alertes" of a state "terminé avec alertes" beside "terminé": the longer one alone."""
    between = norms[before.last : mark.first]
    if before.options.keys() != mark.options.keys() or not between or between[0] not in _WITH:
        return False
    shorter = [parts(str(value)) for values in before.options.values() for value in values]
    longer = [parts(str(value)) for values in mark.options.values() for value in values]
    return set(between[1:]) <= _SMALL and all(any(one[: len(few)] == few for few in shorter) for one in longer)
