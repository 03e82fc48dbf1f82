"""Whatever is sent: an answer or a refusal in one shape, never an internal; and who may ask at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_services import client_of, make_services
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'{"query": NaN}',
    b'{"query": 1e999}',
    b'{"query":"x","top_k":-Infinity}',
    b'{"query":"\\ud800"}',
    b'{"\\ud800":1}',
    b'{"query":"\x00"}',
    b'{"query":"\\u0000"}',
    b'{"query":"x","session_id":"\\u0000"}',
    b'{"query":""}',
    b'{"query":"' + b"a" * 1_000_000 + b'"}',
    b'{"query":"' + b"a" * 3_000_000 + b'"}',
    b'{"query":"x","top_k":-1}',
    b'{"query":"x","top_k":1e30}',
    b'{"query":"x","top_k":' + b"9" * 5000 + b"}",
    b'{"query":"x","session_id":"../../etc"}',
    b'{"query":"x","collection_name":"$where"}',
    b'{"query":{"$ne":1}}',
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    '{"query":"x"}'.encode("utf-16"),
    b'{"query":"x"}' * 2,
    b'{"query":"a","query":"b"}',
    b"[" * 100_000,
    b'{"query":' * 100 + b"1" + b"}" * 100,
    '{"query":"‮😀\u200b"}'.encode(),
    b'{"query":"x","sources":["nope"]}',
    b'{"query":"x","now":"0001-01-01T00:00:00+14:00"}',
    b'{"query":"x","now":"9999-12-31T23:59:59-12:00"}',
    b'{"query":"x","now":1e300}',
    b'{"include":[1,null],"sample_limit":99999999999999999999999}',
    b'{"include":"a,b","sample_limit":0}',
    b'{"subtree":"../..","title":7,"repair":"perhaps"}',
]
ROUTES = [
    "/query",
    "/query/stream",
    "/ingest_mongo",
    "/ingest_local_code",
    "/check",
    "/nowhere",
    "/reset-session/%00",
    "/reset-session/%ff%fe",
    "/reset-session/" + "a" * 5000,
    "/sessions/x/restore",
]
ALLOWED = {200, 202, 400, 401, 404, 405, 409, 413, 415, 422, 429}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    services = make_services(tmp_path_factory.mktemp("hostile"))
    with client_of(services) as made:
        yield made
    services.close()


def refused(reply: object, status: int, code: str) -> None:
    assert (reply.status_code, reply.json()["error"]) == (status, code)  # type: ignore[attr-defined]


def check(reply: object) -> None:
    assert reply.status_code in ALLOWED, reply.text  # type: ignore[attr-defined]
    if reply.status_code >= 400:  # type: ignore[attr-defined]
        body = reply.json()  # type: ignore[attr-defined]
        assert set(body) == {"detail", "error"}
        assert "Traceback" not in body["detail"]
        assert "\n" not in body["detail"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route[:24])
def test_no_body_brings_an_internal_error(client: TestClient, route: str) -> None:
    for kind in ("application/json", "application/json; charset=utf-16", "text/plain", "multipart/form-data", None):
        for body in BODIES:
            headers = {"content-type": kind} if kind else {}
            reply = client.post(route, content=body, headers=headers)
            check(reply)
            if kind in ("text/plain", "multipart/form-data"):
                assert reply.status_code in (413, 415)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.fixed_dictionaries(
            {"query": st.text(max_size=30)},
            optional={
                "session_id": st.text(max_size=20),
                "collection_name": st.text(max_size=20),
                "top_k": st.integers() | st.floats(),
                "now": st.text(max_size=30) | st.floats() | st.datetimes().map(str),
                "sources": st.lists(st.text(max_size=10)),
                "replaces": st.text(max_size=20),
                "use_model": st.text(max_size=5) | st.booleans(),
            },
        ).map(lambda body: json.dumps(body).encode()),
    )
)
def test_any_question_is_answered_or_refused(client: TestClient, body: bytes) -> None:
    check(client.post("/query", content=body, headers={"content-type": "application/json"}))


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/search?query=%00",
        "/search?query=%ff&top_k=1e9",
        "/search?query=x&collection=%00",
        "/search?query=" + "('%22" * 500,
        "/sessions?q=%00%ff",
        "/sessions/%00",
        "/documents/%00",
        "/documents/..%2f..%2fetc",
        "/jobs/%00",
        "/answers/%00/records?row=99999999999999999999",
        "/answers/x/records?page=0",
        "/collections/%00/profile",
        "/nowhere",
    ],
)
def test_no_address_brings_an_internal_error(client: TestClient, path: str) -> None:
    check(client.get(path))


def test_refusals_have_stable_codes(client: TestClient) -> None:
    refused(client.get("/nowhere"), 404, "not_found")
    refused(client.get("/query"), 405, "method_not_allowed")
    refused(client.post("/query", content=b"{}", headers={"content-type": "text/plain"}), 415, "not_json")
    refused(client.post("/query", content=b"{}"), 415, "not_json")
    json_type = {"content-type": "application/json"}
    refused(client.post("/query", content=b'"' + b"a" * 1_000_000 + b'"', headers=json_type), 413, "too_large")
    refused(client.post("/query", content=b'{"query": NaN}', headers=json_type), 422, "bad_json")
    missing = client.post("/query", json={})
    refused(missing, 422, "bad_input")
    assert missing.json()["detail"].startswith("query: ")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1", "localhost.evil:80", "[::1"]
)
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    reply = client.get("/status", headers={"host": host})
    if host == "[::1":
        assert reply.status_code == 200  # names loopback all the same
    else:
        refused(reply, 400, "bad_host")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "127.8.8.8:1", "LOCALHOST"])
def test_loopback_by_any_name_is_served(client: TestClient, host: str) -> None:
    assert client.get("/status", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:4200", ""])
def test_a_page_of_another_origin_is_refused(client: TestClient, origin: str) -> None:
    refused(client.post("/ingest", headers={"origin": origin}), 400, "bad_origin")
    assert client.get("/status", headers={"origin": "http://127.0.0.1"}).status_code == 200


def test_configured_origins_may_ask_from_a_browser(tmp_path: Path) -> None:
    services = make_services(tmp_path, VIGIE_CORS_ORIGINS="http://localhost:4200")
    with client_of(services, ingested=False) as client:
        origin = {"origin": "http://localhost:4200"}
        assert client.get("/status", headers=origin).headers["access-control-allow-origin"] == origin["origin"]
        asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        assert client.options("/query", headers=origin | asked).status_code == 200
        refused(client.get("/status", headers={"origin": "http://evil.example"}), 400, "bad_origin")
    services.close()


def test_a_token_guards_everything_but_the_page_and_health(tmp_path: Path) -> None:
    services = make_services(tmp_path, VIGIE_TOKEN="s3cret-é")
    with client_of(services, ingested=False, hosts=("vigie.intern",)) as client:
        for header in (None, "s3cret-é", "Bearer wrong", "Basic s3cret-é", "Bearer "):
            headers = {"authorization": header.encode()} if header is not None else {}
            reply = client.get("/status", headers=headers)
            refused(reply, 401, "unauthorized")
            assert reply.headers["www-authenticate"] == "Bearer"
        assert client.get("/openapi.json").status_code == 401
        good = {"authorization": "Bearer s3cret-é".encode()}
        assert client.get("/status", headers=good | {"host": "vigie.intern:8000"}).status_code == 200
        for path in ("/", "/s/x", "/sources", "/health", "/page.js"):
            assert client.get(path).status_code == 200
    services.close()


def test_what_nobody_foresaw_is_told_without_internals(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret at /srv/data")

    services = client.app.state.vigie.services  # type: ignore[attr-defined]
    monkeypatch.setattr(services.ledger, "status", broken)
    reply = client.get("/list_collections")
    refused(reply, 503, "internal")
    assert "secret" not in reply.text
    assert reply.headers["retry-after"]
    assert "secret" in caplog.text
