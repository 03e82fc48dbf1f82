"""One Confluence space or one code root: listing, what changed, what is gone."""

from __future__ import annotations

from collections.abc import Container, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from vigie.errors import SourceError
from vigie.sync.child import result
from vigie.sync.prepare import Listing, Prepared, Preparer, Recipe
from vigie.sync.steps import Parts, adopt_model, announce, embed_missing, withheld
from vigie.types import Item, Progress, Skip, SourceRef, SourceReport


@dataclass
class Tally:
    """Counts of one run, for its report."""

    written: int = 0
    embedded: int = 0
    deleted: int = 0
    skips: list[Skip] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def sync_documents(ref: SourceRef, parts: Parts) -> SourceReport:
    """Bring the ledger and the indexes to what the source holds. Never raises SourceError: it is in the report."""
    recipe = result(parts.worker.submit(Preparer.recipe, ref.kind))
    adopt_model(parts, ref, recipe)
    parts.progress(Progress(ref, "listing", 0, None))
    listing = result(parts.worker.submit(Preparer.listing, ref, parts.options.subtree))
    parts.boundary("listed")
    stored = parts.ledger.versions(ref)
    tally = Tally(skips=list(listing.skips))
    tally.deleted = _exclude(ref, parts, stored, listing.skips)
    changed = [i for i in listing.items if stored.get(i.native_id) != f"{i.version}~{recipe.version}"]
    if listing.error is None:
        _write_changed(ref, parts, recipe, changed, tally)
    kept_back = 0
    if listing.error is not None:
        tally.errors.append(listing.error)
    else:
        kept_back = _delete_absent(ref, parts, stored, listing, tally)
    parts.indexer.flush()
    return _report(ref, listing, tally, kept_back, parts.ledger.count_chunks(ref))


def _exclude(ref: SourceRef, parts: Parts, stored: dict[str, str], skips: Sequence[Skip]) -> int:
    """Remove at once what is now excluded (restricted, too large, ...), whatever else happens to the run."""
    excluded = [s.native_id for s in skips if not s.transient and s.native_id in stored]
    if not excluded:
        return 0
    deleted = parts.ledger.delete_documents(ref, excluded)
    parts.boundary("excluded")
    return deleted


def _write_changed(ref: SourceRef, parts: Parts, recipe: Recipe, changed: Sequence[Item], tally: Tally) -> None:
    stored = parts.ledger.versions(ref)
    done = 0
    try:
        with closing(_batches(ref, parts, changed)) as batches:
            for batch in batches:
                parts.check_cancel()
                skips = [found for found in batch if isinstance(found, Skip)]
                prepared = [_versioned(found, recipe) for found in batch if not isinstance(found, Skip)]
                tally.skips += skips
                tally.deleted += _exclude(ref, parts, stored, skips)
                _write(ref, parts, recipe, prepared, stored, tally)
                done += len(batch)
                parts.progress(Progress(ref, "embedding", done, len(changed)))
    except SourceError as error:
        tally.errors.append(str(error))


def _batches(ref: SourceRef, parts: Parts, changed: Sequence[Item]) -> Generator[list[Prepared | Skip]]:
    """Prepared batches, the next one being read while this one is embedded and written."""
    if not changed:
        return
    result(parts.worker.submit(Preparer.open_documents, ref, changed, parts.options.subtree))
    try:
        ahead = parts.worker.submit(Preparer.next_documents)
        while (batch := result(ahead)) is not None:
            ahead = parts.worker.submit(Preparer.next_documents)
            yield batch
    finally:
        result(parts.worker.submit(Preparer.close_reading))


def _versioned(prepared: Prepared, recipe: Recipe) -> Prepared:
    document, chunks = prepared
    return replace(document, version=f"{document.version}~{recipe.version}"), chunks


def _write(
    ref: SourceRef, parts: Parts, recipe: Recipe, prepared: Sequence[Prepared], stored: Container[str], tally: Tally
) -> None:
    """`stored`: native ids of the documents that were there before."""
    vectors = embed_missing(parts, ref.kind, recipe, [chunk for _, chunks in prepared for chunk in chunks])
    announce(parts, recipe, [one for one in prepared if one[0].native_id in stored], vectors)
    tally.written += parts.ledger.put_documents(prepared, vectors, recipe.fingerprint)
    parts.boundary("put")
    tally.embedded += len(vectors)
    parts.indexer.flush()


def _delete_absent(ref: SourceRef, parts: Parts, stored: dict[str, str], listing: Listing, tally: Tally) -> int:
    """Delete what a complete listing no longer has; returns how many deletions were withheld."""
    present = {i.native_id for i in listing.items} | {s.native_id for s in listing.skips}
    below = parts.options.subtree
    absent = [n for n in stored if n not in present and (below is None or n == below or n.startswith(f"{below}/"))]
    if not absent:
        return 0
    if withheld(len(absent), len(stored), parts.options):
        tally.errors.append(
            f"{len(absent)} of {len(stored)} are no longer listed: kept until --allow-deletions says they are gone"
        )
        return len(absent)
    tally.deleted += parts.ledger.delete_documents(ref, absent)
    parts.boundary("deleted")
    return 0


def _report(ref: SourceRef, listing: Listing, tally: Tally, kept_back: int, chunks: int) -> SourceReport:
    seen = len(listing.items) + len(listing.skips)
    whole = not tally.errors and not tally.skips
    skipped_now = len(tally.skips) - len(listing.skips)
    return SourceReport(
        source=ref.kind,
        name=ref.name,
        status="failed" if listing.error is not None else "ok" if whole else "incomplete",
        seen=seen,
        written=tally.written,
        unchanged=max(0, len(listing.items) - tally.written - skipped_now) if listing.error is None else 0,
        deleted=tally.deleted,
        withheld=kept_back,
        skipped=tuple(tally.skips),
        chunks=chunks,
        embedded=tally.embedded,
        error="; ".join(tally.errors) or None,
    )
