"""A collection's name as a folder's, reversibly, in lower-case ASCII: no file system merges `A` and `a`."""

from __future__ import annotations

import re
from hashlib import blake2b

_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
_ESCAPE = re.compile(r"%([0-9a-f]{2})")
_LONGEST = 200  # bytes of a folder's name that every file system takes, with room for what stands before it


def encode_name(name: str) -> str:
    """Each byte of its UTF-8 that is no lower-case letter, digit, `_` or `-` becomes `%` and two digits.

    A leading `c-` keeps it clear of names that systems reserve. Names too long for a folder end in `%%` and a digest:
    unique, but not to be decoded.
    """
    encoded = "c-" + "".join(chr(b) if b in _SAFE else f"%{b:02x}" for b in name.encode("utf-8", "surrogatepass"))
    if len(encoded) <= _LONGEST:
        return encoded
    mark = blake2b(encoded.encode(), digest_size=16).hexdigest()
    return f"{encoded[: _LONGEST - 40].rpartition('%')[0] or encoded[: _LONGEST - 40]}%%{mark}"


def decode_name(folder: str) -> str | None:
    """The name `encode_name` was given; None for a folder that is not ours or whose name was too long."""
    if not folder.startswith("c-") or "%%" in folder:
        return None
    raw = _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), folder[2:])
    try:
        name = raw.encode("latin-1").decode("utf-8", "surrogatepass")
    except UnicodeError:
        return None
    return name if encode_name(name) == folder else None
