"""Indexes, bodies of records, what computes over them, an operator's corrections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import SettingError
from vigie.protocols import RecordEngine, TextIndex, VectorIndex
from vigie.records.generations import ParquetRecords
from vigie.settings import Settings
from vigie.store.ledger import SqliteLedger
from vigie.wiring.collections import Inputs, _database, live_collections, record_files

if TYPE_CHECKING:
    from vigie.ask.planner.vocabulary import Vocabulary

VOCABULARY = "vocabulary.yaml"


def make_vectors(settings: Settings, folder: Path) -> VectorIndex:
    match settings.vector_db:
        case "chroma" if settings.chroma_url:
            from vigie.index.chroma_server import ChromaServer

            return ChromaServer(settings.chroma_url)
        case "chroma":
            from vigie.index.chroma import ChromaVectors

            return ChromaVectors(folder)
        case "faiss":
            from vigie.index.faiss import FaissVectors

            return FaissVectors(folder)


def make_text(folder: Path) -> TextIndex:
    from vigie.index.text import TantivyText

    return TantivyText(folder)


def make_bodies(settings: Settings) -> ParquetRecords:
    return ParquetRecords(settings.data_dir / "records", zone=settings.zone)


def make_engine(settings: Settings, bodies: ParquetRecords, ledger: SqliteLedger) -> RecordEngine:
    """What counts records: those of the database in the database, those of exports here."""
    from vigie.records.embedded import EmbeddedEngine

    embedded = EmbeddedEngine(bodies, ledger.bodies, settings.zone)
    if settings.mongo_uri is None:
        return embedded
    from vigie.records.engines import Engines, Names
    from vigie.records.mongo import MongoEngine
    from vigie.sources.extjson import dumps, native_id

    def exports() -> dict[str, str]:
        return {name.casefold(): path.name for name, path in record_files(settings, Inputs())[0].items()}

    def names() -> frozenset[str] | None:
        chosen, _, listed = live_collections(settings, exports())
        return frozenset(chosen) if listed else None

    mongo = MongoEngine(lambda: _database(settings).documents, embedded.profile, settings.zone, native_id, dumps)
    live = Names(names, possible=lambda name: name.casefold() not in exports())
    return Engines(live, mongo, embedded, ledger.records_read_at)


def make_vocabulary(settings: Settings) -> dict[str, Vocabulary]:
    """An operator's corrections, from a file in the data directory. Raises SettingError."""
    path = settings.data_dir / VOCABULARY
    if not path.is_file():
        return {}
    from vigie.ask.planner.vocabulary import read_vocabulary

    try:
        return read_vocabulary(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read: {error}") from error
