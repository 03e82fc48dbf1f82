"""The demo: its runs, and the whole of it served with the network cut."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from vigie.cli.common import command
from vigie.demo.team import QUESTIONS, fresh_runs, hints, sample_team, team_files
from vigie.settings import load

MORNING = datetime.fromisoformat("2026-11-20T09:30:00+01:00")
FILES = {"vanish_flows.ndjson", "flow_errors.ndjson", "batch_jobs.ndjson"}

# Run by itself: starts the demo, waits for it, asks, stops it; prints what it got.
DRIVER = r"""
import json, os, signal, subprocess, sys, time, urllib.request
import socket
base = "http://127.0.0.1:8765"
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    sys.exit("the network is not cut")
except OSError:
    pass
def call(path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(base + path, data, {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=60))
demo = subprocess.Popen([sys.executable, "-m", "vigie", "demo", "--port", "8765"], stdout=2)
try:
    until = time.monotonic() + 160
    while True:
        try:
            health = call("/health")
            break
        except OSError:
            if demo.poll() is not None or time.monotonic() > until:
                sys.exit("the demo never became healthy")
            time.sleep(0.5)
    answers = [call("/query", {"query": text, "session_id": "s"}) for text in json.loads(sys.argv[1])]
    command = [sys.executable, "-m", "vigie", "search", "AUTH-401", "--json"]
    env = os.environ | {"VIGIE_DATA_DIR": os.path.join(os.environ["VIGIE_DATA_DIR"], "demo")}
    status = subprocess.run([*command[:3], "status", "--json"], env=env, capture_output=True, text=True, check=True)
    search = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    found = {"collections": json.dumps(call("/list_collections")), "answers": answers, "health": health}
    print(json.dumps(found | {"status": json.loads(status.stdout), "search": json.loads(search.stdout)}))
finally:
    demo.send_signal(signal.SIGINT)
    demo.wait(timeout=30)
"""


def test_runs_are_written_once_a_day_which_begins_when_the_night_is_over(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    assert fresh_runs(exports, MORNING)
    assert {file.name for file in exports.iterdir()} == FILES
    before = (exports / "vanish_flows.ndjson").read_bytes()
    assert not fresh_runs(exports, MORNING.replace(hour=23))
    assert (exports / "vanish_flows.ndjson").read_bytes() == before
    assert fresh_runs(exports, MORNING.replace(day=21, hour=7, minute=5))
    assert (exports / "vanish_flows.ndjson").read_bytes() != before


def test_runs_cut_short_are_written_again(tmp_path: Path) -> None:
    assert fresh_runs(tmp_path / "exports", MORNING)
    (tmp_path / "runs-written-at").write_text("not an instant")
    assert fresh_runs(tmp_path / "exports", MORNING)


def test_the_team_is_read_from_its_own_server_and_folders_whatever_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CONFLUENCE_URL", "https://wiki.example")
    monkeypatch.setenv("CONFLUENCE_TOKEN", "real")
    monkeypatch.setenv("MONGO_URI", "mongodb://real")
    monkeypatch.setenv("RECORDS_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("CHROMA_DB_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("VIGIE_NOW", MORNING.isoformat())
    with sample_team(load()) as settings:
        assert settings.confluence_url is not None
        assert settings.confluence_url.startswith("http://127.0.0.1:")
        assert settings.confluence_token is None
        assert settings.mongo_uri is None
        assert settings.records_dir == (tmp_path / "data" / "demo" / "exports").resolve()
        assert settings.code_roots == (team_files() / "code",)
        assert settings.vectors_dir.is_relative_to(tmp_path / "data" / "demo")
    assert list((tmp_path / "mine").iterdir()) == []


def test_the_hint_can_be_copied_into_a_shell_wherever_the_command_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "a b" / "bin" / "vigie"
    script.parent.mkdir(parents=True)
    script.write_text('#!/bin/sh\nprintf "%s|" "$VIGIE_DATA_DIR" "$@"\n')
    script.chmod(0o755)
    other = tmp_path / "other" / "vigie"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\nexit 3\n")
    other.chmod(0o755)
    settings = load(VIGIE_DATA_DIR=tmp_path / "my data")
    system = os.defpath
    for folder, path, started, typed in (
        (tmp_path, system, "a b/bin/vigie", "'a b/bin/vigie'"),
        (tmp_path / "a b", system, "bin/vigie", "bin/vigie"),
        (script.parent, system, "vigie", "./vigie"),
        (other.parent, system, str(script), f"'{script}'"),
        (other.parent, f"{script.parent}:{system}", str(script), "vigie"),
        (tmp_path / "a b", f"{other.parent}:{script.parent}:{system}", str(script), "bin/vigie"),
    ):
        monkeypatch.chdir(folder)
        monkeypatch.setenv("PATH", path)
        said = hints(settings, "http://127.0.0.1:8000", command(started)).splitlines()[-1].strip()
        assert f" {typed} ask " in said
        ran = subprocess.run(["sh", "-c", said], capture_output=True, text=True, check=True)
        assert ran.stdout == f"{tmp_path / 'my data'}|ask|{QUESTIONS[0]}|"


def test_links_to_the_wiki_stay_the_same_when_it_is_served_again(tmp_path: Path) -> None:
    base = load(VIGIE_DATA_DIR=tmp_path, VIGIE_NOW=MORNING.isoformat())
    with sample_team(base) as settings:
        first = settings.confluence_url
    with sample_team(base) as settings:
        assert settings.confluence_url == first
        with sample_team(base) as beside:  # a second one at the same time has a port of its own
            assert beside.confluence_url != first


def test_the_demo_answers_with_the_network_cut(tmp_path: Path) -> None:
    cut = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("the network cannot be cut here: unshare and ip (util-linux, iproute2) are needed")
    if subprocess.run([*cut, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("the network cannot be cut here: unshare -rn is not allowed")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("VIGIE_", "CONFLUENCE_", "MONGO_", "LITELLM_"))}
    env |= {"VIGIE_DATA_DIR": str(tmp_path / "data"), "SYNC_INTERVAL_MINUTES": "0"}
    ran = subprocess.run(
        [*cut, sys.executable, "-c", DRIVER, json.dumps(QUESTIONS)],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=175,
    )
    assert ran.returncode in (0, -signal.SIGINT), ran.stderr[-2000:]
    found = json.loads(ran.stdout)
    assert "vanish_flows" in found["collections"]
    assert [answer["state"] for answer in found["answers"]] == ["answered"] * len(QUESTIONS)
    assert found["answers"][0]["exact"]["rows"]
    assert all(answer["citations"] for answer in found["answers"][1:])
    assert len(found["answers"][1]["history"]) == 4
    assert {one["source"]["name"] for one in found["status"]["sources"]} >= {"IV2", "vanish_flows", "code"}
    assert found["search"][0]["rank"] == 1
    assert "Trois questions" in ran.stderr
    assert f"{shlex.quote(sys.executable)} -m vigie ask " in ran.stderr
    assert "Traceback" not in ran.stderr
