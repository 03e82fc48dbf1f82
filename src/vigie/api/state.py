"""What the routes share: the services, the jobs, how healthy the server is."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from vigie.api.errors import Starting
from vigie.api.jobs import JobRunner
from vigie.errors import VigieError
from vigie.types import EVERYTHING, HealthReport, Scope
from vigie.wiring.services import Services

log = logging.getLogger(__name__)

PROBED = 200  # stored vectors asked for at start, per collection


@dataclass
class State:
    """Of one running app. `ready` once the indexes were probed."""

    services: Services
    jobs: JobRunner
    ready: bool = False
    health: HealthReport | None = None
    trouble: list[str] = field(default_factory=list)

    def check(self, sample: int | None, repair: bool) -> HealthReport:
        """To be run through `jobs.call`: never beside an ingest."""
        self.health = self.services.indexer.check(sample=sample, repair=repair)
        return self.health

    def probe(self) -> None:
        """Ask the indexes and the embedding model whether they answer; what does not is named in /health."""
        try:
            self.check(PROBED, repair=True)
        except VigieError as error:
            log.error("the probe at start failed: %s", error)
            self.trouble.append("the index could not be checked at start")
        try:
            self.services.retriever.search("vigie", Scope(), 1, EVERYTHING)
        except VigieError as error:
            log.error("a first search failed: %s", error)
            self.trouble.append("a first search failed at start")
        self.learn()
        self.ready = True

    def learn(self) -> None:
        """What the planner knows of each collection, worked out before a question waits for it."""
        try:
            self.services.exact.knowledge()
        except VigieError as error:
            log.error("a collection's profile cannot be used: %s", error)

    def degraded(self) -> list[str]:
        """Sentences without names: /health is open to who has no token."""
        found = list(self.trouble)
        if not any(status.chunks for status in self.services.ledger.status()):
            found.append("nothing is indexed yet: ingest a source")
        if self.health is not None and self.health.status != "ok":
            found.append("the indexes differ from the ledger: POST /check with repair")
        return found


def any_state(request: Request) -> State:
    return cast(State, request.app.state.vigie)


def ready_state(request: Request) -> State:
    """Raises Starting until the indexes were probed."""
    state = any_state(request)
    if not state.ready:
        raise Starting("the server is starting: try again in a moment")
    return state


AnyState = Annotated[State, Depends(any_state)]
ReadyState = Annotated[State, Depends(ready_state)]
