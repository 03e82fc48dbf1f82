"""Whether the files of a vector folder can be handed to Chroma's native code, which trusts every offset in them.

A damaged file ends the whole process there (SIGSEGV), so it is found here first. The layout is that of hnswlib's
persisted index, version 1 (chroma-core/hnswlib, `persistHeader`, `persistDirty`, `loadPersistedIndex`), all little
endian:

    header.bin       i32 version, u64 offset of level 0, u64 capacity, u64 elements, u64 bytes per element, u64 offset
                     of the label, u64 offset of the vector, i32 top level, u32 entry element, u64 M of upper levels,
                     u64 M of level 0, u64 M, f64 level multiplier, u64 ef_construction
    data_level0.bin  per element: u16 number of links, u16 flags, u32 links (M of level 0), f32 vector, u64 label
    length.bin       f32 per element
    link_lists.bin   per element: u32 bytes, then per upper level: u16 number of links, u16 flags, u32 links (M)

What is checked is all that the native code follows: sizes, offsets, and each link with the level of its target.
Values of vectors are not: a wrong one gives a wrong neighbour, which the self-probe of `vigie check` finds.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER = struct.Struct("<iQQQQQQiIQQQdQ")
VERSION = 1
FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
ELEMENTS_AT_ONCE = 10_000
LARGEST_M = 10_000
LARGEST_EF = 1_000_000
SPARE = 100_000  # elements of room that are believed beyond a few times those that are there

Words = NDArray[np.uint32]


class Unsound(Exception):
    """Says what does not fit."""


def unsound(folder: Path, dimension: int | None, *, saved: bool) -> str | None:
    """Why the vector folder of a collection cannot be used; None where it can, or where nothing was written to it.

    What Chroma's database says of it: the `dimension` of its vectors, and whether it was `saved` before. Raises
    OSError.
    """
    present = [name for name in FILES if (folder / name).exists()]
    try:
        # Until the first save there are files of no elements and no table of ids; Chroma then makes them anew.
        if saved or "index_metadata.pickle" in present:
            _check(folder, present, dimension)
        elif "header.bin" in present:
            elements = _header(folder).elements
            _require(elements == 0, f"header.bin speaks of {elements} elements without index_metadata.pickle")
    except Unsound as error:
        return str(error)
    return None


@dataclass(frozen=True, slots=True)
class _Header:
    version: int
    offset: int
    capacity: int
    elements: int
    record: int  # bytes of an element in data_level0.bin
    label_offset: int
    vector_offset: int
    top_level: int
    entry: int
    m_upper: int
    m_zero: int
    m: int
    multiplier: float
    ef: int


def _require(fits: bool, said: str) -> None:
    if not fits:
        raise Unsound(said)


def _header(folder: Path) -> _Header:
    path = folder / "header.bin"
    _require(path.stat().st_size == HEADER.size, f"header.bin is not {HEADER.size} bytes long")
    header = _Header(*HEADER.unpack(path.read_bytes()))
    _require(header.version == VERSION, f"header.bin is of version {header.version}, not {VERSION}")
    return header


def _check(folder: Path, present: list[str], dimension: int | None) -> None:
    _require(len(present) == len(FILES), f"missing: {', '.join(sorted(set(FILES) - set(present)))}")
    header = _header(folder)
    _check_header(header, dimension)
    _check_ids(folder / "index_metadata.pickle")
    levels = _check_upper_links(folder / "link_lists.bin", header)
    _check_level_zero(folder / "data_level0.bin", header)
    size = (folder / "length.bin").stat().st_size
    _require(size >= 4 * header.elements, "length.bin is too short")
    if header.elements:
        _require(header.entry < header.elements, "the entry element does not exist")
        _require(int(levels[header.entry]) >= header.top_level >= 0, "the entry element is not on the top level")


def _check_header(header: _Header, dimension: int | None) -> None:
    _require(header.offset == 0, "level 0 is at an unknown offset")
    _require(
        all(0 < m <= LARGEST_M for m in (header.m, header.m_upper, header.m_zero)), "impossible numbers of neighbours"
    )
    _require(header.vector_offset == 4 + 4 * header.m_zero, "vectors are at an unknown offset")
    size = header.label_offset - header.vector_offset
    _require(size > 0 and size % 4 == 0, "vectors are of an impossible length")
    _require(dimension is None or size == 4 * dimension, f"vectors are not of {dimension} dimensions")
    _require(header.record == header.label_offset + 8, "elements are of an unknown length")
    _require(header.elements <= header.capacity <= 4 * header.elements + SPARE, "impossible numbers of elements")
    _require(math.isfinite(header.multiplier) and 0 < header.multiplier < 100, "an impossible level multiplier")
    _require(0 < header.ef <= LARGEST_EF, "an impossible ef_construction")


def _check_ids(path: Path) -> None:
    """The table of ids is read by safe code, which says what is wrong inside; here only whether it is whole."""
    with path.open("rb") as file:
        begins = file.read(1)
        file.seek(-1, 2) if begins else None
        ends = file.read(1)
    _require((begins, ends) == (b"\x80", b"."), "index_metadata.pickle is not whole")


def _check_upper_links(path: Path, header: _Header) -> NDArray[np.int64]:
    """The level of each element; the links above level 0 lead to elements of that level."""
    words = np.fromfile(path, "<u4")
    block = 1 + header.m_upper
    levels = np.zeros(header.elements, np.int64)
    used = np.flatnonzero(words)
    owners: list[tuple[int, int]] = []  # (level, where its block begins)
    at = element = 0
    while element < header.elements:
        n = int(np.searchsorted(used, at))
        skipped = min((int(used[n]) if n < len(used) else len(words)) - at, header.elements - element)
        at, element = at + skipped, element + skipped
        if element == header.elements:
            break
        _require(n < len(used), "link_lists.bin is too short")
        height, rest = divmod(int(words[at]), 4 * block)
        _require(rest == 0 and height <= header.top_level, "a list of links is of an impossible length")
        _require(at + 1 + height * block <= len(words), "link_lists.bin is too short")
        owners += [(level + 1, at + 1 + level * block) for level in range(height)]
        levels[element] = height
        at, element = at + 1 + height * block, element + 1
    for start in range(0, len(owners), ELEMENTS_AT_ONCE):
        part = owners[start : start + ELEMENTS_AT_ONCE]
        begins = np.array([begin for _, begin in part])
        records = words[begins[:, None] + np.arange(block)]
        targets, real = _links(records, header.m_upper)
        _check_targets(targets, real, header.elements)
        height_of_target = np.where(real, levels[np.where(real, targets, 0)], np.iinfo(np.int64).max)
        wanted = np.array([level for level, _ in part])[:, None]
        _require(bool((height_of_target >= wanted).all()), "a link leads to an element that is not on its level")
    return levels


def _check_level_zero(path: Path, header: _Header) -> None:
    width = header.record // 4
    enough = path.stat().st_size >= header.record * header.elements
    _require(header.record % 4 == 0 and enough, "data_level0.bin is too short")
    labels = np.zeros(header.elements, np.uint64)
    for start in range(0, header.elements, ELEMENTS_AT_ONCE):
        end = min(start + ELEMENTS_AT_ONCE, header.elements)
        part = np.fromfile(path, "<u4", (end - start) * width, offset=start * header.record)
        _require(len(part) == (end - start) * width, "data_level0.bin is too short")
        records = part.reshape(-1, width)
        targets, real = _links(records[:, : 1 + header.m_zero], header.m_zero)
        _check_targets(targets, real, header.elements)
        labels[start:end] = records[:, -2].astype(np.uint64) | (records[:, -1].astype(np.uint64) << np.uint64(32))
    _require(len(np.unique(labels)) == len(labels), "two elements have one label")


def _links(records: Words, most: int) -> tuple[Words, NDArray[np.bool_]]:
    """(targets, which of them are real) of records that begin with their number of links."""
    count = records[:, 0] & 0xFFFF
    _require(bool((count <= most).all()), "an element has too many links")
    return records[:, 1:], np.arange(most) < count[:, None]


def _check_targets(targets: Words, real: NDArray[np.bool_], elements: int) -> None:
    _require(not bool(((targets >= elements) & real).any()), "a link leads to an element that does not exist")
