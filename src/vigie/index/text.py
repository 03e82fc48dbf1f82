"""Words of live chunks in a tantivy index, French and English, identifiers whole and in parts; BM25.

On disk: one folder per generation, `v<format>-<number>`; the highest is live. A rebuild fills `building-<number>`
and renames it, so that a process killed anywhere leaves the old state or the new one; what is not live is removed at
the next opening. A generation of another format counts as none: the index is empty until it is rebuilt.

Order: by score, rounded to 4 digits, then by id. The same files give the same order at every search. BM25 counts
deleted chunks until tantivy merges their segment away, so that two indexes of the same chunks with another history
may score a little differently; `rebuild` makes them equal.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tantivy import Index, IndexWriter, Query, Searcher

from vigie.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from vigie.index.fields import FORMAT, SCHEMA, document, lift, question, register, word_forms
from vigie.index.folders import is_full
from vigie.types import Passage

WRITER_BYTES = 64_000_000  # tantivy's arena, one thread: a segment is written when it is full
TIE_SLACK = 16  # hits fetched beyond k, so that equal scores at the edge are ordered by id
DIGITS = 4
_NUMBER = "[0-9]" * 6


class TantivyText:
    """Implements `protocols.TextIndex`. Searches may come from many threads while one writes.

    A question that is a chunk's exact title, last heading, symbol, native id or file name brings it first. Of a
    question the first 20,000 characters and 96 distinct words count; among 10,000 chunks and more, words that half of
    them hold count only where there are no others. Raises StoreCorrupt (a damaged folder, at
    opening or when the damage is met); when writing StoreFull, and StoreBusy where another process writes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()  # of writers
        self._writer: IndexWriter | None = None
        self._index: Index | None = None
        with self._mapped():
            folder.mkdir(parents=True, exist_ok=True)
            number = max(self._generations(), default=0)
            self._clean(number)
            self._index = _open(self._path(number)) if number else self._make(1)

    # ------------------------------------------------------------------ reading

    def search(self, query: str, k: int, collections: Sequence[str] | None = None) -> list[tuple[str, float]]:
        if k <= 0 or (collections is not None and not collections):
            return []
        with self._mapped():
            searcher = self._live().searcher()
            asked = question(query, collections, searcher.doc_freq, searcher.num_docs)
            return [] if asked is None else _best(searcher, asked, k)

    def count(self) -> int:
        with self._mapped():
            return self._live().searcher().num_docs

    def frequencies(self, words: Sequence[str]) -> list[int]:
        with self._mapped():
            searcher = self._live().searcher()
            forms = [word_forms(word) for word in words]
            return [max((searcher.doc_freq(*form) for form in found), default=0) for found in forms]

    # ------------------------------------------------------------------ writing

    def write(self, put: Iterable[Passage], delete: Iterable[str]) -> None:
        """Deletes first: an id in both is put. When `put` raises, nothing of this call is kept."""
        with self._lock:
            index = self._live()
            try:
                with self._mapped():
                    if self._writer is None:
                        self._writer = index.writer(WRITER_BYTES, 1)
                for chunk_id in delete:
                    with self._mapped():
                        self._writer.delete_documents_by_term("id", chunk_id)
                self._put(self._writer, put)
                with self._mapped():
                    self._writer.commit()
                    index.reload()
            except BaseException:
                self._writer = None  # with all that it had not committed
                raise

    def rebuild(self, passages: Iterable[Passage]) -> None:
        """Of an id given twice the last counts. Whatever `passages` raises goes through, and the old state stays."""
        with self._lock:
            self._live()
            number = max(self._generations(), default=0) + 1
            self._index = self._make(number, passages)
            self._stop_writing()
            self._clean(number)

    def close(self) -> None:
        """Release the files and the writer's lock; waits for merges under way."""
        with self._lock:
            self._index = None
            self._stop_writing()

    def _stop_writing(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with self._mapped():
                writer.wait_merging_threads()

    def _put(self, writer: IndexWriter, passages: Iterable[Passage]) -> None:
        for passage in passages:  # outside `_mapped`: what the caller's iterator raises is the caller's
            with self._mapped():
                writer.delete_documents_by_term("id", passage.chunk_id)
                writer.add_document(document(passage))

    # ------------------------------------------------------------------ generations

    def _make(self, number: int, passages: Iterable[Passage] = ()) -> Index:
        building = self._folder / f"building-{number:06d}"
        try:
            self._build(building, passages)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        with self._mapped():
            building.rename(self._path(number))
            return _open(self._path(number))

    def _build(self, building: Path, passages: Iterable[Passage]) -> None:
        with self._mapped():
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            index = Index(SCHEMA, path=str(building))
            register(index)
            writer = index.writer(WRITER_BYTES, 1)
        try:
            self._put(writer, passages)
            with self._mapped():
                writer.commit()
                writer.wait_merging_threads()
        finally:
            del writer  # or a traceback keeps it writing into a folder that is being removed

    def _path(self, number: int) -> Path:
        return self._folder / f"v{FORMAT}-{number:06d}"

    def _generations(self) -> list[int]:
        return [int(path.name[-6:]) for path in self._folder.glob(f"v{FORMAT}-{_NUMBER}")]

    def _clean(self, live: int) -> None:
        """Remove every generation but the live one, and what was being built."""
        for path in [*self._folder.glob(f"v*-{_NUMBER}"), *self._folder.glob(f"building-{_NUMBER}")]:
            if path != self._path(live):
                shutil.rmtree(path, ignore_errors=True)

    def _live(self) -> Index:
        index = self._index
        if index is None:
            raise StoreError(f"the text index in {self._folder} is closed")
        return index

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """Turn what tantivy raises (ValueError for nearly everything) into the errors of `vigie.errors`."""
        try:
            yield
        except (ValueError, OSError) as error:
            raise _store_error(error, self._folder) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of the Rust bindings, which do not export it
                raise
            raise _store_error(error, self._folder, damaged=True) from error


def _best(searcher: Searcher, asked: Query, k: int) -> list[tuple[str, float]]:
    wanted = k + TIE_SLACK
    while True:
        hits = searcher.search(asked, wanted, count=False).hits
        found = [(round(float(score), DIGITS), address) for score, address in hits]
        if len(found) < wanted or found[k - 1][0] > found[-1][0]:
            break
        wanted *= 4
    least = found[:k][-1][0] if found else 0.0  # ids are read of those that may come, not of the slack
    named = [(str(searcher.doc(address)["id"][0]), score) for score, address in found if score >= least]
    return lift(sorted(named, key=lambda hit: (-hit[1], hit[0]))[:k])


def _open(path: Path) -> Index:
    index = Index.open(str(path))
    register(index)
    index.config_reader("manual")  # reloaded after each commit: what was written is seen when the call returns
    index.reload()
    return index


_DAMAGE = (
    "corrupt",
    "deserializ",
    "does not exist",
    "doesnotexist",
    "filedoesnotexist",
    "incompatible",
    "footer",
    "eof",
)


def _store_error(error: BaseException, folder: Path, damaged: bool = False) -> StoreError:
    said = str(error)
    if is_full(error):
        return StoreFull(f"no space left for the text index in {folder}: free some and sync again")
    if "LockBusy" in said:
        return StoreBusy(f"another process writes the text index in {folder}: stop it and try again")
    if damaged or any(word in said.lower() for word in _DAMAGE):
        return StoreCorrupt(
            f"the text index in {folder} is damaged ({said}): `vigie check --repair` rebuilds it from the ledger"
        )
    return StoreError(f"the text index in {folder} cannot be used ({said}): see the disk and the rights on the folder")
