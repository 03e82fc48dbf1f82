"""The objects in an array of each record, as what is asked of: "quelle étape casse le plus", "durée de l'étape X"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.role_scores import LABELS
from vigie.ask.planner.roles import Roles, learn_roles
from vigie.ask.planner.tokens import parts, stem
from vigie.elements import each_profile
from vigie.plan import Profile


@dataclass(frozen=True)
class View:
    profile: Profile
    facets: Mapping[str, Facet]
    roles: Roles


def view_of(profile: Profile, facets: Mapping[str, Facet], roles: Roles, array: str) -> View | None:
    """Their own fields, by their own names, and those of their records but for what they tell themselves: whether it
    failed, how long it took."""
    each = each_profile(profile, array)
    if each is None or not any(path.startswith(f"{array}.") for path in facets):
        return None
    fields = {one.path: one for one in each.fields}
    depth = len(_parts_of(array))
    own = {
        path: replace(facet, profile=fields[path], above=facet.above[depth:])
        for path, facet in facets.items()
        if path.startswith(f"{array}.")
    }
    told = learn_roles(replace(each, collection=array.rpartition(".")[2]), own)
    record = tuple(parts(profile.collection))
    hidden = {getattr(roles, role) for role in _THEIRS if getattr(told, role) is not None}
    beside = {
        path: replace(facet, profile=fields[path], above=(*record, *facet.above))
        for path, facet in facets.items()
        if path in fields and path not in own and path not in hidden
    }
    of_record = {role: getattr(told, role) or getattr(roles, role) for role in _SHARED}
    if (name := told.name or _name(own, told)) is not None:  # `etapes.label` is the step
        called = frozenset(stem(word) for word in parts(array.rpartition(".")[2]))
        own[name] = replace(own[name], extra=own[name].extra | called)
    return View(each, {**own, **beside}, replace(told, name=name, **of_record))


def _name(own: Mapping[str, Facet], told: Roles) -> str | None:
    """`label` of steps, or the only text that nothing else is told by."""
    taken = {told.status, told.outcome, told.code, told.message, told.severity}
    texts = [f for f in own.values() if f.text and not f.long and f.profile.time is None and f.path not in taken]
    labels = [f for f in texts if len(f.words) == 1 and f.words[0] in LABELS]
    found = labels or texts
    return found[0].path if len(found) == 1 and found[0].profile.distinct > 1 else None


def _parts_of(array: str) -> tuple[str, ...]:
    return tuple(word for name in array.split(".") for word in parts(name))


_THEIRS = ("status", "outcome", "duration", "code", "message", "severity", "ident")
_SHARED = ("start", "env", "entity", "team", "host")
