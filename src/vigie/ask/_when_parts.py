"""Parts of days and nights: ce matin, hier soir, en début d'après-midi, cette nuit, la nuit du 24 au 25 octobre."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from vigie.ask._when_calendar import DAY, Found
from vigie.ask._when_days import last_weekday
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import PARTS

NIGHT = (20, 30)  # hours
Hours = tuple[int, int]
Part = tuple[str, int, int]

# ------------------------------------------------------------------ which hours


@rule("hours", "<part>")
def hours(here: Here, part: Part) -> Hours:
    return part[1], part[2]


@rule("hours", "<halved>")
def hours_halved(here: Here, halved: Hours) -> Hours:
    return halved


@rule("halved", "la? debut|start|beginning|early de|d|of|in? la|l|the? <part>", "<part> tot", "tot <part>")
def first_half(here: Here, part: Part) -> Hours:
    return part[1], (part[1] + part[2]) // 2


@rule("halved", "la? fin|end|late de|d|of|in? la|l|the? <part>", "<part> tard", "tard <part>")
def second_half(here: Here, part: Part) -> Hours:
    return (part[1] + part[2]) // 2, part[2]


@rule("halved", "milieu|mid|middle de|d|of? la|l|the? <part>")
def middle(here: Here, part: Part) -> Hours:
    quarter = (part[2] - part[1]) // 4
    return part[1] + quarter, part[2] - quarter


@rule("halved", "debut|fin de la? journee", "start|end of the day")
def end_of_day(here: Here) -> Hours:
    return (6, 10) if here.scan.word(here.i) in ("debut", "start") else (16, 20)


@rule("halved", "petit matin", "aurores")
def dawn(here: Here) -> Hours:
    return 5, 8


@rule("halved", "early|small hours")
def small_hours(here: Here) -> Hours:
    return 0, 6


@rule("halved", "pleine nuit", "dead of night")
def deep_night(here: Here) -> Hours:
    return 24, 28


# ------------------------------------------------------------------ of which day


def part_of(here: Here, day: Found, hours: Hours) -> Found | None:
    """What has not begun yet of a weekday is last week's."""
    if day.first is None or day.last != day.first + DAY:
        return None
    first = day.first
    if day.again and day.again.every == "weekday" and here.calendar.at(first, hours[0]) > here.calendar.now:
        first -= 7 * DAY
    convention = "night" if hours == NIGHT else "part_of_day"
    found = here.calendar.hours(first, *hours, convention, "night" if hours == NIGHT else "part")
    return replace(found, strong=day.strong, again=day.again)


@rule("slot", "ce|cet|cette|this <hours> ci?")
def this_part(here: Here, hours: Hours) -> Found | None:
    if here.far_away:
        return None
    return under_way(here, hours) if hours[0] >= 20 else part_of(here, here.calendar.period("day", 0), hours)


@rule("slot", "early|tot this|ce|cet|cette <part>", "late|tard this|ce|cet|cette <part>")
def half_of_this_part(here: Here, part: Part) -> Found | None:
    half: Hours = first_half(here, part) if here.scan.word(here.i) in ("early", "tot") else second_half(here, part)
    return this_part(here, half)


def under_way(here: Here, hours: Hours) -> Found:
    """Of the night under way or, from 6 to 20, the one that has ended."""
    evening = here.calendar.today - DAY * (here.calendar.local.hour < NIGHT[0])
    return here.calendar.hours(evening, *hours, "night", "night")


_DURING = "dans|pendant|durant|au_cours_de|in|during|over|throughout|sur|tout_au_long_de"


@rule(
    "slot",
    f"{_DURING} la|l|le|the <hours>",
    "toute|all la|the <part>",
    "en|au|aux|a|in|dans|vers la|l|le|the? <halved>",
)
def last_part(here: Here, hours: Hours = (0, 0), halved: Hours = (0, 0), part: Part = ("", 0, 0)) -> Found | None:
    """ "dans la nuit", "en fin de matinée": the most recent that has begun."""
    if here.before() in ("heure", "heures") or here.after() in ("d", "du", "de", "of"):
        return None
    first, last = hours if hours[1] else halved if halved[1] else part[1:]
    if first >= 20:
        return under_way(here, (first, last))
    begun = here.calendar.at(here.calendar.today, first) <= here.calendar.now
    return part_of(here, here.calendar.period("day", 0 if begun else -1), (first, last))


@rule("slot", "en matinee|soiree", "de la nuit|matinee|soiree", "de l apres-midi", "of the night")
def part_said(here: Here) -> Found | None:
    """ "KO de la nuit", never "traitement de nuit" or "of the night batch"."""
    if here.after(-1) == "night" and not here.closed:
        return None
    part = (here.after(-1), *PARTS[here.after(-1)])
    return last_part(here, part=part)


_TO = "au|a|dans|en|pendant|durant|during|in|vers|a_la|des|plutot"


@rule("slot", f"<day> ,? {_TO} la|l|le|the? <hours>", "<day> ,? la|l|le? <hours>")
def part_of_day(here: Here, day: Found, hours: Hours) -> Found | None:
    return part_of(here, day, hours)


@rule(
    "slot", "la|le|l|the? <hours> du|de|d|of|on|au|le? <day>", "<hours> of|on the? <mday>", "late|early on? <day:late>"
)
@rule("slot", "la|le|l|the? <hours> du|de|d|au <bare_day:day>", "<hours> <mday:day>")
@rule("slot", "en|au|a|at|in|vers la|l|le|the? <halved:hours> ,? du|de|d|of|on|le? <day>")
def part_of_that_day(
    here: Here, hours: Hours = (0, 0), day: Found | None = None, mday: Found | None = None, late: Found | None = None
) -> Found | None:
    if late is not None:
        return part_of(here, late, (18, 24) if here.scan.word(here.i) == "late" else (0, 8))
    found = day or mday
    return part_of(here, found, hours) if found else None


@rule("slot", "le|ce|du|au? <weekday> au|a? la|l|le? <hours> dernier|derniere|passe|passee|last")
def part_of_last_weekday(here: Here, weekday: int, hours: Hours) -> Found | None:
    """ "vendredi matin dernier": as "vendredi dernier, le matin"."""
    found = last_weekday(here, weekday)
    return part_of(here, found, hours) if found else None


@rule("slot", "last evening", "yesterday night")
def yesterday_evening(here: Here) -> Found | None:
    return part_of(here, here.calendar.period("day", -1), (18, 24) if here.after(-1) == "evening" else NIGHT)


@rule(
    "slot",
    "earlier|plus_tot today|cette_journee|dans_la_journee|aujourdhui",
    "today so far",
    "aujourdhui jusqu a maintenant|present",
)
def today_so_far(here: Here) -> Found:
    found = here.calendar.period("day", 0)
    return replace(found, end=here.calendar.now)


@rule("slot", "later today", "plus tard aujourdhui|dans_la_journee")
def later_today(here: Here) -> Found:
    return replace(here.calendar.period("day", 0), start=here.calendar.now)


@rule("slot", "earlier|plus_tot <slot>", "<slot> so far")
def slot_so_far(here: Here, slot: Found) -> Found:
    return slot


# ------------------------------------------------------------------ nights


@rule("slot", "cette nuit", "tonight|overnight", "la nuit ecoulee", "the night just gone")
def this_night(here: Here) -> Found:
    return under_way(here, NIGHT)


@rule("slot", "de? la? nuit derniere|passee|precedente", "late|early? last night", "la nuit d hier", "hier nuit")
def last_night(here: Here) -> Found:
    """The one that began yesterday."""
    first = {"late": (24, 30), "early": (20, 24)}.get(here.scan.word(here.i), NIGHT)
    return here.calendar.hours(here.calendar.today - DAY, *first, "night", "night")


@rule("slot", "la? nuit d avant", "the? night before", "la? nuit precedente")
def night_before(here: Here) -> Found:
    return replace(here.calendar.period("night", -1), back=1)


@rule("slot", "<n> nights ago", "il_y_a|y_a|ya <n> nuits")
def nights_ago(here: Here, n: float) -> Found:
    return here.calendar.period("night", 1 - int(n))


@rule("slot", "l? avant-derniere|avant_derniere nuit", "the? night before last")
def night_before_last(here: Here) -> Found:
    return here.calendar.period("night", -1)


@rule("slot", "la|the|les? nuit|night|nuits du|de|d|of|from|le? <dayspan>", "<dayspan> nuit|night")
def night_between(here: Here, dayspan: tuple[date, date]) -> Found:
    first, last = dayspan
    calendar = here.calendar
    return Found(calendar.at(first, 20), calendar.at(last, 6), "night", unit="night", first=first, last=last)


@rule("slot", "la|the|les? nuit|night|nuits du|de|d|of|on <day>", "la|the? nuit|night du|de|d|of the? <bare_day:day>")
def night_of(here: Here, day: Found) -> Found | None:
    """It begins on that day."""
    return part_of(here, day, NIGHT)


@rule("dayspan", "<day:a> au|a|to|-|et|/ <day:b>", "le|the|du? <bare_day:a> au|a|to|-|et le|the? <day:b>")
@rule("dayspan", "le|the|du? <bare_day:a> au|a|to|- le|the? <bare_day:b>", "<mday:a> au|a|to|- the? <bare_day:b>")
def two_days(here: Here, a: Found, b: Found) -> tuple[date, date] | None:
    """Both days of a night, the most recent that has begun where they could be several."""
    if a.first is None or b.first is None:
        return None
    calendar, x, y = here.calendar, a.again, b.again
    if x is not None and (y is None or (x.every == "day" and y.every == "date")):
        a = calendar.before(x, b.first - DAY, a.convention) or a
    else:
        if x is not None:
            evening = calendar.at(calendar.today, NIGHT[0])
            a = calendar.latest(x, a.convention, before_today=calendar.now < evening) or a
        if y is not None:
            b = calendar.following(y, (a.first or b.first) + DAY, b.convention) or b
    if a.first is None or b.first is None or not a.first < b.first < a.first + 8 * DAY:
        return None
    return a.first, b.first


# ------------------------------------------------------------------ what is said of many

_MANY = "lundis|mardis|mercredis|jeudis|vendredis|samedis|dimanches|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays"
_PARTS_SAID = "matins|soirs|nuits|matinees|soirees|apres-midis|mornings|evenings|nights|afternoons|week-ends"
_EACH = "chaque|every|each|tous_les|toutes_les"


@rule(
    "slot",
    f"les|des|ces|on|tous_les? {_MANY}|{_PARTS_SAID}",
    f"les|des|ces|the? <n> derniers|dernieres|last|past {_MANY}|{_PARTS_SAID}|jours_ouvres|jours_ouvrables",
)
@rule(
    "slot",
    f"the? last|past <n> {_MANY}|{_PARTS_SAID}|business_days|working_days",
    f"les|des|ces|the? derniers|dernieres <n> {_MANY}|{_PARTS_SAID}",
)
@rule(
    "slot",
    "la nuit",
    "le matin|soir",
    "l apres-midi",
    "at night",
    f"{_EACH} <wd>",
    f"{_EACH} matin|soir|nuit|apres-midi|morning|night|evening|week-end",
)
@rule(
    "slot",
    "hors|en|pendant_les|aux|during|outside heures ouvrees|ouvrables|de_bureau",
    "during|outside|in? business|working|office hours",
    "les? jours ouvres|ouvrables",
    "on? weekdays",
    "en semaine",
)
def recurring(here: Here, n: float = 0, wd: int = 0) -> Found | None:
    """Many stretches and not one."""
    plural = here.after(-1).endswith("s") or here.scan.word(here.i) in ("chaque", "each", "every")
    if not plural and here.after() in ("d", "du", "de", "of", "derniere", "dernier"):
        return None
    if here.scan.word(here.i) == "on" and here.scan.language == "fr":
        return None
    if here.after().isdigit() or (here.after()[:1] == "s" and here.after()[1:].isdigit()):
        return None  # "en semaine 45"
    return Found(None, None, "", vague=True)
