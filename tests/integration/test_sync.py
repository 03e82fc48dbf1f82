"""What a sync leaves behind: the invariants, on real stores."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from worlds import RUNS, WIKI, World, runs

from vigie.chunk.document import chunk_document
from vigie.errors import StoreFull
from vigie.testing.embedder import HashingEmbedder
from vigie.types import EVERYTHING, Kind, SyncReport


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "data")
    made.wiki.pages.update({"1": "# Astreinte\nAppeler le 4312.", "2": "# Relance\nLancer relancer_flux.sh."})
    yield made
    made.close()


def line(report: SyncReport, kind: Kind = "confluence") -> tuple[int, int, int, int, int]:
    found = next(s for s in report.sources if s.source == kind)
    return found.seen, found.written, found.unchanged, found.deleted, found.embedded


def test_a_second_sync_writes_and_embeds_nothing(world: World) -> None:
    assert line(world.sync()) == (2, 2, 0, 0, 2)
    before = world.state()
    assert line(world.sync()) == (2, 0, 2, 0, 0)
    assert world.state() == before


def test_an_edited_page_replaces_its_old_words(world: World) -> None:
    world.sync()
    world.wiki.pages["1"] = "# Astreinte\nAppeler le 9999."
    assert line(world.sync()) == (2, 1, 1, 0, 1)
    assert world.found("4312") == []
    assert world.found("9999") == ["1"]


def test_an_inserted_paragraph_embeds_only_itself(world: World) -> None:
    sections = [f"# Partie {n}\n" + " ".join(f"mot{n}x{i}" for i in range(60)) for n in range(6)]
    world.wiki.pages = {"1": "\n\n".join(sections)}
    first = world.sync().sources[0]
    world.wiki.pages = {"1": "\n\n".join([*sections[:3], "# Nouveau\n" + "neuf " * 60, *sections[3:]])}
    second = world.sync().sources[0]
    assert first.embedded >= 6
    assert second.embedded == 1


def test_a_page_gone_from_a_whole_listing_is_gone_everywhere(world: World) -> None:
    world.sync()
    del world.wiki.pages["1"]
    assert line(world.sync())[3] == 1
    assert world.found("4312") == []
    assert world.ledger.versions(WIKI).keys() == {"2"}


def test_a_broken_listing_deletes_nothing_and_is_not_ok(world: World) -> None:
    world.sync()
    del world.wiki.pages["1"]
    world.wiki.fail_listing_after = 0
    report = world.sync()
    assert report.status == "incomplete"
    assert report.sources[0].status == "failed"
    assert world.found("4312") == ["1"]


def test_a_page_restricted_without_a_new_version_disappears_at_once(world: World) -> None:
    world.sync()
    world.wiki.excluded["1"] = "restricted"
    report = world.sync()
    assert line(report)[3] == 1
    assert [(s.native_id, s.reason) for s in report.sources[0].skipped] == [("1", "restricted")]
    assert world.found("4312") == []
    assert [s.native_id for s in world.ledger.skips(WIKI)] == ["1"]


def test_a_restriction_counts_even_when_the_listing_breaks_afterwards(world: World) -> None:
    world.sync()
    world.wiki.excluded["1"] = "restricted"
    world.wiki.fail_listing_after = 1
    world.sync()
    assert world.found("4312") == []


def test_a_page_that_cannot_be_read_this_time_stays_as_it_was(world: World) -> None:
    world.sync()
    world.wiki.pages["1"] = "# Astreinte\nAppeler le 9999."
    world.wiki.unreadable = {"1"}
    report = world.sync()
    assert report.sources[0].status == "incomplete"
    assert world.found("4312") == ["1"]
    world.wiki.unreadable = set()
    assert line(world.sync())[1] == 1
    assert world.found("9999") == ["1"]


def test_many_absences_are_withheld_until_allowed(world: World) -> None:
    world.wiki.pages = {str(n): f"page numéro {n} mot{n}" for n in range(40)}
    world.sync()
    world.wiki.pages = {str(n): f"page numéro {n} mot{n}" for n in range(20)}
    report = world.sync()
    assert (report.sources[0].withheld, report.sources[0].deleted, report.status) == (20, 0, "incomplete")
    assert world.found("mot35") == ["35"]
    assert line(world.sync(allow_deletions=True))[3] == 20
    assert world.found("mot35") == []


def test_a_source_that_fails_leaves_the_others_alone(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", "OK", "KO")
    world.wiki.fail_listing_after = 0
    report = world.sync()
    assert {(s.source, s.status) for s in report.sources} == {("confluence", "failed"), ("records", "ok")}


def test_records_are_counted_and_signatures_embedded(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", "OK", "KO", "KO", "OK", "KO")
    report = world.sync()
    assert line(report, "records") == (5, 5, 0, 0, 2)
    chunks = world.ledger.chunk_ids("mongo_runs")
    stats = [p.stats for p in world.ledger.passages(chunks, EVERYTHING).values()]
    assert sorted((s.count, s.total, s.latest_ids[0]) for s in stats if s) == [(2, 5, "r3"), (3, 5, "r4")]


def test_a_run_closed_later_moves_to_its_new_signature(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", "OK", "RUNNING")
    world.sync()
    runs(tmp_path / "runs.ndjson", "OK", "KO")
    assert line(world.sync(), "records") == (2, 1, 1, 0, 1)
    titles = [p.title for p in world.ledger.passages(world.ledger.chunk_ids("mongo_runs"), EVERYTHING).values()]
    assert any("KO" in title for title in titles)
    assert not any("RUNNING" in title for title in titles)


def test_rows_gone_from_an_export_are_gone(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", *["OK"] * 9)
    world.sync()
    runs(tmp_path / "runs.ndjson", "OK")
    assert line(world.sync(), "records") == (1, 0, 1, 8, 0)
    assert world.ledger.record_state(RUNS).total == 1


def test_a_cut_export_keeps_the_records_of_before(world: World, tmp_path: Path) -> None:
    path = tmp_path / "runs.ndjson"
    world.exports["runs"] = runs(path, "OK", "KO")
    world.sync()
    before = world.state()
    path.write_text(path.read_text()[:-30])
    report = world.sync()
    assert report.sources[-1].status == "failed"
    assert world.state() == before


def test_a_bad_line_is_a_visible_row_every_time(world: World, tmp_path: Path) -> None:
    path = runs(tmp_path / "runs.ndjson", "OK", "KO")
    path.write_text("not json\n" + path.read_text())
    world.exports["runs"] = path
    for _ in range(2):
        found = world.sync().sources[-1]
        assert (found.status, found.seen, len(found.skipped)) == ("incomplete", 3, 1)


def test_an_export_taken_away_is_forgotten_with_its_bodies(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", "OK", "KO")
    world.sync()
    del world.exports["runs"]
    report = world.sync()
    assert ("runs", 2) in [(s.name, s.deleted) for s in report.sources]
    assert world.found("SEPA_OUT") == []
    assert list((world.folder / "records").rglob("*.parquet")) == []


def test_sampling_limits_what_is_found_never_what_is_counted(world: World, tmp_path: Path) -> None:
    world.exports["runs"] = runs(tmp_path / "runs.ndjson", "OK", "KO", "KO")
    world.sync(sample_limit=1)
    chunks = world.ledger.chunk_ids("mongo_runs")
    assert len(chunks) == 1
    assert world.ledger.record_state(RUNS).total == 3


def test_a_stop_keeps_what_was_written_and_says_so(world: World) -> None:
    world.wiki.pages = {str(n): "# Page\n" + f"mot{n} " * 200 for n in range(300)}
    stop = threading.Event()
    world.boundary = lambda step: stop.set() if step == "put" else None
    report = world.sync(cancel=stop)
    assert report.status == "incomplete"
    kept = len(world.ledger.versions(WIKI))
    assert 0 < kept < 300
    world.boundary = lambda step: None
    world.sync()
    assert len(world.ledger.versions(WIKI)) == 300


class Stopped(BaseException):
    """Stands for the process being killed: nothing handles it."""


STEPS = ["listed", "put", "text", "vectors", "indexed", "records", "signatures", "flipped", "dropped", "reported"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
def test_interrupted_equals_uninterrupted(tmp_path: Path, step: str, nth: int) -> None:
    def fill(world: World, late: bool) -> None:
        world.wiki.pages = {str(n): f"# Page {n}\n" + f"mot{n} " * 150 for n in range(60)}
        world.exports["runs"] = runs(tmp_path / "runs.ndjson", "OK", "KO", "RUNNING")
        if late:
            world.wiki.pages |= {str(n): f"# Page {n}\nchangée {n}" for n in range(0, 60, 7)}
            del world.wiki.pages["59"]
            runs(tmp_path / "runs.ndjson", "OK", "KO", "KO", "SKIPPED")

    whole, broken = World(tmp_path / "whole"), World(tmp_path / "broken")
    for late in (False, True):
        for world in (whole, broken):
            fill(world, late)
        whole.sync()
        count = 0

        def boundary(reached: str) -> None:
            nonlocal count
            count += reached == step
            if reached == step and count == nth:
                raise Stopped

        broken.boundary = boundary
        try:
            broken.sync()
        except Stopped:
            broken.close()
            broken = World(tmp_path / "broken")
            fill(broken, late)
            broken.sync()
        broken.boundary = lambda step: None
    assert broken.state() == whole.state()
    for world in (whole, broken):
        assert world.indexer.check(None).status == "ok"
        world.close()


def test_lost_vectors_are_found_and_rebuilt_without_embedding(world: World) -> None:
    world.wiki.pages = {str(n): f"# Page {n}\nmot{n} contenu" for n in range(50)}
    world.sync()
    lost = world.ledger.chunk_ids("confluence")[::3]
    world.vectors.delete("confluence", lost)
    assert world.indexer.check(None).status == "degraded"
    world.embedder = None  # type: ignore[assignment]
    report = world.indexer.check(None, repair=True)
    assert report.status == "ok"
    assert [c.repaired for c in report.collections] == [True]


def test_a_lost_text_index_is_rebuilt(world: World) -> None:
    world.sync()
    world.text.write([], world.ledger.chunk_ids("confluence"))
    assert world.indexer.check(None).status == "degraded"
    assert world.indexer.check(None, repair=True).status == "ok"
    assert world.found("4312") == ["1"]


def test_another_model_changes_the_vectors_not_the_documents(world: World) -> None:
    world.sync()
    old = world.ledger.fingerprints()["confluence"]
    world.embedder = HashingEmbedder(dimension=64)
    world.sync()
    assert world.ledger.fingerprints()["confluence"] != old
    assert world.indexer.check(None).status == "ok"
    assert line(world.sync()) == (2, 0, 2, 0, 0)


def test_a_full_disk_leaves_the_last_good_state(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sync()
    world.wiki.pages["3"] = "# Trois\nnouvelle page"

    def full(*arguments: object) -> None:
        raise StoreFull("no space left for the text index: free some and try again")

    with monkeypatch.context() as patch:
        patch.setattr(world.text, "write", full)
        report = world.sync()
    assert report.status == "incomplete"
    assert "no space left" in (report.sources[0].error or "")
    assert world.found("4312") == ["1"]
    world.sync()
    assert world.found("nouvelle") == ["3"]


def test_chunks_are_the_chunkers(world: World) -> None:
    world.sync()
    chunk_id = world.ledger.chunk_ids("confluence")[0]
    passage = world.ledger.passages([chunk_id], EVERYTHING)[chunk_id]
    found = world.ledger.document(passage.chunk.document_id, EVERYTHING)
    assert found is not None
    document, chunks = found
    assert chunks == chunk_document(document, world.embedder.count_tokens, world.embedder.max_tokens, 32)


def test_a_sync_in_which_nothing_changed_starts_no_other_process(world: World, tmp_path: Path) -> None:
    world.exports["vanish_flows"] = runs(tmp_path / "vanish_flows.ndjson", "OK", "KO")
    world.sync()
    before = world.state()
    # What makes a child's work cannot be sent to one here: had one been needed, the sync would have failed.
    again = world.sync(children=True)
    assert [line(again), line(again, "records")] == [(2, 0, 2, 0, 0), (2, 0, 2, 0, 0)]
    assert again.status == "ok"
    assert multiprocessing.active_children() == []
    assert world.state() == before
    world.wiki.pages["3"] = "# Nouveau"
    assert world.sync(children=True).status == "incomplete"
