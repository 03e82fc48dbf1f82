"""What commands share: settings, the writer of a data directory, a free port, an instant, their own name."""

from __future__ import annotations

import shlex
import shutil
import sys
import warnings
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.cli.log import log_to
from vigie.cli.watch import say
from vigie.errors import InputError
from vigie.settings import Settings, load
from vigie.store.lock import running

if TYPE_CHECKING:
    from vigie.cli.local import Local


def settings() -> Settings:
    """The settings, their warnings as lines on standard error; our log goes to their data directory."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            loaded = load()
        finally:
            for warning in caught:
                say(f"warning: {warning.message}")
    log_to(loaded.data_dir)
    return loaded


def local(settings: Settings, stack: ExitStack) -> Local:
    """This process as the writer, closed with `stack`. Raises StoreBusy."""
    from vigie.cli.door import WAIT_SECONDS
    from vigie.cli.local import Local

    door = Local(settings, WAIT_SECONDS)
    stack.callback(door.close)
    return door


def free(settings: Settings, host: str, port: int) -> None:
    """Say at once what would only come to light when everything is indexed. Raises InputError."""
    from vigie.api.serve import bind

    holder = running(settings.data_dir)
    if holder is not None and "url" in holder:
        raise InputError(f"{settings.data_dir} is served already at {holder['url']}: use that, or stop it first")
    bind(host, port).close()


def instant(text: str | None) -> datetime | None:
    """An aware datetime of `--now`. Raises InputError."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(f"--now {text!r} is not an ISO 8601 instant with its offset, as 2026-11-20T09:30:00+01:00")
    return found


def command(started: str) -> str:
    """What runs this `vigie` again from the folder of now. `started`: the path it was started by, `sys.argv[0]`."""
    script = Path(started).absolute()
    if script.stem != "vigie":
        return f"{_typed(Path(sys.executable))} -m vigie"
    found = shutil.which(script.name)
    return script.name if found is not None and Path(found).absolute() == script else _typed(script)


def _typed(program: Path) -> str:
    """As a shell takes it: below the folder of now without that, but never a bare name, which is looked for."""
    here = Path.cwd()
    if program.parent == here:
        return shlex.quote(f"./{program.name}")
    return shlex.quote(str(program.relative_to(here) if program.is_relative_to(here) else program))
