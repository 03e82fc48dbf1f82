"""A plan with its rows, and the words that its numbers are told in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.language import Language
from vigie.ask.planner import figures as f
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.phrases import say
from vigie.ask.when import When
from vigie.plan import Key, Measure, Plan, Rows


@dataclass(frozen=True)
class Result:
    """`whole`: records of the same question without its state (of how many is it a part). `empties`: what emptied the
    result, (the condition in words, records without it). `notes`: readings that a convention decided, in words."""

    plan: Plan
    rows: Rows
    labels: Sequence[str]
    known: Knowledge
    language: Language
    zone: ZoneInfo
    whens: Sequence[When] = ()
    whole: int | None = None
    empties: tuple[str, int] | None = None
    notes: Sequence[str] = ()

    def say(self, code: str, **values: str) -> str:
        return say(code, self.language, name=f.literal(self.plan.collection), **values)

    def number(self, value: object) -> str:
        return f.number(number(value), self.language)

    def records(self, n: float) -> str:
        """ "exécutions" where records are runs, else "enregistrements", in the right number; "éléments de `steps`"."""
        if self.plan.each is not None:
            return self.say("elements" + _plural(n, self.language), path=f.literal(self.plan.each))
        return self.say(("runs" if self.known.runs else "records") + _plural(n, self.language))

    def outcome(self, n: float) -> str:
        """ "échecs", "succès": what a counted state is called; nothing for other counts."""
        state = self.state()
        return self.say(f"{state}{_plural(n, self.language)}") if state in ("failed", "succeeded") else ""

    def state(self) -> str | None:
        """The state that the plan's conditions ask for."""
        status, polarity = self.known.roles.status, self.known.roles.polarity
        for where in self.plan.where:
            if where.path == status and where.op == "in":
                return next((pole for pole, values in polarity.items() if set(where.values) <= set(values)), None)
        return None

    # ------------------------------------------------------------------ values

    def key(self, value: object, key: Key) -> str:
        return f.bucket(value, key.bucket, self.zone, self.language) if key.bucket else self.value(value, key.path)

    def measured(self, value: object, measure: Measure) -> str:
        if value is None:
            return "—"
        if measure.aggregate == "share":
            return f.percent(number(value), self.language)
        if isinstance(value, datetime):
            return f.instant(value, self.zone, self.language)
        unit = self.seconds(measure.path) if measure.aggregate not in ("count", "distinct") else None
        if unit is not None:
            return f.duration(number(value) * unit, self.language)
        return self.number(value) + (self._size(measure.path) if measure.aggregate not in ("count", "distinct") else "")

    def _size(self, path: str | None) -> str:
        """The unit of a field of sizes, as it is written after a number: Go of `total_gb`."""
        facet = self.known.facets.get(path or "")
        units = [word for word in facet.words if word in f.SIZE_UNITS] if facet is not None and facet.numeric else []
        return f" {f.SIZE_UNITS[units[0]][self.language]}" if len(units) == 1 else ""

    def value(self, value: object, path: str) -> str:
        """One value of a record."""
        if value is None:
            return "—"
        if isinstance(value, datetime):
            return f.instant(value, self.zone, self.language)
        if isinstance(value, int | float) and not isinstance(value, bool):
            unit = self.seconds(path)
            return f.duration(value * unit, self.language) if unit is not None else self.number(value)
        if isinstance(value, list):
            return ", ".join(self.value(v, path) for v in value)
        return f.literal(value)

    def seconds(self, path: str | None) -> float | None:
        """Seconds of one unit of a duration field."""
        if path is None or path not in self.known.facets:
            return None
        roles, facet = self.known.roles, self.known.facets[path]
        if path == roles.duration and roles.duration_unit:
            return roles.duration_unit[0]
        return facet.unit[0] if facet.unit and "duration" in facet.concepts else None


def number(value: object) -> float:
    return value if isinstance(value, int | float) else float(str(value))


def _plural(n: float, language: Language) -> str:
    """French counts zero with one."""
    return "" if n == 1 or (language == "fr" and n == 0) else "_many"
