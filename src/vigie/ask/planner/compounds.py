"""Values of two or three words that a question tells word by word: "relevés de compte" of RELEVE_COMPTE, "échec de
login" of LOGIN_FAILURE, "verrouillés" of ACCOUNT_LOCKED where accounts are spoken of."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.ask.planner.coming import coming_path, says_to_come
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.noun_marks import LINKS
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import parts, stem
from vigie.ask.planner.values import LONGEST_COMPOUND, ValueRef, equals, forms, gram, timely
from vigie.ask.words import STOP

_GENERAL = frozenset({"error", "run", "alert", "event", "incident", "records"})  # beside a value
_WITH = frozenset({"avec", "with"})
_LETTERS = 3  # of a word that tells a part of a value, at least


def compound_at(grams: Grams, known: Knowledge, i: int) -> tuple[int, list[ValueRef]]:
    """(where it ends, the values all of whose words stand side by side there, in any order, small words between)."""
    if grams.norms[i] in STOP or grams.tokens[i].glued or grams.glued(i) > i + 1 or not _tells(grams, known, i):
        return i, []  # what is written as one is told as it is written
    words, said = [grams.norms[i]], [grams.tokens[i].text]
    for end in range(i + 1, min(i + 2 * LONGEST_COMPOUND, len(grams.norms))):
        if not grams.free[end] or grams.in_a_path(end):
            break
        if grams.glued(end) > end + 1 and not grams.tokens[end].glued:
            break  # "certificat | tls-web-01" is no TLS_CERT
        if grams.norms[end] in _LINKS:
            continue
        if not _tells(grams, known, end) and not _of_a_state(grams, known, [*words, grams.norms[end]]):
            break
        words.append(grams.norms[end])
        said.append(grams.tokens[end].text)
        if any(map(_is_general, words)) and any(_read_alone(known, word) for word in words):
            continue  # "erreurs réseau" of a cause NETWORK is no code NETWORK_ERROR
        found = timely([ref for ref in known.values.holding(grams.norms[i]) if _is_told(ref, words)], said)
        if found:
            return end + 1, found
        if len(words) == LONGEST_COMPOUND:
            break
    ended = ended_with(grams, known, i)
    return i + bool(ended), ended


_LINKS = LINKS | _WITH | {"for", "on"}  # "waiting for approval" of WAIT_APPROVAL


def _of_a_state(grams: Grams, known: Knowledge, words: list[str]) -> bool:
    """ "waiting for media" of a status WAIT_MEDIA, whatever field is called `media`."""
    refs = known.values.holding(words[0]) if set(tags_of((words[0],))) & _STATES else []
    return any(ref.path == known.roles.status and _is_told(ref, words) for ref in refs)


def part_at(grams: Grams, known: Knowledge, marks: Marks, i: int) -> list[ValueRef]:
    """Values that this word is one of, whose other words the question tells elsewhere, or the fields of its values."""
    if len(grams.norms[i]) < _LETTERS or _to_come(grams, known, i):
        return []
    refs = known.values.holding(grams.norms[i])
    if not refs:
        return []
    said = {form for j, norm in enumerate(grams.norms) if j != i and grams.free[j] for form in equals(norm)}
    for path in (path for mark in marks.values for path in mark.options):
        said |= {known_as for w in (*known.facets[path].words, *known.facets[path].above) for known_as in equals(w)}
    own = equals(grams.norms[i])
    told = [
        ref
        for ref in refs
        if all(forms(p) & own or forms(p) & said or _of_records(known, ref, p) for p in parts(str(ref.value)))
    ]
    return timely(told, [grams.tokens[i].text])


def ended_with(grams: Grams, known: Knowledge, i: int) -> list[ValueRef]:
    """ "backups with | warnings" of a state TERMINEE_AVEC_ALERTES."""
    before = i - 1 - (i > 0 and grams.norms[i - 1] in _ONE)
    if before < 0 or grams.norms[before] not in _WITH:
        return []
    said = equals(grams.norms[i])
    states = ((ref, parts(str(ref.value))) for ref in states_with(known, grams.norms[i]))
    return [ref for ref, told in states if told[-2:-1] and told[-2] in _WITH and forms(told[-1]) & said]


def states_with(known: Knowledge, word: str) -> list[ValueRef]:
    """States of two or three words that hold this one, in either language."""
    return [ref for ref in known.values.holding(word) if ref.path == known.roles.status]


_ONE = frozenset("un une des a an some".split())


def _of_records(known: Knowledge, ref: ValueRef, part: str) -> bool:
    """LOADED of LOADED_PARTIAL says no more of loads than that they are loads."""
    return ref.path == known.roles.status and known.records.own(part)


def _tells(grams: Grams, known: Knowledge, i: int) -> bool:
    """May it be a word of such a value? No word of the records themselves, of a field, or that asks."""
    norm = grams.norms[i]
    if len(norm) < _LETTERS or norm.isdigit() or not any(form in known.values.compounds for form in equals(norm)):
        return False
    if known.records.noun(norm) >= OWN or set(tags_of((norm,))) - _STATES or _to_come(grams, known, i):
        return False
    return not any(f.stems == {stem(norm)} or stem(norm) in f.kin for f in known.facets.values() if len(f.words) == 1)


def _to_come(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "expirent en mars" of a field of dates to come, whatever kind EXPIRING there is; "expiring" alone is a kind."""
    now, state = grams.times.now, grams.norms[i].endswith(("ing", "ant", "ants", "ante", "antes"))
    when = grams.times.ranges or (grams.times.ahead and not state)
    return bool(when) and now is not None and says_to_come(grams.tokens[i]) and coming_path(known, now) is not None


def _is_general(word: str) -> bool:
    return bool(concepts_of(word) & _GENERAL)


def _read_alone(known: Knowledge, word: str) -> bool:
    found = gram([word])
    return not _is_general(word) and bool(known.values.exact(found) or known.values.alike(found))


_STATES = frozenset({"failed", "rejected", "succeeded", "open", "opened", "ran", "skipped", "waiting"})


def _is_told(ref: ValueRef, words: list[str]) -> bool:
    """Does each of these words tell another part of the value, and all of it?"""
    own = [part for part in parts(str(ref.value)) if part not in _WITH]
    return len(own) == len(words) and _matched(words, list(own))


def _matched(words: list[str], own: list[str]) -> bool:
    if not words:
        return True
    return any(_matched(words[1:], rest) for rest in _without(words[0], own))


def _without(word: str, own: list[str]) -> Iterator[list[str]]:
    for n, part in enumerate(own):
        if forms(part) & equals(word):
            yield own[:n] + own[n + 1 :]
