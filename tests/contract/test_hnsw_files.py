"""Which vector files may be handed to Chroma's native code: all that it wrote, and none that would bring it down."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vigie.index.chroma import ChromaVectors
from vigie.index.hnsw_files import FILES, HEADER, unsound
from vigie.protocols import Vectors

DIMENSION = 12


def unit(n: int, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(n, DIMENSION)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def names(n: int, first: int = 0) -> list[str]:
    return [f"c{number:05d}" for number in range(first, first + n)]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    index = ChromaVectors(folder)
    index.upsert("code", names(2_300), unit(2_300))
    index.delete("code", names(40, first=50))
    index.upsert("code", ["last"], unit(1))
    index.close()
    return folder


@pytest.fixture
def files(saved: Path, tmp_path: Path) -> Path:
    """The vector folder of a copy."""
    shutil.copytree(saved, tmp_path / "copy")
    return next((tmp_path / "copy").glob("*/header.bin")).parent


def test_whatever_chroma_writes_passes(tmp_path: Path) -> None:
    """Also tells that a newer Chroma lays its files out in another way."""
    index = ChromaVectors(tmp_path)
    for turn in range(6):
        index.upsert("code", names(1_000, first=600 * turn), unit(1_000, seed=turn))
        index.delete("code", names(60 * turn, first=600 * turn))
        for header in tmp_path.glob("*/header.bin"):
            assert unsound(header.parent, DIMENSION, saved=True) is None
    index.close()
    (header,) = tmp_path.glob("*/header.bin")
    assert HEADER.unpack(header.read_bytes())[3] > 3_000
    assert unsound(header.parent, DIMENSION, saved=True) is None


def test_a_folder_without_saved_vectors_passes_until_some_should_be_there(tmp_path: Path) -> None:
    assert unsound(tmp_path / "none", DIMENSION, saved=False) is None
    assert unsound(tmp_path / "none", DIMENSION, saved=True) is not None
    index = ChromaVectors(tmp_path)
    index.upsert("code", names(5), unit(5))
    index.close()
    (header,) = tmp_path.glob("*/header.bin")
    assert unsound(header.parent, DIMENSION, saved=False) is None


def test_vectors_of_another_dimension_are_found(files: Path) -> None:
    assert unsound(files, DIMENSION, saved=True) is None
    assert unsound(files, DIMENSION + 4, saved=True) == f"vectors are not of {DIMENSION + 4} dimensions"


def header(position: int, value: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "header.bin"
        fields = list(HEADER.unpack(path.read_bytes()))
        fields[position] = value
        path.write_bytes(HEADER.pack(*fields))

    return change


def word(file: str, at: int, value: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = bytearray((folder / file).read_bytes())
        content[at : at + 4] = struct.pack("<I", value)
        (folder / file).write_bytes(content)

    return change


RECORD = 4 + 4 * 64 + 4 * DIMENSION + 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (header(0, 2), "version 2"),
        (header(2, 2**40), "numbers of elements"),
        (header(3, 10**6), "numbers of elements"),
        (header(7, 9), "not on the top level"),
        (header(7, 0), "impossible length"),
        (header(8, 10**6), "entry element does not exist"),
        (header(9, 31), "impossible length"),
        (header(10, 32), "unknown offset"),
        (header(12, float("nan")), "level multiplier"),
        (header(13, 2**60), "ef_construction"),
        (word("data_level0.bin", 0, 65), "too many links"),
        (word("data_level0.bin", 4, 2_400), "does not exist"),
        (word("data_level0.bin", RECORD - 8, 2), "one label"),
        (word("link_lists.bin", 0, 8), "impossible length"),
    ],
)
def test_each_thing_the_native_code_follows_is_checked(files: Path, change: Callable[[Path], None], said: str) -> None:
    change(files)
    found = unsound(files, DIMENSION, saved=True)
    assert found is not None
    assert said in found


def test_links_between_upper_levels_are_checked(files: Path) -> None:
    path = files / "link_lists.bin"
    words = np.fromfile(path, "<u4")
    first = int(np.flatnonzero(words)[0])  # the first element above level 0: its length, then its first list
    assert words[first] % (4 * 33) == 0
    for target, said in ((2_400, "does not exist"), (_element_of_level_zero(words), "not on its level")):
        changed = words.copy()
        changed[first + 2] = target
        changed.tofile(path)
        found = unsound(files, DIMENSION, saved=True)
        assert found is not None
        assert said in found


def _element_of_level_zero(words: np.ndarray) -> int:
    return 0 if words[0] == 0 else 1


# One process imports Chroma and opens none: each damage is met in a fork of it.
FORKS = """
import json, os, random, shutil, sys
from pathlib import Path
import numpy as np
from vigie.errors import StoreCorrupt
from vigie.index.chroma import ChromaVectors
saved, work, dimension, files = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
dice = random.Random(int(sys.argv[6]))
def damage(content):
    at = dice.randrange(len(content))
    kind = dice.choice(["bit", "sector", "cut", "zeros", "word"])
    if kind == "cut":
        return kind, content[:at]
    new = {
        "bit": bytes([content[at] ^ 1 << dice.randrange(8)]),
        "sector": dice.randbytes(512),
        "zeros": bytes(4096),
        "word": dice.choice([b"\\xff\\xff\\xff\\xff", b"\\xff\\xff\\0\\0"]),
    }[kind]
    return kind, (content[:at] + new + content[at + len(new):])[:len(content)]
def use(folder):
    index = ChromaVectors(folder)
    vectors = np.eye(dimension, dtype=np.float32)
    try:
        for vector in vectors:
            index.query("code", vector, 10)
        index.upsert("code", [f"n{n}" for n in range(dimension)], vectors)
    except StoreCorrupt:
        pass
    index.rebuild("code", [(["z"], vectors[:1])])
    assert index.query("code", vectors[0], 1) == [("z", 1.0)]
    index.close()
ended = []
for n in range(int(sys.argv[5])):
    folder = work / str(n)
    shutil.copytree(saved, folder)
    path = next(folder.glob("*/header.bin")).parent / dice.choice(files)
    kind, content = damage(path.read_bytes())
    path.write_bytes(content)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            use(folder)
            code = 0
        finally:
            os._exit(code)
    ended.append([path.name, kind, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])])
    shutil.rmtree(folder)
print(json.dumps(ended))
"""


def use_damaged(saved: Path, work: Path, times: int, seed: int) -> list[list[object]]:
    asked = [
        sys.executable,
        "-c",
        FORKS,
        str(saved),
        str(work),
        str(DIMENSION),
        json.dumps(FILES),
        str(times),
        str(seed),
    ]
    ran = subprocess.run(asked, capture_output=True, text=True, timeout=170, env=os.environ)
    assert ran.returncode == 0, ran.stderr
    ended: list[list[object]] = json.loads(ran.stdout)
    return ended


def test_no_random_damage_ends_the_process(saved: Path, tmp_path: Path) -> None:
    ended = use_damaged(saved, tmp_path, 25, seed=7)
    assert [case for case in ended if case[2] != 0] == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_random_damage_ends_the_process_however_often(saved: Path, tmp_path: Path) -> None:
    for seed in range(4):
        assert [case for case in use_damaged(saved, tmp_path, 150, seed) if case[2] != 0] == []
