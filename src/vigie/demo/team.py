"""Puts the sample team together: fresh runs, a wiki server on this machine, settings that name them."""

from __future__ import annotations

import secrets
import shlex
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from vigie.demo._mongoexport import PARIS
from vigie.demo.runs import write_runs
from vigie.errors import StoreError, VigieError
from vigie.settings import Settings, load
from vigie.testing.confluence import FakeConfluence, load_wiki

SPACE = "IV2"
USER = "vigie-demo"
DAY_BEGINS = timedelta(hours=7)  # the last flow of the night has ended: before it, "cette nuit" is not over
PORT = "wiki-port"
STAMP = "runs-written-at"  # a file beside the exports, not one of them
QUESTIONS = (  # one that is counted, one for the wiki, one for the code
    "Quels flux ont échoué la nuit dernière ?",
    "Que faire quand un flux tombe en AUTH-401 ?",
    "Où est levée l'erreur AUTH-401 dans le code ?",
)


def team_files() -> Path:
    """The sample team's folder: as it was packaged, else of the checkout. Raises VigieError."""
    here = Path(__file__).resolve()
    for folder in (here.parent / "team", here.parents[3] / "examples" / "team"):
        if (folder / "wiki" / "index.json").is_file():
            return folder
    raise VigieError("the sample team's files are not in this installation: install vigie again, or use a checkout")


@contextmanager
def sample_team(base: Settings) -> Iterator[Settings]:
    """The settings of the demo, in `demo` below the data directory of `base`, while its wiki server runs.

    What is set for the real sources and indexes does not count here; the language model, the models for embedding and
    the clock do. Raises StoreError when the folder cannot be written.
    """
    files = team_files()
    folder = base.data_dir / "demo"
    exports = folder / "exports"
    fresh_runs(exports, base.clock())
    password = secrets.token_urlsafe(16)
    pages = load_wiki(files / "wiki", SPACE, base.clock())
    with FakeConfluence(pages, username=USER, password=password, port=_same_port(folder / PORT)) as wiki:
        (folder / PORT).write_text(str(urlsplit(wiki.url).port), encoding="ascii")
        yield load(
            VIGIE_DATA_DIR=folder,
            CONFLUENCE_URL=wiki.url,
            CONFLUENCE_USERNAME=USER,
            CONFLUENCE_PASSWORD=password,
            CONFLUENCE_TOKEN=None,
            CONFLUENCE_SPACE=SPACE,
            MONGO_URI=None,
            RECORDS_DIR=exports,
            CODE_ROOTS=str(files / "code"),
            CHROMA_DB_DIR=None,
            CHROMA_URL=None,
            VECTOR_DB_PATH=None,
        )


def _same_port(noted: Path) -> int:
    """The port of last time, so that links of then still open; 0, any, where there is none or it is taken."""
    try:
        port = int(noted.read_text(encoding="ascii"))
        with socket.create_server(("127.0.0.1", port)):
            return port
    except (OSError, ValueError, OverflowError):
        return 0


def fresh_runs(folder: Path, now: datetime) -> bool:
    """Write the exports unless there are some of the same day, which begins at 07:00; were they written?"""
    stamp = folder.parent / STAMP
    try:
        if stamp.is_file() and _day(stamp.read_text(encoding="utf-8")) == _day(now.isoformat()):
            return False
        stamp.unlink(missing_ok=True)
        write_runs(folder, now)
        stamp.write_text(now.isoformat(), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the demo's exports in {folder} cannot be written: {error.strerror or error}") from error
    return True


def _day(instant: str) -> date | None:
    try:
        return (datetime.fromisoformat(instant).astimezone(PARIS) - DAY_BEGINS).date()
    except ValueError:
        return None


def hints(settings: Settings, url: str, command: str) -> str:
    """What to try, in the sample team's language. `command`: what a shell runs Vigie by."""
    asked = "\n".join(f"    {question}" for question in QUESTIONS)
    folder = shlex.quote(str(settings.data_dir))
    return (
        f"\nL'équipe d'exemple est servie sur {url} (Ctrl-C pour arrêter).\n"
        f"Trois questions à essayer :\n{asked}\n"
        f'Dans un autre terminal :\n    VIGIE_DATA_DIR={folder} {command} ask "{QUESTIONS[0]}"\n'
    )
