"""What a command is asked for, in plain values, and what `ingest` makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from vigie.errors import InputError
from vigie.settings import Settings
from vigie.sync.steps import SyncOptions
from vigie.types import KINDS, Kind
from vigie.wiring import Inputs, code_roots, configured, origin


class Target(StrEnum):
    """The first word after `ingest`."""

    confluence = "confluence"
    mongo = "mongo"
    records = "records"
    code = "code"
    all = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One `vigie ingest`."""

    target: Target
    paths: tuple[Path, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sample_limit: int | None = None
    allow_deletions: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or the turns of one conversation of which the last is answered."""

    turns: tuple[str, ...]
    id: object = None  # as a batch line gave it; None where there is none
    session: str | None = None
    collection: str | None = None
    sources: frozenset[Kind] | None = None
    top_k: int = 5
    now: datetime | None = None
    use_model: bool = True


@dataclass(frozen=True, slots=True)
class Looked:
    """One `vigie search`."""

    query: str
    collection: str | None = None
    sources: frozenset[Kind] | None = None
    top_k: int = 5


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of the sync: the kinds, the limits, the folders given in place of the configured ones."""

    kinds: tuple[Kind, ...]
    options: SyncOptions
    inputs: Inputs = field(default_factory=Inputs)


VARIABLES: dict[Kind, str] = {"confluence": "CONFLUENCE_URL", "records": "RECORDS_DIR", "code": "CODE_ROOTS"}


def names(values: Iterable[str]) -> tuple[str, ...]:
    """Of repeated options and comma-separated lists, each name once."""
    return tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))


def passes(settings: Settings, wanted: Wanted) -> list[Pass]:
    """The runs that a command stands for. Raises InputError where there is nothing it could read."""
    if wanted.paths and wanted.target not in (Target.records, Target.code):
        raise InputError(f"ingest {wanted.target} takes no PATH: only records and code do")
    if wanted.paths:
        missing = [path for path in wanted.paths if not path.exists()]
        if missing:
            raise InputError(f"{missing[0]} does not exist: name a file or folder that does")
        return _of_code(settings, wanted) if wanted.target is Target.code else [_of_records(wanted)]
    kinds = _kinds(settings, wanted.target)
    match wanted.target:
        case Target.mongo:
            return [Pass(kinds, _options(wanted, origin=origin(settings, "live")))]
        case Target.records:
            return [Pass(kinds, _options(wanted, origin=origin(settings, "exports")))]
    return [Pass(kinds, _options(wanted))]


def notes(settings: Settings, wanted: Wanted) -> list[str]:
    """What the user would otherwise only notice by its absence."""
    if wanted.target is Target.mongo and settings.mongo_uri is None:
        return ["MONGO_URI is not set: the exports in RECORDS_DIR are read"]
    return []


def _kinds(settings: Settings, target: Target) -> tuple[Kind, ...]:
    match target:
        case Target.all:
            kinds = tuple(kind for kind in KINDS if configured(settings, kind))
            if not kinds:
                raise InputError(
                    "nothing to ingest is configured: set CONFLUENCE_URL, MONGO_URI, RECORDS_DIR or CODE_ROOTS"
                )
            return kinds
        case Target.mongo:
            if not configured(settings, "records"):
                raise InputError("MONGO_URI is not set, and there is no RECORDS_DIR with exports to read instead")
            return ("records",)
        case _:
            kind = next(known for known in KINDS if known == target.value)
            if not configured(settings, kind) or (kind == "records" and settings.records_dir is None):
                or_path = "" if kind == "confluence" else ", or name a PATH"
                raise InputError(f"{VARIABLES[kind]} is not set: set it{or_path}")
            return (kind,)


def _options(wanted: Wanted, **more: object) -> SyncOptions:
    return SyncOptions(
        only=frozenset(wanted.include),
        never=frozenset(wanted.exclude),
        sample_limit=wanted.sample_limit,
        allow_deletions=wanted.allow_deletions,
        **more,  # type: ignore[arg-type]
    )


def _of_records(wanted: Wanted) -> Pass:
    paths = tuple(dict.fromkeys(path.resolve() for path in wanted.paths))
    return Pass(("records",), _options(wanted, partial=True), Inputs(records=paths))


def _of_code(settings: Settings, wanted: Wanted) -> list[Pass]:
    paths = tuple(dict.fromkeys(path.resolve() for path in wanted.paths))
    if not settings.code_roots:
        for path in paths:
            if not path.is_dir():
                raise InputError(f"{path} is not a folder: a code root is one; or set CODE_ROOTS to a folder above it")
        return [Pass(("code",), _options(wanted, partial=True), Inputs(code=paths))]
    roots = code_roots(settings, Inputs())
    return [_below(path, roots, wanted) for path in paths]


def _below(path: Path, roots: dict[str, Path], wanted: Wanted) -> Pass:
    """The part of the innermost root that `path` names."""
    around = {name: root for name, root in roots.items() if path.is_relative_to(root)}
    if not around:
        raise InputError(f"{path} is outside CODE_ROOTS ({', '.join(map(str, roots.values()))}): nothing there is read")
    name = max(around, key=lambda known: len(around[known].parts))
    below = path.relative_to(around[name]).as_posix()
    options = SyncOptions(
        only=frozenset([name]),
        never=frozenset(wanted.exclude),
        allow_deletions=wanted.allow_deletions,
        subtree=None if below == "." else below,
        partial=True,
    )
    return Pass(("code",), options)
