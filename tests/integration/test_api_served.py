"""Behind a real server: who goes away cancels, who stops it is obeyed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_services import InlineServices, make_services, served, wait_until

from vigie.api import stream
from vigie.api.serve import bind, serve, url_of
from vigie.errors import InputError, SettingError
from vigie.store.lock import running
from vigie.testing.chat import ScriptedChat

AUTH = "Que faire quand un flux tombe en AUTH-401 ?"
TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture
def stalled(tmp_path: Path) -> Iterator[tuple[InlineServices, ScriptedChat]]:
    chat = ScriptedChat("Renouveler le jeton du flux [1]. Puis ", 60.0)
    services = make_services(tmp_path, chat)
    yield services, chat
    services.close()


def stored(services: InlineServices, session: str) -> list[str]:
    found = [s.session_id for s in services.sessions.list()]
    return [a.state for a in services.sessions.get(session).answers] if session in found else []


def test_closing_a_stream_cancels_the_model_call(stalled: tuple[InlineServices, ScriptedChat]) -> None:
    services, chat = stalled
    with served(services) as url, httpx.Client() as client:
        assert client.post(f"{url}/ingest", timeout=30).status_code == 200
        with client.stream("POST", f"{url}/query/stream", json={"query": AUTH, "session_id": "s"}) as reply:
            for line in reply.iter_lines():
                if line == "event: token":
                    break
        wait_until(lambda: chat.closed == 1, 1.0)
        wait_until(lambda: stored(services, "s") == ["cancelled"], 1.0)


def test_going_away_from_a_query_cancels_it(stalled: tuple[InlineServices, ScriptedChat]) -> None:
    services, chat = stalled
    with served(services) as url:
        httpx.post(f"{url}/ingest", timeout=30)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/query", json={"query": AUTH, "session_id": "s"}, timeout=0.7)
        wait_until(lambda: chat.closed == 1, 1.0)
        wait_until(lambda: stored(services, "s") == ["cancelled"], 1.0)


def test_silence_is_filled_with_comments(
    stalled: tuple[InlineServices, ScriptedChat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "KEEP_ALIVE", 0.05)
    services, _ = stalled
    with served(services) as url, httpx.Client() as client:
        client.post(f"{url}/ingest", timeout=30)
        with client.stream("POST", f"{url}/query/stream", json={"query": AUTH}) as reply:
            assert any(line == ": keep-alive" for line in reply.iter_lines())


def test_a_client_that_goes_away_does_not_stop_its_ingest(stalled: tuple[InlineServices, ScriptedChat]) -> None:
    services, _ = stalled
    with served(services) as url:
        services.gate.clear()
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/ingest", timeout=0.3)
        services.gate.set()
        wait_until(lambda: httpx.get(f"{url}/jobs").json()[0]["state"] == "done")


def test_a_body_that_is_far_too_large_gets_its_reply(stalled: tuple[InlineServices, ScriptedChat]) -> None:
    services, _ = stalled
    body = b'{"query": "' + b"a" * 20_000_000 + b'"}'
    with served(services) as url:
        reply = httpx.post(f"{url}/query", content=body, headers={"content-type": "application/json"}, timeout=30)
    assert (reply.status_code, reply.json()["error"]) == (413, "too_large")


def test_beyond_loopback_a_token_is_demanded(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    for host in ("0.0.0.0", "10.1.2.3", "vigie.intern", ""):
        with pytest.raises(SettingError, match="VIGIE_TOKEN"):
            serve(services, host, 0)
    services.close()


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 is in use"):
            bind("127.0.0.1", port)
    for host, port in (("127.0.0.1", 70_000), ("192.0.2.1", 0), ("no such host", 80)):
        with pytest.raises(InputError):
            bind(host, port).close()


def test_the_published_address_is_one_that_can_be_called() -> None:
    assert url_of("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert url_of("::1", 80) == "http://[::1]:80"


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from api_services import make_services
from vigie.api.serve import serve
services = make_services(Path(sys.argv[2]))
serve(services, "127.0.0.1", 0)
services.close()
print("closed")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(TESTS), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"LITELLM_MODEL": ""},
    )
    closing = threading.Timer(60, process.kill)
    closing.start()
    try:
        wait_until(lambda: "url" in (running(tmp_path / "data") or {}), 40)
        url = (running(tmp_path / "data") or {})["url"]
        wait_until(lambda: httpx.get(f"{url}/health").status_code == 200)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    finally:
        closing.cancel()
        process.kill()
    assert (process.returncode, out.strip(), err) == (0, "closed", "")
    assert running(tmp_path / "data") is None
