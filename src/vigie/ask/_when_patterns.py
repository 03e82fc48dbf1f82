"""Patterns over tokens, and rules made of them: what the grammar is written in.

A pattern is words in a row: `la|the? semaine|week derniere|passee`. `a|b` is one or the other, `x?` may be left out,
`en_cours` is several words, `<day>` is whatever the rules of that name read, or a slot of `_when_slots`; `<day:last>`
hands it to the rule's function as `last`. Readings of a name are tried from the longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from vigie.ask._when_calendar import Calendar
from vigie.ask._when_tokens import Token
from vigie.ask._when_words import FUNCTION
from vigie.ask.language import Language

Readings = list[tuple[int, Any]]  # (the token after, what was read), the longest first
Build = TypeVar("Build", bound=Callable[..., Any])
Slot = Callable[["Scan", int], Readings]


class Spent(Exception):
    """More was tried than a question is worth."""


@dataclass(slots=True)
class Scan:
    """One question being read. `left`: steps that may still be taken, so that no text takes long."""

    tokens: Sequence[Token]
    calendar: Calendar
    language: Language
    left: int
    memo: dict[tuple[str, int], Readings] = field(default_factory=dict)

    def word(self, i: int) -> str:
        return self.tokens[i].word if 0 <= i < len(self.tokens) else ""

    def closes(self, i: int) -> bool:
        """Is token `i` no thing that a number before it could count or order?"""
        token = self.tokens[i] if i < len(self.tokens) else None
        if token is None or token.name or not token.word[0].isalpha() or token.word in FUNCTION:
            return True
        return len(token.keys) > 1 and "#unit" not in token.keys


@dataclass(frozen=True, slots=True)
class Here:
    """Where a rule matched: tokens `i` to `j`, `j` excluded."""

    scan: Scan
    i: int
    j: int

    @property
    def calendar(self) -> Calendar:
        return self.scan.calendar

    def before(self, back: int = 1) -> str:
        return self.scan.word(self.i - back)

    def after(self, ahead: int = 0) -> str:
        return self.scan.word(self.j + ahead)

    @property
    def far_away(self) -> bool:
        """ "ce jour-là"."""
        tokens = self.scan.tokens
        return self.j < len(tokens) and tokens[self.j].word == "la" and tokens[self.j].glued

    @property
    def closed(self) -> bool:
        """Is what comes next no thing that a number at the end could count or order?"""
        return self.scan.closes(self.j)


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of a pattern."""

    words: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]  # of several words, the longest first
    slot: str | None
    label: str
    optional: bool
    plain: bool  # one word that must be there


@dataclass(frozen=True, slots=True)
class Rule:
    pieces: tuple[Piece, ...]
    build: Callable[..., Any]


def parse(pattern: str) -> tuple[Piece, ...]:
    pieces = []
    for said in pattern.split():
        optional = said.endswith("?") and len(said) > 1
        body = said[:-1] if optional else said
        if body.startswith("<") and body.endswith(">"):
            slot, _, label = body[1:-1].partition(":")
            pieces.append(Piece(frozenset(), (), slot, label or slot, optional, False))
        else:
            phrases = sorted((tuple(p.replace("_", " ").split()) for p in body.split("|")), key=len, reverse=True)
            words = frozenset(phrase[0] for phrase in phrases if len(phrase) == 1)
            longer = tuple(phrase for phrase in phrases if len(phrase) > 1)
            pieces.append(Piece(words, longer, None, "", optional, not (optional or longer)))
    return tuple(pieces)


class Grammar:
    """Rules by name, each found by the words that it can begin with."""

    def __init__(self, slots: dict[str, tuple[frozenset[str], Slot]]) -> None:
        self.slots = slots
        self.rules: dict[str, list[Rule]] = {}

    def rule(self, name: str, *patterns: str) -> Callable[[Build], Build]:
        """The function is called with Here and the slots read, and gives what they mean or None."""

        def add(build: Build) -> Build:
            if name in self.slots:
                raise ValueError(f"{name} is a slot")
            self.rules.setdefault(name, []).extend(Rule(parse(pattern), build) for pattern in patterns)
            return build

        return add

    @cached_property
    def words(self) -> frozenset[str]:
        pieces = (p for rules in self.rules.values() for rule in rules for p in rule.pieces)
        said = {w for piece in pieces for phrase in (piece.words, *piece.phrases) for w in phrase}
        return frozenset(said | {key for keys, _ in self.slots.values() for key in keys if key[0] != "#"})

    @cached_property
    def _index(self) -> dict[str, dict[str, tuple[Rule, ...]]]:
        """Name -> word or class of a first token -> the rules that may begin there."""
        index: dict[str, dict[str, list[Rule]]] = {name: {} for name in self.rules}
        for name, rules in self.rules.items():
            for rule in rules:
                for key in self._first(rule, frozenset()):
                    index[name].setdefault(key, []).append(rule)
        return {name: {key: tuple(rules) for key, rules in keys.items()} for name, keys in index.items()}

    def _first(self, rule: Rule, above: frozenset[str]) -> set[str]:
        keys: set[str] = set()
        for piece in rule.pieces:
            keys |= piece.words | {phrase[0] for phrase in piece.phrases}
            if piece.slot in self.slots:
                keys |= self.slots[piece.slot][0]
            elif piece.slot and piece.slot not in above:
                for inner in self.rules[piece.slot]:
                    keys |= self._first(inner, above | {piece.slot})
            if not piece.optional:
                break
        return keys

    def read(self, name: str, scan: Scan, i: int) -> Readings:
        """What the slot, or the rules of this name, read from token `i` on."""
        if i >= len(scan.tokens):
            return []
        memo = scan.memo.get((name, i))
        if memo is None:
            scan.memo[name, i] = []  # a rule that begins with itself reads nothing
            memo = scan.memo[name, i] = self._read(name, scan, i)
        return memo

    def _read(self, name: str, scan: Scan, i: int) -> Readings:
        if name in self.slots:
            return self.slots[name][1](scan, i)
        found: Readings = []
        index = self._index[name]
        for key in scan.tokens[i].keys:
            for rule in index.get(key, ()):
                for end, read in self._match(rule.pieces, 0, scan, i, {}):
                    value = _built(rule, Here(scan, i, end), read)
                    if value is not None:
                        found.append((end, value))
                        break
        return sorted(found, key=lambda reading: -reading[0])

    def _match(
        self, pieces: tuple[Piece, ...], k: int, scan: Scan, i: int, read: dict[str, Any]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        scan.left -= 1
        if scan.left < 0:
            raise Spent
        while k < len(pieces) and pieces[k].plain:  # no choice to make
            if scan.word(i) not in pieces[k].words:
                return
            i, k = i + 1, k + 1
        if k == len(pieces):
            yield i, read
            return
        piece = pieces[k]
        if piece.slot is not None:
            for end, value in self.read(piece.slot, scan, i):
                yield from self._match(pieces, k + 1, scan, end, {**read, piece.label: value})
        else:
            word = scan.word(i)
            for phrase in piece.phrases:
                if phrase[0] == word and all(scan.word(i + n) == other for n, other in enumerate(phrase)):
                    yield from self._match(pieces, k + 1, scan, i + len(phrase), read)
            if word in piece.words:
                yield from self._match(pieces, k + 1, scan, i + 1, read)
        if piece.optional:
            yield from self._match(pieces, k + 1, scan, i, read)


def _built(rule: Rule, here: Here, read: dict[str, Any]) -> Any:
    try:
        return rule.build(here, **read)
    except (ValueError, OverflowError):
        return None  # a date that does not exist, or that no calendar reaches
