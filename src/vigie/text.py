"""What Python's strings can hold and others cannot: no UTF-8 holds half a surrogate pair, no screen shows a control."""

from __future__ import annotations

import re
from unicodedata import category

_HALF = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """As UTF-16 reads it: two halves that follow each other become their character, a lone one U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_surrogates(text: str) -> str:
    """Every half becomes U+FFFD, one character for one: places in the text stay what they were."""
    return _HALF.sub("\ufffd", text)


def shows(text: str) -> bool:
    """Whether it can be shown as it is; `isprintable` refuses no-break and other wide or narrow spaces too."""
    return all(char.isprintable() or category(char) == "Zs" for char in text)
