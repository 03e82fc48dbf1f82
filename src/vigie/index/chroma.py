"""Vectors in an embedded Chroma, one collection per source and per record collection, no metadata filters.

A collection of ours says so in its metadata and is named as `names.encode` gives it; any other collection of the
folder is left alone. A rebuild fills a collection under a name of its own, then takes the old one's place; killed
anywhere, the next opening either removes what is not whole or finishes the exchange.

Chroma's native code ends the process when it is handed damaged files. Those of a collection are therefore looked at
before it first touches them in this process (`hnsw_files`: 1 ms per thousand vectors); a collection that does not pass
is never handed to it, except to be deleted once it was rebuilt.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from vigie.errors import StoreCorrupt, StoreError
from vigie.index.chroma_errors import of_chroma, store_error
from vigie.index.chroma_native import NativeClient, NativeCollection
from vigie.index.hnsw_files import unsound
from vigie.index.names import encode
from vigie.index.small import SmallCollections
from vigie.index.unit import DIGITS
from vigie.protocols import Vectors

# Measured over churn: the default graph loses 1 to 7 of 2,000 live records, this one none or one. `ef_search` is also
# at least k in Chroma's own code.
HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 200}
BATCH = 5_000  # Chroma refuses more than 5,461 at a time
TIE_SLACK = 16  # hits fetched beyond k, so that equal scores at the edge are ordered by id
TIE_LIMIT = 1_024  # more equal scores than that at the edge: which of them come is the graph's choice

OURS = "vigie_collection"  # metadata: the logical name
BUILDING = "vigie_building"  # metadata: not whole yet
REBUILD_PREFIX = "vigie--rebuild-"  # no encoded name begins so: `re` is no capital hexadecimal
# In Chroma's own database: the vector folder of a collection, its dimension, whether it was ever saved.
VECTOR_SEGMENTS = """
select s.id, c.dimension, coalesce(m.seq_id, 0) > 0
from segments s join collections c on c.id = s.collection left join max_seq_id m on m.segment_id = s.id
where s.scope = 'VECTOR' and c.id = ?
"""
DROPPED = "vigie-dropped"  # marks a vector folder whose collection we are deleting


class ChromaVectors:
    """Implements `protocols.VectorIndex`: cosines rounded to 6 digits, ties by id.

    Queries may come from many threads while one writes. Raises StoreCorrupt (a damaged folder, at opening or when the
    damage is met), StoreFull, StoreBusy, and StoreError where a collection of that very name is somebody else's or
    vectors of another dimension are given.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._begin(self._folder)

    def _begin(self, place: Path | str) -> None:
        self._place = place  # as messages name it
        self._lock = threading.RLock()  # of writers
        self._live: dict[str, NativeCollection] = {}
        self._small = SmallCollections()
        self._looking = threading.Lock()
        self._sound: set[str] = set()  # ids of collections whose files were looked at, or were made here
        self._client: Any = None
        with self._mapped():
            self._client = self._open()
            self._recover()

    # ------------------------------------------------------------------ reading

    def collections(self) -> list[str]:
        return sorted(self._live)

    def count(self, collection: str) -> int:
        return int(self._read(collection, lambda held: held.count(), 0))

    def ids(self, collection: str) -> Iterator[str]:
        """In pages; what is written meanwhile may be missed or come twice."""
        offset = 0
        while page := self._read(
            collection, lambda held, at=offset: held.get(limit=BATCH, offset=at, include=[])["ids"], []
        ):
            yield from page
            offset += len(page)

    def query(self, collection: str, vector: Vectors, k: int) -> list[tuple[str, float]]:
        if k <= 0:
            return []
        wanted = k + TIE_SLACK
        while True:
            hits = self._nearest(collection, vector, wanted)
            if len(hits) < wanted or hits[k - 1][1] > hits[-1][1] or wanted >= k + TIE_LIMIT:
                return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]
            wanted = min(k + 4 * (wanted - k), k + TIE_LIMIT)

    def _nearest(self, collection: str, vector: Vectors, n: int) -> list[tuple[str, float]]:
        def ask(held: NativeCollection) -> list[tuple[str, float]]:
            whole = self._small.of(held)
            if whole is not None and whole.dimension == len(vector):  # Chroma says what is wrong with another
                return whole.nearest(vector, n)
            found = held.query(query_embeddings=[np.asarray(vector, np.float32)], n_results=n, include=["distances"])
            distances = (found["distances"] or [[]])[0]
            return [(id_, round(1.0 - distance, DIGITS) + 0.0) for id_, distance in zip(found["ids"][0], distances)]  # noqa: B905

        return list(self._read(collection, ask, []))

    def _read(self, collection: str, ask: Any, empty: Any) -> Any:
        """Ask the live collection; once more where it was exchanged or dropped under the question.

        One that is being removed may raise, or answer as if it were empty: what it says counts only if it still lives.
        """
        with self._mapped(collection):
            while (held := self._live.get(collection)) is not None:
                try:
                    self._look_at(collection, held)
                    answer = ask(held)
                except Exception as error:
                    if self._live.get(collection) is held or not _may_be_gone(error):
                        raise
                else:
                    if self._live.get(collection) is held:
                        return answer
            self._refuse_closed()
            return empty

    # ------------------------------------------------------------------ writing

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        with self._lock, self._mapped(collection):
            if len(ids):
                held = self._live.get(collection)
                if held is None:
                    self._refuse_foreign(collection)
                    held = self._create(encode(collection), {OURS: collection})
                self._look_at(collection, held)
                with self._small.changing(held):
                    _put(held, ids, vectors)
                self._live[collection] = held

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        with self._lock, self._mapped(collection):
            held = self._live.get(collection)
            if held is not None:
                self._look_at(collection, held)
                once = list(dict.fromkeys(ids))  # Chroma refuses an id given twice
                with self._small.changing(held):
                    for start in range(0, len(once), BATCH):
                        held.delete(ids=once[start : start + BATCH])

    def rebuild(self, collection: str, batches: Iterable[tuple[Sequence[str], Vectors]]) -> None:
        """Whatever `batches` raises goes through, and the old collection stays."""
        with self._lock:
            with self._mapped(collection):
                self._refuse_foreign(collection)
                new = self._create(REBUILD_PREFIX + uuid.uuid4().hex, {OURS: collection, BUILDING: True})
            try:
                for ids, vectors in batches:
                    with self._mapped(collection):
                        if len(ids):
                            _put(new, ids, vectors)
            except BaseException:
                with self._mapped(collection):
                    self._remove(new)
                raise
            with self._mapped(collection):
                new.modify(metadata={OURS: collection})  # from here on, an opening finishes the exchange
                self._exchange(collection, new)

    def drop(self, collection: str) -> None:
        with self._lock, self._mapped(collection):
            held = self._live.pop(collection, None)
            if held is not None:
                self._remove(held)
                self._small.forget(held)

    def close(self) -> None:
        """Release files and memory; the same folder can be opened again at once."""
        with self._lock:
            client, self._client = self._client, None  # first: who finds nothing after that knows why
            self._live.clear()
            if client is not None:
                client.close()
                del client
                gc.collect()  # the bindings hold their files until collected

    # ------------------------------------------------------------------ opening and exchanging

    def _open(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        return NativeClient(self._folder)

    def _recover(self) -> None:
        whole: list[tuple[str, NativeCollection]] = []
        for held in self._client.list_collections():
            metadata = held.metadata or {}
            name = metadata.get(OURS)
            if not isinstance(name, str):
                continue
            if held.name == encode(name):
                self._live[name] = held
            elif held.name.startswith(REBUILD_PREFIX):
                if metadata.get(BUILDING):
                    self._remove(held)
                else:
                    whole.append((name, held))
        for name, held in whole:
            self._exchange(name, held)
        self._sweep()

    def _exchange(self, name: str, new: NativeCollection) -> None:
        old = self._live.get(name)
        self._live[name] = new  # handles go by id: readers see the new one from here, whatever it is called
        if old is not None:
            self._remove(old)
            self._small.forget(old)
        new.modify(name=encode(name))

    def _create(self, physical: str, metadata: dict[str, Any]) -> NativeCollection:
        created: NativeCollection = self._client.create_collection(
            physical, configuration={"hnsw": HNSW}, metadata=metadata, embedding_function=None
        )
        self._sound.add(str(created.id))
        return created

    def _refuse_foreign(self, collection: str) -> None:
        physical = encode(collection)
        for found in self._client.list_collections():
            if found.name == physical and (found.metadata or {}).get(OURS) != collection:
                raise StoreError(
                    f"Chroma in {self._place} already holds a collection {physical!r} that Vigie did not make: "
                    "rename or remove it, or set CHROMA_DB_DIR or CHROMA_URL to another place"
                )

    def _look_at(self, collection: str, held: NativeCollection) -> None:
        """Raise StoreCorrupt where the collection's files would bring the native code down."""
        if str(held.id) in self._sound:
            return
        with self._looking:  # or a writer would change the files under a reader that still looks at them
            if str(held.id) in self._sound:
                return
            for segment, dimension, saved in self._ask_database(VECTOR_SEGMENTS, str(held.id)):
                wrong = unsound(self._folder / segment, dimension, saved=bool(saved))
                if wrong is not None:
                    raise store_error(ValueError(wrong), self._folder, collection, damaged=True)
            self._sound.add(str(held.id))

    # ------------------------------------------------------------------ giving space back

    def _remove(self, held: NativeCollection) -> None:
        """Delete a collection and its vector folder, which chromadb 1.5.9 leaves behind."""
        folders = [self._folder / segment for segment in self._segments(str(held.id))]
        for folder in folders:
            if folder.is_dir():
                (folder / DROPPED).touch()
        self._client.delete_collection(held.name)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Vector folders of collections that a killed process had deleted. Only those that we marked."""
        marked = [marker.parent for marker in self._folder.glob(f"*/{DROPPED}")]
        if marked:
            known = self._segments(None)
            for folder in marked:
                if folder.name not in known:
                    shutil.rmtree(folder, ignore_errors=True)

    def _segments(self, collection_id: str | None) -> set[str]:
        """Names of the folders of one collection, or of all, from Chroma's own database."""
        if collection_id is None:
            return {row[0] for row in self._ask_database("select id from segments")}
        return {row[0] for row in self._ask_database("select id from segments where collection = ?", collection_id)}

    def _ask_database(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Rows of Chroma's own database, which is only read."""
        uri = (self._folder / "chroma.sqlite3").as_uri() + "?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=10)) as database:
            return database.execute(sql, values).fetchall()

    def _refuse_closed(self) -> None:
        if self._client is None:
            raise StoreError(f"the vector index in {self._place} is closed")

    @contextmanager
    def _mapped(self, collection: str = "") -> Iterator[None]:
        """Turn what Chroma raises into the errors of `vigie.errors`."""
        if collection:
            self._refuse_closed()
        try:
            yield
        except StoreError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise store_error(error, self._place, collection) from error
        except BaseException as error:
            if of_chroma(error):
                raise store_error(error, self._place, collection) from error
            if type(error).__name__ != "PanicException":  # of the Rust bindings, which do not export it
                raise
            raise store_error(error, self._place, collection, damaged=True) from error


def _may_be_gone(error: Exception) -> bool:
    """Is it what asking a collection that is being removed may raise?"""
    return isinstance(error, (StoreCorrupt, OSError)) or of_chroma(error)


def _put(held: NativeCollection, ids: Sequence[str], vectors: Vectors) -> None:
    if len(ids) != len(vectors):
        raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
    last = {id_: position for position, id_ in enumerate(ids)}
    kept = list(last)
    for start in range(0, len(kept), BATCH):
        part = kept[start : start + BATCH]
        held.upsert(ids=part, embeddings=np.asarray(vectors[[last[id_] for id_ in part]], np.float32))
