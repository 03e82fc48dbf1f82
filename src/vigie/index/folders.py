"""What both indexes need to know of the file system."""

from __future__ import annotations

FULL_WORDS = ("no space left", "disk is full", "disk full", "os error 28", "disk quota exceeded", "os error 122")


def is_full(error: BaseException) -> bool:
    """Does a library's message say that the device or the quota is full?"""
    text = str(error).lower()
    return any(words in text for words in FULL_WORDS)
