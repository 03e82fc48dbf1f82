"""Writes the sample team's exports: six weeks of runs, errors and jobs that end now, as mongoexport would.

Every planned run draws from its own random stream, so two instants a day apart tell the same story of the days they
share, but for the last night, which is always the one of `_team.STORY`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from vigie.demo._jobs import job_lines
from vigie.demo._messages import SEVERITY, message, traceback
from vigie.demo._mongoexport import PARIS, extended, instant, line, rng_of
from vigie.demo._team import DEV_HOSTS, FLOWS, INCIDENTS, RETRIES, STORY, TAGS, UAT_HOSTS, WEEKDAYS, Flow

DAYS = 45
CYCLE = 40  # days after which the incidents come again
FAILURE_RISK = {"PROD": 1.0, "UAT": 2.2, "DEV": 3.0}  # times the flow's own risk
INCIDENT_RISK = 0.75
NEVER_CLOSED = ("COMPTA_OUT_CIB", 19)  # flow and day of the cycle: its process was killed, the run stays RUNNING
RETRY_RISK = 0.3  # that an automatic retry falls again


@dataclass(frozen=True, slots=True)
class _Run:
    flow: Flow
    env: str
    host: str
    start: datetime  # UTC, as `end`
    end: datetime | None
    status: str
    code: str
    message: str
    attempt: int
    by: str
    records: int


def write_runs(folder: Path, now: datetime, seed: int = 7) -> None:
    """Write `vanish_flows.ndjson`, `flow_errors.ndjson` and `batch_jobs.ndjson` into `folder`, made when missing.

    The 45 days before `now` (aware, else ValueError; cut to the minute), planned on Paris wall clocks. The same minute
    and seed give the same bytes.
    """
    if now.tzinfo is None:
        raise ValueError("write_runs needs an aware instant: give `now` a time zone")
    now = now.astimezone(UTC).replace(second=0, microsecond=0)
    since = now - timedelta(days=DAYS)
    today = now.astimezone(PARIS).date()
    days = [today - timedelta(days=back) for back in range(DAYS, -1, -1)]
    planned = [run for day in days for run in _runs_of(day, today, seed)]
    runs = sorted(
        (run for run in [*planned, *_at_work(now, seed)] if since <= run.start < now),
        key=lambda run: (run.start, run.flow.name, run.env, run.attempt),
    )
    numbered = list(zip(_run_ids(runs), runs, strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "vanish_flows.ndjson", (_run_line(run_id, run, now, seed) for run_id, run in numbered))
    _write(folder / "flow_errors.ndjson", _errors(numbered, now, seed))
    _write(folder / "batch_jobs.ndjson", job_lines(days, since, now, seed))


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(lines)


# ------------------------------------------------------------------ runs


def _runs_of(day: date, today: date, seed: int) -> Iterator[_Run]:
    """All attempts of the runs planned on that calendar day."""
    yesterday = today - timedelta(days=1)
    for flow in FLOWS:
        for clock in flow.times if day.weekday() in flow.days else ():
            start = instant(day, clock)
            rng = rng_of(seed, flow.name, "PROD", start.isoformat())
            if (day == yesterday and clock >= "20:00") or (day == today and clock < "06:00"):
                yield from _story(flow, clock, day, rng)
            elif (flow.name, day.toordinal() % CYCLE) == NEVER_CLOSED:
                yield replace(_run(flow, "PROD", start, rng, "RUNNING", "", 0, "scheduler"), end=None)
            else:
                yield from _chain(flow, "PROD", start, rng, _incident(flow, day, clock))
        if day.weekday() in WEEKDAYS:
            yield from _tests(flow, day, seed)


def _at_work(now: datetime, seed: int) -> Iterator[_Run]:
    """What somebody started in UAT and DEV a few minutes before `now`, and that still runs."""
    for name, env, minutes in (("RISK_IN_CIB", "UAT", 11), ("COMPTA_OUT_CIB", "UAT", 6), ("TRADE_IN_CIB", "DEV", 4)):
        flow = next(flow for flow in FLOWS if flow.name == name)
        yield _run(flow, env, now - timedelta(minutes=minutes), rng_of(seed, name, now), "OK", "", 0, "manual")


def _tests(flow: Flow, day: date, seed: int) -> Iterator[_Run]:
    """Runs in UAT and DEV, started by people in office hours."""
    rng = rng_of(seed, flow.name, "tests", day)
    for env, chance in (("UAT", 0.95), ("UAT", 0.15), ("DEV", 0.4)):
        clock = f"{rng.randint(8, 18):02d}:{rng.randint(0, 59):02d}"
        if rng.random() < chance:
            start = instant(day, clock) + timedelta(milliseconds=rng.randint(0, 59_000))
            yield from _chain(flow, env, start, rng, None)


def _incident(flow: Flow, day: date, clock: str) -> str | None:
    """The code of the incident that this planned run meets, if any. A night is named by the day it begins on."""
    hour = int(clock[:2]) + int(clock[3:]) / 60
    if hour < 12:
        day, hour = day - timedelta(days=1), hour + 24
    for position, start, end, families, code in INCIDENTS:
        if day.toordinal() % CYCLE == position and start <= hour < end and flow.family in families:
            return code
    return None


def _chain(flow: Flow, env: str, start: datetime, rng: Random, incident: str | None) -> Iterator[_Run]:
    """A planned run, its automatic retries and, mostly, somebody's relaunch when these were not enough."""
    fragile = incident is not None or bool(flow.errors)
    risk = INCIDENT_RISK if incident else min(0.5, flow.risk * FAILURE_RISK[env])
    by = "scheduler" if env == "PROD" else rng.choice(("manual", "api", "scheduler"))
    if env == "PROD" and flow.type == "fichier" and rng.random() < 0.025:
        yield _run(flow, env, start, rng, "SKIPPED", "", 0, by)
        return
    code = ""
    for attempt in range(4):
        if not (fragile and rng.random() < (risk if attempt == 0 else RETRY_RISK)):
            yield _run(flow, env, start, rng, "OK", "", attempt, by)
            return
        code = code or incident or rng.choice(flow.errors)
        failed = _run(flow, env, start, rng, "KO", code, attempt, by)
        yield failed
        retries, minutes = RETRIES[code]
        if attempt >= retries or failed.end is None:
            break
        start, by = failed.end + timedelta(minutes=minutes, seconds=rng.randint(1, 20)), "retry"
    hourly = flow.type == "micro-onde"  # the next wave takes what was left: not relaunched by hand
    if env == "PROD" and not hourly and rng.random() < 0.85 and failed.end is not None:
        yield _run(flow, env, failed.end + timedelta(minutes=rng.randint(12, 75)), rng, "OK", "", 0, "manual")


def _story(flow: Flow, clock: str, day: date, rng: Random) -> Iterator[_Run]:
    """The last night as it was written: every run that the story does not name is OK."""
    attempts = STORY.get((flow.name, clock), ((clock, "OK", "", "scheduler"),))
    for number, (at, status, code, by) in enumerate(attempts):
        after_midnight = at < "12:00" <= clock
        start = instant(day + timedelta(days=after_midnight), at)
        yield _run(flow, "PROD", start, rng, status, code, number if by == "retry" or status == "KO" else 0, by)


def _run(flow: Flow, env: str, start: datetime, rng: Random, status: str, code: str, attempt: int, by: str) -> _Run:
    start += timedelta(milliseconds=rng.randint(120, 4000))
    seconds = max(0.4, flow.seconds * exp(rng.gauss(0, 0.22)))
    if code in ("SFTP-TIMEOUT", "ORA-12541", "AUTH-401", "CERT-EXPIRED"):
        seconds = {"SFTP-TIMEOUT": 90.0, "ORA-12541": 25.0}.get(code, 1.6) * (0.7 + 0.6 * rng.random())
    elif status == "KO":
        seconds *= 0.1 + 0.8 * rng.random()
    end = None if status == "SKIPPED" else start + timedelta(milliseconds=int(seconds * 1000))
    host = rng.choice({"PROD": flow.hosts, "UAT": UAT_HOSTS, "DEV": DEV_HOSTS}[env])
    records = 0 if status != "OK" else int(flow.records * exp(rng.gauss(0, 0.25)) * (1 if env == "PROD" else 0.02))
    text = message(rng, code, flow) if code else ""
    return _Run(flow, env, host, start, end, status, code, text, attempt, by, records)


def _run_ids(runs: Iterable[_Run]) -> Iterator[str]:
    """RUN-<UTC day>-<7 digits of the content>: not a rank, which one run more would shift."""
    taken: set[str] = set()
    for run in runs:
        name = f"{run.flow.name}:{run.env}:{run.start.isoformat()}:{run.status}:{run.message}".encode()
        number = int.from_bytes(blake2b(name, digest_size=6).digest()) % 10**7
        while (run_id := f"RUN-{run.start:%Y%m%d}-{number:07d}") in taken:
            number = (number + 1) % 10**7
        taken.add(run_id)
        yield run_id


def _run_line(run_id: str, run: _Run, now: datetime, seed: int) -> str:
    rng = rng_of(seed, run_id)
    document: dict[str, Any] = {
        "run_id": run_id,
        "flow": run.flow.name,
        "type": run.flow.type,
        "status": run.status,
        "env": run.env,
        "entity": run.flow.entity,
        "host": run.host,
        "started_at": extended(run.start),
    }
    if run.status == "RUNNING" or (run.end is not None and run.end > now):
        document |= {"status": "RUNNING", "ended_at": None}
    elif run.end is not None:
        milliseconds = (run.end - run.start) // timedelta(milliseconds=1)
        document |= {"ended_at": extended(run.end), "duration_ms": milliseconds, "records": run.records}
        if run.status == "KO":
            document["error"] = {"code": run.code, "message": run.message, "retry": run.attempt}
    else:
        document["records"] = 0
    document["triggered_by"] = run.by
    document["tags"] = rng.sample(TAGS, rng.choice((0, 0, 1, 1, 2)))
    # as in real exports, some fields are missing or null: never the flow, the status or the times
    chance = rng.random()
    if chance < 0.02:
        document.pop(rng.choice(("host", "records", "tags", "type")), None)
    elif chance < 0.035:
        document[rng.choice(("host", "records", "tags"))] = None
    return line(run.start, document)


# ------------------------------------------------------------------ errors


def _errors(numbered: list[tuple[str, _Run]], now: datetime, seed: int) -> list[str]:
    """One line per failed attempt, a second one for some, and warnings on runs that ended well or on none."""
    found: list[tuple[datetime, dict[str, Any]]] = []
    for run_id, run in numbered:
        if run.status != "KO" and not (run.status == "OK" and run.by == "scheduler" and run.flow.errors):
            continue
        rng = rng_of(seed, "error", run_id)
        if run.status == "KO" and run.end is not None and run.end <= now:
            found.append(_error(run, run_id, run.end, run.code, run.message, now, rng))
            if rng.random() < 0.3:
                again = run.end + timedelta(seconds=rng.randint(1, 45))
                found.append(_error(run, run_id, again, run.code, message(rng, run.code, run.flow), now, rng))
        elif run.status == "OK" and rng.random() < 0.1:
            code = rng.choice([code for code in run.flow.errors if RETRIES[code][0]] or ["KAFKA-LAG"])
            known = run_id if rng.random() < 0.7 else None
            if now - run.start > timedelta(hours=48):  # the last nights tell their story alone
                at = run.start + timedelta(seconds=rng.randint(1, 5))
                found.append(_error(run, known, at, code, message(rng, code, run.flow), now, rng))
    return [line(at, document) for at, document in sorted(found, key=lambda pair: pair[0]) if at <= now]


def _error(
    run: _Run, run_id: str | None, at: datetime, code: str, text: str, now: datetime, rng: Random
) -> tuple[datetime, dict[str, Any]]:
    at = at.replace(microsecond=0)
    zone = UTC if rng.random() < 0.15 else PARIS  # most writers log local time, some UTC
    document: dict[str, Any] = {
        "code": code,
        "severity": SEVERITY[code] if run.env == "PROD" else "LOW",
        "message": traceback(code, text) if rng.random() < 0.25 else text,
        "flow": run.flow.name,
        "run_id": run_id,
        "occurred_at": at.astimezone(zone).isoformat(timespec="seconds"),
        "resolved": run.status == "OK" or now - at > timedelta(days=4) or rng.random() < 0.5,
        "owner_team": run.flow.team,
    }
    if rng.random() < 0.02:
        del document[rng.choice(("owner_team", "resolved"))]
    return at, document
