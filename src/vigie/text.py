"""Halves of surrogate pairs: Python's strings can hold them, no UTF-8 can, so neither stores nor JSON nor models."""

from __future__ import annotations

import re

_HALF = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """As UTF-16 reads it: two halves that follow each other become their character, a lone one U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_surrogates(text: str) -> str:
    """Every half becomes U+FFFD, one character for one: places in the text stay what they were."""
    return _HALF.sub("\ufffd", text)
