"""What the FAISS index alone has to keep: its files, through kills, damage, full disks and churn."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from killing import left_by_kills
from unit_vectors import names, unit

from vigie.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from vigie.index import flat
from vigie.index.chroma import ChromaVectors
from vigie.index.faiss import DEAD_ROWS, FaissVectors
from vigie.testing.vectors import MemoryVectors


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_faiss_and_chroma_give_the_same_ranks_after_the_same_changes(tmp_path: Path) -> None:
    indexes = [ChromaVectors(tmp_path / "chroma"), FaissVectors(tmp_path / "faiss"), MemoryVectors()]
    vectors, ids = unit(400, 64), names(400)
    for index in indexes:
        index.upsert("code", ids, vectors)
        index.delete("code", ids[100:200])
        index.upsert("code", ids[150:180], vectors[20:50])
    for asked in unit(25, 64, seed=4):
        exact, *found = (index.query("code", asked, 10) for index in reversed(indexes))
        for hits in found:
            assert [id_ for id_, _ in hits] == [id_ for id_, _ in exact]
            assert [score for _, score in hits] == pytest.approx([score for _, score in exact], abs=2e-6)
    for index in indexes:
        index.close()


def test_everything_is_there_after_a_reopening_and_rows_beyond_a_block_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat, "ROWS", 64)
    vectors, ids = unit(300), names(300)
    index = FaissVectors(tmp_path)
    index.upsert("code", ids, vectors)
    index.delete("code", [*ids[60:70], *ids[250:]])
    index.upsert("code", ids[65:68], vectors[65:68])
    index.close()
    again = FaissVectors(tmp_path)
    live = {*ids[:60], *ids[65:68], *ids[70:250]}
    assert set(again.ids("code")) == live
    assert all(again.query("code", vectors[n], 1) == [(id_, 1.0)] for n, id_ in enumerate(ids) if id_ in live)
    again.delete("code", ids)
    assert again.query("code", vectors[0], 3) == []
    again.close()


def test_vectors_of_any_length_are_compared_by_their_direction(tmp_path: Path) -> None:
    index = FaissVectors(tmp_path)
    index.upsert("code", ["a", "b"], np.stack([unit(1)[0] * 7, unit(1, seed=1)[0] * np.float32(0.1)]))
    assert index.query("code", unit(1)[0] * 3, 1) == [("a", 1.0)]
    index.close()


# ---------------------------------------------------------------------- what a write costs


def test_a_small_write_to_a_large_collection_writes_little(tmp_path: Path) -> None:
    index = FaissVectors(tmp_path)
    index.upsert("code", names(8_000), unit(8_000, 32))
    before = size(tmp_path)
    index.upsert("code", ["z"], unit(1, 32))
    index.delete("code", names(10))
    assert size(tmp_path) - before < 1_000
    index.close()


def test_churn_does_not_grow_the_files_for_ever(tmp_path: Path) -> None:
    index = FaissVectors(tmp_path)
    for turn in range(12):
        index.upsert("code", names(2_000), unit(2_000, 4, seed=turn))
    rows = size(tmp_path) / (4 * 4 + 10)
    assert rows < 2 * 2_000 + DEAD_ROWS + 2_000
    assert index.query("code", unit(2_000, 4, seed=11)[3], 1)[0][0] == "c00003"
    index.close()
    again = FaissVectors(tmp_path)
    assert sorted(again.ids("code")) == names(2_000)
    again.close()


# ---------------------------------------------------------------------- killed

KILLED = {
    "after writing": "index.upsert('code', names(30), unit(30)); index.delete('code', names(10)); die()",
    "before the manifest": "prepare('save'); index.upsert('code', names(9, 'n'), unit(9))",
    "in the middle of a new collection": "prepare('save'); index.upsert('confluence', names(9, 'n'), unit(9))",
    "in the middle of a rebuild": "index.rebuild('code', batches())",
    "before a rebuild counts": "prepare('save'); index.rebuild('code', [(names(9, 'n'), unit(9))])",
    "after a rebuild counts": "prepare_after('save'); index.rebuild('code', [(names(9, 'n'), unit(9))])",
    "while dropping": "shutil.rmtree = die; index.drop('code')",
}
LEFT = {
    "after writing": names(30)[10:],
    "after a rebuild counts": names(9, "n"),
    "while dropping": [],
}
PREPARE = """
import shutil
from unit_vectors import names, unit
from vigie.index import vector_log
from vigie.index.faiss import FaissVectors
def prepare(name):
    setattr(vector_log, name, die)
def prepare_after(name):
    real = getattr(vector_log, name)
    setattr(vector_log, name, lambda *args: (real(*args), die()))
def batches():
    yield names(9, 'n'), unit(9)
    die()
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("killed")
    begin = "index = FaissVectors(folder); index.upsert('code', names(20), unit(20))"
    return left_by_kills(base, KILLED, prepare=PREPARE, begin=begin)


@pytest.mark.parametrize("moment", KILLED)
def test_a_kill_at_any_moment_leaves_the_state_before_or_after(moment: str, killed: dict[str, Path]) -> None:
    index = FaissVectors(killed[moment])
    assert sorted(index.ids("code")) == LEFT.get(moment, names(20))
    assert index.collections() == ([] if moment == "while dropping" else ["code"])
    index.upsert("code", ["z"], unit(1, seed=8))
    assert index.query("code", unit(1, seed=8)[0], 1) == [("z", 1.0)]
    index.close()
    assert not [f for f in killed[moment].iterdir() if f.name.startswith(".")]
    assert len(list(killed[moment].rglob("*.log"))) == 1
    again = FaissVectors(killed[moment])
    assert sorted(again.ids("code")) == sorted([*LEFT.get(moment, names(20)), "z"])
    again.close()


# ---------------------------------------------------------------------- damaged, full, in use


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    index = FaissVectors(folder)
    index.upsert("code", names(12), unit(12, 4))
    index.delete("code", names(2))
    index.upsert("confluence", ["a"], unit(1))
    index.close()
    return folder


DAMAGE = {
    "garbage": lambda content: b"\xff" * len(content),
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "cut by one frame": lambda content: content[:-50],
    "zeros": lambda content: bytes(len(content)),
    "missing": lambda content: None,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_log_is_said_at_every_touch_and_a_rebuild_heals_it(damage: str, saved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "vectors"))
    (file,) = (folder / "code").glob("*.log")
    content = DAMAGE[damage](file.read_bytes())
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    index = FaissVectors(folder)
    for touch in (
        lambda: index.query("code", unit(1, 4)[0], 1),
        lambda: index.count("code"),
        lambda: list(index.ids("code")),
        lambda: index.upsert("code", ["new"], unit(1, 4)),
        lambda: index.delete("code", names(5)),
    ):
        with pytest.raises(StoreCorrupt, match=r"'code'.*vigie check --repair"):
            touch()
    assert index.query("confluence", unit(1)[0], 1) == [("a", 1.0)]
    index.rebuild("code", [(names(3), unit(3))])
    assert index.query("code", unit(1)[0], 1) == [("c00000", 1.0)]
    index.drop("confluence")
    index.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_manifest_is_said_at_opening(damage: str, saved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(saved, tmp_path / "vectors"))
    file = folder / "code" / "manifest.json"
    content = DAMAGE[damage](file.read_bytes())
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="vigie check --repair"):
        FaissVectors(folder)
    FaissVectors(Path(shutil.copytree(saved, tmp_path / "again"))).close()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_single_wrong_byte_is_never_taken_for_a_vector(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, saved: Path
) -> None:
    folder = Path(shutil.copytree(saved, tmp_path_factory.mktemp("byte") / "vectors"))
    file = data.draw(st.sampled_from(sorted(p for p in (folder / "code").iterdir())))
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    try:
        index = FaissVectors(folder)
    except StoreCorrupt:
        return
    try:
        assert index.query("code", unit(12, 4)[5], 1) == [("c00005", 1.0)]
        assert sorted(index.ids("code")) == names(12)[2:]
    except StoreCorrupt:
        pass
    finally:
        index.close()


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A device without room while the list says so."""
    state, sync = [False], os.fsync

    def fsync(handle: int) -> None:
        if state[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return state


def test_a_full_disk_leaves_the_last_good_state_and_a_later_write_goes_on(tmp_path: Path, full: list[bool]) -> None:
    index = FaissVectors(tmp_path)
    index.upsert("code", names(20), unit(20))
    full[0] = True
    for write in (
        lambda: index.upsert("code", ["z"], unit(1)),
        lambda: index.delete("code", names(3)),
        lambda: index.rebuild("code", [(["z"], unit(1))]),
        lambda: index.upsert("confluence", ["z"], unit(1)),
    ):
        with pytest.raises(StoreFull, match="free some"):
            write()
    assert sorted(index.ids("code")) == names(20)
    assert index.query("code", unit(20)[4], 1) == [("c00004", 1.0)]
    full[0] = False
    index.upsert("code", ["z"], unit(1, seed=9))
    index.close()
    again = FaissVectors(tmp_path)
    assert sorted(again.ids("code")) == [*names(20), "z"]
    assert again.collections() == ["code"]
    again.close()


def test_a_second_process_is_refused_and_a_closed_index_says_so(tmp_path: Path) -> None:
    index = FaissVectors(tmp_path)
    with pytest.raises(StoreBusy, match="in use by another process"):
        FaissVectors(tmp_path)
    index.close()
    index.close()
    with pytest.raises(StoreError, match="is closed"):
        index.count("code")
    FaissVectors(tmp_path).close()


def test_other_files_of_the_folder_stay_and_a_file_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "index.faiss").write_bytes(b"theirs")
    (tmp_path / "index.pkl").write_bytes(b"theirs")
    index = FaissVectors(tmp_path)
    index.upsert("code", ["a"], unit(1))
    index.drop("code")
    index.close()
    assert (tmp_path / "index.pkl").read_bytes() == (tmp_path / "index.faiss").read_bytes() == b"theirs"
    with pytest.raises(StoreError, match="cannot be used"):
        FaissVectors(tmp_path / "index.faiss")
