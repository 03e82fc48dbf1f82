"""What a word may mean that is no value, no cue and no noun as it stands: half of a name, cut short, misspelt."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from rapidfuzz import fuzz, process

from vigie.ask.planner.actors import doer_of, tells_doer
from vigie.ask.planner.aside import asks_nothing, names_things
from vigie.ask.planner.compounds import part_at, states_with
from vigie.ask.planner.concepts import concepts_of, same_values
from vigie.ask.planner.cues import Cue, long_words, tags_of
from vigie.ask.planner.field_names import NAMED
from vigie.ask.planner.glossary import trade_words
from vigie.ask.planner.kinds_of_records import where_all_are
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.page import Page, spells_out
from vigie.ask.planner.polarity import is_short_for, polarity_of
from vigie.ask.planner.spelled_fields import written_at
from vigie.ask.planner.tokens import parts, root, stem
from vigie.ask.planner.value_marks import is_done_act, typo_at, value_mark
from vigie.ask.planner.values import ValueRef, gram

TYPO_CUE = 90  # of 100, of the words that ask: "moyene"
_DENIED = 4  # letters of what is denied, at least
TYPO_HEAD = 84  # of the words that name the collection, which are few


def _written(page: Page, i: int) -> int:
    return page.take_field(i, written_at(page.grams, page.known, i))


def guessed(page: Page, i: int) -> int:
    """Where the first of these that means something ends; the place itself where none does."""
    for step in (
        _written,
        _made,
        _undated,
        _done_by,
        _left_aside,
        _elided,
        _translated,
        _denied,
        in_part,
        _half_a_state,
        _where_all_are,
        _joined,
        _coded,
        _shortened,
        _cut_short,
        _misspelt,
    ):
        if (end := step(page, i)) > i:
            return end
    return i


def _made(page: Page, i: int) -> int:
    """ "répliqué" of `site_replication`: it happened."""
    if not page.known.records.made(page.norms[i]):
        return i
    return page.take_cue(i, i + 1, ("ran",)) if page.tokens[i].text.endswith(PARTICIPLES) else i + 1


def _undated(page: Page, i: int) -> int:
    """ "unacknowledged" of an `acked_at`: records that have none."""
    token, done = page.tokens[i], page.norms[i].removeprefix("un")
    path = None if done == token.norm else page.known.date_of(replace(token, norm=done, text=done))
    if path is None and done != token.norm and done.endswith("ed"):
        path = doer_of(done, page.known)  # of an `ack_by`
    elif path is None or page.known.facets[path].profile.time is None:
        return i
    if path is None:
        return i
    page.marks.cues.append(Cue("without", i, i))
    page.marks.nouns.append(NounMark(i, i + 1, 0.0, ((2.5, path),), token.text))
    return i + 1


def _done_by(page: Page, i: int) -> int:
    """ "préparées par Paul", "qui a préparé" of a `preparateur`."""
    return i + 1 if tells_doer(page.tokens, i, page.known, page.by_whom(i + 1)) else i


def _left_aside(page: Page, i: int) -> int:
    return i + 1 if asks_nothing(page.grams, page.known, page.marks, i) else i


def _elided(page: Page, i: int) -> int:
    """ "derreurs": the apostrophe was left out."""
    norm = page.norms[i]
    if len(norm) > 4 and norm[0] in "dl" and (page.known.records.noun(norm[1:]) or concepts_of(norm[1:])):
        page.grams = page.grams.respelled(i, norm[1:])
        return page.take_noun(i, i + 1)
    if len(norm) > 5 and norm[0] in "dl" and tags_of((norm[1:],)):
        return page.take_cue(i, i + 1, tags_of((norm[1:],)))
    return i


def _translated(page: Page, i: int) -> int:
    """ "verrouillés" of a state LOCKED."""
    refs = page.known.values.translated(page.norms[i]) if len(page.norms[i]) > 3 else []
    if not page.tokens[i].text.endswith(PARTICIPLES):
        refs = [ref for ref in refs if not is_done_act(page.norms[i], ref, page.known)]
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "alike")) if refs else i


def _denied(page: Page, i: int) -> int:
    """ "inaccessibles" of a state "Non accessible", "unsigned" of NOT_SIGNED."""
    norm = page.norms[i]
    bare = next((norm[len(start) :] for start in ("in", "im", "un") if norm.startswith(start)), "")
    if len(bare) < _DENIED:
        return i
    found = (gram([no, bare]) for no in ("non", "not", "pas"))
    refs = next((refs for one in found if (refs := page.known.values.exact(one))), [])
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "alike")) if refs else i


def in_part(page: Page, i: int) -> int:
    """ "comptes | verrouillés" of a kind ACCOUNT_LOCKED."""
    refs = part_at(page.grams, page.known, page.marks, i)
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "part")) if refs else i


def _half_a_state(page: Page, i: int) -> int:
    """ "étapes | forcées" of OK_FORCE, the only state that says so, beside how it went."""
    if not page.tokens[i].text.endswith(PARTICIPLES):
        return i
    refs = states_with(page.known, page.norms[i])
    rest = [part for ref in refs for part in parts(str(ref.value)) if polarity_of(part) is None]
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "part")) if len(refs) == len(rest) == 1 else i


def _where_all_are(page: Page, i: int) -> int:
    """ "sur la | grille"."""
    named = where_all_are(page.grams, page.known, i)
    page.marks.nouns += named
    return named[0].last if named else i


def _joined(page: Page, i: int) -> int:
    """ "pare-feu" of `regles_parefeu`."""
    joined = "".join(page.norms[i : i + 2])
    if i + 1 >= len(page.norms) or not page.grams.free[i + 1] or page.grams.joint(i + 1) not in ("-", " "):
        return i
    if stem(joined) in page.known.records.own_words:
        return page.records_at(i, i + 2)
    return i


def _coded(page: Page, i: int) -> int:
    """ "Lyon" of a site LYO, "majeurs" of a severity MAJ, "bloquants" of BLQ: of few, the one that is short for it."""
    norm, known = page.norms[i], page.known
    if len(norm) < _CUT or not norm.isalpha():
        return i
    words = (norm, *(other for other in same_values(root(norm)) if " " not in other))
    codes = [
        ValueRef(facet.path, value, count)
        for facet in known.facets.values()
        if facet.path == known.roles.severity or (facet.concepts & _KINDS_OF_CODES and facet.profile.distinct <= _CODES)
        for value, count in facet.profile.values
        if isinstance(value, str) and len(value) in (3, 4) and value.isalpha() and value.isupper()
    ]
    refs = [ref for ref in codes if any(is_short_for(str(ref.value).casefold(), word) for word in words)]
    refs = refs or [ref for ref in codes if _some_letters(str(ref.value).casefold(), root(norm))]
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "alike")) if len(refs) == 1 else i


def _some_letters(code: str, word: str) -> bool:
    """NTE of "nantes": its first letter, others in their order, one of its last two."""
    letters = iter(word[1:])
    return code[0] == word[0] and code[-1] in word[-2:] and all(letter in letters for letter in code[1:])


_KINDS_OF_CODES = frozenset({"site", "severity", "priority", "region", "city", "agency"})
_CODES = 12  # values of such a field, at most


def _shortened(page: Page, i: int) -> int:
    """ "inc" for incidents: the beginning of what the collection is called. "telephone calls" of `tel_calls`."""
    said = page.norms[i].rstrip("s")
    head = page.known.records.head
    if len(said) < 3 or page.grams.in_a_path(i):
        return i
    begins = any(word.startswith(said) for word in head) or spells_out(page, i, said)
    return page.records_at(i, i + 1) if begins else i


_CUT = 4  # letters at least


def _cut_short(page: Page, i: int) -> int:
    """ "clim" of a value "climatisation": the beginning of one single word that is a value of few."""
    norm, names = page.norms[i], page.known.names
    if len(norm) < _CUT or not norm.isalpha() or concepts_of(norm) or page.grams.glued(i) > i + 1:
        return i
    place = bisect_left(names, norm)
    met = [name for name in names[place : place + 2] if name.startswith(norm) and len(name) >= len(norm) + _CUT]
    refs = page.known.values.whole[met[0]] if len(met) == 1 and names[place] == met[0] else []
    few = [ref for ref in refs if page.known.facets[ref.path].profile.distinct <= _FEW]
    return page.take_value(value_mark(page.grams, i, i + 1, few, "typo")) if few else i


_FEW = 40  # values of a field of kinds


def _misspelt(page: Page, i: int) -> int:
    norm = page.norms[i]
    if not page.typos or len(norm) < 5 or any(c.isdigit() for c in norm) or names_things(page.grams, page.known, i):
        return i
    if not page.grams.in_a_path(i) and any(fuzz.ratio(norm, word) >= TYPO_HEAD for word in page.known.records.head):
        return page.records_at(i, i + 1)
    if named := next((w for w in page.known.records.beside_head if fuzz.ratio(norm, w) >= TYPO_CUE), None):
        page.grams = page.grams.respelled(i, named)
        return page.take_noun(i, i + 1)  # "messsages" of `fluxMessages`
    if found := typo_at(page.grams, page.known, i):
        return page.take_value(found)
    meant = process.extract(root(norm), page.known.fields.single, scorer=fuzz.ratio, limit=1, score_cutoff=TYPO_CUE)
    if meant:
        page.grams = page.grams.respelled(i, meant[0][0])
        return page.take_noun(i, i + 1)
    if named := _nearly_named(page, norm):
        page.grams = page.grams.respelled(i, named)
        return page.take_noun(i, i + 1)
    near = process.extract(norm, long_words(), scorer=fuzz.ratio, limit=1, score_cutoff=TYPO_CUE)
    return page.take_cue(i, i + 1, tags_of((near[0][0],))) if near else i


def _nearly_named(page: Page, norm: str) -> str | None:
    """ "fourniseur" of a `provider`: the one word of the trade that it is a slip for and that names a field."""
    near = process.extract(root(norm), trade_words(), scorer=fuzz.ratio, limit=4, score_cutoff=TYPO_CUE)
    fields = page.known.fields
    named = [word for word, _, _ in near if any(score >= NAMED for score, _ in fields.scores([word]))]
    return named[0] if len({fields.scores([word])[0][1] for word in named}) == 1 else None
