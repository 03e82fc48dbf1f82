"""Names of vector collections on disk: reversible, and unchanged for every plain name.

Chroma allows 3 to 512 characters of `[a-zA-Z0-9._-]`, the first and the last alphanumeric. A name that is such a
name and holds no `--` is kept as it is, so that who opens the folder sees `mongo_vanish_flows`. Otherwise each byte
that does not fit is written `--HH`, two capital hexadecimal digits of its UTF-8 (`mongo_système$2026.x` is
`mongo_syst--C3--A8me--242026.x`). A name that then begins badly or is too long is written whole in base 32 behind
`b32--z`, and beyond 316 bytes, where even that does not fit, as a digest behind `sha--z`, which cannot be reversed.
The three forms cannot meet: after `--`, the first has a capital hexadecimal digit, the others a `z`.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256

LONGEST = 512
_BASE32 = "b32--z"
_DIGEST = "sha--z"
_ESCAPE = re.compile(r"--([0-9A-F]{2})")
_FITS = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{1,510})[a-zA-Z0-9]")
# A hyphen stays only before a character that stays too and is no hyphen: so `--` always begins an escape.
_KEPT = re.compile(r"[a-zA-Z0-9._]|-(?=[a-zA-Z0-9._])", re.ASCII)


def encode(name: str) -> str:
    """A name Chroma accepts; two names never share one (up to SHA-256 for those beyond 316 bytes of UTF-8)."""
    escaped = _escape(name)
    if _FITS.fullmatch(escaped):
        return escaped
    raw = name.encode("utf-8", "surrogatepass")
    whole = _BASE32 + base64.b32encode(raw).decode("ascii").rstrip("=").lower()
    return whole if len(whole) <= LONGEST else _DIGEST + sha256(raw).hexdigest()


def decode(encoded: str) -> str:
    """The name `encode` was given. Raises ValueError for a digest and for what `encode` never gives."""
    if encoded.startswith(_BASE32):
        body = encoded.removeprefix(_BASE32).upper()
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
    elif encoded.startswith(_DIGEST):
        raise ValueError(f"{encoded!r} is the digest of a name too long to be kept in it")
    else:
        raw = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), encoded).encode("latin-1")
    name = raw.decode("utf-8", "surrogatepass")
    if encode(name) != encoded:
        raise ValueError(f"{encoded!r} is not the encoded form of any name")
    return name


def _escape(name: str) -> str:
    parts: list[str] = []
    for position, char in enumerate(name):
        ends_badly = position == len(name) - 1 and not char.isalnum()
        if _KEPT.match(name, position) and not ends_badly:
            parts.append(char)
        else:
            parts.append("".join(f"--{byte:02X}" for byte in char.encode("utf-8", "surrogatepass")))
    return "".join(parts)
