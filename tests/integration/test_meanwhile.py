"""Questions asked while a sync puts other things in the place of what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from meanwhile import always
from worlds import RUNS, World, runs

from vigie.ask.exact import ExactAnswers
from vigie.ask.retrieve import Retriever
from vigie.plan import Key, Measure, Plan
from vigie.records.embedded import EmbeddedEngine
from vigie.types import EVERYTHING, KINDS, Scope

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "data")
    yield made
    made.close()
    made.bodies.close()


def retriever(world: World) -> Retriever:
    return Retriever(world.ledger, world.vectors, world.text, dict.fromkeys(KINDS, world.embedder))


def found(searching: Retriever, query: str) -> list[str]:
    return [hit.passage.chunk.text for hit in searching.search(query, Scope(), 5, EVERYTHING)]


def at_every_step(world: World, check: Callable[[], None]) -> list[str]:
    """Sync, and check at each of its durable steps; gives their names."""
    steps = []

    def boundary(step: str) -> None:
        steps.append(step)
        check()

    world.boundary = boundary
    world.sync()
    world.boundary = lambda step: None
    return steps


def test_a_page_is_found_at_every_step_of_the_sync_that_edits_it(world: World) -> None:
    world.wiki.pages["1"] = "Astreinte : appeler le 4312."
    world.sync()
    world.wiki.pages["1"] = "Astreinte : appeler le 9999."
    searching = retriever(world)

    def check() -> None:
        [text] = found(searching, "astreinte appeler")
        assert text in ("Astreinte : appeler le 4312.", "Astreinte : appeler le 9999.")

    assert {"put", "text", "vectors", "indexed"} <= set(at_every_step(world, check))
    assert found(searching, "astreinte appeler") == ["Astreinte : appeler le 9999."]


def test_runs_are_found_at_every_step_of_the_sync_that_closes_them(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", "RUNNING")
    world.sync()
    runs(tmp_path / "runs.ndjson", "KO")
    searching = retriever(world)

    def check() -> None:
        assert len(found(searching, "SEPA_OUT session closed")) == 1

    assert {"flipped", "text", "vectors", "indexed"} <= set(at_every_step(world, check))
    assert "KO" in found(searching, "SEPA_OUT session closed")[0]


def test_a_page_is_found_by_many_while_it_is_edited_again_and_again(world: World) -> None:
    world.wiki.pages["1"] = "Astreinte : appeler le 4300."
    world.sync()
    searching = retriever(world)

    def check() -> None:
        assert len(found(searching, "astreinte appeler")) == 1

    with always(check, threads=2):
        for turn in range(1, 6):
            world.wiki.pages["1"] = f"Astreinte : appeler le 43{turn:02d}."
            world.sync()


def test_a_document_comes_with_its_own_chunks_while_it_is_edited(world: World) -> None:
    world.wiki.pages["1"] = "Version 0."
    world.sync()
    [hit] = retriever(world).search("version", Scope(), 1, EVERYTHING)

    def check() -> None:
        document, chunks = world.ledger.document(hit.passage.chunk.document_id, EVERYTHING) or (None, [])
        assert document is not None
        assert [chunk.text for chunk in chunks] == [document.text]

    with always(check, threads=2):
        for turn in range(1, 8):
            world.wiki.pages["1"] = f"Version {turn}."
            world.sync()


def test_runs_are_counted_in_one_generation_while_others_take_its_place(world: World, tmp_path: Path) -> None:
    """As many runs as the sync's number, half of them KO: any answer that mixes two syncs is another one."""
    export = tmp_path / "runs.ndjson"
    sizes = [2, 4, 6, 8]
    world.exports["runs"] = runs(export, "OK", "KO")
    world.sync()
    engine = EmbeddedEngine(world.bodies, world.ledger.bodies, PARIS)
    exact = ExactAnswers(engine, lambda: ["runs"], PARIS)
    by_status = Plan("runs", keys=(Key("status"),), measures=(Measure("count"),))

    def check() -> None:
        rows = engine.run(by_status, EVERYTHING)
        assert sorted(rows.rows) in [[("KO", n // 2), ("OK", n // 2)] for n in sizes]
        assert rows.matched == 2 * int(str(rows.rows[0][1]))
        assert set(engine.bodies("runs", ["r0", "r1"])) == {"r0", "r1"}
        answer = exact.answer(["Combien de runs KO ?"], None, NOW, "fr", EVERYTHING)
        assert answer is not None
        assert answer.exact is not None
        assert [answer.exact.total, answer.exact.rows] in [[n, [[n // 2]]] for n in sizes]

    with always(check):
        for size in sizes[1:] * 2:
            runs(export, *["OK", "KO"] * (size // 2))
            assert {line.status for line in world.sync().sources if line.name == RUNS.name} == {"ok"}
