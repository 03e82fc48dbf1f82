"""The web app as it is served: its page at its addresses, its files, the plain page where it was not built."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_services import client_of, make_services
from fastapi.testclient import TestClient

from vigie.api import routes_web

INDEX = '<!doctype html><vg-app ngCspNonce="{{nonce}}"></vg-app><script src="/app/main-ABCD1234.js"></script>'


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    services = make_services(tmp_path)
    with client_of(services, ingested=False) as client:
        yield client
    services.close()


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the app, in a folder of its own."""
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "index.html").write_text(INDEX)
    (folder / "main-ABCD1234.js").write_text("'main';" * 1000)
    (folder / "theme.js").write_text("'theme';")
    (folder / "secret.json").write_text("{}")
    monkeypatch.setattr(routes_web, "BUILT", folder)
    return folder


def test_the_app_opens_at_each_of_its_addresses_and_nowhere_else(client: TestClient, built: Path) -> None:
    for path in ("/", "/sources", "/s/6f1c2d"):
        page = client.get(path)
        assert (page.status_code, "<vg-app" in page.text) == (200, True)
    for path in ("/s", "/s/a/b", "/s/..%2Fx", "/nothing", "/app", "/api/status", "/collections/x"):
        reply = client.get(path)
        assert (reply.status_code, reply.json()["error"]) == (404, "not_found")
    assert client.get("/sessions").json() == []


def test_the_policy_of_the_page_allows_its_own_files_and_one_nonce(client: TestClient, built: Path) -> None:
    nonces = set()
    for _ in range(2):
        page = client.get("/")
        policy = page.headers.get_list("content-security-policy")
        assert len(policy) == 1
        (nonce,) = re.findall(r"'nonce-([^']+)'", policy[0])
        assert f'ngCspNonce="{nonce}"' in page.text
        for part in ("default-src 'none'", "script-src 'self';", "connect-src 'self'", "base-uri 'none'"):
            assert part in policy[0]
        assert "frame-ancestors 'none'" in policy[0]
        assert "require-trusted-types-for 'script'" in policy[0]
        assert "unsafe" not in policy[0]
        nonces.add(nonce)
    assert len(nonces) == 2
    assert "nonce" not in client.get("/status").headers["content-security-policy"]


def test_files_of_the_app_are_compressed_and_kept_by_browsers_when_their_names_tell_their_content(
    client: TestClient, built: Path
) -> None:
    reply = client.get("/app/main-ABCD1234.js")
    assert reply.text == "'main';" * 1000
    assert reply.headers["content-encoding"] == "gzip"
    assert "immutable" in reply.headers["cache-control"]
    plain = client.get("/app/main-ABCD1234.js", headers={"accept-encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == (reply.text, False)
    assert client.get("/app/theme.js").headers["cache-control"] == "no-cache"
    (built / "theme.js").write_text("'another';")
    assert client.get("/app/theme.js").text == "'another';"


@pytest.mark.parametrize("name", ["secret.json", "..%2Findex.html", "%2e%2e", "none.js", "%00.js", "x" * 5000 + ".js"])
def test_no_other_file_is_served(client: TestClient, built: Path, name: str) -> None:
    assert client.get(f"/app/{name}").status_code == 404


def test_without_a_build_a_plain_page_asks_the_questions(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_web, "BUILT", tmp_path / "nothing")
    for path in ("/", "/s/6f1c2d"):
        page = client.get(path)
        assert "text/html" in page.headers["content-type"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "nonce" not in page.headers["content-security-policy"]
        for file in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert client.get(file).status_code == 200
        assert "onclick" not in page.text
        assert "<style" not in page.text
    assert "innerHTML" not in client.get("/page.js").text
    assert client.get("/favicon.ico").status_code == 204


def test_the_build_that_is_here_holds_together(client: TestClient) -> None:
    index = routes_web.BUILT / "index.html"
    if not index.is_file():
        pytest.skip("the web app is not built here: make web")
    page = client.get("/")
    assert routes_web.NONCE not in page.text
    files = re.findall(r'(?:src|href)="(/app/[^"]+)"', page.text)
    assert {Path(file).suffix for file in files} == {".js", ".css", ".svg"}
    loaded = 0
    for file in files:
        reply = client.get(file)
        assert reply.status_code == 200
        loaded += len(gzip.compress(reply.content, 9))
    assert loaded < 200_000
