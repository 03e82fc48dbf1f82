"""The commands on a small team: two exports, one code root, the default embedding model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from commands import Ran, refused, vigie

from vigie.api.schemas import SourceDetail, SourceView, StatusReply
from vigie.cli.door import opened
from vigie.cli.wanted import Looked
from vigie.errors import StoreBusy
from vigie.settings import Settings, load
from vigie.store.ledger import SqliteLedger
from vigie.store.lock import WriterLock
from vigie.wiring import make_text

FLOWS = [
    {"_id": f"r{n}", "flow": flow, "status": "KO", "started_at": f"2026-11-19T22:{n:02d}:00Z", "error": error}
    for n, (flow, error) in enumerate(
        [
            ("SEPA_OUT_CIB", "AUTH-401 token expired for gateway"),
            ("SEPA_OUT_CIB", "AUTH-401 token expired for gateway"),
            ("KYC_IN_RETAIL", "ORA-00942 table or view does not exist"),
        ]
    )
]
ANSWER_KEYS = (
    "answer_id session_id question state route answer exact choices citations contexts history notices model timestamp"
).split()
HIT_KEYS = "rank score source collection document_id native_id title url locator text".split()


@dataclass(frozen=True)
class Team:
    base: Path
    first: Ran

    @property
    def code(self) -> Path:
        return self.base / "code"

    @property
    def records(self) -> Path:
        return self.base / "records"


def _clean(patch: pytest.MonkeyPatch, base: Path) -> None:
    for field in Settings.model_fields.values():
        patch.delenv(str(field.validation_alias), raising=False)
    patch.chdir(base)
    patch.setenv("VIGIE_DATA_DIR", str(base / "data"))


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    base = tmp_path_factory.mktemp("team")
    for name, lines in {"vanish_flows": FLOWS, "batch_jobs": [{"_id": "j1", "job": "PURGE", "state": "OK"}]}.items():
        (base / "records").mkdir(exist_ok=True)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (base / "records" / f"{name}.ndjson").write_text(text)
    with (base / "records" / "batch_jobs.ndjson").open("a") as export:
        export.writelines(f"broken {n}\n" for n in range(12))
    for path, text in {
        "auth/token.py": "def token_expired(token):\n    raise AuthError('AUTH-401')\n",
        "disk/purge.py": "def purge_archives(days):\n    return delete_older(days)\n",
    }.items():
        (base / "code" / path).parent.mkdir(parents=True, exist_ok=True)
        (base / "code" / path).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        _clean(patch, base)
        patch.setenv("RECORDS_DIR", str(base / "records"))
        patch.setenv("CODE_ROOTS", str(base / "code"))
        yield Team(base, vigie("ingest", "all", "--json"))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with no settings but its data directory."""
    _clean(monkeypatch, tmp_path)
    return tmp_path


# ------------------------------------------------------------------ ingest


def test_ingest_reports_every_source_and_is_not_done_while_lines_are_skipped(team: Team) -> None:
    report = team.first.json
    assert team.first.status == 1
    assert report["status"] == "incomplete"
    counts = {(s["source"], s["name"]): (s["status"], s["seen"], s["written"]) for s in report["sources"]}
    assert counts == {
        ("records", "batch_jobs"): ("incomplete", 13, 1),
        ("records", "vanish_flows"): ("ok", 3, 3),
        ("code", "code"): ("ok", 2, 2),
    }
    skipped = report["sources"][0]["skipped"]
    assert len(skipped) == 12
    assert set(skipped[0]) == {"native_id", "reason"}


def test_a_second_ingest_writes_and_embeds_nothing_and_shows_the_first_ten_skipped(team: Team) -> None:
    again = vigie("ingest", "all")
    assert again.status == 1
    assert "0 written" in again.out
    assert " 1 written" not in again.out
    assert again.out.count(", 0 embedded") == 3
    assert again.out.count("    line ") == 10
    assert "… and 2 more" in again.out


def test_only_included_sources_are_read_and_unknown_names_are_told(team: Team) -> None:
    found = vigie("ingest", "records", "--include", "mongo_vanish_flows,nothing", "--json")
    assert [s["name"] for s in found.json["sources"]] == ["vanish_flows"]
    assert found.status == 1
    assert "called nothing" in found.err
    assert refused(vigie("ingest", "records", "--include", "nothing"), "called nothing")


def test_a_path_of_a_code_root_touches_only_what_is_below_it(team: Team) -> None:
    (team.code / "auth" / "new.py").write_text("def renew_token():\n    return 1\n")
    (team.code / "disk" / "new.py").write_text("def shrink():\n    return 1\n")
    found = vigie("ingest", "code", team.code / "auth", "--json")
    assert (found.status, found.json["sources"][0]["written"]) == (0, 1)
    assert refused(vigie("ingest", "code", team.base / "records"), "outside CODE_ROOTS")
    assert refused(vigie("ingest", "code", team.code / "nowhere"), "does not exist")


def test_without_a_root_the_path_becomes_one_and_files_of_records_are_read_alone(bare: Path, team: Team) -> None:
    for name in ("RECORDS_DIR", "CODE_ROOTS"):
        assert name not in load().model_fields_set
    found = vigie("ingest", "code", team.code / "disk", "--json")
    assert (found.status, found.json["sources"][0]["name"]) == (0, "disk")
    found = vigie("ingest", "records", team.records / "vanish_flows.ndjson", "--json")
    assert [(s["name"], s["written"], s["status"]) for s in found.json["sources"]] == [("vanish_flows", 3, "ok")]
    assert {s["source"]["name"] for s in vigie("status", "--json").json["sources"]} == {"disk", "vanish_flows"}


def test_nothing_configured_is_said_in_one_line(bare: Path) -> None:
    assert refused(vigie("ingest", "all", "--json"), "CONFLUENCE_URL", "RECORDS_DIR", "CODE_ROOTS")
    assert refused(vigie("ingest", "confluence"), "CONFLUENCE_URL")
    assert refused(vigie("ingest", "mongo"), "MONGO_URI", "RECORDS_DIR")
    assert refused(vigie("ingest", "records"), "RECORDS_DIR")
    assert refused(vigie("ingest", "code"), "CODE_ROOTS")
    assert refused(vigie("ingest", "confluence", bare), "PATH")
    assert refused(vigie("ingest", "everything"))
    assert refused(vigie("ingest", "records", bare / "nowhere"), "does not exist")


def test_mongo_without_an_address_reads_the_exports_and_says_so(team: Team) -> None:
    found = vigie("ingest", "mongo", "--include", "vanish_flows", "--json")
    assert found.status == 0
    assert [s["name"] for s in found.json["sources"]] == ["vanish_flows"]
    assert "MONGO_URI is not set" in found.err


# ------------------------------------------------------------------ asking


def test_an_answer_is_followed_by_its_sources(team: Team) -> None:
    found = vigie("ask", "Pourquoi SEPA_OUT_CIB tombe en AUTH-401 ?", "--no-llm")
    assert found.status == 0
    assert "[1] " in found.out
    assert "vanish_flows/r1" in found.out


def test_an_answer_as_json_has_the_keys_of_the_contract_and_nothing_beside(team: Team) -> None:
    found = vigie("ask", "AUTH-401 token expired", "--json", "--session", "s1", "--now", "2026-11-20T09:30:00+01:00")
    assert list(found.json) == ANSWER_KEYS
    assert found.json["timestamp"] == "2026-11-20T08:30:00Z"
    assert found.json["session_id"] == "s1"
    assert found.json["state"] == "answered"


def test_sources_and_collections_limit_where_is_looked(team: Team) -> None:
    code = vigie("search", "AUTH-401 token expired", "--source", "code", "--json")
    assert {hit["source"] for hit in code.json} == {"code"}
    runs = vigie("search", "AUTH-401", "--collection", "mongo_vanish_flows", "--top-k", "1", "--json")
    assert [list(hit) for hit in runs.json] == [HIT_KEYS]
    assert (runs.json[0]["native_id"], runs.json[0]["locator"]) == ("r1", "vanish_flows/r1")
    assert refused(vigie("search", "x", "--collection", "vanish_flow", "--json"), "vanish_flows")
    assert refused(vigie("ask", "x", "--collection", "vanish_flow", "--json"), "vanish_flows")


def test_a_batch_answers_in_order_and_keeps_one_session_per_line(team: Team, tmp_path: Path) -> None:
    asked = tmp_path / "q.jsonl"
    asked.write_text(
        '{"id": "a", "text": "AUTH-401 token expired ?"}\n\nnot json\n'
        '{"id": 7, "turns": ["Que fait purge_archives ?", "Et dans le code ?"]}\n{"id": "c", "text": " "}\n'
    )
    found = vigie("ask", "--batch", asked, "--no-llm")
    assert [(a["id"], a["state"]) for a in found.lines][:2] == [("a", "answered"), (None, "failed")]
    assert [a["id"] for a in found.lines] == ["a", None, 7, "c"]
    assert len(found.lines[2]["history"]) == 4
    assert found.lines[3]["state"] == "failed"
    assert found.status == 1
    assert found.err.count("\n") == 2
    assert refused(vigie("ask", "--batch", tmp_path / "nowhere"), "nowhere")


def test_unusable_questions_are_refused(team: Team) -> None:
    assert refused(vigie("ask"), "--batch")
    assert refused(vigie("ask", "  "), "empty")
    assert refused(vigie("ask", "x", "--now", "2026-11-20"), "offset")
    assert refused(vigie("ask", "x", "--source", "mail"))
    assert refused(vigie("ask", "x", "--nope"))


def test_what_a_terminal_would_obey_is_not_printed(team: Team) -> None:
    found = vigie("ask", "x \x1b[31m\udcff", "--no-llm")
    assert "\x1b" not in found.out + found.err


# ------------------------------------------------------------------ status and health


def test_status_tells_counts_outcome_skips_and_health_as_the_server_does(team: Team) -> None:
    found = vigie("status", "--json").json
    by_name = {one["source"]["name"]: one for one in found["sources"]}
    assert by_name["vanish_flows"]["source"]["records"] == 3
    assert by_name["vanish_flows"]["source"]["documents"] == 2
    assert {field["path"] for field in by_name["vanish_flows"]["fields"]} >= {"flow", "status"}
    assert by_name["batch_jobs"]["source"]["outcome"] == "incomplete"
    assert len(by_name["batch_jobs"]["skipped"]) == 12
    assert found["health"]["status"] == "ok"
    assert list(found) == [field.name for field in fields(StatusReply)]
    assert list(by_name["code"]) == [field.name for field in fields(SourceDetail)]
    assert list(by_name["code"]["source"]) == [field.name for field in fields(SourceView)]
    words = vigie("status").out
    assert "3 records in 2 signatures" in words
    assert "… and 2 more" in words


def test_check_fails_where_the_text_index_lost_something_and_repair_mends_it(team: Team) -> None:
    assert vigie("check").status == 0
    data = team.base / "data"
    ledger = SqliteLedger(data / "ledger.db")
    lost = ledger.chunk_ids("code")[:1]
    ledger.close()
    text = make_text(data / "text")
    text.write([], lost)
    text.close()
    assert vigie("check", "--json").json["status"] == "degraded"
    assert vigie("check").status == 1
    assert vigie("check", "--repair").status == 0
    assert vigie("check").status == 0


# ------------------------------------------------------------------ errors, warnings, start


def test_a_setting_that_cannot_be_used_stops_with_one_line(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_TIMEZONE", "Mars/Olympus")
    assert refused(vigie("status", "--json"), "VIGIE_TIMEZONE='Mars/Olympus'", "expected")


def test_warnings_are_one_line_each(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_EMB_MODEL", "all-MiniLM-L6-v2")
    monkeypatch.setenv("EMBED_MODEL", "another")
    found = vigie("status", "--json")
    assert found.status == 0
    assert found.err.count("\n") == 1
    assert "differ" in found.err
    assert found.json["sources"] == []


def test_another_writer_is_waited_for_and_then_named(bare: Path) -> None:
    lock = WriterLock(bare / "data")
    try:
        with pytest.raises(StoreBusy, match="is writing in"), opened(load(), wait=0.2) as door:
            door.search(Looked("x"))
    finally:
        lock.close()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from vigie.cli.app import run; status = run(['--help']);"
        "print(status, [m for m in ('pydantic', 'chromadb', 'numpy', 'httpx', 'rich', 'fastapi') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "0 []"
    assert "ingest" in ran.stdout
