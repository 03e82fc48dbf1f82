"""The objects in an array of each record, as records of their own: their profile, made from that of the records."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from vigie.plan import FieldProfile, Profile


def within_arrays(path: str, array: str, arrays: Set[str]) -> bool:
    """Is a path below `array` one of `arrays`, or below one that lies in an object of `array`?"""
    names = path.split(".")
    return any(".".join(names[:n]) in arrays for n in range(array.count(".") + 2, len(names) + 1))


def each_profile(profile: Profile, array: str) -> Profile | None:
    """Of the objects in the arrays at that path; None where they are not kept.

    Of fields outside of it, how many of them have a value is a share of what the records have: not to be shown.
    """
    held = profile.field(array)
    if held is None or not held.elements:
        return None
    arrays = {one.path for one in profile.fields if one.types.get("array")}
    inner = f"{array}."
    fields = []
    for one in profile.fields:
        if one.path == array:
            fields.append(FieldProfile(array, held.elements, {"object": held.elements}))
        elif one.path.startswith(inner):
            fields.append(_of_one(one, within_arrays(one.path, array, arrays), held.elements))
        else:
            present = round(one.present * held.elements / profile.total)
            fields.append(replace(one, present=present, elements=0))
    return Profile(profile.collection, held.elements, tuple(fields))


def _of_one(field: FieldProfile, listed: bool, total: int) -> FieldProfile:
    values = sum(n for kind, n in field.types.items() if kind not in ("null", "array"))
    present, types = min(values, total), {kind: n for kind, n in field.types.items() if listed or kind != "array"}
    classes = field.listed if listed else ""
    return replace(field, present=present, types=types, repeated=field.repeated and listed, listed=classes, elements=0)
