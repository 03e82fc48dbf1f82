"""Calendar periods and rolling ones: weeks, months, quarters, years, the last N days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from vigie.ask._when_days import DAY, Now
from vigie.ask._when_rules import Found, _ago, _now
from vigie.ask._when_words import AMBIGUOUS_MONTHS, MONTH, MONTHS, NUMBER, SECONDS, UNIT, UNIT_OF, YEAR, number

_IN = r"(?:(?:sur|pendant|dans|durant|au\s+cours\s+d[eu]s?|lors\s+d[eu]s?|en|over|in|during|within|for|from|pour|de|d'|au|of)\s*)?"
_ROLLING = (
    re.compile(rf"{_IN}\s*(?:(?:les|ces|des|aux?|mes)\s+)?(?P<n>{NUMBER})\s?(?P<last>dernier|derniere|precedent|precedente)s?\s+(?P<unit>{UNIT})"),
    re.compile(rf"{_IN}\s*(?:les|ces|des)\s+(?:derniers?|dernieres?)\s+(?P<n>{NUMBER})\s?(?P<unit>{UNIT})"),
    re.compile(rf"{_IN}\s*(?:the\s+)?(?:last|past|previous|latest)\s+(?P<n>{NUMBER})[\s-]?(?P<unit>{UNIT})"),
    re.compile(rf"{_IN}\s*(?:the\s+)?(?:last|past)\s+(?P<n>couple\s+of)\s+(?P<unit>{UNIT})"),
    re.compile(rf"(?:sur|pendant|over)\s+(?P<n>{NUMBER})\s?(?P<unit>{UNIT})(?!\s+(?:de\s+(?:suite|retard)|en\s+moyenne))"),
)  # fmt: skip
_ROLLING_ONE = re.compile(
    rf"{_IN}\s*(?:la\s+derniere|l'heure|the\s+(?:last|past)|in\s+the\s+(?:last|past)|last|past)\s*(?P<unit>heure|hour|minute|24h)?\s*(?P<done>ecoulee|passee)?\b"
)
_HALF_HOUR = re.compile(rf"{_IN}\s*(?:la\s+derniere\s+demi[- ]heure|the\s+(?:last|past)\s+half[- ]hour)\b")
_FORTNIGHT = re.compile(
    rf"{_IN}\s*(?:(?:la|une|les|the)\s+)?(?:(?:derniere|last|past)\s+)?(?P<what>quinzaine|fortnight)(?:\s+derniere)?\b"
)
_AGO = (
    re.compile(
        rf"il\s+y\s+a\s+(?:environ\s+|a\s+peu\s+pres\s+)?(?P<n>{NUMBER})\s?(?P<unit>{UNIT})(?P<half>\s+et\s+demie?)?"
    ),
    re.compile(rf"(?P<n>{NUMBER})\s?(?P<unit>{UNIT})\s+(?:ago|earlier|plus\s+tot|auparavant)"),
)
_THIS = re.compile(
    rf"{_IN}\s*(?:cette|ce|cet|this|the\s+current|l'|la|le)\s*(?P<unit>semaine|week|mois|month|trimestre|quarter|annee|year)(?:[\s-]?(?:ci|en\s+cours|courante?|actuelle?))?\b"
)
_LAST = re.compile(
    rf"{_IN}\s*(?:la\s+|le\s+|l'|the\s+)?(?:(?P<unit>semaine|mois|trimestre|annee|an)\s+(?:derniere?|precedente?|passee?|ecoulee?|d'avant)\b"
    rf"|(?:last|previous|past)\s+(?P<unit2>week|month|quarter|year)\b)"
)
_NEXT = re.compile(
    rf"{_IN}\s*(?:la\s+|le\s+|l'|the\s+)?(?:(?P<unit>semaine|mois)\s+prochaine?|next\s+(?P<unit2>week|month))\b"
)
_BEFORE_LAST = re.compile(
    rf"{_IN}\s*(?:la\s+|the\s+)?(?:semaine\s+d'avant|avant[- ]derniere\s+semaine|week\s+before\s+last)\b"
)
_WEEKEND = re.compile(rf"{_IN}\s*(?:(?P<this>ce|this)|le|the|last|past)?\s*week-?\s?end(?:\s+(?:dernier|passe))?\b")
_WEEK_OF = re.compile(rf"{_IN}\s*(?:la\s+)?(?:semaine\s+du|the\s+week\s+of|week\s+of)\s+(?:the\s+)?")
_WEEK_NUMBER = re.compile(
    rf"{_IN}\s*(?:(?:la\s+|the\s+)?(?:semaine|sem\.?|week|wk)\s*(?:n[o°]?\s*)?(?P<n>\d{{1,2}})(?!\d|\s*(?:h|%|[/:]))|(?P<code>[sw])(?P<m>\d{{1,2}}))\b(?:\s+{YEAR})?"
)
_WEEK_OFFSET = re.compile(rf"{_IN}\s*(?:la\s+)?s\s?-\s?(?P<n>\d)\b")
_QUARTER = re.compile(
    rf"(?P<cue>(?:au|du|en|le|sur|in|of|for|during|dans|pour|pendant)\s+(?:le\s+|the\s+)?)?(?:[tq](?P<n>[1-4])\b"
    rf"|(?P<ord>1er|premier|2e|2eme|deuxieme|second|3e|3eme|troisieme|4e|4eme|quatrieme|first|third|fourth|1st|2nd|3rd|4th)\s+(?P<what>trimestre|quarter|semestre|half)\b(?!-))(?:\s+(?:de\s+|of\s+)?{YEAR})?"
)
_HALF = re.compile(rf"(?:au|du|en|in|for|sur)\s+(?:le\s+|the\s+)?(?:s|h)(?P<n>[12])\s+{YEAR}")
_IN_MONTH = re.compile(
    rf"(?P<cue>(?:(?:en|in|de|d'|du|of|for|courant|pendant|durant|during|sur|pour|au|mois\s+d[e'])\s*)*)"
    rf"(?:(?:le\s+|the\s+)?mois\s+(?:de\s+|d'))?(?P<part>debut|mi-?|fin|early|mid-?|late|the\s+end\s+of|the\s+beginning\s+of)?\s*{MONTH}(?:\s+{YEAR})?(?![\w-]*\d)"
)
_YEAR = re.compile(
    rf"(?:en|in|sur|depuis|during|l'annee|annee|year)\s+{YEAR}(?!\s+[a-z]*(?:ligne|record|flux|run|erreur|row))"
)
_ORDINAL = {"1er": 1, "premier": 1, "first": 1, "1st": 1, "2e": 2, "2eme": 2, "deuxieme": 2, "second": 2, "2nd": 2, "3e": 3, "3eme": 3,
            "troisieme": 3, "third": 3, "3rd": 3, "4e": 4, "4eme": 4, "quatrieme": 4, "fourth": 4, "4th": 4}  # fmt: skip


def rolling(text: str, at: int, now: Now) -> Found | None:
    """ "les 3 derniers jours", "last 24 hours", "sur 30 jours": to the minute, up to now."""
    for pattern in _ROLLING:
        if found := pattern.match(text, at):
            unit = UNIT_OF[found["unit"]]
            return Found(_ago(number(found["n"]), unit, now), _now(now), found.end(), "rolling")
    one = _ROLLING_ONE.match(text, at)
    if one and one["unit"] and not re.match(r"\s+(?:de|du|d')", text[one.end() :]):
        span = {"minute": timedelta(minutes=1), "24h": timedelta(hours=24)}.get(one["unit"], timedelta(hours=1))
        return Found(_now(now) - span, _now(now), one.end(), "rolling")
    if found := _HALF_HOUR.match(text, at):
        return Found(_now(now) - timedelta(minutes=30), _now(now), found.end(), "rolling")
    if (found := _FORTNIGHT.match(text, at)) and re.search(r"la|une|les|the|last|past|dern", found.group()):
        return Found(_ago(15 if found["what"] == "quinzaine" else 14, "day", now), _now(now), found.end(), "rolling")
    return None


def ago(text: str, at: int, now: Now) -> Found | None:
    """ "il y a 3 jours": that day; "il y a deux heures": the hour around; weeks and months: the whole one."""
    for pattern in _AGO:
        if found := pattern.match(text, at):
            n, unit = number(found["n"]), UNIT_OF[found["unit"]]
            if unit in ("second", "minute", "hour"):
                middle = _now(now) - timedelta(seconds=n * SECONDS[unit])
                around = timedelta(minutes=30) if unit == "hour" else timedelta(minutes=1)
                return Found(middle - around, middle + around, found.end(), "around")
            if unit == "day":
                day = now.today - timedelta(days=n)
                return Found(now.at(day), now.at(day + DAY), found.end(), "calendar_day")
            if unit == "week":
                return Found(now.at(now.monday(-n)), now.at(now.monday(1 - n)), found.end(), "iso_week")
            months = now.today.year * 12 + now.today.month - 1 - n * (12 if unit == "year" else 1)
            if unit == "year":
                return Found(
                    now.at(date(months // 12, 1, 1)), now.at(date(months // 12 + 1, 1, 1)), found.end(), "calendar_year"
                )
            first, last = now.month(months % 12 + 1, months // 12)
            return Found(now.at(first), now.at(last), found.end(), "calendar_month")
    return None


def calendar(text: str, at: int, now: Now) -> Found | None:
    """ "cette semaine" (to now), "le mois dernier", "le week-end dernier", "l'année dernière"."""
    if found := _BEFORE_LAST.match(text, at):
        return Found(now.at(now.monday(-2)), now.at(now.monday(-1)), found.end(), "iso_week")
    if found := _WEEKEND.match(text, at):
        saturday = now.monday() + timedelta(days=5)
        if (saturday > now.today and not found["this"]) or now.today < saturday:
            saturday -= timedelta(weeks=1)
        if found["this"] and now.today >= now.monday() + timedelta(days=5):
            saturday = now.monday() + timedelta(days=5)
        return Found(now.at(saturday), now.at(saturday + timedelta(days=2)), found.end(), "weekend")
    for pattern, back in ((_LAST, 1), (_NEXT, -1)):
        if found := pattern.match(text, at):
            return _period(found["unit"] or found["unit2"], back, now, found.end())
    if found := _THIS.match(text, at):
        if not re.search(r"\b(?:ce|cette|cet|this|current)\b|l'|ci$|cours|courant|actuel", found.group()):
            return None
        first = _period(found["unit"], 0, now, found.end())
        return Found(first.start, _now(now), found.end(), first.convention + "_to_now")
    return None


def _period(unit: str, back: int, now: Now, stop: int) -> Found:
    if unit in ("semaine", "week"):
        return Found(now.at(now.monday(-back)), now.at(now.monday(1 - back)), stop, "iso_week")
    months = now.today.year * 12 + now.today.month - 1
    if unit in ("mois", "month"):
        first, last = now.month((months - back) % 12 + 1, (months - back) // 12)
        return Found(now.at(first), now.at(last), stop, "calendar_month")
    if unit in ("trimestre", "quarter"):
        quarters = now.today.year * 4 + (now.today.month - 1) // 3 - back
        first, last = now.quarter(quarters % 4 + 1, quarters // 4)
        return Found(now.at(first), now.at(last), stop, "quarter")
    year = now.today.year - back
    return Found(now.at(date(year, 1, 1)), now.at(date(year + 1, 1, 1)), stop, "calendar_year")


def numbered(text: str, at: int, now: Now) -> Found | None:
    """ "semaine 42", "S-1", "T3", "3e trimestre", "la semaine du 12 octobre", "en 2025"."""
    from vigie.ask._when_days import days

    if found := _WEEK_OF.match(text, at):
        day = days(text, found.end(), now) or days(text, text.rfind(" ", at, found.end()) - 1, now)
        if day is None and (bare := re.compile(r"(\d{1,2})\b").match(text, found.end())):
            day = days(f"le {bare[1]}", 0, now)
            day = None if day is None else type(day)(day.first, day.last, bare.end(), day.convention)
        if day:
            monday = day.first - timedelta(days=day.first.weekday())
            return Found(now.at(monday), now.at(monday + timedelta(weeks=1)), day.end, "iso_week")
    if found := _WEEK_OFFSET.match(text, at):
        back = int(found["n"])
        return Found(now.at(now.monday(-back)), now.at(now.monday(1 - back)), found.end(), "iso_week")
    if found := _WEEK_NUMBER.match(text, at):
        return _iso_week(found, now)
    if found := _HALF.match(text, at):
        year, half = int(found["year"]), int(found["n"])
        first, last = (date(year, 1, 1), date(year, 7, 1)) if half == 1 else (date(year, 7, 1), date(year + 1, 1, 1))
        return Found(now.at(first), now.at(last), found.end(), "half_year")
    if found := _QUARTER.match(text, at):
        return _quarter(found, now)
    if found := _YEAR.match(text, at):
        year = int(found["year"])
        since = found.group().startswith("depuis")
        end = _now(now) if since else now.at(date(year + 1, 1, 1))
        return Found(now.at(date(year, 1, 1)), end, found.end(), "calendar_year", "since" if since else "range")
    return None


def _iso_week(found: re.Match[str], now: Now) -> Found | None:
    week = int(found["n"] or found["m"])
    year = int(found["year"]) if found["year"] else now.today.year
    try:
        monday = date.fromisocalendar(year, week, 1)
        if not found["year"] and monday > now.today:
            monday = date.fromisocalendar(year - 1, week, 1)
    except ValueError:
        return None
    cued = not found["code"] or bool(re.match(r"(?:en|in|during|pendant|sur|dans|de|pour|for|au)\b", found.group()))
    return Found(now.at(monday), now.at(monday + timedelta(weeks=1)), found.end(), "iso_week", "range", cued)


def _quarter(found: re.Match[str], now: Now) -> Found | None:
    year = int(found["year"]) if found["year"] else None
    if found["ord"] and found["what"] in ("semestre", "half"):
        half = _ORDINAL[found["ord"]]
        if half > 2:
            return None
        year = year or now.today.year - (half == 2 and now.today.month < 7)
        first, last = (date(year, 1, 1), date(year, 7, 1)) if half == 1 else (date(year, 7, 1), date(year + 1, 1, 1))
        return Found(now.at(first), now.at(last), found.end(), "half_year")
    n = int(found["n"]) if found["n"] else _ORDINAL[found["ord"]]
    first, last = now.quarter(n, year)
    strong = bool(found["ord"] or found["year"] or found["cue"])
    return Found(now.at(first), now.at(last), found.end(), "quarter", "range", strong)


def month(text: str, at: int, now: Now) -> Found | None:
    """ "en octobre", "octobre 2025", "fin octobre", "the beginning of October", "October"."""
    found = _IN_MONTH.match(text, at)
    if found is None:
        return None
    name = found["month"]
    if re.search(r"\d(?:er)?\s+$", text[:at]):
        return None  # of a date that does not exist
    if (
        name in AMBIGUOUS_MONTHS
        and not found["year"]
        and not re.search(
            r"\b(?:en|in|mois|courant|during|d'|de|since|fin|debut|mi)\b",
            found.group()[: found.start("month") - found.start()],
        )
    ):
        return None
    if name == "may" and not re.search(r"\b(?:in|of|during|for)\s*$", found["cue"]) and not found["year"]:
        return None
    first, last = now.month(MONTHS[name], int(found["year"]) if found["year"] else None)
    part = (found["part"] or "").split()[-1:] and (found["part"] or "")
    convention = "calendar_month" if found["year"] else "past_month"
    if part:
        start, end = {"d": (1, 11), "e": (1, 11), "m": (11, 21), "f": (21, 0), "l": (21, 0)}.get(
            part[0], (21, 0) if "end" in part else (1, 11)
        )
        begin = first.replace(day=start)
        return Found(now.at(begin), now.at(first.replace(day=end) if end else last), found.end(), "part_of_month")
    end_ = now.at(last)
    return Found(now.at(first), min(end_, _now(now)) if first <= now.today < last else end_, found.end(), convention)
