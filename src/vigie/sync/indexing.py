"""Ledger -> indexes: applies the work the ledger queued, asks the indexes whether they still find it, rebuilds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from vigie.errors import StoreCorrupt, StoreError
from vigie.protocols import Ledger, TextIndex, VectorIndex, Vectors
from vigie.types import EXCHANGING, CollectionHealth, HealthReport, IndexWork, Passage

log = logging.getLogger(__name__)

WORK = 2_000  # chunks per index commit
PROBE = 10  # neighbours asked for: a chunk with up to nine equal twins still finds itself
SAME = 0.9999  # cosine above which two stored vectors are one text's


class Indexer:
    """Keeps both indexes equal to the ledger. `boundary` is told every durable step (tests stop there)."""

    def __init__(
        self,
        ledger: Ledger,
        vectors: VectorIndex,
        text: TextIndex,
        boundary: Callable[[str], None] = lambda step: None,
    ) -> None:
        self._ledger = ledger
        self._vectors = vectors
        self._text = text
        self._boundary = boundary

    def flush(self) -> int:
        """Do all queued work, oldest first; each piece may be done twice without harm. Returns chunks touched.

        A vector collection that turns out damaged, as a kill in the middle of a write can leave it, is rebuilt.
        """
        touched = 0
        while (work := self._ledger.index_work(WORK)).through is not None:
            self._text.write(work.put, [chunk_id for _, chunk_id in work.delete])
            self._boundary("text")
            for collection in sorted({p.ref.collection for p in work.put} | {name for name, _ in work.delete}):
                try:
                    self._apply(collection, work, self._model(collection))
                except StoreCorrupt as error:
                    log.warning("%s; rebuilding it now", error)
                    self.rebuild(collection)
            self._boundary("vectors")
            self._ledger.index_done(work.through)
            self._boundary("indexed")
            touched += len(work.put) + len(work.delete)
        return touched

    def learn_early(self, announced: Sequence[tuple[Passage, bytes]]) -> None:
        """Index chunks of one source that are about to be live in the place of others, so that at no moment neither
        is found. What the ledger does not hold live yet, nobody is shown."""
        if not announced:
            return
        self._text.write([passage for passage, _ in announced], [])
        self._boundary("text")
        collection = announced[0][0].ref.collection
        last = {passage.chunk_id: np.frombuffer(vector, dtype="<f4") for passage, vector in announced}
        try:
            self._vectors.upsert(collection, list(last), np.stack(list(last.values())))
        except StoreCorrupt as error:
            log.warning("%s", error)  # `flush` comes next, and rebuilds it
        self._boundary("vectors")

    def _apply(self, collection: str, work: IndexWork, fingerprint: str) -> None:
        if collection not in {ref.collection for ref in self._ledger.sources()}:
            self._vectors.drop(collection)  # its source was removed
            return
        gone = [chunk_id for name, chunk_id in work.delete if name == collection]
        put = [p.chunk_id for p in work.put if p.ref.collection == collection]
        if gone:
            self._vectors.delete(collection, gone)
        for ids, found in self._stored(put, fingerprint):
            self._vectors.upsert(collection, ids, found)

    def rebuild(self, collection: str) -> None:
        """The vector collection again from the ledger, nothing embedded; questions see the old one meanwhile."""
        live = self._ledger.chunk_ids(collection)
        self._vectors.rebuild(collection, self._stored(live, self._model(collection)))

    def exchange(self, collection: str, fingerprint: str) -> None:
        """Vectors of another model in place of those there. The ledger has to hold all of them already.

        Questions see the old ones until the new are whole. For the moment in which the index changes hands, the ledger
        says so; a process that dies then leaves it said, and `finish_exchanges` does the rest.
        """

        def vectors() -> Iterator[tuple[Sequence[str], Vectors]]:
            yield from self._stored(self._ledger.chunk_ids(collection), fingerprint)
            self._ledger.set_fingerprint(collection, EXCHANGING + fingerprint)
            self._boundary("exchanging")

        self._vectors.rebuild(collection, vectors())
        self._boundary("exchanged")
        self._ledger.set_fingerprint(collection, fingerprint)

    def finish_exchanges(self) -> None:
        for collection, model in self._ledger.fingerprints().items():
            if model.startswith(EXCHANGING):
                self.exchange(collection, model.removeprefix(EXCHANGING))

    def _model(self, collection: str) -> str:
        """Whose vectors are to be written there."""
        return self._ledger.fingerprints().get(collection, "").removeprefix(EXCHANGING)

    def refill(self) -> None:
        """Every vector collection again from the ledger, for an index that is not the one used last."""
        names = {ref.collection for ref in self._ledger.sources()}
        for name in self._vectors.collections():
            if name not in names:
                self._vectors.drop(name)
        for name in sorted(names):
            self.rebuild(name)

    def check(self, sample: int | None, repair: bool = False) -> HealthReport:
        """Ask each vector collection for `sample` of its stored vectors (all when None): each must find itself.

        A count that is right proves nothing: Chroma keeps counting vectors that it can no longer find. With
        `repair`, what is not sound is rebuilt from the ledger and asked again.
        """
        notes = []
        try:
            self.flush()
        except StoreCorrupt:
            raise
        except StoreError as error:  # a full disk; what the indexes have can be asked all the same
            notes.append(f"the indexes have not learnt everything yet: {error}")
        names = sorted({ref.collection for ref in self._ledger.sources()})
        collections = [self._check_one(name, sample, repair) for name in names]
        orphans = [name for name in self._vectors.collections() if name not in names]
        if repair:
            for name in orphans:
                self._vectors.drop(name)
            orphans = []
        live, indexed = sum(c.live for c in collections), self._text.count()
        if live != indexed and repair:
            self._text.rebuild(self._ledger.live_passages())
            indexed = self._text.count()
        notes += [f"vector collection {name} belongs to no source" for name in orphans]
        if damage := self._ledger.check():
            notes.append(f"the ledger is damaged: {damage}")
        sound = live == indexed and not notes and all(c.lost == 0 and c.live == c.indexed for c in collections)
        return HealthReport("ok" if sound else "degraded", collections, live, indexed, notes)

    def _check_one(self, collection: str, sample: int | None, repair: bool) -> CollectionHealth:
        health = self._probe(collection, sample)
        if not repair or (health.lost == 0 and health.live == health.indexed):
            return health
        self.rebuild(collection)
        again = self._probe(collection, sample)
        return CollectionHealth(collection, again.live, again.indexed, again.probed, again.lost, repaired=True)

    def _probe(self, collection: str, sample: int | None) -> CollectionHealth:
        """A damaged collection has lost all of its vectors."""
        live = self._ledger.chunk_ids(collection)
        try:
            return self._ask(collection, live, sample)
        except StoreCorrupt as error:
            log.warning("%s", error)
            return CollectionHealth(collection, len(live), 0, len(live), max(1, len(live)))

    def _ask(self, collection: str, live: Sequence[str], sample: int | None) -> CollectionHealth:
        step = 1 if sample is None else max(1, len(live) // max(1, sample))
        chosen = live[::step][:sample]
        lost = probed = 0
        for ids, vectors in self._stored(chosen, self._model(collection)):
            probed += len(ids)
            lost += sum(not self._finds(collection, i, v) for i, v in zip(ids, vectors, strict=True))
        without_vector = len(chosen) - probed
        return CollectionHealth(collection, len(live), self._vectors.count(collection), probed, lost + without_vector)

    def _finds(self, collection: str, chunk_id: str, vector: Vectors) -> bool:
        hits = self._vectors.query(collection, vector, PROBE)
        return any(i == chunk_id for i, _ in hits) or (len(hits) == PROBE and hits[-1][1] >= SAME)

    def _stored(self, chunk_ids: Sequence[str], fingerprint: str) -> Iterator[tuple[Sequence[str], Vectors]]:
        """(ids, vectors) in batches, of those chunks that have a vector of this model."""
        for start in range(0, len(chunk_ids), WORK):
            found = self._ledger.vectors(chunk_ids[start : start + WORK], fingerprint)
            if found:
                ids = sorted(found)
                yield ids, np.stack([np.frombuffer(found[i], dtype="<f4") for i in ids])
