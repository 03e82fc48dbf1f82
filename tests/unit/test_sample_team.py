"""The sample team hangs together: its wiki, its code and the runs written for it speak of the same things."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from html import unescape
from html.entities import name2codepoint
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from vigie.demo._messages import RAISED_BY
from vigie.demo._team import FLOWS, RETRIES
from vigie.demo.runs import write_runs

TEAM = Path(__file__).resolve().parents[2] / "examples" / "team"
WIKI, CODE = TEAM / "wiki", TEAM / "code"
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=PARIS)
INDEX: list[dict[str, Any]] = json.loads((WIKI / "index.json").read_text(encoding="utf-8"))
NOT_WELL_FORMED = "1700"
DAY_NAMES = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
INSTANTS = {
    "morning": NOW,
    "in the last night": datetime(2026, 11, 21, 2, 7, tzinfo=PARIS),
    "late evening": datetime(2026, 11, 21, 23, 59, tzinfo=PARIS),
    "midnight": datetime(2026, 11, 21, 0, 0, tzinfo=PARIS),
    "clocks went back": datetime(2026, 10, 25, 7, 0, tzinfo=PARIS),
    "second 02:30 of that night": datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS),
    "clocks went forward": datetime(2026, 3, 29, 9, 0, tzinfo=PARIS),
    "a leap day": datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    "a Monday": datetime(2026, 11, 23, 8, 0, tzinfo=PARIS),
}

Documents = dict[str, list[dict[str, Any]]]


def read(folder: Path) -> Documents:
    names = ("vanish_flows", "flow_errors", "batch_jobs")
    texts = {name: (folder / f"{name}.ndjson").read_text(encoding="utf-8") for name in names}
    return {name: [json.loads(line) for line in text.splitlines()] for name, text in texts.items()}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    folder = tmp_path_factory.mktemp("exports")
    write_runs(folder, NOW)
    return read(folder)


def body(page: dict[str, Any]) -> str:
    return (WIKI / page["file"]).read_text(encoding="utf-8")


def date_of(value: dict[str, str]) -> datetime:
    return datetime.fromisoformat(value["$date"])


def commands() -> list[tuple[str, list[str]]]:
    """Every call of one of the team's scripts in a code macro: (page id, words)."""
    found = []
    for page in INDEX:
        for block in re.findall(r"<!\[CDATA\[(.*?)\]\]>", body(page), re.S):
            for line in block.splitlines():
                if re.match(r"(\./|/opt/vanish/scripts/)[\w-]+\.sh\b", line):
                    found.append((page["id"], shlex.split(line)))
    return found


# ------------------------------------------------------------------ the wiki


def test_the_index_lists_every_page_once_under_parents_that_exist() -> None:
    ids = [page["id"] for page in INDEX]
    assert len(INDEX) >= 24
    assert len(set(ids)) == len(ids)
    assert len({page["title"] for page in INDEX}) == len(ids)
    assert sorted(page["file"] for page in INDEX) == sorted(path.name for path in WIKI.glob("*.xml"))
    assert [page["id"] for page in INDEX if page["parent"] is None] == ["1000"]
    assert {page["parent"] for page in INDEX} - {None} <= set(ids)
    assert all(page["version"] >= 1 and isinstance(page["updated"], int) and page["updated"] < 0 for page in INDEX)


def test_a_restricted_page_has_a_child_that_inherits() -> None:
    restricted = [page["id"] for page in INDEX if "restricted" in page]
    heirs = [page for page in INDEX if page["parent"] in restricted and "restricted" not in page]
    assert restricted
    assert heirs


@pytest.mark.parametrize("page", INDEX, ids=lambda page: page["id"])
def test_pages_are_well_formed_storage_format(page: dict[str, Any]) -> None:
    text = re.sub(
        r"&(\w+);",
        lambda m: m[0] if m[1] in ("amp", "lt", "gt", "quot") else chr(name2codepoint[m[1]]),
        body(page),
    )
    wrapped = f'<page xmlns:ac="ac" xmlns:ri="ri">{text}</page>'
    if page["id"] == NOT_WELL_FORMED:
        with pytest.raises(ElementTree.ParseError):
            ElementTree.fromstring(wrapped)
        return
    root = ElementTree.fromstring(wrapped)
    macros = [macro.attrib["{ac}macro-id"] for macro in root.iter("{ac}structured-macro")]
    assert len(set(macros)) == len(macros)
    assert all(macro.get("{ac}schema-version") for macro in root.iter("{ac}structured-macro"))
    # markup of the text the pages were drafted in
    assert not re.search(r"```|:::|\[\[|\*\*|\{(toc|children|status|jira|date|anchor)[:}|]", text)


def test_links_lead_to_pages_of_the_wiki() -> None:
    titles = {page["title"] for page in INDEX}
    targets = {unescape(title) for page in INDEX for title in re.findall(r'ri:content-title="([^"]*)"', body(page))}
    assert targets - titles == {"Page qui n'existe pas"}


def test_pages_name_no_flow_that_is_not_scheduled() -> None:
    known = {flow.name for flow in FLOWS}
    for page in INDEX:
        named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)*_(?:IN|OUT)_(?:CIB|RETAIL|AM)\b", body(page)))
        assert named <= known, page["title"]


# ------------------------------------------------------------------ codes, flows, schedules


def test_every_error_code_has_a_runbook_a_function_and_a_policy(exports: Documents) -> None:
    codes = {run["error"]["code"] for run in exports["vanish_flows"] if "error" in run}
    codes |= {error["code"] for error in exports["flow_errors"]}
    for job in exports["batch_jobs"]:
        codes |= set(re.findall(r"\b(?:AUTH|ORA|SFTP|KAFKA|SCHEMA|DISK|CERT)-\w+", job["message"] or ""))
    assert codes == set(RETRIES)
    titles = {page["title"].split(" : ")[0]: body(page) for page in INDEX if "runbook" in page["labels"]}
    for code in codes:
        file, function = RAISED_BY[code]
        assert f"<code>{function}</code>" in titles[code]
        tree = ast.parse((CODE / "vanish" / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert f'code = "{code}"' in (CODE / "vanish" / "errors.py").read_text(encoding="utf-8")


def test_retries_are_the_same_in_the_runs_the_code_and_on_the_wiki() -> None:
    policy = json.loads((CODE / "config" / "retry.json").read_text(encoding="utf-8"))
    assert {code: (rule["reprises"], rule["attente_min"]) for code, rule in policy.items()} == RETRIES
    page = body(next(page for page in INDEX if page["id"] == "1012"))
    for code, (count, minutes) in RETRIES.items():
        waits = f"{minutes} min" if count else "–"
        assert f"<td>{code}</td><td>{count}</td><td>{waits}</td>" in unescape(page).replace("&ndash;", "–")


def test_schedules_are_the_same_in_the_runs_the_code_and_on_the_wiki(exports: Documents) -> None:
    config = json.loads((CODE / "config" / "flows.json").read_text(encoding="utf-8"))["flux"]
    described = [(flow["nom"], flow["heures"], flow["jours"], flow["hotes"], flow["type"]) for flow in config]
    assert described == [
        (flow.name, list(flow.times), [DAY_NAMES[day] for day in sorted(flow.days)], list(flow.hosts), flow.type)
        for flow in FLOWS
    ]
    page = body(next(page for page in INDEX if page["id"] == "1003"))
    servers = body(next(page for page in INDEX if page["id"] == "1002"))
    for flow in FLOWS:
        row = re.search(rf"<tr><td><strong>{flow.name}</strong>.*?</tr>", page)
        assert row
        assert f"<td>{', '.join(flow.times)}</td>" in row[0]
        assert flow.name in servers
    planned: dict[str, set[str]] = defaultdict(set)
    weekdays: dict[str, set[int]] = defaultdict(set)
    for run in exports["vanish_flows"]:
        if run["env"] == "PROD" and run["triggered_by"] == "scheduler":
            local = date_of(run["started_at"]).astimezone(PARIS)
            planned[run["flow"]].add(f"{local:%H:%M}")
            weekdays[run["flow"]].add(local.weekday())
    assert planned == {flow.name: set(flow.times) for flow in FLOWS}
    assert weekdays == {flow.name: set(flow.days) for flow in FLOWS}


# ------------------------------------------------------------------ scripts and code


def test_scripts_named_on_the_wiki_exist_with_the_options_used() -> None:
    called = commands()
    assert len(called) >= 25
    for page, words in called:
        script = CODE / "scripts" / words[0].rsplit("/", 1)[1]
        assert script.is_file(), f"{page} calls {words[0]}"
        known = set(re.findall(r"^\s+(--[\w-]+)\)", script.read_text(encoding="utf-8"), re.M))
        assert {word for word in words if word.startswith("--")} <= known, f"{page}: {' '.join(words)}"
        if "--flux" in words:
            assert words[words.index("--flux") + 1] in {flow.name for flow in FLOWS}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_relaunches_of_the_wiki_are_accepted_by_the_script(tmp_path: Path) -> None:
    lines = {shlex.join(["./relancer_flux.sh", *words[1:]]) for _, words in commands() if "relancer" in words[0]}
    simulated = "set -e\n" + "\n".join(f"{line} --simuler" for line in sorted(lines))
    done = subprocess.run(
        ["bash", "-c", simulated],
        cwd=CODE / "scripts",
        env={"PATH": os.environ["PATH"], "VERROUS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("SIMULATION") == len(lines)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_a_relaunch_without_a_reason_or_of_a_running_flow_is_refused(tmp_path: Path) -> None:
    (tmp_path / "SEPA_OUT_CIB.PROD").touch()
    script = [str(CODE / "scripts" / "relancer_flux.sh"), "--flux", "SEPA_OUT_CIB", "--env", "PROD"]
    for extra, code in (([], 2), (["--motif", "x", "--simuler"], 3), (["--motif", "x", "--simuler", "--forcer"], 0)):
        environment = {"PATH": os.environ["PATH"], "VERROUS": str(tmp_path)}
        assert subprocess.run([*script, *extra], env=environment, capture_output=True, check=False).returncode == code


def test_the_code_parses() -> None:
    files = sorted(path for path in CODE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert 15 <= len(files) <= 40
    for path in files:
        text = path.read_text(encoding="utf-8")
        match path.suffix:
            case ".py":
                compile(text, path.name, "exec")
            case ".json":
                json.loads(text)
            case ".sh":
                assert os.access(path, os.X_OK)
                if bash := shutil.which("bash"):
                    checked = subprocess.run([bash, "-n", str(path)], capture_output=True, text=True, check=False)
                    assert not checked.stderr


# ------------------------------------------------------------------ the questions


def test_questions_expect_pages_files_and_flows_that_exist(exports: Documents) -> None:
    lines = (TEAM / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 25
    hidden = {"1500", "1501"}
    for question in map(json.loads, lines):
        match question["expect"]:
            case {"source": "confluence", "native_id": page}:
                assert page in {page["id"] for page in INDEX} - hidden
            case {"source": "code", "path": path}:
                assert (CODE / path).is_file()
            case {"source": "records", "flow": flow}:
                assert flow in {run["flow"] for run in exports["vanish_flows"]}
            case other:
                pytest.fail(f"unknown expectation {other}")


# ------------------------------------------------------------------ the runs


def test_the_exports_have_the_size_and_fields_of_real_ones(exports: Documents) -> None:
    runs, errors, jobs = exports["vanish_flows"], exports["flow_errors"], exports["batch_jobs"]
    assert 5200 <= len(runs) <= 5700
    assert 750 <= len(errors) <= 1050
    assert 1350 <= len(jobs) <= 1650
    for documents in exports.values():
        ids = [document["_id"]["$oid"] for document in documents]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch("[0-9a-f]{24}", text) for text in ids)
    assert len({run["run_id"] for run in runs}) == len(runs)
    assert {run["status"] for run in runs} == {"OK", "KO", "RUNNING", "SKIPPED"}
    assert {run["env"] for run in runs} == {"PROD", "UAT", "DEV"}
    assert {job["statut"] for job in jobs} == {"SUCCES", "ECHEC"}
    assert all(("error" in run) == (run["status"] == "KO") for run in runs)
    known = {run["run_id"] for run in runs}
    assert all(error["run_id"] is None or error["run_id"] in known for error in errors)


@pytest.mark.parametrize("now", INSTANTS.values(), ids=INSTANTS)
def test_dates_end_at_now_and_begin_45_days_before(tmp_path: Path, now: datetime) -> None:
    write_runs(tmp_path, now)
    exports = read(tmp_path)
    first = now.astimezone(UTC) - timedelta(days=45)
    for run in exports["vanish_flows"]:
        start = date_of(run["started_at"])
        assert first <= start < now
        if run.get("ended_at"):
            end = date_of(run["ended_at"])
            assert start < end <= now
            assert (end - start) == timedelta(milliseconds=run["duration_ms"])
        else:
            assert run["status"] in ("RUNNING", "SKIPPED")
    for error in exports["flow_errors"]:
        at = datetime.fromisoformat(error["occurred_at"])
        assert at.tzinfo is not None
        assert first <= at <= now
    for job in exports["batch_jobs"]:
        assert first.timestamp() * 1000 <= job["debut"] < now.timestamp() * 1000
        assert job["fin"] is None or job["debut"] < job["fin"] <= now.timestamp() * 1000
        assert (job["statut"] == "EN_COURS") == (job["fin"] is None)
    assert any(run["status"] == "RUNNING" for run in exports["vanish_flows"])


def last_night(exports: Documents, now: datetime = NOW) -> dict[str, list[dict[str, Any]]]:
    """Runs that began from 20:00 the day before to 06:00, by flow, oldest first."""
    today = now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = (today - timedelta(days=1)).replace(hour=20), today.replace(hour=6)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in exports["vanish_flows"]:
        if first <= date_of(run["started_at"]) < last:
            found[run["flow"]].append(run)
    return found


@pytest.mark.parametrize("name", ["morning", "clocks went back", "clocks went forward", "a Monday"])
def test_the_last_night_tells_the_story_of_the_runbooks(tmp_path: Path, name: str) -> None:
    now = INSTANTS[name]
    write_runs(tmp_path, now)
    night = last_night(read(tmp_path), now)
    codes = {flow: {run["error"]["code"] for run in runs if "error" in run} for flow, runs in night.items()}
    expired = {"SWIFT_IN_CIB", "SEPA_OUT_CIB", "KYC_IN_RETAIL"}
    unreachable = {"RISK_IN_CIB", "LIMITES_OUT_CIB", "SEPA_IN_RETAIL", "MICRO_ONDE_IN_CIB", "COLLATERAL_IN_CIB"}
    assert {flow for flow, seen in codes.items() if seen == {"AUTH-401"}} == expired
    assert {flow for flow, seen in codes.items() if seen == {"ORA-12541"}} == unreachable
    assert {flow for flow, runs in night.items() if runs[-1]["status"] == "KO"} == {"MICRO_ONDE_OUT_AM"}
    relaunched = {flow for flow, runs in night.items() if any(run["triggered_by"] == "manual" for run in runs)}
    assert relaunched == expired | {"RISK_IN_CIB", "LIMITES_OUT_CIB", "SEPA_IN_RETAIL"}
    sepa = next(run for run in night["SEPA_OUT_CIB"] if run["triggered_by"] == "manual")
    cut_off = now.astimezone(PARIS).replace(hour=0, minute=30)
    assert sepa["status"] == "OK"
    assert date_of(sepa["ended_at"]) < cut_off


def test_the_failed_rotation_comes_before_the_first_refused_token(exports: Documents) -> None:
    rotations = [job for job in exports["batch_jobs"] if job["nom"] == "ROTATION_JETONS"]
    failed, renewed = [job for job in rotations if job["environnement"] == "PRODUCTION"][-2:]
    assert (failed["statut"], renewed["statut"]) == ("ECHEC", "SUCCES")
    refused = [run for run in last_night(exports)["SWIFT_IN_CIB"] if run["status"] == "KO"]
    starts = [date_of(run["started_at"]).timestamp() * 1000 for run in refused]
    assert failed["fin"] < min(starts) < max(starts) < renewed["debut"]


def test_automatic_retries_follow_the_policy(exports: Documents) -> None:
    before: dict[tuple[str, str], dict[str, Any]] = {}
    checked = 0
    for run in exports["vanish_flows"]:
        key = (run["flow"], run["env"])
        if run["triggered_by"] == "retry" and key in before:
            failed = before[key]
            allowed, minutes = RETRIES[failed["error"]["code"]]
            assert failed["error"]["retry"] < allowed
            assert date_of(run["started_at"]) >= date_of(failed["ended_at"]) + timedelta(minutes=minutes)
            checked += 1
        if run["status"] == "KO":
            before[key] = run
    assert checked > 50


def test_flows_that_never_fail_never_fail(exports: Documents) -> None:
    statuses = defaultdict(set)
    for run in exports["vanish_flows"]:
        statuses[run["flow"]].add(run["status"])
    assert {flow for flow, seen in statuses.items() if "KO" not in seen} == {"REF_DATA_IN_CIB", "NAV_OUT_AM"}


def test_the_same_minute_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    write_runs(tmp_path / "a", NOW)
    write_runs(tmp_path / "b", NOW.astimezone(UTC) + timedelta(seconds=59))
    write_runs(tmp_path / "c", NOW, seed=8)
    for name in ("vanish_flows.ndjson", "flow_errors.ndjson", "batch_jobs.ndjson"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "c" / name).read_bytes()


def test_a_day_later_an_id_still_means_the_same_document(tmp_path: Path, exports: Documents) -> None:
    write_runs(tmp_path, NOW + timedelta(days=1))
    for name, documents in read(tmp_path).items():
        today = {document["_id"]["$oid"]: document for document in exports[name]}
        shared = [document for document in documents if document["_id"]["$oid"] in today]
        assert all(document == today[document["_id"]["$oid"]] for document in shared)
        assert len(shared) > 0.85 * len(documents)  # the days both know are told alike
    night = last_night(read(tmp_path), NOW + timedelta(days=1))
    assert not {run["_id"]["$oid"] for runs in night.values() for run in runs} & {
        run["_id"]["$oid"] for runs in last_night(exports).values() for run in runs
    }


def test_an_instant_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_runs(tmp_path, datetime(2026, 11, 21, 9, 30))
