"""A server's services whose records come from where the settings say: a MongoDB, exports, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from api_services import InlineServices, make_services_of

from vigie import wiring
from vigie.sync.child import InlineWorker
from vigie.sync.prepare import Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.testing.embedder import HashingEmbedder
from vigie.testing.mongo import FakeMongo
from vigie.types import Kind
from vigie.wiring import Inputs


@dataclass(frozen=True)
class LiveServices(InlineServices):
    """Syncs in this process, records through the composition root's own sources."""

    def syncer(self, inputs: Inputs | None = None, boundary: Callable[[str], None] = lambda step: None) -> Syncer:
        given = inputs or Inputs()

        def discover(kind: Kind) -> Discovery:
            if kind == "confluence":
                return Discovery((self.wiki.ref,))
            return wiring.discover(self.settings, given, kind)

        families = Families(
            discover,
            lambda ref, subtree: (
                self.wiki
                if ref.kind == "confluence"
                else wiring.make_document_source(self.settings, given, ref, subtree)
            ),
            partial(wiring.make_record_source, self.settings, given),
            self.bodies,
            lambda kind: HashingEmbedder(),
            sample_limit=partial(wiring.default_sample, self.settings, given),
        )
        make = lambda: InlineWorker(Preparer(families))  # noqa: E731
        return Syncer(self.ledger, self.indexer, self.bodies, make, self.settings.clock, boundary)


@contextmanager
def live(folder: Path, server: FakeMongo, **settings: Any) -> Iterator[LiveServices]:
    """On the data directory in `folder`, reading that database and, by default, no exports."""
    given = {"MONGO_URI": server.uri, "MONGO_DB": server.database, "RECORDS_DIR": None, "CONFLUENCE_URL": None}
    services = make_services_of(LiveServices, folder, **(given | settings))
    try:
        yield services
    finally:
        services.close()
        wiring.mongo_database.cache_clear()
