"""A thin HTTP client for Confluence's v1 REST: only GET, patient with a busy server, never with a refused login."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx

from vigie.errors import SourceError, SourceRefused, SourceUnreachable

Json = dict[str, Any]
T = TypeVar("T")

RETRIED = frozenset({429, 500, 502, 503, 504})
ATTEMPTS = 8  # with the waits below, half a minute of a failing server is waited out
FIRST_WAIT = 0.25  # seconds, doubled at each try, with jitter
LONGEST_WAIT = 60.0
NOT_A_WAIT = 86_400.0  # seconds; real 429s carry `Retry-After: 9223372036854775807`, which asks for nothing
REQUEST_WAIT = 120.0  # seconds given to the retries of one request
TOTAL_WAIT = 1_800.0  # seconds waited in all by one client, which lives for one listing or one reading
ANSWER_SECONDS = 300.0  # for one body, however slowly it drips
LARGEST = 64_000_000  # bytes of one answer
REDIRECTS = 5
MEDIA_HOSTS = (".atlassian.com", ".atlassian.net")  # ends of names; where Cloud sends who downloads a file
LOGIN_WORDS = ("os_username", "os_password", 'type="password"', "login", "log in", "sign in", "connexion")
CREDENTIALS = "check CONFLUENCE_USERNAME, CONFLUENCE_PASSWORD, CONFLUENCE_TOKEN"


class Answered(SourceError):
    """An answer that no retry changes (400, 403, 404, 410, ...): `status` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status

    @property
    def hidden(self) -> bool:
        """There is no such thing for this login: gone, or not to be seen. Confluence answers 404 for both."""
        return self.status in (403, 404, 410)


class _Again(Exception):
    """This try failed in a way that another may not; `wait` is what the server asked for, in seconds."""

    def __init__(self, trouble: str, wait: float | None = None) -> None:
        super().__init__(trouble)
        self.wait = wait


class ConfluenceClient:
    """Basic authentication, or a personal access token; neither: anonymous. Safe for threads.

    `base_url` holds the context path (`https://wiki.example/confluence`). `sleep` and the bounds (seconds) are for
    tests. Nothing is ever sent to another host, and after one refused login nothing is sent any more: three of them
    bring a CAPTCHA that locks the account.
    """

    def __init__(
        self,
        base_url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        request_wait: float = REQUEST_WAIT,
        total_wait: float = TOTAL_WAIT,
        sleep: Callable[[float], None] = time.sleep,
        media_hosts: tuple[str, ...] = MEDIA_HOSTS,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._request_wait = request_wait
        self._total_wait = total_wait
        self._waited = 0.0
        self._sleep = sleep
        self._refused: SourceRefused | None = None
        self._auth = httpx.BasicAuth(username, password or token or "") if username else None
        self._headers = {"accept": "application/json", "user-agent": "vigie"} | (
            {"authorization": f"Bearer {token}"} if token and not username else {}
        )
        self._lock = threading.Lock()
        self._open: httpx.Client | None = None
        self._open_elsewhere: httpx.Client | None = None  # without credentials
        self._media_hosts = media_hosts

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, attempts: int = ATTEMPTS) -> Json:
        """The JSON object at `path` (from the base URL).

        Raises SourceRefused (401, a login page, a redirect elsewhere), Answered (other 4xx), SourceUnreachable (no
        usable answer after the retries), SourceError (an answer that is no JSON object, or too long).
        """
        return self._patiently(lambda: self._try(path, params), attempts)

    def download(self, path: str, largest: int) -> bytes:
        """A file, by its path and query below the base URL.

        Cloud keeps files on Atlassian's own media hosts: a redirect there is followed without any credentials.
        Raises as `get`.
        """
        return self._patiently(lambda: self._download(path, largest), ATTEMPTS)

    def _patiently(self, ask: Callable[[], T], attempts: int) -> T:
        began, waited = time.monotonic(), 0.0
        for attempt in range(1, attempts + 1):
            try:
                return ask()
            except _Again as failure:
                wait = _wait(attempt, failure.wait)
                spent = max(waited, time.monotonic() - began)
                if attempt == attempts or spent + wait > self._request_wait or not self._may_wait(wait):
                    asked = "" if failure.wait is None else f" (it asks for a pause of {failure.wait:.6g} s)"
                    raise SourceUnreachable(
                        f"{self.base_url} does not answer properly after {attempt} tries: {failure}{asked}; try again "
                        "later, and check CONFLUENCE_URL if it stays"
                    ) from failure
                self._sleep(wait)
                waited += wait
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        with self._lock:
            for open_ in (self._open, self._open_elsewhere):
                if open_ is not None:
                    open_.close()
            self._open = self._open_elsewhere = None

    def _may_wait(self, seconds: float) -> bool:
        with self._lock:
            if self._waited + seconds > self._total_wait:
                return False
            self._waited += seconds
            return True

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._open is None:
                timeout = httpx.Timeout(30.0, connect=5.0)
                self._open = httpx.Client(auth=self._auth, headers=self._headers, timeout=timeout)
            return self._open

    def _try(self, path: str, params: Mapping[str, str | int] | None) -> Json:
        url = httpx.URL(f"{self.base_url}{path}", params=dict(params or {}))
        for _ in range(REDIRECTS):
            if self._refused is not None:
                raise self._refused
            try:
                with self._http().stream("GET", url, follow_redirects=False) as response:
                    content = self._read(response, path)
            except (httpx.TransportError, httpx.DecodingError) as error:
                raise _Again(f"{type(error).__name__} ({error})") from error
            if not response.has_redirect_location:
                return self._judge(response, content, path)
            url = self._redirected(url, response.headers["location"])
        raise SourceError(f"{self.base_url} redirects {path} in circles: check CONFLUENCE_URL")

    def _download(self, path: str, largest: int) -> bytes:
        url = httpx.URL(f"{self.base_url}{path}")
        ours = True
        for _ in range(REDIRECTS):
            if self._refused is not None:
                raise self._refused
            try:
                http = self._http() if ours else self._anonymous()
                with http.stream("GET", url, follow_redirects=False) as response:
                    content = self._read(response, path, largest)
            except (httpx.TransportError, httpx.DecodingError) as error:
                raise _Again(f"{type(error).__name__} ({error})") from error
            if not response.has_redirect_location:
                self._check(response, content, path)
                if response.headers.get("content-type", "").startswith("text/html"):
                    raise SourceError(f"{self.base_url}{path} answers with a web page instead of the file")
                return content
            location = response.headers["location"]
            if (media := self._media(url, location)) is not None:
                url, ours = media, False
            elif ours:
                url = self._redirected(url, location)
            else:
                raise SourceError(f"{self.base_url} redirects {path} to an address that is not its own: not read")
        raise SourceError(f"{self.base_url} redirects {path} in circles: check CONFLUENCE_URL")

    def _media(self, url: httpx.URL, location: str) -> httpx.URL | None:
        """Where a file lies on a media host; None for any other redirect."""
        try:
            target = httpx.URL(urljoin(str(url), location))
        except (httpx.InvalidURL, ValueError):
            return None
        elsewhere = target.host != httpx.URL(self.base_url).host
        return target if elsewhere and target.scheme == url.scheme and target.host.endswith(self._media_hosts) else None

    def _anonymous(self) -> httpx.Client:
        with self._lock:
            if self._open_elsewhere is None:
                self._open_elsewhere = httpx.Client(timeout=httpx.Timeout(30.0, connect=5.0))
            return self._open_elsewhere

    def _read(self, response: httpx.Response, path: str, largest: int | None = None) -> bytes:
        content, bound = bytearray(), LARGEST if largest is None else largest
        deadline = time.monotonic() + ANSWER_SECONDS
        for part in response.iter_bytes():
            content += part
            if len(content) > bound:
                raise SourceError(f"{self.base_url}{path} answers with more than {bound:,} bytes: not read")
            if time.monotonic() > deadline:
                raise _Again(f"the answer was not whole after {ANSWER_SECONDS:.0f} s")
        return bytes(content)

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        """Followed on the same host and port only, and from http to https there."""
        try:
            target = httpx.URL(urljoin(str(url), location))
        except (httpx.InvalidURL, ValueError):
            raise SourceError(f"{self.base_url} redirects to an unusable address: check CONFLUENCE_URL") from None
        same = (target.scheme, target.host, target.port) == (url.scheme, url.host, url.port)
        upgrade = (url.scheme, target.scheme, target.host) == ("http", "https", url.host) and target.port is None
        if not (same or upgrade):
            raise self._refuse(
                f"it redirects to {target.host or 'another address'}, where no credentials are sent: set "
                "CONFLUENCE_URL to the final address, or use a personal access token if this is a single sign-on page"
            )
        return target

    def _judge(self, response: httpx.Response, content: bytes, path: str) -> Json:
        self._check(response, content, path)
        return self._parsed(content, path)

    def _check(self, response: httpx.Response, content: bytes, path: str) -> None:
        status, headers = response.status_code, response.headers
        denied = headers.get("x-authentication-denied-reason", "")
        login = headers.get("x-seraph-loginreason", "").upper()
        if status == 401 or denied or "AUTHENTICATED_FAILED" in login or "AUTHENTICATION_DENIED" in login:
            captcha = "; it wants a CAPTCHA: log in once with a browser" if "CAPTCHA" in denied.upper() else ""
            raise self._refuse(f"the login was refused ({status}): {CREDENTIALS}{captcha}")
        if status in RETRIED:
            raise _Again(f"HTTP {status}", _retry_after(headers.get("retry-after")))
        if status != 200:
            raise Answered(f"{self.base_url}{path} answers HTTP {status}{_said(content)}", status)

    def _parsed(self, content: bytes, path: str) -> Json:
        text = content.decode("utf-8-sig", "replace")
        if text.lstrip().startswith("<"):
            if any(word in text.lower() for word in LOGIN_WORDS):
                raise self._refuse(f"it answers with a login page instead of data: {CREDENTIALS}")
            raise SourceError(
                f"{self.base_url}{path} answers with a web page instead of data: check that CONFLUENCE_URL is the "
                "wiki's own address, with its context path"
            )
        try:
            found = json.loads(text)  # takes the lone surrogates that faster parsers refuse
        except (ValueError, RecursionError) as error:
            raise _Again(f"the answer is not whole JSON ({len(content)} bytes)") from error
        if not isinstance(found, dict):
            raise SourceError(f"{self.base_url}{path} answers with JSON that is no object: check CONFLUENCE_URL")
        return found

    def _refuse(self, why: str) -> SourceRefused:
        self._refused = SourceRefused(f"{self.base_url}: {why}")
        return self._refused


def _wait(attempt: int, asked: float | None) -> float:
    """Seconds before the next try: as asked for where that makes sense, else doubled at each try."""
    if asked is not None and 0 < asked <= NOT_A_WAIT:
        return min(asked, LONGEST_WAIT)
    return float(min(FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.75, 1.25), LONGEST_WAIT))


def _retry_after(value: str | None) -> float | None:
    """Seconds asked for, from a number or an HTTP date; None when there is no sensible one."""
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:30])
    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None


def _said(content: bytes) -> str:
    """What an error's body says, in short."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    message = body.get("message") if isinstance(body, dict) else None
    words = " ".join(message.encode("utf-8", "replace").decode().split()) if isinstance(message, str) else ""
    return f" ({words[:200]})" if words else ""
