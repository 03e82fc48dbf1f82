"""The client against faults that real servers and proxies have: what is retried, how long, and what never is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from vigie.errors import SourceError, SourceRefused, SourceUnreachable
from vigie.sources import confluence_client
from vigie.sources.confluence_client import ATTEMPTS, Answered, ConfluenceClient
from vigie.testing.confluence import FakeConfluence, Page
from vigie.testing.confluence_faults import (
    Reply,
    answer,
    cut_connection,
    dropped_connection,
    login_page,
    redirect,
    server_error,
    slow,
    too_many_requests,
    truncated_json,
)

ONE = "/rest/api/content/1"


class Waits(list[float]):
    """Takes the place of sleeping, and remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


def served(**options: str) -> FakeConfluence:
    return FakeConfluence([Page("1", "Un")], **({"username": None} | options))  # type: ignore[arg-type]


@contextmanager
def connected(url: str, **options: object) -> Iterator[ConfluenceClient]:
    client = ConfluenceClient(url, **options)  # type: ignore[arg-type]
    try:
        yield client
    finally:
        client.close()


@pytest.mark.parametrize(
    "fault",
    [
        too_many_requests(),
        too_many_requests(None),
        server_error(500),
        server_error(502),
        server_error(503),
        server_error(504),
        truncated_json(),
        cut_connection(),
        dropped_connection(),
        answer(b""),
    ],
)
def test_passing_faults_are_waited_out_and_lasting_ones_told(fault: Callable[[Reply], Reply], waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(fault, times=ATTEMPTS - 1)
        assert client.get(ONE)["title"] == "Un"
        assert len(waits) == ATTEMPTS - 1
        assert sum(waits) < 45
        wiki.fault(fault, times=ATTEMPTS)
        with pytest.raises(SourceUnreachable, match=rf"after {ATTEMPTS} tries: .+"):
            client.get(ONE)


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 0.18, 0.32),
        ("600", 60, 60),
        ("9223372036854775807", 0.18, 0.32),
        ("9" * 400, 0.18, 0.32),
        ("-1", 0.18, 0.32),
        ("nonsense", 0.18, 0.32),
        ("Mon, 99 Zzz 2026", 0.18, 0.32),
        (format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True), 60, 60),
        (format_datetime(datetime.now(UTC) - timedelta(days=3), usegmt=True), 0.18, 0.32),
    ],
)
def test_retry_after_is_honoured_where_it_makes_sense(waits: Waits, told: str, least: float, most: float) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(too_many_requests(told))
        client.get(ONE)
        assert len(waits) == 1
        assert least <= waits[0] <= most


def test_the_wait_for_one_answer_is_bounded(waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits, request_wait=100) as client:
        wiki.fault(too_many_requests("60"), times=100)
        with pytest.raises(SourceUnreachable, match=r"429 \(it asks for a pause of 60 s\)"):
            client.get(ONE)
        assert waits == [60]


def test_no_server_at_all_is_told() -> None:
    with served() as wiki:
        url = wiki.url
    with (
        connected(url, sleep=lambda seconds: None) as client,
        pytest.raises(SourceUnreachable, match="CONFLUENCE_URL"),
    ):
        client.get(ONE)


def test_a_slow_answer_is_still_an_answer(waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(slow(0.3))
        assert client.get(ONE)["id"] == "1"
        assert waits == []


@pytest.mark.parametrize("good", [{"token": "t"}, {"username": "u", "password": "pé"}])
def test_credentials_are_sent(good: dict[str, str]) -> None:
    with served(**good) as wiki, connected(wiki.url, **good) as client:  # type: ignore[arg-type]
        assert client.get(ONE)["id"] == "1"


def test_one_refused_login_ends_everything(waits: Waits) -> None:
    with served(token="good") as wiki, connected(wiki.url, token="secret-bad", sleep=waits) as client:
        for _ in range(3):
            with pytest.raises(SourceRefused) as caught:
                client.get(ONE)
            assert "secret-bad" not in str(caught.value)
        assert len(wiki.requests) == 1
        assert waits == []


def test_a_captcha_is_named() -> None:
    with served(username="u", password="p") as wiki:
        wiki.failed_logins = 3
        with (
            connected(wiki.url, username="u", password="x") as client,
            pytest.raises(SourceRefused, match="CAPTCHA"),
        ):
            client.get(ONE)


def test_a_login_page_with_status_200_ends_everything(waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(login_page())
        for _ in range(2):
            with pytest.raises(SourceRefused):
                client.get(ONE)
        assert len(wiki.requests) == 1


def test_another_html_page_points_at_the_address() -> None:
    with served() as wiki, connected(wiki.url) as client:
        wiki.fault(answer(b"<html><body>It works!</body></html>"))
        with pytest.raises(SourceError, match="context path"):
            client.get(ONE)


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal_of_one_thing_is_not_retried(waits: Waits, status: int) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(answer(b'{"statusCode":%d,"message":"No  such thing"}' % status, status))
        with pytest.raises(Answered, match=rf"{ONE} answers HTTP {status} \(No such thing\)") as caught:
            client.get(ONE)
        assert caught.value.status == status
        assert len(wiki.requests) == 1
        assert client.get(ONE)["id"] == "1"


def test_redirects_are_followed_on_the_same_host_only() -> None:
    with served(token="t") as elsewhere, served(token="t") as wiki, connected(wiki.url, token="t") as client:
        wiki.fault(redirect("/confluence/rest/api/content/1?x=1"))
        assert client.get(ONE)["id"] == "1"
        wiki.fault(redirect("/confluence/rest/api/content/1"), times=50)
        with pytest.raises(SourceError, match="in circles"):
            client.get(ONE)
        wiki.faults.clear()
        wiki.fault(redirect(elsewhere.url + ONE))
        with pytest.raises(SourceRefused, match="no credentials are sent"):
            client.get(ONE)
        assert not elsewhere.requests


def test_the_wait_of_a_whole_listing_is_bounded(waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits, total_wait=100) as client:
        for _ in range(3):
            wiki.fault(too_many_requests("30"))
            client.get(ONE)
        wiki.fault(too_many_requests("30"), times=2)
        with pytest.raises(SourceUnreachable):
            client.get(ONE)
        assert sum(waits) <= 100


def test_an_answer_without_end_is_not_held(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confluence_client, "LARGEST", 10_000)
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(answer(b'{"a":"' + b"x" * 2_000_000 + b'"}'))
        with pytest.raises(SourceError, match="10,000 bytes"):
            client.get(ONE)
        assert len(wiki.requests) == 1


def test_a_lone_surrogate_is_no_fault(waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(answer(rb'{"title":"a\ud800b"}'))
        assert client.get(ONE) == {"title": "a\ud800b"}
        assert waits == []


def test_deeply_nested_and_badly_encoded_json_do_not_escape(waits: Waits) -> None:
    with served() as wiki, connected(wiki.url, sleep=waits) as client:
        wiki.fault(answer(b"[" * 200_000), times=ATTEMPTS)
        with pytest.raises(SourceUnreachable):
            client.get(ONE)
        wiki.fault(answer(b'{"a":"\xff\xfe"}'))
        assert client.get(ONE) == {"a": "\ufffd\ufffd"}


def test_a_path_of_any_characters_stays_below_the_base() -> None:
    with served() as wiki, connected(wiki.url + "/") as client:
        with pytest.raises(Answered):
            client.get("/rest/api/space/%2F..%2F%C3%A9", {"expand": "a b&c=é"})
        assert wiki.requests[0].target == "/rest/api/space/%2F..%2F%C3%A9?expand=a+b%26c%3D%C3%A9"


def test_threads_share_one_client() -> None:
    with served() as wiki, connected(wiki.url) as client:
        got: list[str] = []
        threads = [threading.Thread(target=lambda: got.append(client.get(ONE)["id"])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == ["1"] * 8
