"""The values at a path of a record as DuckDB columns: of all records, or of the objects in an array of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vigie.elements import each_profile, within_arrays
from vigie.errors import QueryRefused
from vigie.plan import Profile, counted, operands
from vigie.records.profile import Column, Layout

ONE = "one"  # an object of an array, as a column or in a lambda


@dataclass(frozen=True)
class Columns:
    """Raises QueryRefused for paths that the profile does not hold."""

    profile: Profile
    columns: tuple[Column, ...]

    def array(self, path: str) -> str:
        """The column of the objects in the arrays at a path."""
        found = next((c.name for c in self.columns if c.path == path and c.kind == "e"), None)
        if found is None:
            raise QueryRefused(f"{self.profile.collection} has no list of objects {path[:80]!r} to compute with")
        return found

    def each(self, path: str) -> Columns:
        """Those of one object in the arrays at a path, which is called ONE."""
        self.array(path)
        profile = each_profile(self.profile, path)
        assert profile is not None
        arrays = {field.path for field in self.profile.fields if field.types.get("array")}
        found = [Column(path, "p", "true", False)]
        for one in self.columns:
            if one.path.startswith(f"{path}.") and one.kind != "e":
                listed = one.listed and within_arrays(one.path, path, arrays)
                found.append(replace(one, name=f"{ONE}.{one.name}", listed=listed))
            elif one.path != path and one.kind != "e":
                found.append(one)
        return Columns(profile, tuple(found))

    def of(self, path: str) -> list[Column]:
        if path == "_id":
            return [Column("_id", "s", "id", False)]
        if self.profile.field(path) is None:
            if (within := counted(path)) is not None and self.profile.field(within) is not None:
                return [_number_of(path, self._held(within))]
            if (pair := operands(path)) is not None:
                return [self._difference(path, *pair)]
            raise QueryRefused(f"{self.profile.collection} has no field {path[:80]!r} that can be computed with")
        return self._held(path)

    def _difference(self, path: str, end: str, start: str) -> Column:
        kinds = "td" if any(c.kind in "td" for c in self.of(end)) else "n"
        high, low = self.instants(end, kinds), self.instants(start, kinds)
        if high.listed or low.listed:
            raise QueryRefused(
                f"{self.profile.collection} holds several such values in a record: no difference of them"
            )
        if kinds == "n":  # integers of 64 bits could overflow
            return Column(path, "n", f"(CAST({high.name} AS DOUBLE) - CAST({low.name} AS DOUBLE))", False)
        return Column(path, "n", f"((epoch_us({high.name}) - epoch_us({low.name})) / 1e6)", False)

    def present(self, path: str) -> str:
        return " OR ".join(f"{c.name} IS NOT NULL" for c in self.of(path) if c.kind != "t") or "false"

    def instants(self, path: str, kinds: str = "td") -> Column:
        columns = self.of(path)
        found = next((c for kind in kinds for c in columns if c.kind == kind), None)
        if found is None:
            what = "numbers" if kinds == "n" else "instants"
            raise QueryRefused(f"{path[:80]!r} of {self.profile.collection} holds no {what}")
        return found

    def value(self, path: str) -> Column:
        """The column that stands for a path as a key or in a list: its instants, else its first other class."""
        columns = self.of(path)
        for kind in "tdsnbox" if self.dated(path) else "tsnbodx":
            found = next((c for c in columns if c.kind == kind), None)
            if found is not None:
                return found
        raise QueryRefused(f"{path[:80]!r} of {self.profile.collection} holds objects: name one of its fields")

    def dated(self, path: str) -> bool:
        field = self.profile.field(path)
        return field is not None and field.dated

    def shown(self, path: str) -> str:
        mixed = self.mixed(path)
        return f"coalesce({', '.join(map(_as_text, mixed))})" if mixed else self.value(path).name

    def mixed(self, path: str) -> list[Column]:
        """The columns of a path that holds several classes of values, each shown as text; [] of others. Instants and
        arrays are shown alone, what is of no class (NaN, regular expressions) only where there is nothing else."""
        value = self.value(path)
        others = [c for c in self.of(path) if c.kind not in "tdpx" and c.name != value.name and not c.listed]
        return [value, *others] if others and value.kind not in "td" and not value.listed else []

    def _held(self, path: str) -> list[Column]:
        return [c for c in self.columns if c.path == path and c.kind != "e"]


def columns_of(layout: Layout) -> Columns:
    return Columns(layout.profile, layout.columns)


def _as_text(column: Column) -> str:
    """Numbers as MongoDB writes them: 2.0 is `2`."""
    name, text = column.name, f"CAST({column.name} AS VARCHAR)"
    if column.kind != "n":
        return text
    return f"CASE typeof({name}) WHEN 'DOUBLE' THEN printf('%.16g', CAST({name} AS DOUBLE)) ELSE {text} END"


def _number_of(path: str, columns: Sequence[Column]) -> Column:
    """How many values they hold."""
    each = [
        f"coalesce(len({c.name}), 0)" if c.listed else f"CAST({c.name} IS NOT NULL AS BIGINT)"
        for c in columns
        if c.kind not in "tp"
    ]
    return Column(path, "n", f"({' + '.join(each) or 'CAST(0 AS BIGINT)'})", False)
