"""One record collection, read whole: rows into a new generation, signatures embedded, then the flip."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from vigie.errors import SourceError
from vigie.sync.child import result
from vigie.sync.prepare import Origin, Prepared, Preparer, Recipe, RecordBatch
from vigie.sync.steps import Embedding, Parts, adopt_model, start_embedding
from vigie.types import Progress, RecordDiff, RecordState, Skip, SourceRef, SourceReport

Waiting = tuple[Sequence[Prepared], Embedding]

MOST_WAITING = 4_000  # signatures read whose vectors are still to come: about 10 MB


@dataclass
class Tally:
    """Counts of one read, for its report."""

    records: int = 0
    embedded: int = 0
    skips: list[Skip] = field(default_factory=list)


LIVE = "live"  # how the stored state of a database's collection begins


def origin_of(state: RecordState) -> Origin:
    return "live" if (state.state or "").startswith(LIVE) else "exports"


def sync_records(ref: SourceRef, parts: Parts, *, live: bool = False) -> SourceReport:
    """Bring one collection to what its source holds, in one visible step. SourceError ends up in the report."""
    recipe = result(parts.worker.submit(Preparer.recipe, ref.kind))
    before = parts.ledger.record_state(ref)
    try:
        state = result(parts.worker.submit(Preparer.record_state, ref))
        mark = None if state is None else f"{state}~{recipe.version}~{parts.options.sample_limit}~{recipe.bodies}"
        if live:
            mark = LIVE if mark is None else f"{LIVE}~{mark}"
        if state is not None and mark == before.state:
            return _unchanged(ref, parts, before)
        return _read_whole(ref, parts, recipe, mark, replacing=before.generation is not None)
    except SourceError as error:
        return SourceReport("records", ref.name, "failed", error=str(error))


def _unchanged(ref: SourceRef, parts: Parts, before: RecordState) -> SourceReport:
    """Nothing was read: the same records, and the same rows left out as last time."""
    skips = parts.ledger.skips(ref)
    tally = Tally(records=before.total, skips=list(skips))
    return _report(ref, parts, tally, RecordDiff(written=0, unchanged=before.total, deleted=0))


def _read_whole(ref: SourceRef, parts: Parts, recipe: Recipe, mark: str | None, *, replacing: bool) -> SourceReport:
    """`replacing`: there are records now, which answer until the flip."""
    adopt_model(parts, ref, recipe)
    generation = parts.ledger.begin_records(ref)
    tally = Tally()
    waiting: deque[Waiting] = deque()
    try:
        with closing(_batches(ref, parts)) as batches:
            for batch in batches:
                parts.check_cancel()
                parts.ledger.add_records(ref, generation, batch.rows)
                parts.boundary("records")
                chunks = [chunk for _, made in batch.documents for chunk in made]
                waiting.append((batch.documents, start_embedding(parts, "records", recipe, chunks)))
                tally.records += len(batch.rows)
                tally.skips += batch.skips
                parts.progress(Progress(ref, "reading", tally.records, None, unit="records"))
                while waiting and (waiting[0][1].done or sum(len(made) for made, _ in waiting) > MOST_WAITING):
                    _keep_first(parts, recipe, waiting, tally)
        _keep_rest(ref, parts, recipe, waiting, tally)
    finally:
        for _, embedding in waiting:
            embedding.cancel()
    if replacing:
        for some in parts.ledger.announce_records(ref, recipe.fingerprint):
            parts.boundary("announced")
            parts.indexer.learn_early(some)
    # The last batch names the bodies.
    diff = parts.ledger.finish_records(ref, generation, RecordState(mark, batch.fields, batch.bodies))
    parts.boundary("flipped")
    parts.ledger.drop_old_records(ref)
    parts.boundary("dropped")
    parts.indexer.flush()
    return _report(ref, parts, tally, diff)


def _keep_rest(ref: SourceRef, parts: Parts, recipe: Recipe, waiting: deque[Waiting], tally: Tally) -> None:
    left = sum(len(documents) for documents, _ in waiting)
    done = 0
    while waiting:
        parts.progress(Progress(ref, "embedding", done, left))
        done += len(waiting[0][0])
        _keep_first(parts, recipe, waiting, tally)


def _keep_first(parts: Parts, recipe: Recipe, waiting: deque[Waiting], tally: Tally) -> None:
    """Store the signatures that have waited longest, once they have their vectors."""
    documents, embedding = waiting[0]
    vectors = embedding.vectors(parts)
    parts.ledger.put_documents(documents, vectors, recipe.fingerprint)
    parts.boundary("signatures")
    tally.embedded += len(vectors)
    waiting.popleft()


def _report(ref: SourceRef, parts: Parts, tally: Tally, diff: RecordDiff) -> SourceReport:
    return SourceReport(
        source="records",
        name=ref.name,
        status="incomplete" if tally.skips else "ok",
        seen=tally.records + len(tally.skips),
        written=diff.written,
        unchanged=diff.unchanged,
        deleted=diff.deleted,
        skipped=tuple(tally.skips),
        chunks=parts.ledger.count_chunks(ref),
        embedded=tally.embedded,
    )


def _batches(ref: SourceRef, parts: Parts) -> Generator[RecordBatch]:
    """Batches up to the one that names the new bodies, the next being read while this one is written."""
    result(parts.worker.submit(Preparer.open_records, ref, parts.options.sample_limit))
    try:
        ahead = parts.worker.submit(Preparer.next_records)
        while (batch := result(ahead)).bodies is None:
            ahead = parts.worker.submit(Preparer.next_records)
            yield batch
        yield batch
    finally:
        result(parts.worker.submit(Preparer.close_reading))
