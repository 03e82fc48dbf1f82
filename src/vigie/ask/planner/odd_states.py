"""What became of the records, told by words that mean it only beside others: "met an error", "worked", "all good"."""

from __future__ import annotations

from vigie.ask.planner.lexicon import ARTICLES, PARTICIPLES, WENT
from vigie.ask.planner.page import Page
from vigie.ask.planner.polarity import Polarity
from vigie.ask.planner.tokens import parts
from vigie.ask.planner.value_marks import alike_at, value_mark, whole_at
from vigie.ask.planner.values import ValueRef
from vigie.ask.words import STOP

_ERRORS = frozenset("erreur erreurs error errors".split())
_TROUBLES = _ERRORS | frozenset("probleme problemes souci soucis problem problems issue issues trouble pepin".split())
_WORKED = frozenset({"worked", "works"})
_DONE = frozenset({"completed"})
_NOT = frozenset({"pas", "not", "non"})
_CAME = frozenset(
    "arrive arrives arrivee arrivees recu recus recue recues parvenu parvenus received arrived receive".split()
)
_WITHOUT = frozenset({"sans", "without"})
_ALL = frozenset("tout rien ras all everything did was is".split())
# States of their own in some collections, which win there.
_ALONE: dict[str, Polarity] = {
    **dict.fromkeys("interrompu interrompus interrompue interrompues interrupted".split(), "failed"),
    **dict.fromkeys("bypassed bypasse bypasses bypassee bypassees shunte shuntes shuntee shuntees".split(), "skipped"),
}
_ABORTED = frozenset("avorte avortes avortee avortees".split())
_STOPPED = _ABORTED | {"aborted", "abort"}
_GIVEN = frozenset("donne donnes donnee donnees given".split())
STATE_WORDS = _GIVEN | _ABORTED | _TROUBLES | _WORKED | _DONE | _NOT | _WITHOUT | _ALL | _ALONE.keys()

_MET = frozenset(
    "eu eus rencontre rencontres rencontrent connu connus connaissent subi subis had have has hit hits got get gets "
    "into encountered encounter faced suffered".split()
)
_SOME = ARTICLES | frozenset("aucun aucune no any some plusieurs several petit petits gros small big".split())
_NARROWS = frozenset("de d du des of with avec dont whose qui that which code".split())


def _met_trouble(page: Page, i: int) -> int:
    """ "ont | rencontré une erreur", "had | an issue": they failed, where the records have a state that says so. Of
    errors that are records, the things that met one are told by them all."""
    if page.norms[i] not in _TROUBLES:
        return i
    met = next((j for j in range(i - 1, -1, -1) if page.norms[j] not in _SOME), -1)
    if met < 0 or page.norms[met] not in _MET or not _ends_there(page, i + 1):
        return i
    if page.known.records.own(page.norms[i]) or page.known.records.own("erreur"):
        said_before = any(noun.last <= met for noun in page.marks.nouns)
        return i + 1 if said_before and page.norms[i] in _ERRORS else i
    if not page.known.roles.polarity.get("failed"):
        return i
    none = bool(_NO & set(page.norms[met:i]))
    return page.take_cue(i if none else met, i + 1, ("failed",))


_NO = frozenset({"aucun", "aucune", "no"})


def _ends_there(page: Page, i: int) -> bool:
    """Does what follows say nothing more of it? "erreurs | critiques", "erreur | de connexion" are some of them."""
    if i >= len(page.norms) or not page.grams.free[i]:
        return True
    return page.norms[i] in STOP and page.norms[i] not in _NARROWS


def _worked(page: Page, i: int) -> int:
    """ "how many jobs | worked | yesterday"; not "worked on", "hours worked"."""
    label = page.label()
    said = page.norms[i] in _WORKED and label is not None and label.last == i and label.record > 0
    return page.take_cue(i, i + 1, ("succeeded",)) if said and _ends_there(page, i + 1) and not _on(page, i) else i


def _done_ones(page: Page, i: int) -> int:
    """ "completed | changes": those that went well, where a state says so."""
    norms, told = page.norms, page.known.roles.polarity.get("succeeded")
    said = (
        norms[i] in _DONE
        and i + 1 < len(norms)
        and page.grams.free[i + 1]
        and page.known.records.noun(norms[i + 1]) >= 1
    )
    return page.take_cue(i, i + 1, ("succeeded",)) if said and told else i


def _never_came(page: Page, i: int) -> int:
    """ "sont | pas arrivés", "not | received" of a state NON_RECU: that state, and not those of which
    there is no record."""
    norms = page.norms
    came = next((j for j in range(i + 1, min(i + 3, len(norms))) if norms[j] not in _BEEN), i)
    status = page.known.facets.get(page.known.roles.status or "")
    if norms[i] not in _NOT or norms[came] not in _CAME or status is None or not all(page.grams.free[i : came + 1]):
        return i
    held = [ValueRef(status.path, value, n) for value, n in status.profile.values if _says_not_come(value)]
    return page.take_value(value_mark(page.grams, i, came + 1, held, "alike")) if len(held) == 1 else i


_BEEN = frozenset({"ete", "been", "yet", "encore"})


def _says_not_come(value: object) -> bool:
    words = set(parts(str(value)))
    return bool(words & _NOT) and bool(words & _CAME)


def _on(page: Page, i: int) -> bool:
    return page.norms[i + 1 : i + 2] in (["on"], ["for"], ["by"], ["from"], ["at"], ["as"])


def _granted(page: Page, i: int) -> int:
    """ "a | donné | plus d'accès" of a state ACCORDE."""
    if page.norms[i] not in _GIVEN or not page.tokens[i].text.endswith((*PARTICIPLES, "given")):
        return i
    refs = page.known.values.translated(page.norms[i])
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "alike")) if refs else i


_AFTER_WITHOUT = frozenset("aucun aucune any an a la le moindre single une un".split())
_WENT_SO = frozenset("ran run completed complete finished finish ended end executed processed went passed".split())


def _without_error(page: Page, i: int) -> int:
    """ "ont tourné | sans erreur", "completed | without error": they went well. Which things did is another question:
    those that had none."""
    if page.norms[i] not in _WITHOUT or not i:
        return i
    what = next((j for j in range(i + 1, len(page.norms)) if page.norms[j] not in _AFTER_WITHOUT), i)
    did = page.marks.cues and page.marks.cues[-1].last == i and page.marks.cues[-1].tag == "ran"
    said = did or page.norms[i - 1] in _WENT_SO or page.norms[i - 1].startswith("deroul")
    if page.norms[what] not in _ERRORS or not said or not _ends_there(page, what + 1):
        return i
    if page.known.records.own("erreur"):
        page.marks.unknown.append((i, what + 1))  # no error of theirs went without one
        return what + 1
    if not page.marks.has("count", "rate") and not (page.marks.has("all") and page.marks.has("yes_no")):
        page.take_cue(i, what, ("without",))
        return page.take_cue(what, what + 1, ("failed",))  # "which flows completed without error"
    told = page.known.roles.polarity.get("succeeded")
    return page.take_cue(i, what + 1, ("succeeded",)) if told else i


_WELL = "ok|okay|good|fine|well|green|all right|alright|smooth|smoothly"
_FINE = "ok|bon|vert|nickel|bien|au vert|en ordre|sous controle|passe|clean"
_PHRASES = {
    tuple(said.split())
    for said in (
        "rien a signaler|ras|tout va bien|tout roule|tout baigne|tout marche|tout fonctionne|tout tourne|"
        "tout a bien tourne|tout a bien fonctionne|tout a marche|tout a fonctionne|"
        "did it go well|did it all go well|did all go well|did things go well|was it all right|was it ok"
    ).split("|")
} | {
    tuple(f"{first} {last}".split())
    for firsts, lasts in (
        ("all|everything|is everything|was everything|is all|was all|everything is|everything was|did everything go|"
         "did everything run|everything went|everything ran|all went", _WELL),
        ("tout est|tout etait", _FINE),
    )
    for first in firsts.split("|")
    for last in lasts.split("|")
}  # fmt: skip
_LONGEST = max(map(len, _PHRASES))


def _all_well(page: Page, i: int) -> int:
    """ "RAS cette nuit ?", "all good last night?": is there none that failed? Without a time it asks of nothing."""
    if page.norms[i] not in _ALL or not page.grams.times.ranges:
        return i
    opens = all(norm in _OPENING for norm in page.norms[:i]) or not any(page.grams.free[:i])
    if not opens or (i and i - 1 not in page.grams.timed and page.norms[i - 1] not in _OPENING):
        return i
    for n in range(_LONGEST, 0, -1):
        if tuple(page.norms[i : i + n]) in _PHRASES and all(page.grams.free[i : i + n]):
            after = page.norms[i + n : i + n + 1]
            if after and after[0] not in STOP and page.grams.free[i + n]:
                return i  # "all good deliveries"
            if page.known.roles.polarity.get("failed"):
                return page.take_cue(i, i + n, ("all", "yes_no", "succeeded"))
            page.marks.unknown.append((i, i + n))  # of incidents, which have no state that says so
            return i + n
    return i


_OPENING = frozenset("est ce que qu alors et and so".split())


def went_down(page: Page, i: int) -> int:
    """ "feeds that | went down": they failed, unless a state is called so."""
    if page.norms[i] not in WENT or page.norms[i + 1 : i + 2] != ["down"] or not all(page.grams.free[i : i + 2]):
        return i
    if page.known.opens("down") or not _ends_there(page, i + 2):
        return i
    return page.take_cue(i, i + 2, ("failed",))


def _unless_a_value(page: Page, i: int) -> int:
    """ "interrompus" of a state KO alone; where one is called INTERROMPU, or ABORTED, it is that one."""
    pole = _ALONE.get(page.norms[i])
    if pole is None or not page.known.roles.polarity.get(pole):
        return i
    if max(whole_at(page.grams, page.known, i)[0], alike_at(page.grams, page.known, i)[0]) > i:
        return i
    if page.known.values.translated(page.norms[i]):
        return i
    return page.take_cue(i, i + 1, (pole,))


def _aborted(page: Page, i: int) -> int:
    """ "avortés" of a state ABORTED beside others that went wrong: it is that one."""
    if page.norms[i] not in _ABORTED or not (status := page.known.facets.get(page.known.roles.status or "")):
        return i
    refs = [ValueRef(status.path, v, n) for v, n in status.profile.values if _STOPPED & set(parts(str(v)))]
    return page.take_value(value_mark(page.grams, i, i + 1, refs, "alike")) if refs else i


STATE_STEPS = (
    _aborted,
    _never_came,
    _unless_a_value,
    _met_trouble,
    _worked,
    _done_ones,
    _granted,
    _without_error,
    _all_well,
    went_down,
)
