"""The commands' work in this process, which then alone writes in the data directory."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from vigie.cli import shapes
from vigie.cli.shapes import Json
from vigie.cli.wanted import Asked, Looked, Pass, Wanted, notes, passes
from vigie.cli.watch import say, watching
from vigie.settings import Settings
from vigie.types import EVERYTHING, Question, Scope, SyncReport
from vigie.wiring.services import Services, open_services

PROBED = 20  # vectors per collection that `status` asks for: enough to see a damaged one, quick enough to be typed


class Local:
    """Answers as the server would, in the contract's JSON. Close it."""

    def __init__(self, settings: Settings, wait: float) -> None:
        self.services: Services = open_services(settings, wait=wait)
        self._runner = asyncio.Runner()
        for note in self.services.notes:
            say(note)

    def close(self) -> None:
        self._runner.close()
        self.services.close()

    def ingest(self, wanted: Wanted) -> Json:
        """The contract's report. Raises InputError before anything is read."""
        planned = passes(self.services.settings, wanted)
        for note in notes(self.services.settings, wanted):
            say(note)
        return shapes.report(_joined([self._pass(one) for one in planned]))

    def _pass(self, one: Pass) -> SyncReport:
        with _folders(one.inputs.records) as places, watching() as progress:
            inputs = replace(one.inputs, records=places)
            return self.services.syncer(inputs).run(one.kinds, one.options, progress)

    def answer(self, asked: Asked) -> Json:
        """The answer to the last turn. Raises InputError, StoreError."""
        session = asked.session or (uuid.uuid4().hex if len(asked.turns) > 1 else None)
        return shapes.answer(self._runner.run(self._answer(asked, session)))

    async def _answer(self, asked: Asked, session: str | None) -> Any:
        for text in asked.turns:
            question = Question(
                text,
                session,
                Scope(asked.sources, asked.collection),
                asked.top_k,
                asked.now,
                asked.use_model,
            )
            answer = await self.services.engine.answer(question)
        return answer

    def search(self, looked: Looked) -> list[Json]:
        scope = Scope(looked.sources, looked.collection)
        return [
            shapes.hit(hit) for hit in self.services.retriever.search(looked.query, scope, looked.top_k, EVERYTHING)
        ]

    def status(self) -> Json:
        services, ledger = self.services, self.services.ledger
        return {
            "sources": [
                shapes.source_status(one, services.exact.roles(one.ref.name) if one.ref.kind == "records" else [])
                for one in ledger.status()
            ],
            "health": shapes.plain(services.indexer.check(sample=PROBED)),
            "notes": list(services.notes),
            "model": services.chat.name if services.chat is not None else None,
        }

    def check(self, repair: bool) -> Json:
        found: Json = shapes.plain(self.services.indexer.check(sample=None, repair=repair))
        return found


@contextmanager
def _folders(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """The same places, a file by a folder that holds nothing but a link to it: exports are found by their folder."""
    with tempfile.TemporaryDirectory(prefix="vigie-") as base:
        places = []
        for number, path in enumerate(paths):
            if path.is_file():
                alone = Path(base, str(number))
                alone.mkdir()
                (alone / path.name).symlink_to(path)
                path = alone
            places.append(path)
        yield tuple(places)


def _joined(reports: Sequence[SyncReport]) -> SyncReport:
    whole = all(report.status == "ok" for report in reports)
    lines = tuple(line for report in reports for line in report.sources)
    return SyncReport("ok" if whole else "incomplete", round(sum(report.seconds for report in reports), 3), lines)
