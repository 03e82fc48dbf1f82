"""What is told of a computed question before its rows are: a large collection takes its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api_services import make_services

from vigie.ask.engine import Engine
from vigie.ask.events import AnswerEvent, EvidenceEvent, PlanEvent
from vigie.ask.exact import ExactAnswers
from vigie.plan import Plan, Profile, Rows
from vigie.protocols import RecordEngine
from vigie.sync.steps import SyncOptions
from vigie.types import Access, Question


class Slow:
    """A record engine that computes nothing before it is let."""

    def __init__(self, engine: RecordEngine) -> None:
        self._engine = engine
        self.gate = threading.Event()

    def profile(self, collection: str) -> Profile | None:
        return self._engine.profile(collection)

    def run(self, plan: Plan, access: Access) -> Rows:
        assert self.gate.wait(20)
        return self._engine.run(plan, access)

    def pipeline(self, plan: Plan) -> list[dict[str, Any]]:
        return self._engine.pipeline(plan)

    def bodies(self, collection: str, ids: Sequence[str]) -> dict[str, str]:
        return self._engine.bodies(collection, ids)


async def test_conditions_and_windows_are_told_while_the_rows_are_computed(tmp_path: Path) -> None:
    services = make_services(tmp_path, VIGIE_NOW="2026-11-20T09:30:00+01:00")
    try:
        services.syncer().run(("records",), SyncOptions())
        slow = Slow(services.records)
        exact = ExactAnswers(slow, lambda: sorted(services.ledger.bodies()), services.settings.zone)
        parts = (services.retriever, services.ledger, services.sessions, None, services.settings.clock)
        engine = Engine(*parts, services.settings.zone, exact)
        events = engine.ask(Question("Combien de runs KO hier ?", session_id="s"))
        plan = await asyncio.wait_for(anext(events), 10)
        assert isinstance(plan, PlanEvent)
        assert plan.route == "exact"
        assert plan.understood is not None
        assert plan.understood.collection == "vanish_flows"
        assert [(c.path, c.value) for c in plan.understood.conditions] == [("status", ["KO"])]
        assert plan.understood.window is not None
        assert plan.understood.window.phrase == "hier"
        slow.gate.set()
        rest = [event async for event in events]
        assert isinstance(rest[0], EvidenceEvent)
        assert rest[0].exact is not None
        assert rest[0].exact.conditions == plan.understood.conditions
        assert isinstance(rest[-1], AnswerEvent)
        again = await anext(engine.ask(Question("Combien de runs KO ?", session_id="s")))
        assert isinstance(again, PlanEvent)
        assert (again.follow_up, again.understood and again.understood.window) == (False, None)
    finally:
        services.close()


async def test_what_records_do_not_explain_can_be_looked_for_in_the_wiki(tmp_path: Path) -> None:
    services = make_services(tmp_path, VIGIE_NOW="2026-11-20T09:30:00+01:00")
    try:
        services.syncer().run(("records", "confluence"), SyncOptions())
        asked = await services.engine.answer(Question("Combien de runs récemment ?"))
        assert asked.route == "clarify"
        assert asked.choices[-1].question == "Combien de runs récemment dans le wiki ?"
        followed = await services.engine.answer(Question(asked.choices[-1].question))
        assert followed.route != "clarify"
    finally:
        services.close()
