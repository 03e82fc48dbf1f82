"""The technical jobs of the sample team's nights: rotations, backups, reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import exp
from random import Random
from typing import Any

from vigie.demo._mongoexport import PARIS, instant, line, rng_of
from vigie.demo._team import JOBS, SERVERS, WEEKDAYS, Job


def job_lines(days: Iterable[date], since: datetime, now: datetime, seed: int) -> list[str]:
    """The technical jobs of these days that began between `since` and `now`, as lines of batch_jobs.ndjson."""
    last = now.astimezone(PARIS).date()
    found: list[tuple[datetime, dict[str, Any]]] = []
    for day in days:
        for job in JOBS:
            for clock in job.times if day.weekday() in job.days else ():
                failed = {"ROTATION_JETONS": last - timedelta(days=1), "STATISTIQUES_ORACLE": last}.get(job.name) == day
                rng = rng_of(seed, job.name, day, clock)
                found += _job_runs(job, "PRODUCTION", instant(day, clock), now, rng, failed)
                if job.name == "ROTATION_JETONS" and failed:  # by the on-call, at the same minute as the wiki says
                    found += _job_runs(job, "PRODUCTION", instant(day, "23:48"), now, rng, False)
            for env, chance in (("RECETTE", 0.65), ("DEVELOPPEMENT", 0.35)):
                rng = rng_of(seed, job.name, env, day)
                if day.weekday() in WEEKDAYS and rng.random() < chance:
                    clock = f"{rng.randint(8, 18):02d}:{rng.randint(0, 59):02d}"
                    found += _job_runs(job, env, instant(day, clock), now, rng, rng.random() < 0.06)
    kept = sorted((pair for pair in found if since <= pair[0] < now), key=lambda pair: (pair[0], pair[1]["nom"]))
    return [line(at, document) for at, document in kept]


def _job_runs(
    job: Job, env: str, start: datetime, now: datetime, rng: Random, failed: bool
) -> list[tuple[datetime, dict[str, Any]]]:
    start += timedelta(milliseconds=rng.randint(200, 9000))
    seconds = max(2.0, round(job.seconds * exp(rng.gauss(0, 0.2)), 1))
    bad = rng.random() < job.risk or failed
    if bad:
        seconds = max(1.0, round(seconds * 0.4, 1))
    end = start + timedelta(seconds=seconds)
    lines = rng.randint(500, 400000)
    document: dict[str, Any] = {
        "nom": job.name,
        "statut": "ECHEC" if bad else "SUCCES",
        "environnement": env,
        "debut": int(start.timestamp() * 1000),
        "fin": int(end.timestamp() * 1000),
        "duree_s": seconds,
        "serveur": rng.choice(SERVERS[env]),
        "message": job.failure if bad else f"Terminé : {lines} lignes traitées",
    }
    if end > now:
        document |= {"statut": "EN_COURS", "fin": None, "duree_s": None, "message": None}
    return [(start, document)]
