"""The files of one collection of flat vectors: a log that is added to, and a manifest that says how far it counts.

    <folder>/manifest.json   which log, how many of its bytes, what it then holds; replaced whole (temp, fsync, rename)
    <folder>/00000001.log    8 bytes that say what it is, then frames

A frame is a header (kind, ids, bytes of the ids, bytes of the vectors, CRC-32 of all that) and its payload: the ids
as a JSON list in ASCII, then the vectors as little-endian float32. A write appends one frame and makes it durable,
then the manifest: what lies beyond the manifest's length was never acknowledged and is written over by the next one.
Anything else that does not fit is damage. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Literal
from zlib import crc32

import numpy as np

from vigie.errors import StoreCorrupt
from vigie.protocols import Vectors

MANIFEST = "manifest.json"
MAGIC = b"VIGIEVE1"
HEADER = struct.Struct("<4sIIQI")
BATCH = 5_000  # rows of a frame at most: 8 MB at 384 dimensions

Kind = Literal["put", "del"]
Frame = tuple[Kind, list[str], Vectors]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a collection's files hold. `dimension` is 0 until there is a vector; `rows` were written to the log."""

    collection: str
    log: str
    length: int
    count: int
    rows: int
    dimension: int


def new_log(folder: Path, number: int, collection: str) -> Manifest:
    """An empty log, durable but named by no manifest yet. Raises OSError."""
    name = f"{number:08}.log"
    with (folder / name).open("wb") as stream:
        stream.write(MAGIC)
        _sync(stream)
    return Manifest(collection, name, len(MAGIC), 0, 0, 0)


def append(folder: Path, manifest: Manifest, frames: Iterable[Frame]) -> Manifest:
    """Write frames behind what counts; they count from `save` on. `count` is left as it was. Raises OSError."""
    dimension, rows = manifest.dimension, manifest.rows
    with (folder / manifest.log).open("r+b") as stream:
        stream.seek(manifest.length)
        stream.truncate()
        for kind, ids, vectors in frames:
            _write_frame(stream, kind, ids, vectors)
            rows += len(ids)
            dimension = vectors.shape[1] if len(vectors) else dimension
        length = stream.tell()
        _sync(stream)
    return replace(manifest, length=length, rows=rows, dimension=dimension)


def frames_of(kind: Kind, ids: Sequence[str], vectors: Vectors) -> Iterator[Frame]:
    """Cut to the size of a frame. `vectors` has no rows for a deletion."""
    for start in range(0, len(ids), BATCH):
        yield kind, list(ids[start : start + BATCH]), vectors[start : start + BATCH]


def read(folder: Path, manifest: Manifest) -> Iterator[Frame]:
    """What counts, in order. Raises StoreCorrupt for anything that is not as it was written, and OSError."""
    file = folder / manifest.log
    try:
        stream = file.open("rb")
    except FileNotFoundError as error:
        raise StoreCorrupt(f"{file} is missing") from error
    with stream:
        if os.fstat(stream.fileno()).st_size < manifest.length:
            raise StoreCorrupt(f"{file} is shorter than its manifest says")
        if stream.read(len(MAGIC)) != MAGIC:
            raise StoreCorrupt(f"{file} does not begin as a log of vectors")
        while stream.tell() < manifest.length:
            yield _read_frame(stream, file, manifest)


def save(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest; durable when it returns. Raises OSError."""
    temporary = folder / f"{MANIFEST}.new"
    body = json.dumps(asdict(manifest))
    try:
        with temporary.open("w", encoding="ascii") as stream:
            json.dump({"manifest": body, "crc": crc32(body.encode("ascii"))}, stream)
            _sync(stream)
        os.replace(temporary, folder / MANIFEST)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def load(folder: Path) -> Manifest:
    """Raises StoreCorrupt where it is missing or not as it was written, and OSError."""
    file = folder / MANIFEST
    try:
        kept = json.loads(file.read_bytes())
        if crc32(kept["manifest"].encode("ascii")) != kept["crc"]:
            raise StoreCorrupt(f"{file} is damaged")
        return Manifest(**json.loads(kept["manifest"]))
    except FileNotFoundError as error:
        raise StoreCorrupt(f"{file} is missing") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreCorrupt(f"{file} is damaged ({error})") from error


def sync_folder(folder: Path) -> None:
    """Make names that were added, replaced or removed durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_log(file: Path) -> bool:
    """Is it one of ours, by its name and its first bytes?"""
    if not (file.suffix == ".log" and file.stem.isdecimal() and file.is_file()):
        return False
    with file.open("rb") as stream:
        return stream.read(len(MAGIC)) in (MAGIC, b"")


def _write_frame(stream: IO[bytes], kind: Kind, ids: Sequence[str], vectors: Vectors) -> None:
    names = json.dumps(list(ids)).encode("ascii")
    numbers = np.ascontiguousarray(vectors, "<f4").tobytes()
    sizes = struct.pack("<4sIIQ", kind.encode(), len(ids), len(names), len(numbers))
    stream.write(sizes + struct.pack("<I", crc32(numbers, crc32(names, crc32(sizes)))))
    stream.write(names)
    stream.write(numbers)


def _read_frame(stream: IO[bytes], file: Path, manifest: Manifest) -> Frame:
    at = stream.tell()
    damaged = StoreCorrupt(f"{file} is damaged at byte {at}")
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        raise damaged
    kind, count, name_bytes, number_bytes, crc = HEADER.unpack(header)
    if stream.tell() + name_bytes + number_bytes > manifest.length:
        raise damaged  # before so many bytes are asked for
    names, numbers = stream.read(name_bytes), stream.read(number_bytes)
    if crc32(numbers, crc32(names, crc32(header[:-4]))) != crc:
        raise damaged
    ids: list[str] = json.loads(names)
    if kind == b"del\0":
        return "del", ids, np.empty((0, 0), np.float32)
    return "put", ids, np.frombuffer(numbers, "<f4").reshape(count, -1)


def _sync(stream: IO[bytes] | IO[str]) -> None:
    stream.flush()
    os.fsync(stream.fileno())
