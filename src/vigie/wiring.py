"""settings -> objects: one `match` per family, its import inside the case, so that a command loads what it uses."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vigie.ask.engine import Engine
from vigie.ask.exact import ExactAnswers
from vigie.ask.planner.knowledge import Vocabulary
from vigie.ask.retrieve import Retriever
from vigie.embed.models import ModelSpec
from vigie.embed.used import read_used, remember_used
from vigie.errors import EmbedderUnusable, InputError, SettingError, SourceError, StoreCorrupt
from vigie.index.stamp import IndexStamp
from vigie.protocols import ChatModel, Embedder, RecordEngine, RecordSource, RecordStore, Source, TextIndex, VectorIndex
from vigie.records.generations import ParquetRecords
from vigie.settings import Settings
from vigie.store.ledger import SqliteLedger
from vigie.store.lock import WriterLock
from vigie.store.sessions import SqliteSessions
from vigie.sync.child import ChildWorker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Discovery, Families, Origin, Preparer
from vigie.sync.run import Syncer
from vigie.types import KINDS, Kind, Skip, SourceRef

if TYPE_CHECKING:
    from vigie.sources.mongo import MongoDatabase

log = logging.getLogger(__name__)
T = TypeVar("T")

VOCABULARY = "vocabulary.yaml"
MODELS = "models.json"
QUERY_THREADS = 1  # a question is one short text: a second thread only takes from the sync
INDEXING_THREADS = 2


@dataclass(frozen=True, slots=True)
class Inputs:
    """Folders and files given on the command line, in place of those of the settings."""

    records: tuple[Path, ...] = ()
    code: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Services:
    """Everything a command or a server works with, on one data directory that it alone writes to."""

    settings: Settings
    lock: WriterLock
    ledger: SqliteLedger
    indexer: Indexer
    bodies: RecordStore
    records: RecordEngine
    exact: ExactAnswers
    sessions: SqliteSessions
    retriever: Retriever
    engine: Engine
    chat: ChatModel | None
    notes: Sequence[str] = field(default_factory=tuple)  # what was repaired or capped on the way
    closers: Sequence[Callable[[], None]] = ()

    def syncer(self, inputs: Inputs | None = None, boundary: Callable[[str], None] = lambda step: None) -> Syncer:
        """A sync over the configured sources, or over `inputs`."""
        make = partial(ChildWorker, partial(make_preparer, self.settings, inputs or Inputs()))
        return Syncer(self.ledger, self.indexer, self.bodies, make, self.settings.clock, boundary)

    def close(self) -> None:
        for close in self.closers:
            close()


def open_services(
    settings: Settings, *, wait: float = 0.0, boundary: Callable[[str], None] = lambda step: None
) -> Services:
    """Open the data directory for this process alone and finish what a killed one left there.

    Raises StoreBusy when another process holds it, StoreCorrupt for a damaged ledger, EmbedderUnusable.
    """
    lock = WriterLock(settings.data_dir, wait)
    notes: list[str] = []
    ledger = SqliteLedger(settings.data_dir / "ledger.db")
    vectors = _rebuildable(partial(make_vectors, settings), settings.vectors_dir, settings, notes)
    text = _rebuildable(make_text, settings.data_dir / "text", settings, notes)
    bodies = make_bodies(settings)
    sessions = SqliteSessions(settings.data_dir / "sessions.db")
    indexer = Indexer(ledger, vectors, text, boundary)
    _follow_index(settings, ledger, indexer, vectors, notes)
    retriever = Retriever(ledger, vectors, text, LazyEmbedders(settings), former=FormerEmbedders(settings))
    remember_used(settings.data_dir / MODELS, [model_spec(settings, kind)[1] for kind in KINDS])
    chat = make_chat(settings)
    records = make_engine(settings, bodies, ledger)
    words = make_vocabulary(settings)
    if words:
        notes.append(f"{VOCABULARY} corrects {', '.join(sorted(words))}")
    notes += chunk_notes(settings)
    notes += mongo_notes(settings)
    exact = ExactAnswers(records, lambda: sorted(ledger.bodies()), settings.zone, lambda: words)
    engine = Engine(retriever, ledger, sessions, chat, settings.clock, settings.zone, exact)
    closers = (vectors.close, text.close, ledger.close, sessions.close, lock.close)
    services = Services(
        settings,
        lock,
        ledger,
        indexer,
        bodies,
        records,
        exact,
        sessions,
        retriever,
        engine,
        chat,
        tuple(notes),
        closers,
    )
    services.syncer(boundary=boundary).recover()
    if any("rebuilt from the ledger" in note for note in notes):
        indexer.check(sample=0, repair=True)
    return services


def _rebuildable(make: Callable[[Path], T], folder: Path, settings: Settings, notes: list[str]) -> T:
    """Open an index; a damaged one is moved aside, never deleted, and filled again from the ledger."""
    try:
        return make(folder)
    except StoreCorrupt as error:
        aside = folder.with_name(f"{folder.name}.damaged-{datetime.now(settings.zone):%Y%m%d-%H%M%S}")
        folder.rename(aside)
        note = f"{error}; moved to {aside.name} and rebuilt from the ledger"
        log.warning(note)
        notes.append(note)
        return make(folder)


def _follow_index(
    settings: Settings, ledger: SqliteLedger, indexer: Indexer, vectors: VectorIndex, notes: list[str]
) -> None:
    """Fill an index that is not the one used last: another type, another folder, or the one before the last."""
    stamp = IndexStamp(settings.data_dir / "vectors.stamp", settings.vectors_dir)
    lost = settings.chroma_url and not vectors.collections()  # a server that was emptied
    if stamp.same() and not lost:
        return
    if ledger.fingerprints():
        log.info("filling the vector index in %s from the ledger", settings.vectors_place)
        indexer.refill()
        if not any("rebuilt from the ledger" in note for note in notes):
            notes.append(
                f"the vector index is {settings.vector_db} in {settings.vectors_place} from now on: filled from the "
                "ledger, nothing was embedded again"
            )
    stamp.renew()


# ------------------------------------------------------------------ stores and indexes


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
    live = Names(names)
    return Engines(lambda name: embedded if name.casefold() in exports() or name not in live else mongo)


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


# ------------------------------------------------------------------ models


@lru_cache(maxsize=4)
def make_embedder(spec: ModelSpec, cache_dir: Path, threads: int) -> Embedder:
    """The encoder of that name or folder, loaded once per process. Raises EmbedderUnusable."""
    from vigie.embed.models import backend, resolve

    folder = resolve(spec.name, cache_dir)
    prefixes = {"query_prefix": spec.query_prefix, "passage_prefix": spec.passage_prefix}
    match backend(folder):
        case "onnx", _:
            from vigie.embed.onnx import OnnxEmbedder

            return OnnxEmbedder(folder, cache_dir, threads=threads, **prefixes)
        case _, why:
            try:
                from vigie.embed.sentence_transformers import TransformersEmbedder
            except ImportError as error:
                raise EmbedderUnusable(
                    f"{why}; `pip install 'vigie[transformers]'` installs what runs others ({error})"
                ) from error
            return TransformersEmbedder(folder, cache_dir, threads=threads, **prefixes)


def model_spec(settings: Settings, kind: Kind) -> tuple[str, ModelSpec]:
    """(the variable that names it, the model of that kind of source)."""
    if kind == "code" and settings.code_emb_model:
        return "CODE_EMB_MODEL", ModelSpec(settings.code_emb_model)
    spec = ModelSpec(settings.text_model, settings.query_prefix, settings.passage_prefix)
    return settings.text_model_variable, spec


@dataclass(frozen=True)
class LazyEmbedders(Mapping[Kind, Embedder]):
    """The embedder of each kind of source, loaded when first asked for."""

    settings: Settings
    threads: int = QUERY_THREADS

    def __getitem__(self, kind: Kind) -> Embedder:
        variable, spec = model_spec(self.settings, kind)
        try:
            return make_embedder(spec, self.settings.data_dir / "cache", self.threads)
        except EmbedderUnusable as error:
            raise EmbedderUnusable(f"{variable}={spec.name!r} cannot be used: {error}") from error

    def __iter__(self) -> Iterator[Kind]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


@dataclass
class FormerEmbedders:
    """Models that this data directory was used with, by fingerprint, loaded when first asked for."""

    settings: Settings
    _found: dict[str, Embedder | None] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, fingerprint: str) -> Embedder | None:
        with self._one:
            if fingerprint not in self._found:
                self._found[fingerprint] = self._look_for(fingerprint)
            return self._found[fingerprint]

    def _look_for(self, fingerprint: str) -> Embedder | None:
        for spec in read_used(self.settings.data_dir / MODELS):
            try:
                embedder = make_embedder(spec, self.settings.data_dir / "cache", QUERY_THREADS)
            except EmbedderUnusable as error:
                log.warning("the embedding model used before cannot be loaded: %s", error)
                continue
            if embedder.fingerprint == fingerprint:
                return embedder
        log.warning(
            "no embedding model known here has the fingerprint %s: its collection has to be synced", fingerprint
        )
        return None


def chunk_notes(settings: Settings) -> list[str]:
    """That CHUNK_SIZE is more than a model reads, where its files tell that without loading it."""
    size = settings.chunk_size
    if size is None:
        return []
    from vigie.embed.models import reads, resolve

    told = []
    for variable, spec in dict(model_spec(settings, kind) for kind in KINDS).items():
        try:
            most = reads(resolve(spec.name, settings.data_dir / "cache"))
        except EmbedderUnusable:
            continue  # told when it is needed
        if most is not None and size > most:
            told.append(
                f"CHUNK_SIZE={size} is more than {spec.name} ({variable}) reads: chunks have at most {most} tokens"
            )
    return told


def make_chat(settings: Settings) -> ChatModel | None:
    """The configured language model, or None: every answer is then composed."""
    if settings.litellm_model is None:
        return None
    from vigie.llm import LiteLLMChat

    key = settings.litellm_api_key
    return LiteLLMChat(
        settings.litellm_model, settings.litellm_api_base, key.get_secret_value() if key is not None else None
    )


# ------------------------------------------------------------------ sources


def make_preparer(settings: Settings, inputs: Inputs) -> Preparer:
    """What the child process works with."""
    embedders = LazyEmbedders(settings, INDEXING_THREADS)
    return Preparer(
        Families(
            discover=partial(discover, settings, inputs),
            documents=partial(make_document_source, settings, inputs),
            records=partial(make_record_source, settings, inputs),
            sample_limit=partial(default_sample, settings, inputs),
            bodies=make_bodies(settings),
            embedder=embedders.__getitem__,
            chunk_size=settings.chunk_size,
            chunk_overlap=settings.chunk_overlap,
            zone=settings.zone,
        )
    )


def discover(settings: Settings, inputs: Inputs, kind: Kind) -> Discovery:
    """The sources of a kind; none where it is not configured, and then nothing of it is removed."""
    match kind:
        case "confluence":
            refs = tuple(SourceRef(kind, space) for space in settings.confluence_spaces)
            return Discovery(refs) if settings.confluence_url else Discovery(complete=False)
        case "code":
            refs = tuple(SourceRef(kind, name) for name in code_roots(settings, inputs))
            return Discovery(refs, complete=bool(settings.code_roots) and not inputs.code)
        case "records":
            return discover_records(settings, inputs)


def configured(settings: Settings, kind: Kind) -> bool:
    """Whether the settings name anything to read of this kind."""
    records = settings.records_dir or settings.mongo_uri
    return bool({"confluence": settings.confluence_url, "records": records, "code": settings.code_roots}[kind])


def origin(settings: Settings, wanted: Origin) -> Origin | None:
    """The same where records come from both a database and exports; None where there is nothing to tell apart."""
    return wanted if settings.records_dir and settings.mongo_uri else None


def make_document_source(settings: Settings, inputs: Inputs, ref: SourceRef, subtree: str | None) -> Source:
    match ref.kind:
        case "confluence":
            return make_confluence(settings, ref.name)
        case "code":
            from vigie.sources.code import CodeSource

            root = code_roots(settings, inputs)[ref.name]
            return CodeSource(ref, root, root / subtree if subtree else None)
        case other:
            raise InputError(f"{other} are not documents")


def make_confluence(settings: Settings, space: str) -> Source:
    from vigie.sources.confluence import ConfluenceSource
    from vigie.sources.confluence_client import ConfluenceClient
    from vigie.sources.confluence_v2 import wiki_base

    if settings.confluence_url is None:
        raise SettingError("CONFLUENCE_URL is not set: set it to the wiki's address")
    password, token = settings.confluence_password, settings.confluence_token
    client = ConfluenceClient(
        wiki_base(settings.confluence_url),
        username=settings.confluence_username,
        password=password.get_secret_value() if password else None,
        token=token.get_secret_value() if token else None,
    )
    return ConfluenceSource(client, space, _extract() if settings.confluence_attachments else None)


def _extract() -> Callable[[str, bytes], str]:
    try:
        from vigie.sources.attachment_text import text_of
    except ImportError as error:
        raise SettingError(
            "CONFLUENCE_ATTACHMENTS=yes cannot be used: `pip install 'vigie[attachments]'` installs what reads them"
        ) from error
    return text_of


def code_roots(settings: Settings, inputs: Inputs) -> dict[str, Path]:
    """name -> folder; a name is the folder's own, or its whole path where two are called the same."""
    roots = inputs.code or settings.code_roots
    names = [root.name for root in roots]
    return {root.name if names.count(root.name) == 1 and root.name else str(root): root for root in roots}


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
