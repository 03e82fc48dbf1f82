"""The lists that records hold, each as a field that tells how many things are in it."""

from __future__ import annotations

from collections.abc import Mapping

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.tokens import parts
from vigie.plan import NUMBER, FieldProfile, Profile


def lists_of(profile: Profile) -> Mapping[str, Facet]:
    """By the path of their number. Of objects, those are counted that hold a value which each of them holds."""
    found = {}
    for one in profile.fields:
        if not one.types.get("array") or _within_another(one, profile):
            continue
        counted = one if one.listed and not one.types.get("object") else _in_each(one, profile)
        if counted is not None:
            *above, last = one.path.split(".")
            words = ("nb", *(parts(last) or (last.lower(),)))
            path = f"{NUMBER}{counted.path}"
            number = FieldProfile(path, profile.total, {"integer": profile.total})
            found[path] = Facet(number, words, tuple(w for part in above for w in parts(part)))
    return found


def _within_another(one: FieldProfile, profile: Profile) -> bool:
    names = one.path.split(".")
    above = (profile.field(".".join(names[:n])) for n in range(1, len(names)))
    return any(field is not None and field.types.get("array") for field in above)


def _in_each(listed: FieldProfile, profile: Profile) -> FieldProfile | None:
    elements = listed.types.get("object", 0)
    for field in profile.fields:
        name, _, last = field.path.rpartition(".")
        plain = last != "*" and not {"array", "object", "null"} & field.types.keys()
        if name == listed.path and plain and elements and sum(field.types.values()) == elements:
            return field
    return None
