"""One data directory under Chroma and FAISS in turn: filled from the ledger, nothing embedded, nothing left over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from chroma_servers import chroma_server

from vigie import wiring
from vigie.errors import StoreError, StoreFull
from vigie.index.chroma_server import ChromaServer
from vigie.settings import Settings, load
from vigie.store.lock import WriterLock
from vigie.types import Chunk, Document, SourceRef
from vigie.wiring.services import Services, open_services

WIKI = SourceRef("confluence", "IV2")
CODE = SourceRef("code", "batch")


@pytest.fixture(autouse=True)
def nothing_is_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    before = wiring.make_embedder.cache_info()
    yield
    assert wiring.make_embedder.cache_info() == before


@contextmanager
def opened(folder: Path, kind: str, **more: object) -> Iterator[Services]:
    services = open_services(load(VIGIE_DATA_DIR=str(folder), VECTOR_DB_TYPE=kind, **more))
    try:
        yield services
    finally:
        services.close()


def put(services: Services, ref: SourceRef, *native_ids: str) -> None:
    documents = []
    for native_id in native_ids:
        document = Document(ref, native_id, "1", native_id, f"Consigne {native_id}.")
        documents.append((document, [Chunk(document.id, document.text, 0, len(document.text), "")]))
    drawn = np.random.default_rng(sum(map(ord, "".join(native_ids)))).normal(size=(len(native_ids), 24)).astype("<f4")
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    keys = [chunk.vector_key for _, made in documents for chunk in made]
    vectors = {key: row.tobytes() for key, row in zip(keys, drawn, strict=True)}
    services.ledger.put_documents(documents, vectors, "drawn")
    services.ledger.set_fingerprint(ref.collection, "drawn")
    services.indexer.flush()


def sound(services: Services, chunks: int) -> bool:
    report = services.indexer.check(None)
    return report.status == "ok" and sum(c.indexed for c in report.collections) == chunks


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_index_follows_the_ledger_through_every_change_of_type(tmp_path: Path) -> None:
    with opened(tmp_path, "chroma") as services:
        put(services, WIKI, "1", "2", "3")
        assert services.notes == ()
    chroma = files(tmp_path / "chroma")
    with opened(tmp_path, "faiss") as services:
        assert [n for n in services.notes if "faiss" in n and "nothing was embedded" in n]
        assert sound(services, 3)
        # As many as before, and others: a count says nothing of what the index left behind holds.
        services.ledger.delete_documents(WIKI, ["1"])
        put(services, WIKI, "4")
    assert files(tmp_path / "chroma") == chroma
    faiss = files(tmp_path / "faiss")
    with opened(tmp_path, "faiss") as services:
        assert services.notes == ()
        assert sound(services, 3)
    assert files(tmp_path / "faiss") == faiss
    with opened(tmp_path, "chroma") as services:
        assert [n for n in services.notes if "chroma" in n and "nothing was embedded" in n]
        assert sound(services, 3)
        put(services, CODE, "ko")
    with opened(tmp_path, "faiss") as services:
        assert sound(services, 4)
        services.ledger.remove_source(CODE)
        services.indexer.flush()
    with opened(tmp_path, "chroma") as services:
        assert not services.indexer.check(None).notes
        assert sound(services, 3)


def test_both_types_may_share_vector_db_path(tmp_path: Path) -> None:
    place = tmp_path / "shared"
    for kind in ("chroma", "faiss", "chroma", "faiss"):
        with opened(tmp_path / "data", kind, VECTOR_DB_PATH=str(place)) as services:
            put(services, WIKI, kind)
            assert sound(services, services.ledger.count_chunks(WIKI))
    assert (place / "chroma.sqlite3").is_file()
    assert (place / "faiss" / "confluence" / "manifest.json").is_file()


@pytest.mark.parametrize("kind", ["chroma", "faiss"])
def test_a_damaged_index_is_moved_aside_and_filled_again_at_the_next_start(tmp_path: Path, kind: str) -> None:
    with opened(tmp_path, kind) as services:
        put(services, WIKI, "1", "2")
    file = {"chroma": "chroma.sqlite3", "faiss": "confluence/manifest.json"}[kind]
    (tmp_path / kind / file).write_bytes(b"no such thing " * 400)
    with opened(tmp_path, kind) as services:
        assert [note for note in services.notes if "rebuilt from the ledger" in note]
        assert sound(services, 2)
    assert len(list(tmp_path.glob(f"{kind}.damaged-*"))) == 1
    with opened(tmp_path, kind) as services:
        assert services.notes == ()


def test_a_damaged_text_index_is_filled_again_at_the_next_start(tmp_path: Path) -> None:
    with opened(tmp_path, "faiss") as services:
        put(services, WIKI, "1", "2")
    for meta in (tmp_path / "text").rglob("meta.json"):
        meta.write_bytes(b"no such thing")
    with opened(tmp_path, "faiss") as services:
        assert [note for note in services.notes if "rebuilt from the ledger" in note]
        assert sound(services, 2)


def test_a_chroma_server_is_filled_from_the_ledger_and_again_when_it_lost_everything(tmp_path: Path) -> None:
    with opened(tmp_path / "data", "chroma") as services:
        put(services, WIKI, "1", "2")
    with chroma_server() as url:
        with opened(tmp_path / "data", "chroma", CHROMA_URL=url) as services:
            assert sound(services, 2)
            assert [f"chroma in {url}" in note for note in services.notes] == [True]
        with opened(tmp_path / "data", "chroma", CHROMA_URL=url) as services:
            put(services, CODE, "run.py")
            assert sound(services, 3)
            assert services.notes == ()
        emptied = ChromaServer(url)
        for name in emptied.collections():
            emptied.drop(name)
        emptied.close()
        with opened(tmp_path / "data", "chroma", CHROMA_URL=url) as services:
            assert sound(services, 3)
    with opened(tmp_path / "data", "chroma") as services:
        assert sound(services, 3)


def test_work_that_finds_no_room_is_told_and_the_last_good_state_answers(tmp_path: Path) -> None:
    def full(step: str) -> None:
        raise StoreFull("no space left for the text index: free some and sync again")

    with opened(tmp_path, "chroma") as services:
        put(services, WIKI, "1", "2", "3")
        services.ledger.delete_documents(WIKI, ["1"])  # work that the indexes have not done
    again = open_services(load(VIGIE_DATA_DIR=str(tmp_path)), boundary=full)
    assert any("no space left" in note for note in again.notes)
    assert [source.documents for source in again.ledger.status()] == [2]
    report = again.indexer.check(None)
    assert (report.status, ["no space left" in note for note in report.notes]) == ("degraded", [True])
    again.close()
    with opened(tmp_path, "chroma") as services:
        assert services.notes == ()
        assert sound(services, 2)


def test_a_lock_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    (tmp_path / "vigie.lock").symlink_to("/dev/full")
    with pytest.raises(StoreError, match="cannot be written to"):
        WriterLock(tmp_path)
