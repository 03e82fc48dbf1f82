"""What goes wrong between a client and Confluence, put into `FakeConfluence` on purpose."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

LOGIN_PAGE = (
    b'<!DOCTYPE html><html><head><title>Log In - Confluence</title></head><body><form action="/dologin.action" '
    b'method="POST"><input name="os_username"><input type="password" name="os_password"></form></body></html>'
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as the fake is about to send it. `announced`: the Content-Length told, if not the true one."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    dropped: bool = False


@dataclass(slots=True)
class Fault:
    """Changes the answers to requests whose path and query contain `match`: after `skip` of them, `times` times."""

    change: Callable[[Reply], Reply]
    match: str = ""
    times: int = 1
    skip: int = 0

    def applies(self, target: str) -> bool:
        """Counts the request; whether it is one to spoil."""
        if self.match not in target or self.times <= 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


def too_many_requests(retry_after: str | None = "9223372036854775807") -> Callable[[Reply], Reply]:
    """429; the default pause is one that Data Center really sent (community.atlassian.com, qaq-p/3125730)."""
    headers = {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "1"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return lambda reply: Reply(429, b"Rate limit exceeded", headers)


def server_error(status: int = 500) -> Callable[[Reply], Reply]:
    body = b'{"statusCode":%d,"message":"Internal server error"}' % status
    return lambda reply: Reply(status, body, {"Content-Type": "application/json"})


def truncated_json() -> Callable[[Reply], Reply]:
    """Half of the body, announced as if it were all."""
    return lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2])


def cut_connection() -> Callable[[Reply], Reply]:
    """Half of the body, then the connection ends."""
    return lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2], announced=len(reply.body))


def dropped_connection() -> Callable[[Reply], Reply]:
    """The connection ends before a byte of the answer."""
    return lambda reply: replace(reply, dropped=True)


def login_page() -> Callable[[Reply], Reply]:
    """A login page with status 200, as single sign-on in front of the wiki sends it."""
    return lambda reply: Reply(200, LOGIN_PAGE, {"Content-Type": "text/html;charset=UTF-8"})


def redirect(location: str) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(302, b"", {"Location": location})


def answer(body: bytes, status: int = 200) -> Callable[[Reply], Reply]:
    """Anything else, as JSON."""
    return lambda reply: Reply(status, body, {"Content-Type": "application/json"})


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Reply], Reply]:
    """The true answer with another body."""
    return lambda reply: replace(reply, body=change(reply.body))


def slow(seconds: float) -> Callable[[Reply], Reply]:
    def wait(reply: Reply) -> Reply:
        time.sleep(seconds)
        return reply

    return wait
