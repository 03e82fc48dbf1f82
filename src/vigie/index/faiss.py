"""Vectors in flat files and in memory, searched whole with FAISS: exact, no graph that could lose one.

Each collection has a folder of its own with a log and a manifest (`vector_log`); a write costs what it writes, not
what is there. Where replaced and deleted rows outnumber the live ones, the log is written again. A collection is read
into memory when it is first touched. FAISS's own files, and the pickles that wrappers put beside them, are not used.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from vigie.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from vigie.index import vector_log
from vigie.index.flat import FlatVectors
from vigie.index.names import encode
from vigie.index.unit import normalised
from vigie.index.vector_log import Frame, Manifest
from vigie.protocols import Vectors

log = logging.getLogger(__name__)

LOCK = "lock"
PASSING = "."  # begins the names of folders that are being made or removed; no encoded name begins so
LONGEST = 200  # characters of a folder's name; file systems stop at 255
DEAD_ROWS = 10_000  # of a log beyond as many as live: then it is written again


@dataclass
class _Held:
    """A collection: what is on disk, and in memory once it was touched. `lock` is of the memory."""

    folder: Path
    manifest: Manifest
    vectors: FlatVectors | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class FaissVectors:
    """Implements `protocols.VectorIndex`: cosines rounded to 6 digits, ties by id.

    Queries may come from many threads while one writes. Raises StoreCorrupt (a damaged folder, at opening or when the
    damage is met), StoreFull, StoreBusy (another process has it open), and StoreError where vectors of another
    dimension are given or the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._writing = threading.RLock()
        self._live: dict[str, _Held] = {}
        self._closed = False
        with self._mapped():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self._folder / LOCK).open("a")
            try:
                self._take_lock()
                self._recover()
            except BaseException:
                self._lock.close()
                raise

    # ------------------------------------------------------------------ reading

    def collections(self) -> list[str]:
        return sorted(self._live)

    def query(self, collection: str, vector: Vectors, k: int) -> list[tuple[str, float]]:
        with self._reading(collection) as vectors:
            if vectors is None or k <= 0 or not len(vectors):
                return []
            self._check(collection, vectors.dimension, len(vector))
            return vectors.nearest(normalised(vector), k)

    def count(self, collection: str) -> int:
        with self._reading(collection) as vectors:
            return 0 if vectors is None else len(vectors)

    def ids(self, collection: str) -> Iterator[str]:
        """As they were when it was called for the first one."""
        with self._reading(collection) as vectors:
            held = [] if vectors is None else vectors.ids()
        yield from held

    @contextmanager
    def _reading(self, collection: str) -> Iterator[FlatVectors | None]:
        """The collection's vectors, which nobody changes meanwhile; None where there is no such collection."""
        with self._mapped(collection):
            while (held := self._live.get(collection)) is not None:
                with held.lock:
                    try:
                        vectors = self._loaded(held)
                    except StoreCorrupt:
                        if self._live.get(collection) is held:
                            raise
                        continue  # it was replaced or dropped, with its files, before they were read
                    yield vectors
                    return
            self._refuse_closed()  # or nothing would be found of a collection that is there
            yield None

    def _loaded(self, held: _Held) -> FlatVectors:
        """Read from its log at the first touch. Raises StoreCorrupt."""
        if held.vectors is None:
            vectors = FlatVectors(held.manifest.dimension)
            for kind, ids, rows in vector_log.read(held.folder, held.manifest):
                if kind == "put":
                    vectors.put(ids, rows)
                else:
                    vectors.remove(ids)
            if len(vectors) != held.manifest.count:
                raise StoreCorrupt(f"{held.folder / held.manifest.log} does not hold what its manifest says")
            held.vectors = vectors
        return held.vectors

    # ------------------------------------------------------------------ writing

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        if len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        if not len(ids):
            return
        last = {id_: position for position, id_ in enumerate(ids)}
        unit = normalised(vectors[list(last.values())])
        with self._writing, self._mapped(collection):
            held = self._live.get(collection)
            if held is None:
                self._replace(collection, [(list(last), unit)])
                return
            with held.lock:
                known = self._loaded(held)
            if known.dimension not in (0, unit.shape[1]):
                self._check(collection, known.dimension, unit.shape[1])
            fresh = sum(id_ not in known for id_ in last)
            self._append(held, vector_log.frames_of("put", list(last), unit), len(known) + fresh)

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        with self._writing, self._mapped(collection):
            held = self._live.get(collection)
            if held is None:
                return
            with held.lock:
                known = self._loaded(held)
            gone = [id_ for id_ in dict.fromkeys(ids) if id_ in known]
            if gone:
                nothing = np.empty((0, 0), np.float32)
                self._append(held, vector_log.frames_of("del", gone, nothing), len(known) - len(gone))

    def rebuild(self, collection: str, batches: Iterable[tuple[Sequence[str], Vectors]]) -> None:
        """Whatever `batches` raises goes through, and the old collection stays. Needs the memory of both."""
        with self._writing:
            self._replace(collection, batches)

    def drop(self, collection: str) -> None:
        with self._writing, self._mapped(collection):
            held = self._live.pop(collection, None)
            if held is not None:
                self._discard(held.folder)

    def close(self) -> None:
        """Release files and memory; the same folder can be opened again at once."""
        with self._writing:
            self._closed = True
            self._live.clear()
            self._lock.close()

    def _append(self, held: _Held, frames: Iterable[Frame], count: int) -> None:
        """To the log, then to memory: what readers see is durable."""
        listed = list(frames)
        manifest = replace(vector_log.append(held.folder, held.manifest, listed), count=count)
        vector_log.save(held.folder, manifest)
        with held.lock:
            vectors = self._loaded(held)
            if not vectors.dimension:
                vectors = held.vectors = FlatVectors(manifest.dimension)
            held.manifest = manifest
            for kind, ids, rows in listed:
                if kind == "put":
                    vectors.put(ids, rows)
                else:
                    vectors.remove(ids)
        if manifest.rows > 2 * count + DEAD_ROWS:
            self._compact(held, vectors)

    def _compact(self, held: _Held, vectors: FlatVectors) -> None:
        """Write the log again with what lives. Without room for it, the old one goes on."""
        old = held.manifest
        try:
            frames: Iterator[Frame] = (("put", ids, rows) for ids, rows in vectors.batches(vector_log.BATCH))
            fresh = vector_log.new_log(held.folder, _number(old.log) + 1, old.collection)
            fresh = replace(fresh, count=old.count, dimension=old.dimension)
            manifest = vector_log.append(held.folder, fresh, frames)
            vector_log.save(held.folder, manifest)
        except OSError as error:
            log.warning("the log of vectors in %s cannot be shortened (%s): it goes on growing", held.folder, error)
            _sweep(held.folder, old.log)
            return
        held.manifest = manifest
        (held.folder / old.log).unlink()

    # ------------------------------------------------------------------ whole collections

    def _replace(self, collection: str, batches: Iterable[tuple[Sequence[str], Vectors]]) -> None:
        """Fill a new log, then let it take the place of the old one, with one rename."""
        old = self._live.get(collection)
        new_folder = old is None
        with self._mapped(collection):
            folder = self._passing() if old is None else old.folder
            if new_folder:
                folder.mkdir()
            number = 1 if old is None else _number(old.manifest.log) + 1
            manifest = vector_log.new_log(folder, number, collection)
        vectors: FlatVectors | None = None
        try:
            for ids, rows in batches:
                with self._mapped(collection):
                    if len(ids):
                        unit = normalised(np.asarray(rows))
                        vectors = vectors or FlatVectors(unit.shape[1])
                        vectors.put(ids, unit)
                        manifest = vector_log.append(folder, manifest, vector_log.frames_of("put", ids, unit))
            with self._mapped(collection):
                vectors = vectors or FlatVectors(0)
                manifest = replace(manifest, count=len(vectors))
                vector_log.save(folder, manifest)
                if new_folder:
                    folder = folder.rename(self._folder / _folder_name(collection))
                    vector_log.sync_folder(self._folder)
        except BaseException:
            if new_folder:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                _sweep(folder, old.manifest.log)  # type: ignore[union-attr]
            raise
        self._live[collection] = _Held(folder, manifest, vectors)
        if old is not None:
            (folder / old.manifest.log).unlink(missing_ok=True)

    def _discard(self, folder: Path) -> None:
        """Gone with one rename, then removed."""
        passing = folder.rename(self._passing())
        vector_log.sync_folder(self._folder)
        shutil.rmtree(passing, ignore_errors=True)

    def _passing(self) -> Path:
        return self._folder / f"{PASSING}{uuid.uuid4().hex}"

    # ------------------------------------------------------------------ opening

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(
                f"the vector index in {self._folder} is in use by another process: stop it, or set VECTOR_DB_PATH to "
                "another folder"
            ) from None

    def _recover(self) -> None:
        """Find the collections, and remove what a killed process had not finished."""
        for folder in sorted(self._folder.iterdir()):
            if not folder.is_dir():
                continue
            if folder.name.startswith(PASSING):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            manifest = vector_log.load(folder)
            if _folder_name(manifest.collection) != folder.name:
                raise StoreCorrupt(f"{folder} holds the manifest of {manifest.collection!r}")
            _sweep(folder, manifest.log)
            self._live[manifest.collection] = _Held(folder, manifest)

    def _check(self, collection: str, held: int, given: int) -> None:
        if held != given:
            raise StoreError(
                f"collection {collection!r} of the vector index in {self._folder} holds vectors of another model "
                f"(dimension {held}, got {given}): `vigie check --repair` rebuilds it"
            )

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError(f"the vector index in {self._folder} is closed")

    @contextmanager
    def _mapped(self, collection: str = "") -> Iterator[None]:
        """Turn errors of the file system into those of `vigie.errors`, and say what is damaged."""
        self._refuse_closed()
        what = f"the vector index in {self._folder}"
        if collection:
            what = f"collection {collection!r} of {what}"
        try:
            yield
        except StoreCorrupt as error:
            raise StoreCorrupt(
                f"{what} is damaged ({error}): `vigie check --repair` rebuilds it from the ledger"
            ) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull(f"no space left for {what}: free some and sync again") from error
            raise StoreError(f"{what} cannot be used ({error}): see the disk and the rights on the folder") from error


def _number(log_name: str) -> int:
    return int(Path(log_name).stem)


def _folder_name(collection: str) -> str:
    name = encode(collection)
    if len(name) <= LONGEST:
        return name
    return f"sha--z{sha256(collection.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _sweep(folder: Path, kept: str) -> None:
    """Remove logs that no manifest names."""
    for file in folder.glob("*.log"):
        if file.name != kept and vector_log.is_log(file):
            file.unlink(missing_ok=True)
