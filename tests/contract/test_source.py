"""What every source of documents promises, real or scripted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from reading import read, scanned

from vigie.errors import SourceError
from vigie.protocols import Source
from vigie.sources.code import CodeSource
from vigie.sources.confluence import ConfluenceSource
from vigie.sources.confluence_client import ConfluenceClient
from vigie.testing.confluence import FakeConfluence, Page
from vigie.testing.confluence_faults import answer
from vigie.testing.sources import ScriptedSource
from vigie.types import Document, Item, Skip, SourceRef


class World(Protocol):
    """A source and a hand in what it reads."""

    def source(self) -> Source: ...

    def put(self, native_id: str, words: str) -> None: ...

    def remove(self, native_id: str) -> None: ...

    def close(self) -> None:
        """To whoever lists or reads it."""
        ...


class SourceContract:
    """Inherit it and give a fixture `world` without a document, and two `ids` of documents that it can hold."""

    ids: tuple[str, str]

    @pytest.fixture(autouse=True)
    def filled(self, world: World) -> None:
        for native_id, words in zip(self.ids, ("premier", "second"), strict=True):
            world.put(native_id, words)

    def test_all_is_listed_and_read_in_the_version_that_was_listed(self, world: World) -> None:
        items, skips = scanned(world.source())
        assert (set(items), skips) == (set(self.ids), {})
        found = read(world.source(), *self.ids)
        for native_id, words in zip(self.ids, ("premier", "second"), strict=True):
            document = found[native_id]
            assert isinstance(document, Document)
            assert (document.ref, document.version) == (world.source().ref, items[native_id])
            assert words in document.text
            assert document.title

    def test_a_second_listing_is_the_same_and_a_change_changes_one_version(self, world: World) -> None:
        before, _ = scanned(world.source())
        assert scanned(world.source())[0] == before
        world.put(self.ids[0], "mierpre")  # as long, of the same letters
        after, _ = scanned(world.source())
        assert {native_id for native_id in self.ids if after[native_id] != before[native_id]} == {self.ids[0]}

    def test_what_is_gone_is_not_listed_and_a_row_where_it_is_read(self, world: World) -> None:
        world.remove(self.ids[1])
        assert set(scanned(world.source())[0]) == {self.ids[0]}
        found = read(world.source(), *self.ids)
        assert isinstance(found[self.ids[0]], Document)
        assert isinstance(found[self.ids[1]], Skip)

    def test_nothing_asked_for_is_nothing_read(self, world: World) -> None:
        assert list(world.source().read([])) == []

    def test_a_listing_that_is_not_whole_is_an_error(self, world: World) -> None:
        world.close()
        with pytest.raises(SourceError):
            list(world.source().scan())

    def test_a_newer_body_carries_its_own_version(self, world: World) -> None:
        items, _ = scanned(world.source())
        world.put(self.ids[0], "autre")
        [document] = world.source().read([Item(self.ids[0], items[self.ids[0]])])
        assert isinstance(document, Document)
        assert "autre" in document.text
        assert document.version == scanned(world.source())[0][self.ids[0]] != items[self.ids[0]]


class Scripted:
    def __init__(self) -> None:
        self.made = ScriptedSource(SourceRef("confluence", "IV2"), {})

    def source(self) -> Source:
        return self.made

    def put(self, native_id: str, words: str) -> None:
        self.made.pages[native_id] = words

    def remove(self, native_id: str) -> None:
        del self.made.pages[native_id]

    def close(self) -> None:
        self.made.fail_listing_after = 1


class TestScriptedSource(SourceContract):
    ids = ("1", "2")

    @pytest.fixture
    def world(self) -> World:
        return Scripted()


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def source(self) -> Source:
        return CodeSource(SourceRef("code", "batch"), self.root)

    def put(self, native_id: str, words: str) -> None:
        (self.root / native_id).parent.mkdir(parents=True, exist_ok=True)
        (self.root / native_id).write_text(f"def f():\n    return '{words}'\n")

    def remove(self, native_id: str) -> None:
        (self.root / native_id).unlink()

    def close(self) -> None:
        self.root.rename(self.root.with_name("elsewhere"))


class TestCodeSource(SourceContract):
    ids = ("src/a.py", "b.py")

    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        (tmp_path / "batch").mkdir()
        return Folder(tmp_path / "batch")


class Wiki:
    def __init__(self, server: FakeConfluence) -> None:
        self.server = server

    def source(self) -> Source:
        client = ConfluenceClient(self.server.url, username="vigie", password="vigie", sleep=lambda seconds: None)
        return ConfluenceSource(client, "IV2")

    def put(self, native_id: str, words: str) -> None:
        if native_id in self.server.pages:
            self.server.edit(native_id, body=f"<p>{words}</p>")
        else:
            self.server.put(Page(native_id, f"Page {native_id}", f"<p>{words}</p>"))

    def remove(self, native_id: str) -> None:
        self.server.remove(native_id)

    def close(self) -> None:
        self.server.fault(answer(b"{}", 500), times=999)


class TestConfluenceSource(SourceContract):
    ids = ("1", "2")

    @pytest.fixture(params=["v1", "v2"])
    def world(self, request: pytest.FixtureRequest) -> Iterator[World]:
        with FakeConfluence(apis=[request.param], spaces=["IV2"]) as server:
            yield Wiki(server)
