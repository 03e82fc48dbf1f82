"""How long, not when: plus de 10 min, au moins 2h, > 1h30, entre 5 et 10 minutes. And times that say no time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vigie.ask._when_amounts import Amount
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import Clock, rule
from vigie.ask._when_words import LASTING, word_set

Compare = Literal["gt", "ge", "lt", "le", "eq"]


@dataclass(frozen=True, slots=True)
class Long:
    """Lengths of time: (seconds, compared how, first token, token after)."""

    parts: tuple[tuple[float, Compare | None, int, int], ...]


_MORE = (
    "plus_de|plus_d|plus_que|plus_longs_que|plus_longues_que|plus_long_que|plus_longue_que|plus_lents_que|plus_lent_que|plus_lente_que|"
    "plus_lentes_que|depasse|depassent|depasser|depassant|depasse_les|depassent_les|excede|excedent|excedant|superieur_a|superieure_a|superieurs_a|"
    "superieures_a|au_dela_de|au_dela_d|au_dessus_de|au_dessus_d|more_than|over|above|longer_than|greater_than|slower_than|beyond|"
    "exceed|exceeds|exceeded|exceeding|bigger_than|>|past"
)
_AT_LEAST = "au_moins|au_minimum|minimum|min|at_least|no_less_than|not_less_than|pas_moins_de|>=|≥|a_minima|superieur_ou_egal_a|superieure_ou_egale_a"
_LESS = (
    "moins_de|moins_d|moins_que|inferieur_a|inferieure_a|inferieurs_a|inferieures_a|en_dessous_de|en_dessous_d|au_dessous_de|sous_les|sous_la_barre_des|"
    "plus_courts_que|plus_courtes_que|plus_court_que|plus_rapides_que|plus_rapide_que|less_than|under|below|shorter_than|faster_than|quicker_than|fewer_than|<"
)
_AT_MOST = "au_plus|au_maximum|maximum|max|pas_plus_de|pas_plus_d|at_most|no_more_than|no_longer_than|not_more_than|up_to|within|<=|≤|inferieur_ou_egal_a|inferieure_ou_egale_a"
_EQUAL = "exactement|exactly|pile|precisement|egal_a|egale_a|equal_to|equals|="


def _long(here: Here, amount: Amount, compare: Compare | None) -> Long | None:
    return Long(((amount.seconds, compare, here.i, here.j),))


@rule("duration", f"{_MORE} a|les|the|l? <amount>", "<amount> and_more|passees|d_affilee_ou_plus")
def more(here: Here, amount: Amount) -> Long | None:
    return _long(here, amount, "gt")


@rule(
    "duration",
    f"{_AT_LEAST} a|les|the? <amount>",
    "<amount> au_moins|au_minimum|minimum|ou_plus|et_plus|or_more|or_longer|and_over|+|mini|at_least",
)
def at_least(here: Here, amount: Amount) -> Long | None:
    return _long(here, amount, "ge")


@rule("duration", f"{_LESS} a|les|the? <amount>")
def less(here: Here, amount: Amount) -> Long | None:
    return _long(here, amount, "lt")


@rule(
    "duration",
    f"{_AT_MOST} a|les|the? <amount>",
    "<amount> au_plus|au_maximum|maximum|max|maxi|ou_moins|or_less|or_under|at_most",
)
def at_most(here: Here, amount: Amount) -> Long | None:
    return _long(here, amount, "le")


@rule("duration", f"{_EQUAL} <amount>", "<amount> pile|exactement|exactly|tout_rond")
def exactly(here: Here, amount: Amount) -> Long | None:
    return _long(here, amount, "eq")


@rule("clock_length", "<clock>")
def clock_length(here: Here, clock: Clock) -> Amount | None:
    """ "00:10", after a comparison."""
    token = here.scan.tokens[here.i]
    if "#clock" not in token.keys or clock.half:
        return None
    return Amount(clock.minutes * 60.0, "second")


@rule("duration", f"{_MORE} <clock_length>")
def more_as_clock(here: Here, clock_length: Amount) -> Long | None:
    return (
        None
        if here.scan.word(here.i) in ("past", "over", "above", "under", "below")
        else _long(here, clock_length, "gt")
    )


@rule("bound", "<amount>")
def bound(here: Here, amount: Amount) -> tuple[Amount, int, int]:
    return amount, here.i, here.j


@rule(
    "duration",
    "entre|between <n> et|and|a|- <bound:b>",
    "de|from <n> a|to|- <bound:b>",
    "entre|between <bound:a> et|and|a <bound:b>",
    "de|from <bound:a> a|to <bound:b>",
)
def between(
    here: Here, b: tuple[Amount, int, int], a: tuple[Amount, int, int] | None = None, n: float = 0
) -> Long | None:
    """ "entre 5 et 10 minutes"; "entre 8h et 12h" are times of day unless something lasts."""
    high = b[0]
    low = a[0] if a else Amount(n, high.unit)
    if low.unit not in ("ms", "second", "minute", "hour") or high.unit not in ("ms", "second", "minute", "hour"):
        return None
    lasting = any(here.before(back) in LASTING for back in (1, 2, 3))
    if high.clock and (a is None or a[0].clock) and not lasting:
        return None
    return Long(((low.seconds, "ge", here.i, b[1] - 1), (high.seconds, "le", b[1], b[2])))


@rule("duration", "<amount>")
def alone(here: Here, amount: Amount) -> Long | None:
    """ "1h30", "90 s", "dure 3 jours"; not "toutes les 10 minutes", "en 5 min", "timeout de 30 s"."""
    lasting = any(here.before(back) in LASTING for back in (1, 2, 3))
    if not lasting:
        one = here.j == here.i + 2 and here.scan.word(here.i) in ("une", "un", "a", "an", "one")  # "une heure"
        if one or amount.unit not in ("ms", "second", "minute", "hour"):
            return None
    if amount.clock and not lasting and here.before() in ("de", "du", "d", "of"):
        return None  # "le batch de 22h"
    if here.before() in _NO_LENGTH or any(here.before(back) in _FREQUENT for back in (1, 2)):
        return None
    return _long(here, amount, None)


_NO_LENGTH = word_set("a at vers en in apres after sous quelle cette what which second this derniere")
_FREQUENT = word_set(
    "toutes tous chaque every each par per tranche tranches pas intervalle intervalles timeout delai delay attente wait sleep retry"
)

# ------------------------------------------------------------------ vague

_SOME = "quelque|quelques|plusieurs|certain|peu_de"
_FEW = "few|several|couple_few|many|some|recent"
_UNITS = "temps|jour|jours|heure|heures|semaine|semaines|mois|minutes|annees|ans|moment|moments|instants|secondes|time|days|hours|weeks|months|minutes|years|while|nights"


@rule(
    "vague",
    "tres|assez|plutot? recemment|dernierement|naguere|jadis|autrefois|prochainement|bientot",
    "very|quite? recently|lately|nowadays|soon",
    "of late",
    "these|those days",
    "ces temps",
    "ces jours ci",
    "ces? temps ci|derniers",
    "ces derniers temps",
)
@rule(
    "vague",
    f"ces|les|des|cette derniers|dernieres {_UNITS}",
    f"the? last|past {_FEW} {_UNITS}",
    "the? last|past days|weeks|hours|months|years|minutes",
    f"these last|past {_UNITS}",
    "ces quelques? derniers|dernieres jours|heures|semaines|mois|minutes",
)
@rule(
    "vague",
    f"il_y_a|y_a|ya|depuis|pendant|durant un|une|tres? {_SOME} {_UNITS}",
    "il_y_a|y_a|ya|depuis|pendant pas|peu|longtemps|naguere|belle_lurette",
    "il_y_a|y_a|ya|depuis un petit|bon|long|certain? moment|temps|bail",
    "il y a pas longtemps",
    "il n y a pas si? longtemps",
)
@rule(
    "vague",
    f"a|some|{_FEW} {_FEW}? {_UNITS} ago|back|earlier",
    "not|so? long ago",
    "a|for|quite_a while ago|back",
    "some time ago",
    "a moment|while|bit ago",
    "for a|quite_a|some while|time|bit",
    f"since|for a {_FEW} {_UNITS}",
    f"for several|some|many {_UNITS}",
)
@rule(
    "vague",
    "in recent days|weeks|times|months|hours|years",
    "the other day|night|week|evening",
    "l autre jour|nuit|soir|matin|semaine|fois",
    "un de ces jours",
    "tout a l heure",
    "tantot",
    "a l instant",
    "just now",
    "moments ago",
    "il y a un instant",
    f"{_SOME} {_UNITS} plus_tot|avant|auparavant",
    "not|too_long long ago",
    "a la meme periode|epoque",
    "quelques jours|heures|semaines|mois",
)
def vague(here: Here) -> bool | None:
    if here.before() in ("plus", "most") and here.j == here.i + 1:
        return None  # "le plus récemment"
    return None if here.after() in ("de", "d") and here.after(-1) in ("temps", "moment", "while") else True
