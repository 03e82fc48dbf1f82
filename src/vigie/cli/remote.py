"""The same work through the server that writes in the data directory."""

from __future__ import annotations

from typing import Any

import httpx

from vigie.cli.shapes import Json, plain
from vigie.cli.wanted import Asked, Looked, Target, Wanted
from vigie.cli.watch import waiting
from vigie.errors import Conflict, InputError, NotFound, SettingError, VigieError
from vigie.settings import Settings

ROUTES = {
    Target.all: "/ingest",
    Target.confluence: "/ingest_confluence",
    Target.mongo: "/ingest_mongo",
    Target.records: "/ingest_records",
    Target.code: "/ingest_local_code",
}
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 180.0  # a whole answer takes 120 s at most; one question may wait for another of its session


class Remote:
    """Answers in the contract's JSON. Close it."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._url = url
        headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"} if settings.token else {}
        # The server is on this machine: no proxy of the environment stands between.
        self._client = httpx.Client(
            base_url=url,
            headers=headers,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def ingest(self, wanted: Wanted) -> Json:
        if wanted.paths:
            raise InputError(
                f"a server ({self._url}) writes in this data directory and reads its configured sources only: "
                "leave PATH out, or stop the server"
            )
        body = {
            "sample_limit": wanted.sample_limit,
            "include": list(wanted.include) or None,
            "exclude": list(wanted.exclude) or None,
            "allow_deletions": wanted.allow_deletions or None,
        }
        with waiting("the server is reading the sources"):
            report: Json = self._call("POST", ROUTES[wanted.target], _given(body), patient=True)
        return report

    def answer(self, asked: Asked) -> Json:
        session = asked.session
        for text in asked.turns:
            body = {
                "query": text,
                "session_id": session,
                "collection_name": asked.collection,
                "sources": sorted(asked.sources) if asked.sources else None,
                "top_k": asked.top_k,
                "now": plain(asked.now),
                "use_model": asked.use_model,
            }
            answer: Json = self._call("POST", "/query", _given(body))
            session = answer["session_id"]
        return answer

    def search(self, looked: Looked) -> list[Json]:
        asked = {
            "query": looked.query,
            "collection": looked.collection,
            "source": sorted(looked.sources) if looked.sources else None,
            "top_k": looked.top_k,
        }
        hits: list[Json] = self._call("GET", "/search", params=_given(asked))
        return hits

    def status(self) -> Json:
        found: Json = self._call("GET", "/status", patient=True)
        return found

    def check(self, repair: bool) -> Json:
        found: Json = self._call("POST", "/check", {"repair": repair}, patient=True)
        return found

    def _call(
        self, method: str, path: str, body: Json | None = None, *, params: Json | None = None, patient: bool = False
    ) -> Any:
        """`patient`: as long as it takes. Raises the error that the server tells."""
        timeout = httpx.Timeout(None, connect=CONNECT_SECONDS) if patient else self._client.timeout
        try:
            reply = self._client.request(method, path, json=body, params=params, timeout=timeout)
            found = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise VigieError(
                f"the server at {self._url} did not answer ({type(error).__name__}): try again, or restart it"
            ) from error
        if reply.is_success:
            return found
        raise _error(reply.status_code, found, self._url)


def _given(body: Json) -> Json:
    return {name: value for name, value in body.items() if value is not None}


def _error(status: int, found: object, url: str) -> VigieError:
    detail = found.get("detail") if isinstance(found, dict) else None
    said = detail if isinstance(detail, str) else f"the server at {url} refused the request ({status})"
    match status:
        case 401:
            return SettingError(f"VIGIE_TOKEN is not the one of the server at {url}: set the same one")
        case 404:
            return NotFound(said)
        case 409:
            return Conflict(said)
        case _ if status < 500:
            return InputError(said)
        case _:
            return VigieError(said)
