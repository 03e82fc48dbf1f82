"""Words of live chunks in tantivy: French and English stems beside the plain words, identifiers whole and in parts.

The index lies in a folder of its own below `folder`, the one that `current` names: a rebuild fills another one and
then moves the name, so that a kill leaves the old index or the new one.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy
from tantivy import Document, Filter, Index, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from vigie.errors import StoreCorrupt, StoreError, StoreFull
from vigie.index.folders import is_full
from vigie.index.words import identifiers, prepared, question_words
from vigie.types import Passage

HEAP = 64_000_000  # bytes the writer may use before it flushes a segment
LONGEST_WORD = 64  # letters; longer ones are not words
REBUILD_BATCH = 5_000
SLACK = 32  # hits fetched beyond k, so that equal scores at the edge are ordered by id
DIGITS = 5  # float32 sums differ below this between segments

# (field, analyzer, weight). Tuned together on four judged sets, two French and two English.
BODY = (("body_plain", "plain", 1.0), ("body_fr", "french", 1.0), ("body_en", "english", 1.0))
HEAD = (("head_plain", "plain", 0.3), ("head_fr", "french", 0.3), ("head_en", "english", 0.3))
IDENTIFIER_WEIGHT = 3.0  # an identifier that stands whole beats any of its parts


def _analyzer(*filters: Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{N}]+"))
    for each in (Filter.remove_long(LONGEST_WORD), Filter.lowercase(), Filter.ascii_fold(), *filters):
        builder = builder.filter(each)
    return builder.build()


# Folded before stemming, so that a question typed without accents finds the same; stemmed twice, because the first
# pass leaves another ending where the accent would have guided it.
ANALYZERS = {
    "plain": _analyzer(),
    "french": _analyzer(Filter.stemmer("french"), Filter.stemmer("french")),
    "english": _analyzer(Filter.stemmer("english")),
    "whole": TextAnalyzerBuilder(Tokenizer.whitespace()).build(),
}


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("collection", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("identifier", tokenizer_name="whole", index_option="freq")
    for field, analyzer, _ in (*BODY, *HEAD):
        builder.add_text_field(field, tokenizer_name=analyzer, index_option="freq")
    return builder.build()


class TantivyText:
    """Implements `protocols.TextIndex`. Searches may come from many threads while one writes.

    Raises StoreCorrupt for a damaged folder, StoreFull, StoreError. Scores are rounded to 5 digits, ties by id.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()  # of writers
        self._schema = _schema()
        with self._mapped():
            folder.mkdir(parents=True, exist_ok=True)
            self._place = self._current()
            self._index = self._open(self._place)
            for leftover in folder.iterdir():
                if leftover.is_dir() and leftover != self._place:
                    shutil.rmtree(leftover)

    def write(self, put: Iterable[Passage], delete: Iterable[str]) -> None:
        with self._lock, self._mapped():
            self._fill(self._index, put, delete)

    def search(self, query: str, k: int, collections: Sequence[str] | None = None) -> list[tuple[str, float]]:
        wanted = self._query(query)
        if wanted is None or k < 1:
            return []
        if collections is not None:
            allowed = Query.term_set_query(self._schema, "collection", list(collections))
            wanted = Query.boolean_query([(Occur.Must, wanted), (Occur.Must, Query.const_score_query(allowed, 0.0))])
        with self._mapped():
            searcher = self._index.searcher()
            hits = searcher.search(wanted, k + SLACK, count=False).hits
            found = [(str(searcher.doc(address)["id"][0]), round(score, DIGITS)) for score, address in hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def count(self) -> int:
        with self._mapped():
            return int(self._index.searcher().num_docs)

    def rebuild(self, passages: Iterable[Passage]) -> None:
        with self._lock, self._mapped():
            old = self._place
            place = self._folder / f"index-{int(old.name.rpartition('-')[2]) + 1}"
            shutil.rmtree(place, ignore_errors=True)
            fresh = self._open(place)
            self._fill(fresh, passages, ())
            self._point_to(place)
            self._index, self._place = fresh, place
            shutil.rmtree(old, ignore_errors=True)

    def close(self) -> None:
        """Nothing is held open for writing between two calls."""

    # ------------------------------------------------------------------ writing

    def _fill(self, index: Index, put: Iterable[Passage], delete: Iterable[str]) -> None:
        writer = index.writer(HEAP, 1)
        try:
            for chunk_id in delete:
                writer.delete_documents_by_term("id", chunk_id)
            for passage in put:
                writer.delete_documents_by_term("id", passage.chunk_id)
                writer.add_document(_document(passage))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        index.reload()

    def _open(self, place: Path) -> Index:
        place.mkdir(parents=True, exist_ok=True)
        index = Index(self._schema, path=str(place), reuse=True)
        for name, analyzer in ANALYZERS.items():
            index.register_tokenizer(name, analyzer)
        index.config_reader("manual")
        index.reload()
        return index

    def _current(self) -> Path:
        pointer = self._folder / "current"
        if not pointer.exists():
            self._point_to(self._folder / "index-1")
        name = pointer.read_text(encoding="utf-8").strip()
        if not name.startswith("index-") or not name[6:].isdigit():
            raise self._damaged("its `current` file names no index")
        return self._folder / name

    def _point_to(self, place: Path) -> None:
        new = self._folder / "current.new"
        with new.open("w", encoding="utf-8") as file:
            file.write(place.name)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / "current")

    # ------------------------------------------------------------------ searching

    def _query(self, text: str) -> Query | None:
        """A word may match in any form: its best form counts, and its forms in titles once more. None: no words."""
        parts: list[tuple[Occur, Query]] = []
        for word, times in question_words(text).items():
            for fields in (BODY, HEAD):
                forms = [
                    Query.boost_query(Query.term_query(self._schema, field, term, "freq"), weight * times)
                    for field, analyzer, weight in fields
                    for term in ANALYZERS[analyzer].analyze(word)
                ]
                if forms:
                    parts.append((Occur.Should, Query.boolean_query([(Occur.Should, form) for form in forms])))
        for whole in dict.fromkeys(identifiers(text[:10_000])):
            found = Query.term_query(self._schema, "identifier", whole, "freq")
            parts.append((Occur.Should, Query.boost_query(found, IDENTIFIER_WEIGHT)))
        return Query.boolean_query(parts) if parts else None

    # ------------------------------------------------------------------ errors

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            if is_full(error):
                raise StoreFull(
                    f"no space left for the text index at {self._folder}: free some and try again"
                ) from error
            if isinstance(error, OSError) and error.errno is not None:
                raise StoreError(f"the text index at {self._folder} cannot be used: {error.strerror}") from error
            raise self._damaged(str(error)) from error

    def _damaged(self, why: str) -> StoreCorrupt:
        return StoreCorrupt(
            f"the text index at {self._folder} is damaged ({why}): `vigie check --repair` rebuilds it from the ledger"
        )


def _document(passage: Passage) -> Document:
    chunk = passage.chunk
    place = passage.native_id if passage.ref.kind == "code" else ""
    head = prepared("\n".join(part for part in (passage.title, chunk.context, chunk.symbol or "", place) if part))
    body = f"{head}\n{prepared(chunk.text)}"
    fields = {name: [body] for name, _, _ in BODY} | {name: [head] for name, _, _ in HEAD}
    whole = " ".join(identifiers(f"{passage.title}\n{chunk.context}\n{chunk.symbol or ''}\n{place}\n{chunk.text}"))
    return Document(id=[passage.chunk_id], collection=[passage.ref.collection], identifier=[whole], **fields)
