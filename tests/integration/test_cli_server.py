"""While a server holds the data directory, commands go through it: a scripted server notes what it is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from commands import refused, vigie

from vigie.settings import Settings
from vigie.store.lock import WriterLock

REPORT = {"status": "ok", "seconds": 0.1, "sources": []}
ANSWER = {"session_id": "s9", "state": "answered", "answer": "Oui [1]", "choices": [], "citations": [], "notices": []}


@dataclass
class Script:
    replies: dict[str, tuple[int, Any]]
    asked: list[tuple[str, str, Any, str | None]] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    for setting in Settings.model_fields.values():
        monkeypatch.delenv(str(setting.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VIGIE_TOKEN", "secret")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # must not be used
    script = Script({"/ingest": (200, REPORT), "/query": (200, ANSWER)})

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "null")
            script.asked.append((self.command, self.path, body, self.headers.get("authorization")))
            status, reply = script.replies.get(self.path.partition("?")[0], (404, {"detail": "no such route"}))
            data = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    lock = WriterLock(tmp_path / "data")
    lock.publish(f"http://127.0.0.1:{http.server_address[1]}")
    yield script
    lock.close()
    http.shutdown()
    http.server_close()
    thread.join()


def test_ingest_goes_through_the_server_with_its_token(server: Script) -> None:
    ran = vigie("ingest", "all", "--exclude", "a,b", "--sample-limit", "5", "--json")
    assert (ran.status, ran.json) == (0, REPORT)
    body = {"exclude": ["a", "b"], "sample_limit": 5}
    assert server.asked == [("POST", "/ingest", body, "Bearer secret")]


def test_the_turns_of_a_line_share_the_session_that_the_server_opened(server: Script, tmp_path: Path) -> None:
    (tmp_path / "q").write_text('{"id": "1", "turns": ["un", "deux"]}\n')
    ran = vigie("ask", "--batch", "q", "--no-llm", "--now", "2026-11-20T09:30:00+01:00")
    assert ran.lines == [{"id": "1", **ANSWER}]
    sent = [(body["query"], body.get("session_id"), body["use_model"], body["now"]) for _, _, body, _ in server.asked]
    assert sent == [("un", None, False, "2026-11-20T08:30:00Z"), ("deux", "s9", False, "2026-11-20T08:30:00Z")]


def test_the_fixed_clock_of_the_command_goes_to_the_server(server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_NOW", "2026-11-20T22:00:00+01:00")
    assert vigie("ask", "cette nuit ?").status == 0
    assert vigie("ask", "cette nuit ?", "--now", "2026-11-20T09:30:00+01:00").status == 0
    assert [body["now"] for _, _, body, _ in server.asked] == ["2026-11-20T21:00:00Z", "2026-11-20T08:30:00Z"]


def test_a_question_that_is_no_utf8_is_asked_all_the_same(server: Script) -> None:
    assert vigie("ask", "pourquoi \udcff ?", "--json").json["state"] == "answered"
    assert server.asked[-1][2]["query"] == "pourquoi \ufffd ?"


def test_what_the_server_refuses_is_one_line_with_the_status_of_the_command(server: Script) -> None:
    server.replies["/query"] = (404, {"detail": "there is no collection 'x'", "error": "not_found"})
    assert refused(vigie("ask", "x", "--json"), "no collection 'x'")
    server.replies["/query"] = (401, {"detail": "no", "error": "unauthorized"})
    assert refused(vigie("ask", "x", "--json"), "VIGIE_TOKEN")
    server.replies["/query"] = (503, {"detail": "not ready", "error": "busy"})
    down = vigie("ask", "x", "--json")
    assert (down.status, down.out, down.err) == (1, "", "vigie: not ready\n")


def test_paths_are_told_to_the_server_by_the_names_it_knows(
    server: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src" / "batch").mkdir(parents=True)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "flows.ndjson").write_text("{}")
    (tmp_path / "runs" / "jobs.csv").write_text("a")
    monkeypatch.setenv("CODE_ROOTS", str(tmp_path / "src"))
    monkeypatch.setenv("RECORDS_DIR", str(tmp_path / "runs"))
    server.replies |= {"/ingest_local_code": (200, REPORT), "/ingest_records": (200, REPORT)}
    ran = vigie("ingest", "code", tmp_path / "src" / "batch", tmp_path / "src", "--json")
    assert ran.json["sources"] == [*REPORT["sources"], *REPORT["sources"]]
    assert vigie("ingest", "records", tmp_path / "runs" / "flows.ndjson", "--json").json == REPORT
    sent = [(path, body) for _, path, body, _ in server.asked]
    assert sent == [
        ("/ingest_local_code", {"include": ["src"], "subtree": "batch"}),
        ("/ingest_local_code", {"include": ["src"]}),
        ("/ingest_records", {"include": ["flows"]}),
    ]
    server.asked.clear()
    assert refused(vigie("ingest", "code", tmp_path / "runs"), "outside CODE_ROOTS")
    assert refused(vigie("ingest", "records", tmp_path / "src"), "stop the server")
    assert server.asked == []


def test_folders_of_the_command_line_are_not_read_by_a_server_nor_a_second_one_started(
    server: Script, tmp_path: Path
) -> None:
    assert refused(vigie("ingest", "code", tmp_path), "stop the server")
    assert refused(vigie("serve", "--port", "8123"), "served already")
    assert server.asked == []
