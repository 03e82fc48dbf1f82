"""Nouns at a place of a question: words that name a field or the records themselves."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.acts import is_state, short_states
from vigie.ask.planner.concepts import concepts_of, same_values
from vigie.ask.planner.counted_things import counted_at
from vigie.ask.planner.cue_marks import SOFT_STATES, STATES
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.field_names import SAME_SENSE, VERY_WORD
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import (
    AGGREGATES,
    BUCKETS,
    COUNTERS,
    ENDED,
    HAPPENED,
    NUMBERS,
    PARTICIPLES,
    SENT,
    STRUCTURE,
)
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.single_marks import flag_at
from vigie.ask.planner.tokens import key, root, stem
from vigie.ask.planner.value_marks import whole_at
from vigie.ask.words import STOP

LINKS = frozenset("de d du des of la the le les l".split())
LINKED = frozenset(
    "linked attached tied related associated connected rattache rattachee rattaches rattachees lie liee lies liees "
    "relie reliee relies reliees associe associee associes associees attache attachee attaches attachees".split()
)
_RATINGS, _LEVELS = frozenset({"note", "score", "rating", "niveau"}), frozenset({"level", "levels"})
_GENERIC = _RATINGS | set("code type nom name valeur value champ field numero number".split())
_DETERMINERS = (["the"], ["our"], ["us"])
_SHORT = frozenset("os ip dc az db vm".split())  # that name a field of several words: `osVersion`
_TYPES = frozenset({"type", "kind", "category"})
_KINDS = _TYPES | {"name", "categorie"}
_BLAND = frozenset(
    "causee causees caused wrote writes reported returned returns renvoye renvoyes renvoyee renvoie renvoient "
    "retourne retournes retourner revient".split()
)
_BEFELL = frozenset(
    f"{verb}{ending}" for verb in ("touche", "impacte", "concerne") for ending in ("", "s", "e", "es", "nt", "r")
)
_BEEN = frozenset({"ete", "sont", "etaient", "been"})
COUNTING = frozenset({"count", *AGGREGATES})


def noun_end(grams: Grams, known: Knowledge, i: int) -> int:
    """Where the longest noun that begins here ends: "code d'erreur", "équipe responsable", "run id"."""
    if grams.norms[i] in _RATINGS and (named := _named_after(grams, known, i)) > i:
        return named  # "note de satisfaction" of `satisfaction`
    if not _names(grams, known, i) or grams.in_a_path(i) or _only_time(grams, known, i):
        return i
    if grams.norms[i] in ("somme", "sum") and _measured_after(grams, known, i):
        return i  # "somme | des montants": they are added up
    been = grams.norms[max(i - 1, 0)] in _BEEN
    if grams.norms[i] in _BEFELL and not been and stem(grams.norms[i]) not in known.fields.stems:
        return i  # "ont touché la passerelle": by itself no field `users_affected`
    if i and grams.norms[i] == "total" and "count" in grams.phrase(i - 1)[1]:
        return i  # "nombre total d'écarts" is no amount
    end = i + 1
    best = end
    words = [grams.norms[i]]
    if (named := _named_after(grams, known, i)) > i:
        return named
    while end < len(grams.tokens) and len(words) < 3:
        if grams.norms[end] in LINKS and grams.free[end]:
            end += 1
            continue
        if _measured_in(grams, known, words, end):
            end += 1  # "montant en suspens" of a `montant_suspens`
            continue
        if (
            not grams.free[end]
            or not _names(grams, known, end)
            or grams.in_a_path(end)
            or (grams.glued(end) > end + 1 and not grams.tokens[end].glued)
            or _exactly(grams, known, end)
            or whole_at(grams, known, end)[0] > end + 1
            or flag_at(grams, known, end)
        ):
            break
        # "runs lancés" is no field of launches; "rows read" is one where the field says so.
        told = tags_of((grams.norms[end],)) and not field_word(known, grams.norms[end])
        if told and not _measure_of(known, words, grams.norms[end]):
            break
        # "traitements de la chaîne S42": records, and what they are of; "fichiers rejetés": what became of them.
        state = set(tags_of((grams.norms[end],))) & (STATES | SOFT_STATES)
        acted = short_states(known, grams, end) or grams.tokens[end].text.endswith(PARTICIPLES)
        acted = acted or is_state(known, grams.norms[end])  # "relève | complète", whatever date tells its end
        acted = acted or (_of_a_kind(known, grams.norms[end]) and not field_word(known, grams.norms[end]))
        happened = state or acted or grams.norms[end] in HAPPENED or grams.norms[end] in SENT
        linked = end > i + len(words)
        if (linked or happened) and known.records.own(words[0]):
            break
        if linked and known.records.own(grams.norms[end]) and not _in_a_name(known, [*words, grams.norms[end]]):
            break  # "rejet du flux X"
        if not linked and known.records.own(words[0]) and _says_whose(known, words[0], grams.norms[end]):
            break  # "appels | fournisseurs"
        if known.records.own(grams.norms[end]) and len(words) == 1 and _says_whose(known, grams.norms[end], words[0]):
            break  # "supplier | calls"
        if known.records.own(grams.norms[end]) and (acted or grams.norms[end] in SENT):
            break  # "applis déployées" of `deployments`, "parties | send"
        if known.records.own(grams.norms[end]) and grams.norms[end + 1 : end + 2] in _DETERMINERS:
            break  # "which department contacts | the desk"
        if known.records.own(grams.norms[end]) and len(words) == 1 and _became(words[0]):
            break  # "closed discrepancies", whatever date tells when they were; "failed loads" of a `failed_checks`
        words.append(grams.norms[end])
        end += 1
        if known.fields.scores(words):
            best = end
        else:
            break
    rated = known.fields.scores([grams.norms[i]]) if best == i + 1 else ()
    level = grams.norms[best] if best < len(grams.norms) and grams.free[best] else ""
    level = level if level in _LEVELS or (root(level) in _TYPES and not known.fields.scores([level])) else ""
    # "risk level" of a `risque`, "fault type" of a `panne`
    return best + 1 if level and rated and known.facets[rated[0][1]].text else best


def _measured_after(grams: Grams, known: Knowledge, i: int) -> bool:
    after = next((n for n in range(i + 1, len(grams.norms)) if grams.norms[n] not in LINKS), None)
    linked = after is not None and after > i + 1
    return linked and any(known.facets[p].numeric for _, p in known.fields.scores([grams.norms[after or 0]])[:1])


def _measured_in(grams: Grams, known: Knowledge, words: Sequence[str], i: int) -> bool:
    """Does "en" lead to another word of the name of a measure?"""
    after = grams.norms[i + 1 : i + 2]
    if grams.norms[i] != "en" or not after or not field_word(known, after[0]) or known.records.own(words[0]):
        return False
    alone, both = (known.fields.scores(said)[:1] for said in (words, [*words, *after]))
    return bool(alone and both) and both[0][0] > alone[0][0] and known.facets[both[0][1]].numeric


def _says_whose(known: Knowledge, own: str, after: str) -> bool:
    """Is a field called by the word after, and by no word of the records before it?"""
    if root(own) == own or known.records.in_its_name(after):
        return False  # "app errors" of `appErrors`
    alone = known.fields.scores([after])[:1]
    return bool(alone) and alone[0][0] >= SAME_SENSE and stem(own) not in known.facets[alone[0][1]].stems


def _of_a_kind(known: Knowledge, norm: str) -> bool:
    """ "sauvegarde | complète" of a kind FULL."""
    return any(other in known.values.whole for other in same_values(key([norm])))


def _became(norm: str) -> bool:
    return norm in ENDED or bool(STATES & set(tags_of((norm,))))


def _names(grams: Grams, known: Knowledge, i: int) -> bool:
    """May this word name a field or the records here?"""
    token = grams.tokens[i]
    if "count" in tags_of((token.norm,)) or (token.norm.startswith("rate") and "é" in token.text):
        return False
    if (
        (
            token.shouted
            and len(token.norm) <= 3
            and not known.records.noun(token.norm)
            and token.norm != "tb"  # a size, as no field is called
            and not (field_word(known, token.norm) and grams.glued(i) == i + 1)
        )
        or token.norm in STOP
        or token.norm.isdigit()
        or token.norm in NUMBERS  # "three" is no threat
        or (token.norm in _BLAND and not known.fields.scores([token.norm]))
        or (token.norm in LINKED and grams.norms[i + 1 : i + 2] in (["to"], ["with"]))  # no links themselves
    ):
        return False
    return bool(concepts_of(token.norm)) or bool(known.records.noun(token.norm)) or field_word(known, token.norm)


def _measure_of(known: Knowledge, words: Sequence[str], norm: str) -> bool:
    """ "lignes rejetées" of `rows_rejected`."""
    if known.records.noun(words[0]) >= 1:
        return False
    return any(known.facets[path].numeric for _, path in known.fields.scores([*words, norm])[:1])


def _only_time(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "jours" is no field of kinds of days, unless that is all it is called."""
    norm = grams.norms[i]
    return norm in BUCKETS and not any(f.stems == {stem(norm)} for f in known.facets.values())


def _exactly(grams: Grams, known: Knowledge, i: int) -> bool:
    return any(n == 1 and known.values.exact(found) for n, found in grams.values(i))


def _named_after(grams: Grams, known: Knowledge, i: int) -> int:
    """ "codes abend", "type de support": the field that is called by the second word alone."""
    end = i + 1
    while end < len(grams.norms) and grams.norms[end] in LINKS:
        end += 1
    if root(grams.norms[i]) not in _GENERIC or end >= len(grams.norms) or not grams.free[end]:
        return i
    one = [path for _, path in known.fields.scores([grams.norms[end]])]
    said = stem(grams.norms[end])
    facets = map(known.facets.__getitem__, one)
    own = any(f.stems == {said} or (len(f.words) == 1 and said in f.kin | f.stems) for f in facets)  # `chg`
    return end + 1 if own and not known.fields.scores([grams.norms[i], grams.norms[end]]) else i


def _in_a_name(known: Knowledge, words: Sequence[str]) -> bool:
    """Is a field called by all of these words, one way or another?"""
    said = set(map(stem, words))
    return any(said <= {*f.stems, *f.kin, *map(stem, f.above)} for f in known.facets.values())


def field_word(known: Knowledge, norm: str) -> bool:
    """Is it a word that a field is called by?"""
    if norm == "rc":
        return bool(known.fields.scores([norm]))
    if len(norm) < 3:
        named = (f.words == (norm,) or (norm in _SHORT and norm in f.words) for f in known.facets.values())
        return norm not in STOP and any(named)
    return stem(norm) in known.fields.stems or stem(norm) in known.fields.kin_stems


def noun_wins(grams: Grams, known: Knowledge, i: int, tags: Sequence[str]) -> bool:
    """ "erreurs" is a noun and "lancement" a field before they are anything that happened."""
    if tags == ("rejected",) and any(known.facets[p].numeric for _, p in known.fields.scores([grams.norms[i]])):
        return True  # "rejets" where they are counted in a field
    by = i > 0 and "by" in grams.phrase(i - 1)[1]
    if tags == ("why",) and (field_word(known, grams.norms[i]) or (by and known.fields.scores([grams.norms[i]]))):
        return True  # "sans cause" of a field of causes; what asks for causes is told before
    happened = grams.tokens[i].text.endswith(PARTICIPLES) and not grams.tokens[i].text.endswith(("ité", "ités"))
    named = tags == ("failed",) and not happened and len(grams.norms[i]) > 4  # "indisponibilité", not "ko"
    counted = tags == ("times",) and grams.norms[i] not in ("times", "fois")
    counted = counted or (tags == ("open",) and grams.norms[i] == "backlog")
    if (counted or named) and any(known.facets[p].numeric for s, p in known.fields.scores([grams.norms[i]]) if s > 1.5):
        return True  # "plus de 2 reprises" where they are counted
    said = grams.tokens[i].text.endswith(PARTICIPLES)  # "lancées" happened, a "lancement" is a thing
    return not said and not any(tag in STRUCTURE for tag in tags) and known.records.own(grams.norms[i])


def _after_a_length(grams: Grams, i: int) -> bool:
    """ "plus de 30 min de | retard"."""
    return i > 1 and grams.norms[i - 1] in ("de", "of") and i - 2 in grams.timed


def _counted(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "plus de 10 écarts" of `nb_ecarts`."""
    said = stem(grams.norms[i])
    return any(f.numeric and set(f.words) & COUNTERS and said in f.stems for f in known.facets.values())


def _amount_of(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "monthly amount of rejects": the word of a field of numbers, and what it is of."""
    own = any(f.numeric and stem(grams.norms[i]) in f.stems for f in known.facets.values())
    after = grams.norms[i + 1 : i + 2]
    own = own and not set(tags_of((grams.norms[i],))) & COUNTING
    return own and not grams.tokens[i].shouted and after in (["of"], ["des"]) and grams.norms[max(i - 1, 0)] != "en"


def is_measured(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "retard moyen" of `retard_min`, whatever value is called so as well."""
    norm = grams.norms[i]
    counts = bool(set(tags_of((norm,))) & COUNTING)  # "nombre" of a `notifyCount`
    if not {norm, root(norm), *(() if counts else (stem(norm),))} & known.measured:
        return False
    if (
        (i and grams.norms[i - 1].isdigit() and _counted(grams, known, i))
        or _after_a_length(grams, i)
        or _amount_of(grams, known, i)
    ):
        return True
    near = {tag for j in (i - 1, i + 1) if 0 <= j < len(grams.norms) for tag in grams.phrase(j)[1]}
    if grams.norms[i + 1 : i + 2] == ["total"]:
        return True  # "montant total des écarts"
    if i > 1:
        near |= {tag for tag in grams.phrase(i - 2)[1] if grams.phrase(i - 2)[0] == i}
    return bool(near & {*AGGREGATES, "largest", "smallest", "longest", "shortest"})


def told_before(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """The field of numbers that several words name together, whatever they mean apart."""
    if grams.tokens[i].text.lower().endswith("ed") and (named := _rejected_things(grams, known, i)) is not None:
        return named
    return counted_at(grams, known, i)


def _rejected_things(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """A participle and the plural after it: "rejected lines", "rejected loan files" of `loans`, where a word of the
    collection's name says no more."""
    end = i + 2
    while end < len(grams.norms) and root(grams.norms[end - 1]) == grams.norms[end - 1] and _of_name(grams, known, end):
        end += 1
    after = grams.norms[end - 1] if end <= len(grams.norms) and all(grams.free[i:end]) else ""
    if root(after) == after or known.records.own(after):
        return None
    said = {stem(grams.norms[i]), *kin_of(grams.norms[i])}
    named = [known.facets[path] for _, path in known.fields.scores([after, grams.norms[i]])]
    path = next((f.path for f in named if f.numeric and said & f.stems), None)
    return NounMark(i, end, 0.0, ((VERY_WORD, path),), grams.said(i, end)) if path is not None else None


def _of_name(grams: Grams, known: Knowledge, end: int) -> bool:
    norm = grams.norms[end - 1]
    return known.records.called_so(norm) and not known.records.own(norm) and grams.free[end]


def fields_named(known: Knowledge, words: Sequence[str]) -> Sequence[tuple[float, str]]:
    """(score, path) of the fields that a noun of these words names, best first."""
    if len(words) == 2 and root(words[1]) in _KINDS:
        whole = [
            f.path for f in known.facets.values() if f.text and len(f.words) == 1 and stem(words[0]) in f.stems | f.kin
        ]
        if whole:
            return [(2.5, whole[0])]  # "event type" of a field `event`
    fields = known.fields.scores(words) or known.fields.of_runs(words)
    if not fields and len(words) == 2 and root(words[0]) in _GENERIC:
        return known.fields.scores(words[1:])
    if not fields and len(words) == 2 and words[1] in _LEVELS:
        return known.fields.scores(words[:1])
    return fields


def in_an_object(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "restart | reason" of `restart.reason`, beside a flag `restarted`: the name of the field, and no condition."""
    if i + 1 >= len(grams.norms) or not grams.free[i + 1] or grams.tokens[i].text.endswith(PARTICIPLES):
        return False
    told = (known.facets[path] for _, path in known.fields.scores([grams.norms[i], grams.norms[i + 1]])[:1])
    return any(stem(grams.norms[i]) in facet.above_stems and not facet.flag for facet in told)
