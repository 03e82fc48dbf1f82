"""What every vector index promises, real or fake, then what Chroma alone has to keep."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Semaphore

import chromadb
import numpy as np
import pytest
from chroma_servers import chroma_server
from chromadb.config import Settings
from killing import left_by_kills
from meanwhile import always
from unit_vectors import names, unit

from vigie.errors import StoreCorrupt, StoreError, StoreFull
from vigie.index.chroma import ChromaVectors
from vigie.index.chroma_errors import store_error
from vigie.index.chroma_server import ChromaServer
from vigie.index.faiss import FaissVectors
from vigie.index.hnsw_files import FILES
from vigie.index.names import encode
from vigie.protocols import VectorIndex, Vectors
from vigie.testing.vectors import MemoryVectors

ODD = "mongo_système$2026.x"


BACKENDS: dict[str, Callable[[Path], VectorIndex]] = {
    "chroma": lambda folder: ChromaVectors(folder / "vectors"),
    "faiss": lambda folder: FaissVectors(folder / "vectors"),
    "memory": lambda folder: MemoryVectors(),
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with chroma_server() as url:
        yield url


@pytest.fixture(params=[*BACKENDS, "chroma graph", "chroma server"])
def index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VectorIndex]:
    """ "chroma graph": Chroma's own search for small collections too, as large ones are searched."""
    if request.param in BACKENDS:
        made = BACKENDS[request.param](tmp_path)
    elif request.param == "chroma graph":
        monkeypatch.setattr("vigie.index.small.LIMIT", -1)
        made = ChromaVectors(tmp_path / "vectors")
    else:
        made = ChromaServer(request.getfixturevalue("server"))
        for name in made.collections():
            made.drop(name)
    yield made
    made.close()


class TestVectorIndex:
    def test_an_unknown_collection_is_empty(self, index: VectorIndex) -> None:
        assert index.query("confluence", unit(1)[0], 5) == []
        assert index.count("confluence") == 0
        assert list(index.ids("confluence")) == []
        index.delete("confluence", ["a"])
        index.drop("confluence")
        index.upsert("confluence", [], unit(0))
        assert index.collections() == []

    def test_the_nearest_come_first_with_their_cosine(self, index: VectorIndex) -> None:
        vectors, ids = unit(300), names(300)
        index.upsert("code", ids, vectors)
        asked = unit(1, seed=9)[0]
        cosines = vectors @ asked
        expected = [ids[position] for position in np.argsort(-cosines)[:10]]
        found = index.query("code", asked, 10)
        assert [id_ for id_, _ in found] == expected
        assert [score for _, score in found] == pytest.approx(sorted(cosines, reverse=True)[:10], abs=1e-5)

    def test_each_vector_finds_itself(self, index: VectorIndex) -> None:
        vectors, ids = unit(500), names(500)
        index.upsert("code", ids, vectors)
        assert [index.query("code", vector, 1)[0][0] for vector in vectors] == ids

    def test_equal_scores_are_ordered_by_id_even_at_the_edge(self, index: VectorIndex) -> None:
        same = np.repeat(unit(1), 60, axis=0)
        shuffled = [f"t{(number * 37) % 60:02d}" for number in range(60)]
        index.upsert("code", [*shuffled, *names(40)], np.concatenate([same, unit(40, seed=5)]))
        assert [id_ for id_, _ in index.query("code", same[0], 5)] == ["t00", "t01", "t02", "t03", "t04"]

    def test_asking_for_more_than_there_is_gives_all(self, index: VectorIndex) -> None:
        index.upsert("code", names(7), unit(7))
        assert {id_ for id_, _ in index.query("code", unit(1)[0], 50)} == set(names(7))
        assert index.query("code", unit(1)[0], 0) == []

    def test_an_upsert_replaces_and_the_last_of_an_id_given_twice_counts(self, index: VectorIndex) -> None:
        first, second, third = unit(3)
        index.upsert("code", ["a"], np.stack([first]))
        index.upsert("code", ["a", "b", "a"], np.stack([first, second, third]))
        assert index.count("code") == 2
        assert index.query("code", third, 1) == [("a", 1.0)]

    def test_more_than_one_batch_is_stored_and_listed(self, index: VectorIndex) -> None:
        ids = names(5_600)
        index.upsert("code", ids, unit(5_600, dimension=4))
        assert index.count("code") == 5_600
        assert sorted(index.ids("code")) == ids
        index.delete("code", ids[:5_500])
        assert sorted(index.ids("code")) == ids[5_500:]

    def test_deleted_ids_are_not_found_and_absent_ones_are_no_error(self, index: VectorIndex) -> None:
        vectors = unit(20)
        index.upsert("code", names(20), vectors)
        index.delete("code", [*names(5), "never", "c00000"])
        assert index.count("code") == 15
        assert {id_ for id_, _ in index.query("code", vectors[0], 20)} == set(names(20)[5:])

    def test_a_collection_can_be_emptied_and_filled_again(self, index: VectorIndex) -> None:
        index.upsert("code", names(5), unit(5))
        index.delete("code", names(5))
        assert index.query("code", unit(1)[0], 3) == []
        index.upsert("code", ["z"], unit(1))
        assert index.query("code", unit(1)[0], 3) == [("z", 1.0)]

    def test_collections_are_apart_and_listed_by_their_own_names(self, index: VectorIndex) -> None:
        wanted = ["confluence", "code", "mongo_vanish_flows", ODD, "mongo_a-", "mongo_" + "é$" * 120, "x"]
        for number, name in enumerate(wanted):
            index.upsert(name, [f"only-{number}"], unit(1))
        assert index.collections() == sorted(wanted)
        for number, name in enumerate(wanted):
            assert index.query(name, unit(1)[0], 5) == [(f"only-{number}", 1.0)]
        index.drop(ODD)
        assert ODD not in index.collections()
        assert index.count(ODD) == 0
        assert index.count("code") == 1

    def test_another_dimension_is_refused_and_a_rebuild_takes_it(self, index: VectorIndex) -> None:
        index.upsert("code", names(3), unit(3))
        with pytest.raises(StoreError, match="16, got 8"):
            index.upsert("code", ["d"], unit(1, dimension=8))
        with pytest.raises(StoreError, match="16, got 8"):
            index.query("code", unit(1, dimension=8)[0], 1)
        index.rebuild("code", [(["d"], unit(1, dimension=8))])
        assert index.query("code", unit(1, dimension=8)[0], 3) == [("d", 1.0)]

    def test_ids_and_vectors_of_different_lengths_are_refused(self, index: VectorIndex) -> None:
        with pytest.raises(ValueError, match="2 ids for 3 vectors"):
            index.upsert("code", ["a", "b"], unit(3))
        assert index.count("code") == 0

    def test_a_rebuild_replaces_everything_and_the_old_is_seen_until_it_is_whole(self, index: VectorIndex) -> None:
        old, new = unit(10), unit(6, seed=3)
        index.upsert("code", names(10), old)
        seen: list[Sequence[object]] = []

        def batches() -> Iterator[tuple[list[str], Vectors]]:
            for start in (0, 3):
                seen.append(index.query("code", old[0], 1))
                yield names(6, "n")[start : start + 3], new[start : start + 3]
                seen.append([index.count("code"), index.collections()])

        index.rebuild("code", batches())
        assert seen == [[("c00000", 1.0)], [10, ["code"]]] * 2
        assert sorted(index.ids("code")) == names(6, "n")
        assert index.query("code", new[0], 1) == [("n00000", 1.0)]
        assert index.collections() == ["code"]

    def test_a_rebuild_that_fails_leaves_the_old_one(self, index: VectorIndex) -> None:
        index.upsert("code", names(4), unit(4))

        def batches() -> Iterator[tuple[list[str], Vectors]]:
            yield ["n"], unit(1)
            raise RuntimeError("the ledger stopped")

        with pytest.raises(RuntimeError, match="the ledger stopped"):
            index.rebuild("code", batches())
        assert sorted(index.ids("code")) == names(4)
        assert index.collections() == ["code"]

    def test_a_collection_can_be_rebuilt_from_nothing_and_to_nothing(self, index: VectorIndex) -> None:
        index.rebuild(ODD, [(names(2), unit(2))])
        assert index.count(ODD) == 2
        index.rebuild(ODD, [])
        assert index.count(ODD) == 0
        assert index.query(ODD, unit(1)[0], 2) == []

    def test_many_may_ask_while_one_writes(self, index: VectorIndex) -> None:
        vectors, ids = unit(200), names(200)
        index.upsert("code", ids, vectors)

        def check() -> None:
            assert index.query("code", vectors[7], 1) == [("c00007", 1.0)]
            assert index.count("code") >= 200

        with always(check):
            for turn in range(4):
                index.upsert("code", names(50, f"x{turn}-"), unit(50, seed=turn + 1))
                index.delete("code", names(50, f"x{turn}-"))
                index.rebuild("code", [(ids, vectors)])


# ---------------------------------------------------------------------- a Chroma server


def test_an_index_in_a_server_is_there_when_it_is_opened_again(server: str) -> None:
    first = ChromaServer(server)
    first.rebuild(ODD, [(names(3), unit(3))])
    first.close()
    again = ChromaServer(server)
    assert again.query(ODD, unit(3)[1], 1) == [("c00001", 1.0)]
    again.drop(ODD)
    again.close()


def test_a_server_that_is_not_there_or_goes_away_is_told_with_its_address() -> None:
    with chroma_server() as url:
        index = ChromaServer(url)
        index.upsert("code", ["a"], unit(1))
    for use in (lambda: index.query("code", unit(1)[0], 1), lambda: ChromaServer(url)):
        with pytest.raises(StoreError, match=f"{url} cannot be reached.*CHROMA_URL"):
            use()
    index.close()


# ---------------------------------------------------------------------- Chroma alone


def foreign(folder: Path) -> chromadb.api.ClientAPI:
    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def vector_folders(folder: Path) -> int:
    return sum(path.is_dir() for path in folder.iterdir())


KILLED = {
    "after writing": "index.upsert('code', names(1_500), unit(1_500)); index.delete('code', names(10)); die()",
    "while it is filled": """
def batches():
    yield names(1_100, 'n'), unit(1_100, seed=3)
    die()
index.upsert('code', names(1_200), unit(1_200))
index.rebuild('code', batches())
""",
    "before it takes the place": "rebuild(lambda: setattr(index, '_exchange', die))",
    "before the old one goes": "rebuild(lambda: setattr(index, '_remove', die))",
    "before its folder goes": "rebuild(lambda: setattr(shutil, 'rmtree', die))",
    "before it has its name": """
def modify(self, name=None, metadata=None, kept=Collection.modify):
    die() if name else kept(self, metadata=metadata)
rebuild(lambda: setattr(Collection, 'modify', modify))
""",
}
# One process imports Chroma and opens none.
PREPARE = """
import shutil
from unit_vectors import names, unit
from vigie.index.chroma_native import NativeCollection as Collection
from vigie.index.chroma import ChromaVectors
def rebuild(prepare):
    index.upsert('code', names(1_200), unit(1_200))
    prepare()
    index.rebuild('code', [(['n00000'], unit(1))])
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("killed")
    return left_by_kills(base, KILLED, prepare=PREPARE, begin="index = ChromaVectors(folder)", timeout=150)


def test_what_was_written_survives_a_kill(killed: dict[str, Path]) -> None:
    index = ChromaVectors(killed["after writing"])
    assert sorted(index.ids("code")) == names(1_500)[10:]
    assert index.query("code", unit(1_500)[700], 1) == [("c00700", 1.0)]
    index.close()


@pytest.mark.parametrize("moment", list(KILLED)[1:])
def test_a_rebuild_killed_at_any_moment_leaves_the_old_or_the_new(moment: str, killed: dict[str, Path]) -> None:
    old = moment == "while it is filled"
    index = ChromaVectors(killed[moment])
    assert sorted(index.ids("code")) == (names(1_200) if old else ["n00000"])
    assert index.query("code", unit(1)[0], 1)[0][0] == ("c00000" if old else "n00000")
    assert index.collections() == ["code"]
    index.upsert("code", ["z"], unit(1, seed=8))
    index.close()
    client = foreign(killed[moment])
    assert [held.name for held in client.list_collections()] == ["code"]
    client.close()
    assert vector_folders(killed[moment]) <= 1


def test_rebuilding_and_dropping_gives_the_space_back(tmp_path: Path) -> None:
    index = ChromaVectors(tmp_path)
    for turn in range(3):
        index.rebuild("code", [(names(1_200), unit(1_200, seed=turn))])
        assert vector_folders(tmp_path) == 1
    index.drop("code")
    assert vector_folders(tmp_path) == 0
    index.close()


def test_a_plain_name_is_what_a_user_sees_in_chroma(tmp_path: Path) -> None:
    index = ChromaVectors(tmp_path)
    index.upsert("mongo_vanish_flows", ["a"], unit(1))
    index.rebuild("mongo_vanish_flows", [(["a"], unit(1))])
    index.upsert(ODD, ["a"], unit(1))
    index.close()
    client = foreign(tmp_path)
    assert {held.name for held in client.list_collections()} == {"mongo_vanish_flows", encode(ODD)}
    client.close()


def test_somebody_elses_collections_stay_untouched(tmp_path: Path) -> None:
    client = foreign(tmp_path)
    for name in ("confluence", "langchain"):
        client.create_collection(name, embedding_function=None).add(ids=["theirs"], embeddings=unit(1))
    client.close()
    index = ChromaVectors(tmp_path)
    assert index.collections() == []
    assert index.count("confluence") == 0
    for write in (lambda: index.upsert("confluence", ["a"], unit(1)), lambda: index.rebuild("confluence", [])):
        with pytest.raises(StoreError, match="'confluence' that Vigie did not make"):
            write()
    index.drop("confluence")
    index.upsert("code", ["a"], unit(1))
    index.close()
    client = foreign(tmp_path)
    assert {held.name for held in client.list_collections()} == {"confluence", "langchain", "code"}
    assert client.get_collection("confluence", embedding_function=None).get()["ids"] == ["theirs"]
    client.close()


def test_a_closed_index_says_so_and_its_folder_opens_again_at_once(tmp_path: Path) -> None:
    index = ChromaVectors(tmp_path)
    index.upsert("code", names(1_100), unit(1_100))
    index.close()
    index.close()
    with pytest.raises(StoreError, match="is closed"):
        index.query("code", unit(1)[0], 1)
    again = ChromaVectors(tmp_path)
    assert again.query("code", unit(1_100)[5], 1) == [("c00005", 1.0)]
    again.close()


@pytest.mark.parametrize("index", ["chroma", "faiss"], indirect=True)
def test_an_index_closed_under_a_question_says_so_and_is_never_empty(index: VectorIndex) -> None:
    index.upsert("code", names(20), unit(20))
    told = Semaphore(0)

    def check() -> None:
        try:
            assert index.count("code") == 20
            assert len(index.query("code", unit(1)[0], 3)) == 3
        except StoreError as error:
            if "closed" not in str(error):
                raise
            told.release()

    with always(check):
        index.close()
        told.acquire(timeout=60)


def test_a_damaged_database_is_said_at_opening_and_a_new_one_takes_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"not a database at all" * 500)
    with pytest.raises(StoreCorrupt, match="vigie check --repair"):
        ChromaVectors(folder)
    aside = folder.rename(tmp_path / "aside")
    index = ChromaVectors(folder)
    index.upsert("code", ["a"], unit(1))
    assert index.query("code", unit(1)[0], 1) == [("a", 1.0)]
    index.close()
    assert (aside / "chroma.sqlite3").read_bytes().startswith(b"not a database")


DAMAGE = {
    "garbage": lambda content: b"\xff" * max(len(content), 1),
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "zeros": lambda content: bytes(len(content)),
    "missing": lambda content: None,
}
# Only the lengths of vectors are in it, so that only its own length matters.
HARMLESS = {("length.bin", "garbage"), ("length.bin", "zeros")}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one collection that was saved to its vector files, and another that was not."""
    folder = tmp_path_factory.mktemp("saved")
    index = ChromaVectors(folder)
    index.upsert("code", names(1_200), unit(1_200))
    index.upsert("confluence", names(3), unit(3))
    index.close()
    return folder


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_vectors_are_said_and_a_rebuild_heals_them(file: str, damage: str, saved: Path, tmp_path: Path) -> None:
    if (file, damage) in HARMLESS:
        return
    folder = tmp_path / "vectors"
    shutil.copytree(saved, folder)
    damaged = next(folder.glob(f"*/{FILES[-1]}")).parent / file
    content = DAMAGE[damage](damaged.read_bytes())
    damaged.unlink()
    if content is not None:
        damaged.write_bytes(content)
    index = ChromaVectors(folder)
    touching: list[Callable[[], object]] = [
        lambda: index.query("code", unit(1)[0], 1),
        lambda: index.count("code"),
        lambda: list(index.ids("code")),
        lambda: index.upsert("code", ["new"], unit(1)),
        lambda: index.delete("code", names(1)),
    ]
    for touch in touching:
        with pytest.raises(StoreCorrupt, match=r"'code'.*vigie check --repair"):
            touch()
    assert index.query("confluence", unit(3)[2], 1) == [("c00002", 1.0)]
    index.rebuild("code", [(names(3), unit(3))])
    assert index.query("code", unit(1)[0], 1) == [("c00000", 1.0)]
    index.close()


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_collection_can_be_dropped(file: str, saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    shutil.copytree(saved, folder)
    (next(folder.glob(f"*/{FILES[-1]}")).parent / file).write_bytes(b"\xff" * 100)
    index = ChromaVectors(folder)
    index.drop("code")
    assert index.collections() == ["confluence"]
    index.upsert("code", ["a"], unit(1))
    assert index.query("code", unit(1)[0], 1) == [("a", 1.0)]
    index.close()


def test_a_full_disk_is_told_from_damage() -> None:
    for said in ("(code: 13) database or disk is full", "No space left on device (os error 28)"):
        assert isinstance(store_error(sqlite3.OperationalError(said), Path("d"), "code"), StoreFull)
    assert isinstance(store_error(OSError(28, "No space left on device"), Path("d"), ""), StoreFull)


@pytest.mark.parametrize("whole", [pytest.param(1_000, id="searched whole"), pytest.param(-1, id="graph")])
def test_churn_loses_no_vector(whole: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.index.small.LIMIT", whole)
    index = ChromaVectors(tmp_path)
    vectors, ids = unit(600, dimension=32), names(600)
    for start, stop in pairwise(range(0, 601, 100)):
        index.upsert("code", ids[start:stop], vectors[start:stop])
        index.delete("code", ids[start : start + 30])
        index.upsert("code", ids[start : start + 30], vectors[start : start + 30])
    lost = [id_ for id_, vector in zip(ids, vectors, strict=True) if index.query("code", vector, 1)[0][0] != id_]
    assert lost == []
    index.close()
