"""One process writes in a data directory: it holds the lock, and says where it can be reached."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO

from vigie.errors import StoreBusy, StoreError, StoreFull

LOCK = "vigie.lock"
RETRY_SECONDS = 0.1


class WriterLock:
    """The writer's lock on `folder`, let go when the process ends, however it ends. Raises StoreBusy.

    `wait` seconds are given to another holder, such as a command that is about to finish.
    """

    def __init__(self, folder: Path, wait: float = 0.0) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = (folder / LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"the data directory {folder} cannot be written to: {error.strerror}") from error
        until = time.monotonic() + wait
        while not self._try():
            if time.monotonic() >= until:
                holder = running(folder)
                self._file.close()
                who = f"process {holder['pid']}" if holder and "pid" in holder else "another vigie process"
                raise StoreBusy(f"{who} is writing in {folder}: try again when it is done")
            time.sleep(RETRY_SECONDS)
        self.publish(None)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def publish(self, url: str | None) -> None:
        """Say who holds the lock and, for a server, where it answers. Raises StoreError."""
        told = json.dumps({"pid": os.getpid()} | ({"url": url} if url else {}))
        try:
            self._file.truncate(0)
            os.write(self._file.fileno(), told.encode())  # unbuffered: what finds no room is not tried again on close
        except OSError as error:
            self._file.close()
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise (StoreFull if full else StoreError)(
                f"the data directory {self._folder} cannot be written to: {error.strerror}"
                f"{'; free some space and try again' if full else ''}"
            ) from error

    def close(self) -> None:
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def running(folder: Path) -> dict[str, object] | None:
    """What the present holder of the lock published (`pid`, and `url` of a server); None when nobody holds it."""
    try:
        with (folder / LOCK).open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                text = file.read()
    except OSError:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
