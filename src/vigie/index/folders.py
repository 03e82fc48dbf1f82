"""What both indexes need of the file system."""

from __future__ import annotations

from pathlib import Path

FULL_WORDS = ("no space left", "disk is full", "disk full", "os error 28", "disk quota exceeded", "os error 122")


def is_full(error: BaseException) -> bool:
    """Does a library's message say that the device or the quota is full?"""
    text = str(error).lower()
    return any(words in text for words in FULL_WORDS)


def set_aside(folder: Path) -> Path:
    """Rename a damaged index's folder to the first free `<name>.damaged-<n>`, whose path is returned.

    Nothing is deleted: foreign collections in it stay readable by whoever can read them. The caller closes the
    index first, opens a new one in the place that is now free and rebuilds it from the ledger.
    """
    n = 1
    while (aside := folder.with_name(f"{folder.name}.damaged-{n}")).exists():
        n += 1
    return folder.rename(aside)
