"""The routes of the contract, over real stores."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from api_services import BASE, InlineServices, client_of, events_in, make_services, wait_until
from starlette.testclient import TestClient

from vigie.api.app import create_app
from vigie.api.jobs import JobRunner
from vigie.store.jobs import Job, SqliteJobs
from vigie.sync.run import Syncer
from vigie.sync.steps import Parts
from vigie.types import SourceReport

AUTH = "Que faire quand un flux tombe en AUTH-401 ?"
ANSWER_KEYS = (
    "answer_id session_id question state route answer exact choices citations contexts history notices model timestamp"
)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[InlineServices]:
    made = make_services(tmp_path)
    yield made
    made.gate.set()
    made.close()


@pytest.fixture
def client(services: InlineServices) -> Iterator[TestClient]:
    with client_of(services) as made:
        yield made


def ask(client: TestClient, query: str, **more: object) -> dict:
    reply = client.post("/query", json={"query": query, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


# ------------------------------------------------------------------ asking


def test_an_answer_is_the_contracts_and_cites(client: TestClient) -> None:
    answer = ask(client, AUTH)
    assert list(answer) == ANSWER_KEYS.split()
    assert answer["state"] == "answered"
    assert answer["citations"][0]["source"] == "confluence"
    assert "jeton" in answer["answer"]


def test_a_session_is_kept_and_reset(client: TestClient) -> None:
    ask(client, AUTH, session_id="bar")
    assert len(ask(client, "Et si cela recommence ?", session_id="bar")["history"]) == 4
    assert client.post("/reset-session/bar").json() == {"status": "reset", "session_id": "bar"}
    assert len(ask(client, AUTH, session_id="bar")["history"]) == 2


@pytest.mark.parametrize("name", ["vanish_flows", "mongo_vanish_flows"])
def test_a_collection_is_named_with_and_without_its_prefix(client: TestClient, name: str) -> None:
    answer = ask(client, "ORA-00942", collection_name=name)
    assert {citation["source"] for citation in answer["citations"]} == {"records"}


def test_sources_limit_and_an_unknown_collection_is_not_found(client: TestClient) -> None:
    assert {c["source"] for c in ask(client, "ORA-00942", sources=["records"])["citations"]} == {"records"}
    reply = client.post("/query", json={"query": "x", "collection_name": "nope"})
    assert (reply.status_code, reply.json()["error"]) == (404, "not_found")


def test_a_stream_ends_in_the_answer_that_is_stored(client: TestClient) -> None:
    reply = client.post("/query/stream", json={"query": AUTH, "session_id": "s"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = events_in(reply.text)
    names = [name for name, _ in events]
    assert names[:2] == ["plan", "evidence"]
    assert set(names[2:-1]) == {"token"}
    answer = json.loads(events[-1][1])
    assert names[-1] == "answer"
    assert list(answer) == ANSWER_KEYS.split()
    assert client.get("/sessions/s").json()["answers"][0]["answer_id"] == answer["answer_id"]


def test_a_question_that_cannot_be_asked_is_refused_before_the_stream_opens(client: TestClient) -> None:
    reply = client.post("/query/stream", json={"query": "x", "collection_name": "nope"})
    assert (reply.status_code, reply.json()["error"]) == (404, "not_found")
    assert client.post("/query/stream", json={"query": " "}).status_code == 422


def test_search_shows_hits_by_their_native_ids(client: TestClient) -> None:
    hits = client.get("/search", params={"query": "AUTH-401 jeton", "top_k": 1}).json()
    assert list(hits[0]) == "rank score source collection document_id native_id title url locator text".split()
    assert (hits[0]["rank"], hits[0]["source"], hits[0]["native_id"]) == (1, "confluence", "1")
    runs = client.get("/search", params={"query": "ORA-00942", "source": "records"}).json()
    assert (runs[0]["native_id"], runs[0]["collection"]) == ("r2", "vanish_flows")
    assert client.get("/search", params={"query": "x", "top_k": 0}).status_code == 422


def test_a_citation_leads_to_its_document_and_its_records(client: TestClient) -> None:
    answer = ask(client, "ORA-00942", sources=["records"])
    document = client.get(f"/documents/{answer['citations'][0]['document_id']}").json()
    assert document["source"] == "records"
    assert document["chunks"]
    n = answer["citations"][0]["n"]
    records = client.get(f"/answers/{answer['answer_id']}/records", params={"row": n}).json()
    assert [record["native_id"] for record in records["records"]][:1] == ["r2"]
    assert records["records"][0]["body"]["status"] == "KO"
    assert client.get(f"/answers/{answer['answer_id']}/records?page=9").json()["records"] == []
    assert client.get(f"/answers/{answer['answer_id']}/records?row=99").status_code == 404
    assert client.get("/answers/none/records").status_code == 404
    assert client.get("/documents/none").status_code == 404


# ------------------------------------------------------------------ ingesting


def test_an_ingest_reports_and_a_second_writes_nothing(client: TestClient, services: InlineServices) -> None:
    services.wiki.pages["3"] = "# Astreinte\nAppeler le 4312."
    report = client.post("/ingest_confluence", json={}).json()
    assert list(report) == ["status", "seconds", "sources"]
    line = report["sources"][0]
    assert (line["source"], line["name"], line["seen"], line["written"]) == ("confluence", "IV2", 3, 1)
    again = client.post("/ingest").json()
    assert [(s["source"], s["written"], s["embedded"]) for s in again["sources"]] == [
        ("confluence", 0, 0),
        ("records", 0, 0),
    ]
    assert "4312" in ask(client, "Qui appeler en astreinte ?")["answer"]


def test_mongo_without_a_database_reads_the_exports_that_are_named(
    client: TestClient, services: InlineServices
) -> None:
    folder = services.settings.records_dir
    assert folder is not None
    (folder / "other.ndjson").write_text('{"_id": 1, "status": "OK"}\n')
    named = client.post("/ingest_mongo", json={"include": "mongo_vanish_flows, nope"}).json()
    assert [(s["name"], s["status"]) for s in named["sources"]] == [("vanish_flows", "ok"), ("nope", "failed")]
    assert named["status"] == "incomplete"
    rest = client.post("/ingest_mongo?exclude=vanish_flows").json()
    assert [s["name"] for s in rest["sources"]] == ["other"]


def test_what_is_not_configured_is_a_conflict_that_names_the_setting(client: TestClient) -> None:
    reply = client.post("/ingest_local_code")
    assert (reply.status_code, reply.json()["error"]) == (409, "not_configured")
    assert "CODE_ROOTS" in reply.json()["detail"]


def test_a_job_is_followed_joined_and_stopped(client: TestClient, services: InlineServices) -> None:
    services.gate.clear()
    first = client.post("/ingest?wait=false")
    assert first.status_code == 202
    job = first.json()["id"]
    wait_until(lambda: client.get(f"/jobs/{job}").json()["state"] == "running")
    assert client.post("/ingest_records?wait=false").json()["id"] == job
    other = client.post("/ingest?wait=false&allow_deletions=true").json()["id"]
    assert other != job
    assert client.delete(f"/jobs/{job}").status_code == 200
    services.gate.set()
    events = events_in(client.get(f"/jobs/{job}/stream").text)
    assert events[-1][0] == "done"
    assert json.loads(events[-1][1])["state"] == "stopped"
    wait_until(lambda: client.get(f"/jobs/{other}").json()["state"] == "done")
    listed = client.get("/jobs").json()
    assert [listed[0]["id"], listed[1]["id"]] == [other, job]
    assert {moment["stage"] for moment in listed[0]["progress"]} == {"done"}
    assert client.get("/jobs/none").status_code == 404
    assert client.get("/jobs/none/stream").status_code == 404
    assert client.delete("/jobs/none").status_code == 404


def test_two_that_wait_for_the_same_ingest_get_the_same_report(
    client: TestClient, services: InlineServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Semaphore(0)
    whole = JobRunner.ended

    def waits(self: JobRunner, job: Job) -> Future[Job]:
        waiting.release()
        return whole(self, job)

    monkeypatch.setattr(JobRunner, "ended", waits)
    services.gate.clear()
    replies: list[dict] = []
    threads = [threading.Thread(target=lambda: replies.append(client.post("/ingest").json())) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert waiting.acquire(timeout=60)
    assert waiting.acquire(timeout=60)
    services.gate.set()
    for thread in threads:
        thread.join()
    assert replies[0] == replies[1]
    assert len(client.get("/jobs").json()) == 2  # the fixture's and this one


def test_a_job_already_past_a_source_is_not_joined_for_it(
    client: TestClient, services: InlineServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    whole = Syncer._run_kind

    def waits_before_records(self: Syncer, kind: str, parts: Parts) -> list[SourceReport]:
        if kind == "records":
            reached.set()
            go_on.wait(10)
        return whole(self, kind, parts)

    monkeypatch.setattr(Syncer, "_run_kind", waits_before_records)
    job = client.post("/ingest?wait=false").json()["id"]
    assert reached.wait(10)
    past = [p["ref"]["kind"] for p in client.get(f"/jobs/{job}").json()["progress"] if p["stage"] == "done"]
    assert past == ["confluence"]
    other = client.post("/ingest_confluence?wait=false").json()["id"]
    joined = client.post("/ingest_records?wait=false").json()["id"]
    go_on.set()
    wait_until(lambda: client.get(f"/jobs/{other}").json()["state"] == "done")
    assert (other != job, joined) == (True, job)


def test_a_job_that_died_with_its_process_shows_as_interrupted(services: InlineServices) -> None:
    jobs = SqliteJobs(services.settings.data_dir / "jobs.db")
    jobs.put(Job("dead", ("code",), {}, "running", services.settings.clock()))
    jobs.close()
    with client_of(services, ingested=False) as client:
        assert client.get("/jobs/dead").json()["state"] == "interrupted"


def test_a_server_that_stops_ends_its_ingest(services: InlineServices) -> None:
    with client_of(services, ingested=False) as client:
        services.gate.clear()
        job = client.post("/ingest?wait=false").json()["id"]
        wait_until(lambda: client.get(f"/jobs/{job}").json()["state"] == "running")
        threading.Timer(0.2, services.gate.set).start()
    jobs = SqliteJobs(services.settings.data_dir / "jobs.db")
    assert jobs.get(job).state == "stopped"
    jobs.close()


# ------------------------------------------------------------------ looking


def test_what_can_be_asked_is_listed(client: TestClient) -> None:
    listed = client.get("/list_collections").json()
    assert listed["collections"] == ["confluence", "mongo_vanish_flows"]
    runs = next(source for source in listed["sources"] if source["name"] == "vanish_flows")
    assert (runs["records"], runs["outcome"], runs["collection"]) == (3, "ok", "mongo_vanish_flows")
    assert runs["last_sync"]


def test_status_profile_and_suggestions_speak_of_what_is_indexed(client: TestClient) -> None:
    status = client.get("/status").json()
    assert [s["source"]["name"] for s in status["sources"]] == ["IV2", "vanish_flows"]
    assert status["sources"][1]["report"]["seen"] == 3
    assert status["health"]["status"] == "ok"
    profile = client.get("/collections/mongo_vanish_flows/profile").json()
    assert "status" in [field["path"] for field in profile["fields"]]
    assert client.get("/collections/nope/profile").status_code == 404
    questions = client.get("/suggestions").json()["questions"]
    assert {"confluence", "records"} == {q["source"] for q in questions}
    assert "Que dit la page « Page 1 » ?" in [q["question"] for q in questions]
    english = client.get("/suggestions?language=en").json()["questions"]
    assert [q["source"] for q in english] == [q["source"] for q in questions]
    assert 'What does the page "Page 1" say?' in [q["question"] for q in english]
    for q in english:
        assert ask(client, q["question"])["route"] == ("exact" if q["source"] == "records" else "passages")


def test_a_condition_of_an_answer_is_offered_with_other_values(client: TestClient) -> None:
    answer = ask(client, "Combien de runs KO ?")
    at = f"/answers/{answer['answer_id']}/alternatives"
    offered = client.get(at, params={"part": "condition", "n": 0}).json()
    assert {"label": "OK", "question": "Combien de runs OK ?"} in offered
    assert client.get(at, params={"part": "condition", "n": 9}).json() == []
    assert client.get(at, params={"part": "everything"}).status_code == 422
    assert client.get("/answers/none/alternatives", params={"part": "window"}).status_code == 404


def test_a_check_finds_what_the_index_lost_and_repairs_it(client: TestClient, services: InlineServices) -> None:
    assert client.post("/check").json()["status"] == "ok"
    lost = services.ledger.chunk_ids("confluence")[0]
    services.indexer._vectors.delete("confluence", [lost])
    assert client.post("/check", json={"repair": False}).json()["status"] == "degraded"
    assert client.get("/health").json()["status"] == "degraded"
    assert client.post("/check", json={"repair": True}).json()["status"] == "ok"
    assert client.get("/health").json() == {"status": "ok", "degraded": []}


def test_sessions_are_found_renamed_deleted_and_restored(client: TestClient) -> None:
    ask(client, AUTH, session_id="one")
    ask(client, "La purge mensuelle ?", session_id="two")
    assert [s["session_id"] for s in client.get("/sessions").json()] == ["two", "one"]
    assert [s["session_id"] for s in client.get("/sessions?q=PURGE").json()] == ["two"]
    assert client.patch("/sessions/two", json={"title": "Archives"}).json()["title"] == "Archives"
    assert client.delete("/sessions/two").json()["status"] == "deleted"
    assert client.get("/sessions/two").status_code == 404
    assert client.post("/sessions/two/restore").json()["status"] == "restored"
    assert len(client.get("/sessions/two").json()["turns"]) == 2
    assert client.patch("/sessions/nope", json={"title": "x"}).status_code == 404


def test_a_conversation_of_any_name_that_was_asked_in_can_be_read_and_removed(client: TestClient) -> None:
    at = "/sessions/nuit%2F20%20nov"  # "/" and a blank, encoded as clients do
    ask(client, AUTH, session_id="nuit/20 nov")
    assert len(client.get(at).json()["turns"]) == 2
    assert client.patch(at, json={"title": "Nuit"}).json()["title"] == "Nuit"
    assert client.post("/reset-session/nuit%2F20%20nov").json()["session_id"] == "nuit/20 nov"
    assert client.delete(at).json()["status"] == "deleted"
    assert client.post(f"{at}/restore").json()["status"] == "restored"


def test_an_empty_index_is_degraded_and_still_answers(services: InlineServices) -> None:
    with client_of(services, ingested=False) as client:
        health = client.get("/health").json()
        assert health["status"] == "degraded"
        assert "nothing is indexed" in health["degraded"][0]
        assert ask(client, AUTH)["state"] == "not_found"


def test_while_it_starts_it_asks_to_come_back(services: InlineServices, monkeypatch: pytest.MonkeyPatch) -> None:
    go, check = threading.Event(), services.indexer.check
    monkeypatch.setattr(services.indexer, "check", lambda **k: (go.wait(20), check(**k))[1])
    with TestClient(create_app(services), BASE) as client:
        for reply in (client.get("/health"), client.post("/query", json={"query": "x"})):
            assert (reply.status_code, reply.json()["error"]) == (503, "starting")
            assert int(reply.headers["retry-after"]) > 0
        go.set()
        wait_until(lambda: client.get("/health").status_code == 200)


# ------------------------------------------------------------------ the page and the document


def test_every_operation_has_a_name_a_reply_and_the_error_shape(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operations = {(path, m): op for path, methods in document["paths"].items() for m, op in methods.items()}
    assert len({op["operationId"] for op in operations.values()}) == len(operations) == 27
    for (path, _), operation in operations.items():
        content = operation["responses"]["200"]["content"]
        assert list(content) == ["text/event-stream" if path.endswith("/stream") else "application/json"]
        schema = next(iter(content.values()))["schema"]
        assert schema, path
        assert schema != {"type": "string"}, path
        assert operation["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorBody")
    names = set(document["components"]["schemas"])
    assert names >= {"Answer", "PlanEvent", "EvidenceEvent", "TokenEvent", "ErrorEvent", "ErrorBody", "SyncReport"}
    text = json.dumps(document)
    assert all(f'"{ref}"' in text for ref in names)
    assert "HTTPValidationError" not in text
