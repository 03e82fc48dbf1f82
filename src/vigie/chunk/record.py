"""Signatures: what many runs have in common, as the one text that is embedded and found for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vigie.chunk.masking import mask
from vigie.chunk.paths import lookup
from vigie.chunk.roles import RoleField, learn_fields
from vigie.chunk.times import millis, record_time, time_path
from vigie.types import digest

__all__ = ["Signature", "SignatureFields", "learn", "mask", "millis", "record_time", "signature", "time_path"]

# Texts of nothing but codes and placeholders, the worst seen, then fit the 256 tokens of the default model.
_MESSAGE = 200
_VALUE = 100
_TITLE = 120
_MEMO = 100_000  # signatures kept ready per collection; a million runs hold a few thousand


@dataclass(frozen=True, slots=True)
class Signature:
    """`key` is the same for all runs of one meaning, in every sync; `text` is what `key` was made from."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class SignatureFields:
    """What makes a signature of one collection, learned from a sample of it."""

    fields: tuple[RoleField, ...]

    def to_json(self) -> str:
        return json.dumps([[f.role, f.path, f.masked, f.given_by, dict(f.given)] for f in self.fields])

    @classmethod
    def from_json(cls, text: str) -> SignatureFields:
        """Raises ValueError or TypeError for anything `to_json` did not write."""
        return cls(
            tuple(
                RoleField(role, path, masked, by, tuple(given.items()))
                for role, path, masked, by, given in json.loads(text)
            )
        )

    @cached_property
    def _readers(self) -> tuple[tuple[str, bool, bool], ...]:
        """(path, whether it is a plain key, masked) of each field."""
        return tuple((f.path, "." not in f.path, f.masked) for f in self.fields)

    @cached_property
    def _given(self) -> list[tuple[int, int, dict[str, str]]]:
        """(place of a category, place of the field it follows from, category by that field's value)."""
        places = {f.path: i for i, f in enumerate(self.fields)}
        return [(i, places[f.given_by], dict(f.given)) for i, f in enumerate(self.fields) if f.given_by]

    @cached_property
    def _memo(self) -> dict[tuple[str | None, ...], Signature]:
        return {}


def learn(sample: Sequence[Mapping[str, Any]]) -> SignatureFields:
    """The fields that tell what a run was. The same sample gives the same fields, in any order of its records."""
    return SignatureFields(learn_fields(sample))


def signature(body: Mapping[str, Any], fields: SignatureFields) -> Signature:
    """The record's signature. One that holds none of the fields has the collection's "no detail" one."""
    read = [_value(body.get(path) if plain else lookup(body, path), masked) for path, plain, masked in fields._readers]
    for place, by, given in fields._given:
        # A record that lacks its category is none of another meaning.
        if read[place] is None and (key := read[by]) is not None:
            read[place] = given.get(key)
    values = tuple(read)
    memo = fields._memo
    found = memo.get(values)
    if found is None:
        if len(memo) >= _MEMO:
            memo.clear()
        found = memo[values] = _compose(fields.fields, values)
    return found


def _value(value: Any, masked: bool) -> str | None:
    if value is None:
        return None
    if type(value) is str:
        return (mask(value) if masked else value.strip()) or None
    if isinstance(value, list):
        return _value(" ".join(v for v in value[:3] if isinstance(v, str)), masked)
    if isinstance(value, Mapping):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compose(fields: Sequence[RoleField], values: Sequence[str | None]) -> Signature:
    lines = []
    title: list[str] = []
    for field, value in zip(fields, values, strict=True):
        if value is not None:
            value = " ".join(value.split())
            lines.append(f"{field.path}: {_cut(value, _MESSAGE if field.role == 'message' else _VALUE)}")
            if field.role in ("name", "status", "code"):
                title.append(_cut(value, _TITLE // 2))
    if not lines:
        return Signature(digest("no detail"), "no detail", "no detail")
    if len(title) < 2:
        # Nothing but a name, or not even that: the message says the rest.
        title += [_cut(v, _TITLE // 2) for f, v in zip(fields, values, strict=True) if f.role == "message" and v][:1]
    text = "\n".join(lines)
    return Signature(digest(text), _cut(" · ".join(title) or lines[0], _TITLE), text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
