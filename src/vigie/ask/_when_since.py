"""Since, before, until, after: depuis lundi, depuis plus de 2h, avant le 10 novembre, jusqu'à hier, après 18h."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from vigie.ask._when_amounts import Amount
from vigie.ask._when_calendar import DAY, Calendar, Found
from vigie.ask._when_clocks import instant, latest, place
from vigie.ask._when_patterns import Here
from vigie.ask._when_ranges import bare, has_article
from vigie.ask._when_rolling import rolled
from vigie.ask._when_slots import Clock, rule
from vigie.ask._when_words import UNITS

# ------------------------------------------------------------------ since


_SINCE = "depuis|since|a_partir_de|a_partir_du|a_partir|a_compter_de|a_compter_du|des|starting|starting_from|starting_on|as_of|as_from|from"
_NOW = "now|maintenant|present|aujourdhui|today"


@rule(
    "since",
    f"{_SINCE} la|le|l|les|the|ces|on? <anchor>",
    f"{_SINCE} <anchor> on|onwards|onward|jusqu_a_maintenant|jusqu_a_aujourdhui|jusqu_a_present|until_now|till_now|a_maintenant|a_aujourdhui|a_ce_jour|to_now|to_date",
)
@rule("since", f"{_SINCE} le|la|l|the? debut|start|beginning|commencement de|du|d|of la|l|le|the? <anchor>")
@rule("since", f"{_SINCE} la|the fin|end de|du|d|of la|l|le|the? <anchor:over>")
def since(here: Here, anchor: Found | None = None, over: Found | None = None) -> Found | None:
    """To now; open when it begins later."""
    first = here.scan.word(here.i)
    if first == "from" and here.after(-1) not in ("on", "onwards", "onward", "now", "date"):
        return None
    if first == "des" and (anchor is None or anchor.unit in ("rolling", "")):
        return None
    found = over or anchor
    start = over.end if over else anchor.start if anchor else None
    if found is None or start is None:
        return None
    if found.unit == "rolling":
        return replace(found, kind="since")
    return _until_now(here.calendar, start, found.strong)


@rule(
    "since",
    f"{_SINCE} le|the? debut|start|beginning du|de_la|de_l|of_the mois|semaine|annee|trimestre|journee|week|month|year|quarter|day",
    "depuis|since debut mois|semaine|annee|trimestre",
)
def since_start_of_this(here: Here) -> Found | None:
    unit = UNITS[here.scan.word(here.j - 1)]
    return _until_now(here.calendar, here.calendar.period(unit, 0).start)


_EVENT = "la|le|l|les|notre|nos|the|our <event> de|du|d|of|on? la|le|l|the?"


@rule("since", f"{_SINCE} {_EVENT} <anchor>", f"{_SINCE} {_EVENT} <clock>", f"apres|after {_EVENT} <anchor>")
def since_event(here: Here, event: str, anchor: Found | None = None, clock: Clock | None = None) -> Found | None:
    """ "depuis l'incident du 17/11": from the beginning of that day."""
    calendar = here.calendar
    if here.scan.word(here.i) == "from" or event in _NO_EVENT:
        return None
    start = anchor.start if anchor else instant(calendar, latest(calendar, clock), clock) if clock else None
    found = _until_now(calendar, start)
    return replace(found, convention="event") if found else None


@rule("before", f"avant|before|jusqu_a|until {_EVENT} <anchor>")
def before_event(here: Here, event: str, anchor: Found) -> Found | None:
    return None if event in _NO_EVENT else Found(None, anchor.start, "event", "before")


_NO_EVENT = frozenset(
    "premier premiere first last debut fin milieu start end beginning courant mois semaine annee derniere dernier".split()
)


@rule("since", ">|>= <anchor>")
@rule("before", "<|<= <anchor>")
def compared(here: Here, anchor: Found) -> Found | None:
    """ "started_at >= 2026-11-14"."""
    sign = here.scan.word(here.i)
    if "#date" not in here.scan.tokens[here.i + 1].keys:
        return None
    edge = anchor.end if sign in (">", "<=") and not anchor.moment else anchor.start
    if edge is None or sign in (">", ">="):
        return _until_now(here.calendar, edge)
    return Found(None, edge, "before", "before")


@rule("since", f"{_SINCE} la|l|the <hours>", f"{_SINCE} le|the? debut|start|beginning de|of la|l|the <hours>")
def since_part(here: Here, hours: tuple[int, int]) -> Found | None:
    """ "depuis la nuit", "depuis le début de la matinée": of the most recent."""
    if here.after() in ("d", "du", "de", "of", "derniere", "dernier", "passee"):
        return None
    calendar = here.calendar
    start = calendar.at(calendar.today, hours[0] % 24)
    if start > calendar.now:
        start = calendar.at(calendar.today - DAY, hours[0] % 24)
    return _until_now(calendar, start)


@rule("since", "depuis|since|a_partir_de|des|from|starting les? <clock>", "depuis|since les? <clock> ,? on?")
def since_clock(here: Here, clock: Clock) -> Found | None:
    """The most recent. "depuis 6h" is a time of day, "depuis 2h" and "depuis 24h" are lengths."""
    words = {here.scan.word(k) for k in range(here.i, here.j)}
    if not (clock.half or clock.utc) and words & {"depuis", "since"} and not says_time(here.calendar, clock, words):
        return None
    if here.scan.word(here.i) == "from" or (not clock.sure and here.scan.word(here.i) == "des"):
        return None
    return _until_now(here.calendar, instant(here.calendar, latest(here.calendar, clock), clock))


@rule("since", "<context> ,? depuis|since <clock>")
def since_clock_of(here: Here, context: Found, clock: Clock) -> Found | None:
    """ "hier depuis 18h" is "depuis hier 18h"."""
    return _until_now(here.calendar, instant(here.calendar, *place(context, clock)), context.strong)


def says_time(calendar: Calendar, clock: Clock, words: set[str]) -> bool:
    """Lengths of 1 to 4, 12 and 24 hours are more usual than such times; whole words ("6 heures") say lengths."""
    if words & {"heures", "heure", "hr", "hrs"}:
        return False
    past = clock.minutes <= calendar.local.hour * 60 + calendar.local.minute
    return "h" not in words or clock.hour == 0 or (5 <= clock.hour < 24 and (clock.hour != 12 or past))


@rule(
    "since",
    "depuis|since environ|pres_de|bientot? <amount>",
    "for the? last|past? <amount>",
    "cela|ca fait <amount> que|qu",
)
def for_so_long(here: Here, amount: Amount) -> Found | None:
    if here.scan.word(here.i) == "for" and not here.i:
        return None
    return replace(rolled(here, amount), kind="since")


@rule("since", "depuis|since|for plus_de|plus_d|au_moins|more_than|at_least|over|longer_than|> <amount>")
def for_longer(here: Here, amount: Amount) -> Found:
    """Begun before that."""
    return Found(None, here.calendar.ago(amount.n, amount.unit), "older_than", "before", unit="rolling")


@rule("since", "depuis|since|for moins_de|moins_d|less_than|under|au_plus|at_most|< <amount>")
def for_less(here: Here, amount: Amount) -> Found:
    return replace(rolled(here, amount), kind="since")


def _until_now(calendar: Calendar, start: datetime | None, strong: bool = True) -> Found | None:
    if start is None:
        return None
    return Found(start, calendar.now if start < calendar.now else None, "instant_since", "since", strong)


# ------------------------------------------------------------------ before, until, after


@rule(
    "before",
    "avant|before|prior_to|anterieur_a|anterieures_a|anterieurs_a|anterieurs_au|anterieures_au le|la|l|les|the|ce? <anchor>",
    "avant|before le|la|l|the? <bare_day:anchor>",
)
def before(here: Here, anchor: Found) -> Found | None:
    if anchor.start is None or anchor.unit == "rolling" or _named_bare(here, anchor):
        return None
    part = anchor.convention.startswith("part_of_") or (anchor.again is not None and anchor.again.every == "part")
    of_end = part and any(here.scan.word(k) in ("fin", "end") for k in range(here.i, here.j))
    if of_end and anchor.last:
        return _from_now(here, Found(None, here.calendar.at(anchor.last), "until", "before"))  # "avant la fin du mois"
    return _from_now(here, Found(None, anchor.start, "before", "before", anchor.strong))


def _from_now(here: Here, found: Found) -> Found:
    """What lies ahead begins now."""
    now = here.calendar.now
    return replace(found, start=now) if here.calendar.ahead and found.end and found.end > now else found


@rule(
    "before",
    "jusqu_a|jusqu_au|jusqu_en|jusqu|until|till|up_to_and_including|up_to|up_until|through|by le|la|l|les|the|ce? <anchor>",
    "jusqu_au|until|till|through <bare_day:anchor>",
)
def until(here: Here, anchor: Found) -> Found | None:
    """What is named is part of it."""
    end = anchor.start if anchor.moment else anchor.end
    if end is None or anchor.unit == "rolling" or _named_bare(here, anchor):
        return None
    return _from_now(here, Found(None, end, "until", "before", anchor.strong))


def _named_bare(here: Here, anchor: Found) -> bool:
    """ "until 5": a bare number is no day without its article."""
    bare_ = bare(anchor) and not has_article(here)
    return bare_ and here.scan.word(here.i) in ("until", "till", "through", "before", "avant")


@rule("before", "avant|before|jusqu_a|until|till|by <clock>")
def before_clock(here: Here, clock: Clock) -> Found | None:
    """Of today, from midnight."""
    calendar = here.calendar
    day = (
        calendar.today
        if instant(calendar, calendar.today, clock) > calendar.at(calendar.today)
        else calendar.today - DAY
    )
    return Found(calendar.at(day), instant(calendar, day, clock), "clock", unit="part", first=day, last=day + DAY)


@rule(
    "since",
    "apres|after|past|posterieur_a|posterieurs_a|posterieures_a le|la|l|les|the|ce? <anchor>",
    "apres le|la <bare_day:anchor>",
    "after the <bare_day:anchor>",
)
def after(here: Here, anchor: Found) -> Found | None:
    """What is named is not part of it."""
    start = anchor.start if anchor.moment else anchor.end
    if anchor.unit == "rolling" or start is None:
        return None
    if anchor.end and anchor.end > here.calendar.now and not anchor.moment:
        start = here.calendar.at(anchor.last) if anchor.last else start
    found = _until_now(here.calendar, start, anchor.strong)
    return replace(found, convention="after") if found else None


@rule("since", "apres|after|past <clock>")
def after_clock(here: Here, clock: Clock) -> Found | None:
    if here.scan.word(here.j - 1) in ("h", "heures") and clock.hour < 5 and not clock.half:
        return None  # "après 2h"
    return _until_now(here.calendar, instant(here.calendar, latest(here.calendar, clock), clock))
