"""Values of a collection at a place of a question: whole, alike, inside of longer ones, in messages, misspelt."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from vigie.ask.planner.concepts import concepts_of, same_values
from vigie.ask.planner.cues import FILLER, tags_of
from vigie.ask.planner.grams import SMALL_STATES, Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import HAPPENED, NUMBERS, PARTICIPLES, RECEIVED, SENT
from vigie.ask.planner.marks import ValueMark
from vigie.ask.planner.numbers import is_size
from vigie.ask.planner.polarity import is_infinitive, polarity_of
from vigie.ask.planner.record_names import HEAD, KIN
from vigie.ask.planner.tokens import Token, parts, root, stem
from vigie.ask.planner.told_fields import names_a_field
from vigie.ask.planner.values import ValueRef, gram, timely
from vigie.ask.words import STOP, fold
from vigie.plan import Scalar

TYPO_RATIO = 88  # of 100; rapidfuzz on folded words, five letters and more
TYPO_LEAD = 8  # above the runner-up
_LONGEST_ALIKE = 4  # words of a value told in the other language, or in short
_BYTES = frozenset({"Ko", "Mo", "Go", "To"})  # as no state is written
SMALL = STOP | FILLER
# Nouns: "deployments", "livraisons", "deliveries".
_DOINGS = (
    *("ment", "ments", "tion", "tions", "aison", "aisons", "delivery", "deliveries"),
    *("renewal", "renewals", "approval", "approvals"),
)


def whole_at(grams: Grams, known: Knowledge, i: int) -> tuple[int, list[ValueRef]]:
    numbered = bool(i) and grams.norms[i - 1].isdigit() and is_size(known, grams.norms[i], grams.tokens[i].shouted)
    if numbered or (i and grams.tokens[i].text in _BYTES):
        return i, []  # "500 GB"
    for n, found in grams.values(i):
        refs = known.values.exact(found) if n == 1 or not _has_done(grams, i + n - 1) else []
        if not refs and known.values.unlisted and i + n == grams.glued(i):
            refs = known.values.more(grams.said(i, i + n))
        if n == 1:
            kind = grams.of_a_kind(i) or _some_of_them(grams, i)
            refs = [r for r in refs if _case_fits(grams.tokens[i], r) or kind or _or_another(grams, known, i, r)]
        if refs:
            return i + n, _as_written(grams, i, i + n, refs)
    refs = _state_beside(grams, known, i)
    return (i + 1 if refs else i), refs


def _has_done(grams: Grams, i: int) -> bool:
    """ "quel coffre | a | reçu": a verb, and no coffre-A."""
    token, after = grams.tokens[i], grams.tokens[i + 1 : i + 2]
    did = any(t.text.endswith(PARTICIPLES) or t.norm in _DONE for t in after)
    return token.text == "a" and not token.glued and did


_DONE = frozenset("eu ete fait recu recus recue pris mis connu rendu perdu emis produit envoye traite rejete".split())


def _some_of_them(grams: Grams, i: int) -> bool:
    """ "durée moyenne des | complètes", "dernière | complète": a value of capitals, as a noun."""
    if not i or len(grams.norms[i]) < _SHORTEST_NOUN:
        return False
    several = grams.norms[i - 1] in ("des", "les") and grams.norms[i] != root(grams.norms[i])
    return several or grams.norms[i - 1] in _ONE


_SHORTEST_NOUN = 5  # letters
_ONE = frozenset("sans une un aucune aucun la le derniere dernier premiere premier last latest first".split())


def _state_beside(grams: Grams, known: Knowledge, i: int) -> list[ValueRef]:
    """ "done runs", "runs done", "which runs are done" of a state DONE: a word that asks for nothing elsewhere."""
    norm, before = grams.norms[i], grams.norms[i - 1] if i else ""
    if norm not in FILLER or norm in STOP or len(norm) < _SHORTEST_STATE or not grams.free[i]:
        return []
    near = [grams.norms[j] for j in (i - 1, i + 1) if 0 <= j < len(grams.norms) and grams.free[j]]
    if not (any(map(known.records.noun, near)) or before in ("are", "is", "sont", "est")):
        return []
    return [ref for ref in known.values.exact(gram([norm])) if ref.path == known.roles.status]


_SHORTEST_STATE = 4  # letters


def _as_written(grams: Grams, i: int, end: int, refs: Sequence[ValueRef]) -> list[ValueRef]:
    """ "J+1" is no J-1, though their words are the same."""
    said = grams.said(i, end).casefold()
    same = [ref for ref in refs if str(ref.value).casefold() == said]
    return same or list(refs)


def _case_fits(token: Token, ref: ValueRef) -> bool:
    """A short value of capitals (AM, IN) is not the plain word `am`, `in`."""
    plain = token.norm in SMALL or len(token.norm) <= 2
    return (
        not plain
        or token.text == ref.value
        or (token.shouted and token.norm == ref.value)
        or token.norm in SMALL_STATES
        or (token.norm not in SMALL and token.norm == "ok")
    )


def _or_another(grams: Grams, known: Knowledge, i: int, ref: ValueRef) -> bool:
    """ "kafka ou mq": a short value right beside another one of its field."""
    if i < 2 or grams.norms[i - 1] not in _OR or grams.norms[i] in SMALL:
        return False
    return any(other.path == ref.path for other in known.values.exact(gram([grams.norms[i - 2]])))


_OR = frozenset({"ou", "or", "et", "and", "vs"})


def alike_at(grams: Grams, known: Knowledge, i: int) -> tuple[int, list[ValueRef]]:
    called, happened = known.records.called(grams.norms[i]), grams.tokens[i].text.endswith(PARTICIPLES)
    if called >= HEAD or (not happened and (called >= KIN or known.records.in_its_name(grams.norms[i]))):
        return i, []  # the records themselves, whatever value has the same stem: "rejets" of `payment_rejects`
    if known.records.own(grams.norms[i]) and grams.norms[i].endswith(_DOINGS):
        return i, []  # "deployments" of releases, some of which are deployed
    if grams.norms[i] in NUMBERS:
        return i, []  # "forty" is no fort
    if "run" in concepts_of(grams.norms[i]) and not grams.tokens[i].text.endswith(PARTICIPLES):
        return i, []  # "exécutions" of a status EXECUTING
    if names_a_field(grams.norms[i], known.facets) and grams.norms[i] not in known.values.whole:
        return i, []  # "agreement" of a field that is called so, whatever is agreed
    if grams.norms[max(i - 1, 0) : i + 1] == ["on", "call"]:
        return i, []  # on duty, by whatever channel
    if _to_be_done(grams, i):
        return i, []  # "longer to resolve" than others, whatever state they are in
    for n, found in grams.values(i):
        if n > _LONGEST_ALIKE or (n == 1 and len(grams.norms[i]) < 3):
            continue
        refs = timely(known.values.alike(found), [grams.tokens[i].text])
        if n > 1 and _has_done(grams, i + n - 1):
            continue
        if n == 2 and grams.tokens[i].text.lower() == "a" and grams.tokens[i + 1].text.endswith(PARTICIPLES):
            refs = [ref for ref in refs if not is_infinitive(parts(str(ref.value))[-1])]  # "a validé" is no A_VALIDER
        if n == 1 and grams.norms[i].endswith("ing"):
            refs = [ref for ref in refs if polarity_of(ref.value) != "succeeded"]  # "deploying" is not deployed
        if n == 1 and not happened:
            refs = [ref for ref in refs if not is_done_act(grams.norms[i], ref, known)]
        if n == 1 and happened and _has_a_field(grams, known, i, refs):
            return i, []
        if n == 1 and grams.norms[i] in _SENT_OR_RECEIVED:
            refs = [ref for ref in refs if ref.path == known.roles.status or _tells_directions(known, ref)]
        if refs:
            return i + n, refs
    return i, []


def _tells_directions(known: Knowledge, ref: ValueRef) -> bool:
    """ "envoyés" of EMIS beside RECU; of an EMISSION among other steps, all are sent in some way."""
    values = [fold(str(value)) for value, _ in known.facets[ref.path].profile.values[:_FEW_WAYS]]
    sent, received = (any(v.startswith(starts) for v in values) for starts in (_OUT, _IN))
    return (sent and received) or len(values) <= _WAYS


_OUT = ("em", "env", "sen", "out", "sort", "exp", "snd", "s")
_IN = ("rec", "rcv", "in", "ent", "r")
_WAYS, _FEW_WAYS = 2, 20  # values
_SENT_OR_RECEIVED = SENT | RECEIVED


def is_done_act(norm: str, ref: ValueRef, known: Knowledge) -> bool:
    """ "calculs" of a state Computed: what was done to them all, and no state of some."""
    if ref.path != known.roles.status or known.records.noun(norm) < _RECORDS:
        return False
    if polarity_of(ref.value) in ("failed", "skipped"):
        return False
    said = fold(str(ref.value))
    return said.endswith(("ed", "e", "ee")) and not said.startswith(norm[:_OF_AN_ACT])


_OF_AN_ACT = 5  # letters
_RECORDS = 3  # points of a word for the records


def _has_a_field(grams: Grams, known: Knowledge, i: int, refs: Sequence[ValueRef]) -> bool:
    """ "acquittées" of an object that tells when and by whom, whatever state means nearly the same."""
    stated = all(ref.path == known.roles.status for ref in refs)
    said = stem(grams.norms[i])
    return (
        bool(refs)
        and stated
        and all(said not in map(stem, parts(str(ref.value))) for ref in refs)
        and any(
            facet.above and HAPPENED.get(facet.above[-1]) == HAPPENED.get(grams.norms[i], -1)
            for facet in known.facets.values()
            if facet.profile.time is not None and not facet.profile.repeated
        )
    )


def _to_be_done(grams: Grams, i: int) -> bool:
    """ "how long ... take to resolve": what is timed is the act, of records in any state."""
    if not i or grams.norms[i - 1] != "to" or grams.norms[i].endswith("ed"):
        return False
    return any(_LASTED & set(grams.phrase(j)[1]) for j in range(i))


_LASTED = frozenset({"how_long", "long", "slower", "faster", "longest", "shortest"})


def value_mark(grams: Grams, i: int, end: int, refs: Sequence[ValueRef], how: str) -> ValueMark:
    options: dict[str, list[Scalar]] = {}
    for ref in refs:
        options.setdefault(ref.path, []).append(ref.value)
    fixed = {path: tuple(dict.fromkeys(found)) for path, found in options.items()}
    return ValueMark(i, end, fixed, how, grams.said(i, end))


def inside_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """Words that stand inside of longer values: SEPA of SEPA_OUT_CIB."""
    plain = not grams.tokens[i].shouted
    # "fichiers" is a thing of the trade before it is part of "Fichier introuvable".
    common = plain and (len(grams.norms[i]) < 3 or concepts_of(grams.norms[i]) or "every" in tags_of((grams.norms[i],)))
    for n in range(4, 1 if common else 0, -1):
        words = grams.words(i, n)
        if words is None:
            continue
        if n > 1 and not all(grams.tokens[j].glued for j in range(i + 1, i + n)):
            continue
        found = known.values.containing(words)
        if not found and n == 1:
            for other in sorted(same_values(root(words[0]))):
                found = found or known.values.containing(other.split())
        if found:
            options = {path: tuple(ref.value for ref in refs) for path, refs in found.items()}
            return ValueMark(i, i + n, options, "inside", grams.said(i, i + n))
    return None


_NEGATING = ("un", "in", "non", "dis", "im", "ir", "de")


def _denies(norm: str, value: str) -> bool:
    """ "unacknowledged" is no slip for "acknowledged"."""
    return any(norm == f"{before}{value}" or value == f"{before}{norm}" for before in _NEGATING)


def typo_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """The one clear neighbour among the values, five letters and more."""
    norm = grams.norms[i]
    if len(norm) < 5 or any(c.isdigit() for c in norm):
        return None
    for n in (3, 2):  # "carefour banque"
        words = grams.words(i, n)
        told = " ".join(map(root, words)) if words else ""
        near = process.extract(told, known.long_names, scorer=fuzz.ratio, limit=2, score_cutoff=TYPO_RATIO)
        clear = near and (len(near) == 1 or near[0][1] - near[1][1] >= TYPO_LEAD)
        if told and clear and _word_by_word(told, near[0][0]):
            return value_mark(grams, i, i + n, known.values.whole[near[0][0]], "typo")
    best = process.extract(norm, known.names, scorer=fuzz.ratio, limit=2, score_cutoff=TYPO_RATIO - TYPO_LEAD)
    if best and _denies(root(norm), root(best[0][0])):
        return None
    if best and best[0][1] >= TYPO_RATIO and (len(best) == 1 or best[0][1] - best[1][1] >= TYPO_LEAD):
        return value_mark(grams, i, i + 1, known.values.whole[best[0][0]], "typo")
    return None


def _word_by_word(said: str, name: str) -> bool:
    """Is each word a slip of the same one: not claims.moto.out, of claims.auto.out?"""
    pairs = list(zip(said.split(), name.split(), strict=False))
    same = len(said.split()) == len(name.split())
    return not same or all(a == b or fuzz.ratio(a, b) >= TYPO_RATIO - TYPO_LEAD for a, b in pairs)


def hundred_of_codes(known: Knowledge, hundred: int) -> dict[str, tuple[Scalar, ...]]:
    """ "5xx": the HTTP codes of that hundred."""
    found: dict[str, tuple[Scalar, ...]] = {}
    for path in known.http_codes:
        values = known.facets[path].profile.values
        met = [v for v, _ in values if isinstance(v, int) and v // 100 == hundred]
        found[path] = tuple(met) or (100 * hundred,)
    return found
