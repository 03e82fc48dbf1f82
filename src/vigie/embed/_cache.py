"""Small results that are cheaper to keep than to work out again."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

_log = logging.getLogger(__name__)


def cached(file: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes kept in `file`, or made and kept there.

    A file that is cut or altered is made anew (it starts with the SHA-256 of the rest); two processes may do so at
    once. A folder that cannot be written costs the time of making it at each start, and a warning.
    """
    try:
        stored = file.read_bytes()
    except OSError:
        stored = b""
    if stored[:32] == sha256(stored[32:]).digest():
        return stored[32:]
    made = make()
    try:
        _replace(file, sha256(made).digest() + made)
    except OSError as error:
        _log.warning("%s cannot be written (%s): it is worked out again at each start", file, error.strerror)
    return made


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(content)
        os.replace(name, file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
