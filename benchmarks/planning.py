"""How long a question is planned among fifty collections of 100,000 distinct values, beside a bare tokenising of it.

Called by `exact.py`, in a process of its own. Five kinds of records (runs, jobs, incidents, transfers, deployments) in
each of ten domains, with field names in French and English; 2,000 names in each collection, no two alike.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import common
from common import NOW, ZONE

from vigie.ask.exact import ExactAnswers
from vigie.ask.language import detect
from vigie.ask.planner.planner import plan
from vigie.ask.planner.tokens import tokens
from vigie.ask.planner.typed import typed
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.sources.extjson import dumps
from vigie.types import Record

DOMAINS = "paie sepa swift titres credit cartes risques marches compta crm".split()
PARTS = "clearing import export cumul rejet extrait miroir pivot controle envoi".split()
VALUES = 2_000  # distinct names in each collection
TURNS = 6
# In each turn other names.
QUESTIONS = (
    "Combien de runs KO hier ?",
    "Combien de runs swift en échec cette nuit ?",
    "Quels flux sepa ont échoué cette nuit ?",
    "Top 5 des flux titres en échec ce mois-ci",
    "durée moyenne des jobs compta la semaine dernière",
    "taux d'échec des runs cartes par environnement en octobre",
    "SWIFT_CLEARING_01{turn}0 a-t-il tourné hier ?",
    "dernier échec de PAIE_IMPORT_00{turn}1",
    "combien d'incidents crm P1 ne sont pas résolus ?",
    "incidents ouverts par équipe depuis lundi",
    "quels transferts risques ont été rejetés aujourd'hui ?",
    "how many deployments failed in production last week?",
    "which credit jobs ran longer than 10 minutes yesterday?",
    "average duration of marches runs per day in November",
    "nb jobs KO depuis lundi sur srv03 hors paie",
    "et en recette ?",
    "Que faire quand un flux tombe en AUTH-401 ?",
    "quels serveurs n'ont eu aucun job en échec hier ?",
)


def _documents(kind: str, domain: str) -> Iterator[dict[str, Any]]:
    for n in range(VALUES):
        at = NOW - timedelta(minutes=29 * n + 7)
        name = f"{domain.upper()}_{PARTS[n % len(PARTS)].upper()}_{n:04d}"
        yield {"_id": n} | MADE[kind](n, name, at)


def _run(n: int, name: str, at: datetime) -> dict[str, Any]:
    failed = n % 9 == 4
    error = {"error": {"code": f"E-{n % 40}", "message": "connection lost"}} if failed else {}
    times = {"started_at": at, "ended_at": at + timedelta(seconds=n % 900), "duration_ms": n % 900 * 1000}
    return {"flow": name, "status": "KO" if failed else "OK", "env": ["PROD", "UAT", "DEV"][n % 3]} | times | error


def _job(n: int, name: str, at: datetime) -> dict[str, Any]:
    outcome = ["SUCCES", "SUCCES", "ECHEC", "EN_COURS"][n % 4]
    return {"nom": name, "statut": outcome, "serveur": f"srv{n % 30:02d}", "debut": at.isoformat(), "duree_s": n % 1200}


def _incident(n: int, name: str, at: datetime) -> dict[str, Any]:
    closed = {"resolu_le": (at + timedelta(hours=n % 50)).isoformat()} if n % 3 else {}
    who = {"equipe": ["réseau", "base de données", "middleware", "poste"][n % 4], "priorite": f"P{n % 4 + 1}"}
    return {"numero": name, "etat": "RESOLU" if closed else "OUVERT", "ouvert_le": at.isoformat()} | who | closed


def _transfer(n: int, name: str, at: datetime) -> dict[str, Any]:
    how = {"direction": ["IN", "OUT"][n % 2], "state": ["DELIVERED", "DELIVERED", "REJECTED"][n % 3], "bytes": n * 811}
    return {"fileName": name, "partner": f"Partner {n % 25}", "sentAt": at} | how


def _deployment(n: int, name: str, at: datetime) -> dict[str, Any]:
    where = {"environment": ["production", "staging"][n % 2], "result": ["success", "success", "failed"][n % 3]}
    return {"release": name, "app": f"app-{n % 40}", "deployedAt": at, "author": {"name": f"user{n % 20}"}} | where


MADE: dict[str, Callable[[int, str, datetime], dict[str, Any]]] = {
    "runs": _run,
    "jobs": _job,
    "incidents": _incident,
    "transfers": _transfer,
    "deployments": _deployment,
}


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        store, live = ParquetRecords(Path(scratch), zone=ZONE), {}
        for domain in DOMAINS:
            for kind in MADE:
                with store.write(f"{domain}_{kind}") as writer:
                    writer.add([Record(str(b["_id"]), b, dumps(b), b"") for b in _documents(kind, domain)])
                    live[f"{domain}_{kind}"] = writer.finish()
        exact = ExactAnswers(EmbeddedEngine(store, lambda: live, ZONE), lambda: sorted(live), ZONE)
        began = time.perf_counter()
        knowledge = exact.knowledge()
        learning = time.perf_counter() - began

        def planning(text: str) -> None:
            plan(typed(text, knowledge, detect(text)), knowledge, NOW, ZONE, detect(text))

        planned = _seconds(planning)
        first, later = planned[: len(QUESTIONS)], planned[len(QUESTIONS) :]
        return {
            "collections": len(live),
            "distinct_values": len(live) * VALUES,
            "learning_seconds": round(learning, 1),
            "first_p95": common.percentile(first, 0.95),
            "p50": common.percentile(later, 0.5),
            "p95": common.percentile(later, 0.95),
            "tokenising_p95": common.percentile(_seconds(tokens)[len(QUESTIONS) :], 0.95),
        }


def _seconds(work: Callable[[str], object]) -> Sequence[float]:
    """Of each question in each turn."""
    seconds = []
    for turn in range(TURNS):
        for question in QUESTIONS:
            text = question.format(turn=turn)
            began = time.perf_counter()
            work(text)
            seconds.append(time.perf_counter() - began)
    return seconds
