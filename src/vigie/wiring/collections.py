"""Collections of records: those of exports, those of a live database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import SourceError
from vigie.protocols import RecordSource
from vigie.settings import Settings
from vigie.sync.prepare import Discovery, Origin
from vigie.types import Skip, SourceRef

if TYPE_CHECKING:
    from vigie.sources.mongo import MongoDatabase


@dataclass(frozen=True, slots=True)
class Inputs:
    """Folders and files given on the command line, in place of those of the settings."""

    records: tuple[Path, ...] = ()
    code: tuple[Path, ...] = ()


def record_files(settings: Settings, inputs: Inputs) -> tuple[dict[str, Path], tuple[Skip, ...]]:
    """collection -> export, and the files refused by name."""
    from vigie.sources.record_files import list_collections

    places = inputs.records or ((settings.records_dir,) if settings.records_dir else ())
    files: dict[str, Path] = {}
    refused: list[Skip] = []
    for place in places:
        found, skips = list_collections(place)
        refused += skips
        for collection in found:
            if collection.name in files:
                refused.append(Skip(str(collection.path), f"the name {collection.name} is already taken"))
            files.setdefault(collection.name, collection.path)
    return files, tuple(refused)


def discover_records(settings: Settings, inputs: Inputs) -> Discovery:
    """Exports and, unless exports are named, the database's collections. An export keeps a name that both hold."""
    files, refused = record_files(settings, inputs)
    if settings.mongo_uri is None:
        refs = tuple(SourceRef("records", name) for name in files)
        complete = settings.records_dir is not None and not inputs.records
        return Discovery(refs, refused, complete, listed=frozenset({"exports"}))
    taken = {name.casefold(): str(path.name) for name, path in files.items()}
    chosen, skips, listed = live_collections(settings, taken)
    if inputs.records:
        clashes = {skip.native_id for skip in skips}
        held = [name for name in files if f"{settings.mongo_db}.{name}" in clashes]
        refused += tuple(Skip(str(files[n]), f"{settings.mongo_db} holds a collection {n}: rename one") for n in held)
        return Discovery(tuple(SourceRef("records", n) for n in files if n not in held), refused, complete=False)
    refs = tuple(SourceRef("records", name) for name in (*files, *chosen))
    live = frozenset([*chosen, *(skip.native_id for skip in skips)])
    exports: tuple[Origin, ...] = ("exports",) if settings.records_dir else ()
    return Discovery(refs, (*refused, *skips), live=live, listed=frozenset([*exports, "live"] if listed else exports))


def live_collections(settings: Settings, taken: Mapping[str, str]) -> tuple[list[str], list[Skip], bool]:
    """Names of the database's collections to read, what is refused, and whether the database could be asked."""
    from vigie.sources.mongo import choose

    named = (*settings.mongo_collections, *settings.mongo_include)
    try:
        found = _database(settings).collections()
    except SourceError as error:
        return [], [Skip(f"{settings.mongo_db}.*", str(error), transient=True)], False
    chosen, skips = choose(found, settings.mongo_db, named, frozenset(settings.mongo_exclude), taken)
    return [one.name for one in chosen], skips, True


@lru_cache(maxsize=1)
def mongo_database(uri: str, name: str) -> MongoDatabase:
    """One for all that a child process reads of it. Raises SourceError."""
    from vigie.sources.mongo import MongoDatabase

    return MongoDatabase(uri, name)


def _database(settings: Settings) -> MongoDatabase:
    assert settings.mongo_uri is not None
    return mongo_database(settings.mongo_uri.get_secret_value(), settings.mongo_db)


def mongo_notes(settings: Settings) -> list[str]:
    """What an operator should know of the database: that the user may write to it, or that it cannot be reached."""
    if settings.mongo_uri is None:
        return []
    try:
        rights = _database(settings).write_rights()
    except SourceError as error:
        return [str(error)]
    if not rights:
        return []
    return [
        f"the user of MONGO_URI may change {settings.mongo_db} ({', '.join(rights)}): Vigie only reads, give it a user "
        "with the role read"
    ]


def make_record_source(settings: Settings, inputs: Inputs, ref: SourceRef) -> RecordSource:
    from vigie.sources.record_files import RecordFile

    files, _ = record_files(settings, inputs)
    if ref.name in files:
        return RecordFile(ref, files[ref.name])
    from vigie.sources.mongo import MongoRecords

    database = _database(settings)
    return MongoRecords(ref, database, database.kind(ref.name), settings.mongo_watermark)


def default_sample(settings: Settings, inputs: Inputs, ref: SourceRef) -> int | None:
    """MONGO_SAMPLE_LIMIT, of live collections alone."""
    return None if ref.name in record_files(settings, inputs)[0] else settings.mongo_sample_limit
