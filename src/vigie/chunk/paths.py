"""Paths into a record's body, and the words of their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_DEEP = 6  # levels looked at: what names a run stands near the top


def flatten(body: Mapping[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """(path, value) of all that is no object, in the document's order. Lists are values."""
    for key, value in body.items():
        if isinstance(value, Mapping):
            if depth < _DEEP:
                yield from flatten(value, f"{prefix}{key}.", depth + 1)
        else:
            yield prefix + key, value


def lookup(body: Mapping[str, Any], path: str) -> Any:
    """The value at a path as `flatten` gives them; None where there is none. A dotted key wins over a nested one."""
    if path in body:
        return body[path]
    head, dot, rest = path.partition(".")
    while dot:
        inner = body.get(head)
        if inner is not None and (type(inner) is dict or isinstance(inner, Mapping)):
            found = lookup(inner, rest)
            if found is not None:
                return found
        part, dot, rest = rest.partition(".")
        head = f"{head}.{part}"
    return None


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Lower case, without accents: `dateDébut_flux` gives date, debut, flux."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return tuple(word.lower() for word in _WORD.findall(plain))
