"""Exact answers over a few collections made here: other names, other words than any example's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId

from vigie.ask.computed import Computed
from vigie.ask.exact import ExactAnswers
from vigie.ask.language import detect
from vigie.ask.planner.vocabulary import Vocabulary
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.sources.extjson import dumps
from vigie.types import EVERYTHING, Exact, Record

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=PARIS)


def transfers() -> list[dict[str, Any]]:
    """Twenty a day for ten days; on each day one is refused, for CACEIS when the day is even."""
    found = []
    for day in range(10):
        for n in range(20):
            at = NOW.replace(hour=8) - timedelta(days=day, minutes=7 * n)
            refused = n == 3
            partner = "CACEIS" if (n == 3 and day % 2 == 0) else ["Euroclear", "Natixis", "Société Générale"][n % 3]
            found.append(
                {
                    "_id": ObjectId(),
                    "ref": f"TRF{day:02d}{n:03d}",
                    "partenaire": partner,
                    "sens": "SORTANT" if n % 4 else "ENTRANT",
                    "etat": "REJETE" if refused else "LIVRE",
                    "date_depot": at.strftime("%Y-%m-%dT%H:%M:%S"),
                    "duree_s": 30 + n,
                    "nb_fichiers": n % 5,
                    **({"motif": {"libelle": "signature invalide", "code": "SIG-01"}} if refused else {}),
                }
            )
    return found


def deployments() -> list[dict[str, Any]]:
    found = []
    for n in range(60):
        at = (NOW - timedelta(hours=9 * n)).astimezone(UTC)
        found.append(
            {
                "_id": ObjectId(),
                "app": ["ledger", "pricing", "web-portal"][n % 3],
                "environment": ["production", "staging"][n % 2],
                "result": "failed" if n % 10 == 0 else "success",
                "deployedAt": at,
                "author": {"name": ["alice", "bob"][n % 2]},
                "approved": n % 7 != 0,
                "tickets": ["CHG-77"] if n % 5 == 0 else [],
            }
        )
    return found


def answers(
    folder: Path,
    collections: Mapping[str, Sequence[Mapping[str, Any]]],
    vocabulary: Mapping[str, Vocabulary] | None = None,
) -> ExactAnswers:
    store = ParquetRecords(folder, zone=PARIS)
    live = {}
    for name, bodies in collections.items():
        with store.write(name) as writer:
            writer.add([Record(str(b.get("_id", i)), b, dumps(b), b"") for i, b in enumerate(bodies)])
            live[name] = writer.finish()
    engine = EmbeddedEngine(store, lambda: live, PARIS)
    return ExactAnswers(engine, lambda: sorted(live), PARIS, lambda: vocabulary or {})


def ask(made: ExactAnswers, *turns: str, collection: str | None = None) -> Computed | None:
    return made.answer(turns, collection, NOW, detect(turns[0]), EVERYTHING)


def exact(made: ExactAnswers, *turns: str) -> Exact:
    """What was computed; fails, with what was said, where nothing was."""
    found = ask(made, *turns)
    assert found is not None
    assert found.exact is not None, found.text
    return found.exact


def rows(made: ExactAnswers, *turns: str) -> list[list[Any]]:
    return exact(made, *turns).rows
