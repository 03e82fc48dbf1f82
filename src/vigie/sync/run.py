"""One run over the configured sources: each on its own, each with its line in the report."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from vigie.errors import Cancelled, StoreError, VigieError
from vigie.protocols import Clock, Ledger, RecordStore
from vigie.sync.child import Worker, result
from vigie.sync.documents import sync_documents
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Discovery, Preparer
from vigie.sync.records import origin_of, sync_records
from vigie.sync.steps import Parts, SyncOptions, change_model, withheld
from vigie.types import KINDS, Kind, Progress, SourceRef, SourceReport, SyncReport

log = logging.getLogger(__name__)


class Syncer:
    """Runs syncs, one at a time. `make_worker` starts what reads, chunks and embeds; it is closed after each run."""

    def __init__(
        self,
        ledger: Ledger,
        indexer: Indexer,
        bodies: RecordStore,
        make_worker: Callable[[], Worker],
        clock: Clock,
        boundary: Callable[[str], None] = lambda step: None,
    ) -> None:
        self._ledger = ledger
        self._indexer = indexer
        self._bodies = bodies
        self._make_worker = make_worker
        self._clock = clock
        self._boundary = boundary
        self._one = threading.Lock()

    def recover(self) -> None:
        """Finish what a killed run left: queued index work, generations of bodies that never became live."""
        self._indexer.finish_exchanges()
        self._indexer.flush()
        for ref in self._ledger.sources():
            if ref.kind == "records":
                self._ledger.drop_old_records(ref)
        self._ledger.drop_unused_vectors()
        self._bodies.keep_only(self._ledger.bodies())

    def run(
        self,
        kinds: Sequence[Kind] = KINDS,
        options: SyncOptions | None = None,
        progress: Callable[[Progress], None] = lambda progress: None,
        cancel: threading.Event | None = None,
    ) -> SyncReport:
        """Sync the sources of these kinds. Failures of a source are in its line; StoreBusy is raised."""
        began = time.monotonic()
        with self._one:
            worker = self._make_worker()
            parts = Parts(
                self._ledger,
                self._indexer,
                worker,
                options or SyncOptions(),
                progress,
                self._boundary,
                cancel or threading.Event(),
            )
            try:
                lines = [line for kind in kinds for line in self._run_kind(kind, parts)]
            finally:
                worker.close()
            self._bodies.keep_only(self._ledger.bodies())
        whole = all(line.status == "ok" for line in lines)
        return SyncReport("ok" if whole else "incomplete", round(time.monotonic() - began, 3), tuple(lines))

    def _run_kind(self, kind: Kind, parts: Parts) -> list[SourceReport]:
        if parts.cancel.is_set():
            return []
        try:
            found = result(parts.worker.submit(Preparer.discover, kind))
        except VigieError as error:
            return [SourceReport(kind, "", "failed", error=str(error))]
        meant = found.of(parts.options.origin)
        lines = [SourceReport(kind, s.native_id, "failed", error=s.reason) for s in meant.refused]
        options = parts.options.among({ref.name for ref in meant.refs})
        for ref in meant.refs:
            if options.wants(ref.name) and not parts.cancel.is_set():
                lines.append(self._run_one(ref, parts, ref.name in found.live))
        lines += self._remove_unlisted(kind, found, parts)
        if any(line.written or line.deleted or line.embedded for line in lines):
            self._ledger.drop_unused_vectors()
        return lines

    def _run_one(self, ref: SourceRef, parts: Parts, live: bool) -> SourceReport:
        sync = partial(sync_records, live=live) if ref.kind == "records" else sync_documents
        try:
            line = self._recorded(ref, partial(_sync_one, sync, ref, parts))
        except StoreError as error:
            log.error("sync of %s %s: %s", ref.kind, ref.name, error)
            return SourceReport(ref.kind, ref.name, "failed", error=str(error))
        parts.progress(Progress(ref, "done", line.seen, line.seen))
        return line

    def _recorded(self, ref: SourceRef, sync: Callable[[], SourceReport]) -> SourceReport:
        """Run it, turn what it raises into its line, keep the line in the ledger."""
        try:
            line = sync()
        except Cancelled as error:
            line = SourceReport(ref.kind, ref.name, "incomplete", error=str(error))
        except VigieError as error:
            line = SourceReport(ref.kind, ref.name, "failed", error=str(error))
        except Exception as error:  # one source's defect must not end the others; it is logged and in the report
            log.exception("sync of %s %s failed", ref.kind, ref.name)
            line = SourceReport(
                ref.kind, ref.name, "failed", error=f"internal error ({type(error).__name__}), see the log"
            )
        self._ledger.report(ref, line, self._clock())
        self._boundary("reported")
        return line

    def _remove_unlisted(self, kind: Kind, found: Discovery, parts: Parts) -> list[SourceReport]:
        """Forget sources that are configured no more, such as an export that was taken away."""
        options = parts.options
        if options.partial or options.only or options.never or options.subtree or not found.complete:
            return []
        named = {ref.name for ref in found.refs} | {skip.native_id for skip in found.refused}
        known = [ref for ref in self._ledger.sources() if ref.kind == kind and self._listed(ref, found)]
        unlisted = [ref for ref in known if ref.name not in named]
        if withheld(len(unlisted), len(known), options):
            return [
                SourceReport(
                    ref.kind, ref.name, "incomplete", withheld=1, error="no longer there: kept until --allow-deletions"
                )
                for ref in unlisted
            ]
        return [self._remove(ref) for ref in unlisted]

    def _listed(self, ref: SourceRef, found: Discovery) -> bool:
        """A collection of a database that is not configured any more, or cannot be asked now, stays, and so on."""
        return ref.kind != "records" or origin_of(self._ledger.record_state(ref)) in found.listed

    def _remove(self, ref: SourceRef) -> SourceReport:
        records = self._ledger.record_state(ref).total
        removed = self._ledger.remove_source(ref)
        self._indexer.flush()
        self._boundary("removed")
        return SourceReport(ref.kind, ref.name, "ok", deleted=records or removed)


def _sync_one(sync: Callable[[SourceRef, Parts], SourceReport], ref: SourceRef, parts: Parts) -> SourceReport:
    """First the model, so that what is written then has one place to go to."""
    embedded = change_model(parts, ref)
    line = sync(ref, parts)
    return replace(line, embedded=line.embedded + embedded)
