"""Amounts of money that bound a field: "plus de 1 million d'EUR", of one currency or of that of each record."""

from __future__ import annotations

from collections.abc import Iterable

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import CURRENCIES
from vigie.ask.planner.marks import Marks, NumberMark
from vigie.ask.planner.number_nouns import comparison, whole
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import stem


def money(number: NumberMark, marks: Marks, known: Knowledge) -> list[Placed]:
    """ "plus de 1 million d'EUR": of the field of amounts, whose currency is a value or a plain word."""
    place = number.last
    while place < len(marks.tokens) and marks.tokens[place].norm in ("de", "d", "of", "en", "in"):
        place += 1
    if place >= len(marks.tokens):
        return []
    values = [path for mark in marks.values if mark.first == place for path in mark.options]
    if marks.tokens[place].norm not in CURRENCIES and not any(
        "currency" in known.facets[path].concepts for path in values
    ):
        return []
    amounts = [*(f.path for f in of_one_currency(marks, known)), *_amounts(known)]
    if not amounts:
        return []
    op, first = comparison(number.first, marks)
    said = marks.said(first, place + 1)
    found = [Placed(Cond(amounts[0], op or "in", (whole(number.value),), said), first, place + 1)]
    if not values and (coin := _coin(marks.tokens[place].norm, known)) is not None:
        found.append(Placed(coin, place, place + 1))
    return found


def _amounts(known: Knowledge) -> list[str]:
    """What the records come to first, then what of them was rejected, or differs."""
    found = [f for f in known.facets.values() if f.numeric and f.concepts & {"amount", "cost"}]
    return [f.path for f in sorted(found, key=lambda f: (bool(f.concepts & _OF_PARTS), -f.profile.present))]


_OF_PARTS = frozenset({"rejected", "error", "threshold", "discrepancy", "late"})


def of_currency(number: NumberMark, marks: Marks, known: Knowledge) -> list[Placed]:
    """ "MT103 en USD de plus de 20 000": of the one field of amounts, where a currency is a value right before."""
    op, first = comparison(number.first, marks)
    records = first
    while (noun := next((n for n in marks.nouns if n.record >= 1 and n.last == records), None)) is not None:
        records = noun.first
    said = [m for m in marks.values if 0 <= first - m.last <= 1 or m.last == records]  # "EUR margin calls | above"
    coin = next((path for m in said for path in m.options if "currency" in known.facets[path].concepts), None)
    amounts = _amounts(known)
    above = (coin or "").rpartition(".")[0]
    amounts = [path for path in amounts if above and path.rpartition(".")[0] == above] or amounts
    if op is None or len(amounts) != 1 or coin is None or number.percent:
        return []
    cond = Cond(amounts[0], op, (whole(number.value),), marks.said(first, number.last))
    return [Placed(cond, first, number.last)]


def amount_of(marks: Marks, known: Knowledge) -> str | None:
    """ "somme des virements exécutés" of records that have one amount each."""
    amounts = [f.path for f in known.facets.values() if f.numeric and "amount" in f.concepts]
    owned = any(noun.record >= OWN for noun in marks.nouns)
    return amounts[0] if (owned or asks_how_much(marks)) and len(amounts) == 1 else None


def asks_how_much(marks: Marks) -> bool:
    """ "how much | did we send", "was rejected": of no noun that says what."""
    asked, tokens = marks.cue("count"), marks.tokens
    if asked is None or [t.norm for t in tokens[asked.first : asked.first + 2]] != ["how", "much"]:
        return False
    return asked.last < len(tokens) and tokens[asked.last].norm in _AUXILIARY


_AUXILIARY = frozenset("did do does was were is are has have had".split())


def total_of_money(marks: Marks, known: Knowledge, paths: Iterable[str]) -> bool:
    """ "the total of USD payments": of their amounts, which a currency is said of. `paths`: of the conditions."""
    asked = marks.cue("count")
    said = asked is not None and {t.norm for t in marks.tokens[asked.first : asked.last]} in _TOTALS
    return said and any("currency" in known.facets[path].concepts for path in paths)


_TOTALS = ({"total", "de"}, {"total", "des"}, {"total", "of"})


def of_one_currency(marks: Marks, known: Knowledge) -> list[Facet]:
    """ "un écart de plus de 5 000 EUR" of `ecartEUR`: fields with a currency in their name that the question names."""
    said = {stem(token.norm) for token in marks.tokens}
    return [
        f
        for f in known.facets.values()
        if f.numeric and set(f.words) & CURRENCIES and {stem(w) for w in f.words if w not in CURRENCIES} & said
    ]


def _coin(norm: str, known: Knowledge) -> Cond | None:
    """ "€" where amounts are of several currencies."""
    sign = next((sign for sign, words in _SIGNS.items() if norm in words.split()), "")
    for facet in known.facets.values():
        if "currency" in facet.concepts and any(value == sign for value, _ in facet.profile.values):
            return Cond(facet.path, "in", (sign,), norm)
    return None


_SIGNS = {"EUR": "€ eur euro euros", "USD": "usd dollar dollars", "GBP": "gbp", "CHF": "chf"}
