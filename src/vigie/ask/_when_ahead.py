"""What lies ahead: les 30 prochains jours, d'ici la fin du mois, next 48 hours, within 30 days."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask._when_amounts import Amount
from vigie.ask._when_calendar import Calendar, Found
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import UNITS

_THE = "les|ces|des|aux|the|these|la|le|cette"
_NEXT = "prochains|prochaines|prochain|prochaine"
_ON = "a_venir|prochains|prochaines|qui_viennent|qui_arrivent|to_come|ahead"
_BY = "d_ici_a|d_ici|sous|dans|sur|pour|pendant"


def rolled_on(here: Here, amount: Amount) -> Found:
    calendar = here.calendar
    return Found(calendar.now, calendar.ago(-amount.n, amount.unit), "coming_days", unit="rolling")


@rule(
    "rolling",
    f"{_BY}? {_THE}? <n> {_NEXT} <unit>",
    f"{_BY}? {_THE}? <n> <unit> {_ON}",
    f"{_BY}? {_THE}? {_NEXT} <n> <unit>",
    f"{_THE}? next|coming|following|upcoming <n> <unit>",
)
def next_so_many(here: Here, n: float, unit: str) -> Found:
    return rolled_on(here, Amount(n, unit))


@rule(
    "rolling",
    f"{_BY}? {_THE}? {_NEXT} <amount>",
    "the? next|coming|upcoming <amount>",
    "d_ici_a|d_ici <amount>",
)
def next_amount(here: Here, amount: Amount) -> Found:
    return rolled_on(here, amount)


@rule("rolling", "within|sous <amount>", "dans|in|en moins_de|moins_d|less_than|under|at_most|au_plus <amount>")
def within(here: Here, amount: Amount) -> Found | None:
    """A length, unless the question is of what lies ahead."""
    return rolled_on(here, amount) if here.calendar.ahead else None


@rule("day", "in <amount>")
def in_so_long(here: Here, amount: Amount) -> Found | None:
    """ "in 15 days", as "dans 15 jours": that day."""
    days = {"day": 1, "week": 7}.get(amount.unit, 0) * amount.n
    return here.calendar.period("day", int(days)) if here.calendar.ahead and days else None


@rule(
    "rolling",
    "dans|sur|pour|pendant? la|le|l|cette|ce? semaine|mois|annee|an|trimestre|quinzaine a_venir|qui_vient|qui_arrive",
    "the? coming month|quarter|year",
)
def coming_one(here: Here) -> Found:
    unit = next((UNITS[w] for k in range(here.i, here.j) if (w := here.scan.word(k)) in UNITS), "")
    return rolled_on(here, Amount(1, unit) if unit else Amount(15, "day"))


@rule("week", "la|au? prochaine semaine")
@rule("month_", "le|au|du? prochain mois", "upcoming month")
@rule("period", "le|la|l|au|du|ce? prochain|prochaine trimestre|semestre|annee|week-end")
def next_one(here: Here) -> Found:
    units = {"semaine": "week", "mois": "month", "month": "month", "trimestre": "quarter", "semestre": "half"}
    word = next(w for k in range(here.i, here.j) if (w := here.scan.word(k)) in units or w in ("annee", "week-end"))
    return here.calendar.period(units.get(word) or {"annee": "year"}.get(word, "week-end"), 1)


@rule("rolling", "d_ici_a|d_ici|by|before la|le|l|the? fin|end de|du|d|of? la|l|le|the|cette|ce|this? <stretch>")
def by_the_end(here: Here, stretch: Found) -> Found | None:
    """From now. "by the end of October" is of the one that was, unless the question is of what lies ahead."""
    if here.scan.word(here.i) in ("by", "before") and not here.calendar.ahead:
        return None
    found = _coming(here.calendar, stretch)
    return _until(here.calendar, found, here.calendar.at(found.last)) if found.last else None


@rule("rolling", "d_ici a|au|en|le|la|l|les? <anchor>", "d_ici le <bare_day:anchor>")
def by(here: Here, anchor: Found) -> Found | None:
    """A day is part of it; a month or a year that is named is not."""
    found = _coming(here.calendar, anchor)
    named = found.again is not None or found.convention == "calendar_year"
    edge = found.start if named and found.unit in ("month", "quarter", "half", "year") else found.end
    return _until(here.calendar, found, edge) if found.unit != "rolling" else None


def _until(calendar: Calendar, found: Found, end: object) -> Found | None:
    ahead = end is not None and end > calendar.now  # type: ignore[operator]
    return Found(calendar.now, end, "until_then", strong=found.strong, unit="rolling") if ahead else None  # type: ignore[arg-type]


def _coming(calendar: Calendar, found: Found) -> Found:
    """A month, a weekday or a date without its year, once more from today."""
    return (calendar.coming(found.again) if found.again else None) or replace(found)
