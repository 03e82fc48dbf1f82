"""Opening and decoding files below a folder, and never one beside it.

Every name of a path is opened by itself, relative to the folder before it and never through a symbolic link, so that a
file or folder that is replaced by a link between two calls cannot lead outside (POSIX `openat` with O_NOFOLLOW).
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CONTROL = bytes(set(range(32)) - set(b"\b\t\n\f\r\x1b"))
_ESCAPED = re.compile(r"\\(\\|x[0-9a-f]{2})")


class NotAFile(OSError):
    """A folder, a pipe, a socket, a device."""


@contextmanager
def folder(root: int, names: Sequence[str]) -> Iterator[int]:
    """A descriptor of the folder `names` below the descriptor `root`. Raises OSError; ELOOP or ENOTDIR for a link."""
    here = os.dup(root)
    try:
        for name in names:
            below = os.open(name, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def read_file(root: int, names: Sequence[str], limit: int) -> tuple[bytes, os.stat_result]:
    """At most `limit` + 1 bytes of a regular file, and what was known of it when it was opened.

    Raises OSError; NotAFile without opening what is not a regular file.
    """
    with folder(root, names[:-1]) as parent:
        # Looked at before it is opened, as opening a device may act on it; the second look settles a race.
        if not stat.S_ISREG(os.stat(names[-1], dir_fd=parent, follow_symlinks=False).st_mode):
            raise NotAFile("not a regular file")
        with open(os.open(names[-1], _FILE, dir_fd=parent), "rb") as file:
            known = os.fstat(file.fileno())
            if not stat.S_ISREG(known.st_mode):
                raise NotAFile("not a regular file")
            return file.read(limit + 1), known


def decode(data: bytes) -> str | None:
    """The text of a file, None when it is binary. A byte order mark is not part of the text; nothing else is lost.

    UTF-8, UTF-16 and UTF-32 with their marks, else Windows-1252, else Latin-1. Binary: a NUL byte, or bytes that are
    not UTF-8 of which one in thirty is a control character (in random bytes it is one in ten).
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                break
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        controls = len(data) - len(data.translate(None, _CONTROL))
        if controls * 30 > len(data):
            return None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def safe_name(path: str) -> str:
    """A path as text: bytes that are not UTF-8 as \\xNN, and a backslash doubled so that it can be told back."""
    raw = os.fsencode(path.replace("\\", "\\\\"))
    return raw.decode("utf-8", "backslashreplace")


def names_of(native_id: str) -> list[str] | None:
    """The names of a path made by `safe_name`, None when it does not lie below its folder."""

    def told(match: re.Match[str]) -> str:
        return "\\" if match[1] == "\\" else os.fsdecode(bytes([int(match[1][1:], 16)]))

    names = _ESCAPED.sub(told, native_id).split("/")
    unsafe = any(name in ("", ".", "..") or "\0" in name for name in names)
    return None if unsafe else names
