"""A thin HTTP client for Confluence's v1 REST: only GET, patient with a busy server, never with a refused login."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from vigie.errors import SourceRefused, SourceUnreachable

RETRIED = frozenset({429, 500, 502, 503, 504})
ATTEMPTS = 6
FIRST_WAIT = 0.5  # seconds, doubled at each try, with jitter
LONGEST_WAIT = 30.0  # real 429s carry `Retry-After: 9223372036854775807`
LARGEST = 64_000_000  # bytes of one answer


class PageGone(Exception):
    """404: there is no such page for us, or it exists no more."""


class PageForbidden(Exception):
    """403 of one page: the login is good, this page is not for it."""


class ConfluenceClient:
    """Basic authentication, or a personal access token; neither: anonymous.

    `base_url` holds the context path (`https://wiki.example/confluence`). `sleep` and `longest_wait` (seconds) are for
    tests. Nothing is ever sent to another host. Raises SourceRefused (401, a login page), SourceUnreachable.
    """

    def __init__(
        self,
        base_url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        longest_wait: float = LONGEST_WAIT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._longest_wait = longest_wait
        self._sleep = sleep
        self._refused: SourceRefused | None = None
        self._auth = httpx.BasicAuth(username, password or token or "") if username else None
        self._headers = {"accept": "application/json", "user-agent": "vigie"} | (
            {"authorization": f"Bearer {token}"} if token and not username else {}
        )
        self._opening = threading.Lock()
        self._open: httpx.Client | None = None

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """The JSON object at `path` (from the base URL). Raises PageGone, PageForbidden and as the class says."""
        if self._refused is not None:
            raise self._refused
        trouble = ""
        for attempt in range(ATTEMPTS):
            wait: float | None = None
            try:
                response = self._fetch(path, params)
                found = self._read(response)
                if isinstance(found, dict):
                    return found
                trouble = found
                wait = _retry_after(response)
            except httpx.HTTPError as error:
                trouble = f"{type(error).__name__} ({error})"
            if attempt + 1 < ATTEMPTS:
                backoff = FIRST_WAIT * 2**attempt * random.uniform(0.75, 1.25)
                self._sleep(min(wait if wait is not None else backoff, self._longest_wait))
        raise SourceUnreachable(f"{self.base_url} does not answer properly after {ATTEMPTS} tries: {trouble}")

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        with self._opening:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _http(self) -> httpx.Client:
        with self._opening:
            if self._open is None:
                timeout = httpx.Timeout(30.0, connect=5.0)
                self._open = httpx.Client(
                    auth=self._auth, headers=self._headers, timeout=timeout, follow_redirects=False
                )
            return self._open

    def _fetch(self, path: str, params: Mapping[str, str | int] | None) -> httpx.Response:
        """One request, its answer read up to a bound."""
        with self._http().stream("GET", f"{self.base_url}{path}", params=dict(params or {})) as response:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise SourceUnreachable(f"{self.base_url}{path} answers with more than {LARGEST:,} bytes")
            return httpx.Response(response.status_code, headers=_plain(response.headers), content=bytes(body))

    def _read(self, response: httpx.Response) -> dict[str, Any] | str:
        """The object, or why it has to be asked again."""
        status = response.status_code
        if status == 401:
            self._refuse(
                "the login was refused (401): check CONFLUENCE_USERNAME, CONFLUENCE_PASSWORD, CONFLUENCE_TOKEN"
            )
        if status == 403:
            raise PageForbidden
        if status in (404, 410):
            raise PageGone
        if status in RETRIED:
            return f"HTTP {status}"
        if 300 <= status < 400:
            host = urlsplit(response.headers.get("location", "")).netloc or "another address"
            self._refuse(f"it redirects to {host} instead of answering: check CONFLUENCE_URL and the login")
        if status >= 400:
            raise SourceUnreachable(f"{self.base_url} answers HTTP {status}: check CONFLUENCE_URL")
        if "html" in response.headers.get("content-type", ""):
            self._refuse(
                "it answers with a web page instead of data (a login page?): check the login and CONFLUENCE_URL"
            )
        try:
            found = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            return "the answer is not whole JSON"
        return found if isinstance(found, dict) else "the answer is not a JSON object"

    def _refuse(self, why: str) -> None:
        """Three failed logins bring a CAPTCHA: after the first one nothing more is sent."""
        self._refused = SourceRefused(f"{self.base_url}: {why}")
        raise self._refused


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """What of the headers still holds for the decoded body."""
    return {k: v for k, v in headers.items() if k.lower() not in ("content-encoding", "content-length")}


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds asked for, from a number or an HTTP date; None when there is no sensible one."""
    value = response.headers.get("retry-after")
    if value is None:
        return None
    if value.strip().isdigit():
        return float(min(int(value), 10**6))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
