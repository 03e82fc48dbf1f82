"""An operator's corrections: what a collection's records and fields are called, and what its fields are.

vanish_flows:
  nouns: [chaîne, interface]
  roles: {status: statut, start: debut}
  fields:
    srv: [serveur, machine]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import yaml

from vigie.ask.planner.roles import Roles
from vigie.errors import SettingError

ROLES = frozenset(role.name for role in fields(Roles)) - {"polarity", "endings", "duration_unit"}


@dataclass(frozen=True)
class Vocabulary:
    """An operator's corrections of one collection: roles (role -> path), names of its records, words for fields."""

    roles: Mapping[str, str] = field(default_factory=dict)
    nouns: Sequence[str] = ()
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)  # path -> words


def read_vocabulary(text: str, name: str) -> dict[str, Vocabulary]:
    """Collection -> its vocabulary. Raises SettingError, naming the place, for what is not written as above."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingError(f"{name} is not YAML: {' '.join(str(error).split())}") from error
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
        raise SettingError(f"{name} cannot be used: expected collections, each with nouns, roles or fields")
    return {str(collection): _one(given, f"{name}, {collection}") for collection, given in found.items()}


def _one(given: Mapping[str, object], place: str) -> Vocabulary:
    if unknown := given.keys() - {"nouns", "roles", "fields"}:
        raise SettingError(f"{place}: {sorted(unknown)[0]!r} is not known: expected nouns, roles or fields")
    roles, words = given.get("roles") or {}, given.get("fields") or {}
    nouns = given.get("nouns") or []
    if not isinstance(roles, dict) or roles.keys() - ROLES:
        raise SettingError(f"{place}: roles cannot be used: expected a field for some of {', '.join(sorted(ROLES))}")
    listed_words = isinstance(words, dict) and all(isinstance(w, list) for w in words.values())
    if not isinstance(nouns, list) or not isinstance(words, dict) or not listed_words:
        raise SettingError(f"{place}: nouns and the words of fields are lists: [chaîne, interface]")
    named = {str(path): [str(word) for word in listed] for path, listed in words.items()}
    return Vocabulary({str(r): str(p) for r, p in roles.items()}, [str(n) for n in nouns], named)
