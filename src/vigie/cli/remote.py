"""The same work through the server that writes in the data directory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import httpx

from vigie.cli.shapes import Json, plain
from vigie.cli.wanted import Asked, Looked, Target, Wanted, passes
from vigie.cli.watch import watching
from vigie.errors import Conflict, InputError, NotFound, SettingError, VigieError
from vigie.settings import Settings
from vigie.text import well_formed
from vigie.types import Progress, SourceRef

ROUTES = {
    Target.all: "/ingest",
    Target.confluence: "/ingest_confluence",
    Target.mongo: "/ingest_mongo",
    Target.records: "/ingest_records",
    Target.code: "/ingest_local_code",
}
CONNECT_SECONDS = 5.0
LOOK_SECONDS = 0.5  # between two looks at how far an ingest is
ANSWER_SECONDS = 180.0  # a whole answer takes 120 s at most; one question may wait for another of its session


class Remote:
    """Answers in the contract's JSON. Close it."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._url = url
        self._settings = settings
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
        """The contract's report, of one request per folder where PATHs are named."""
        reports = [self._ingest(wanted.target, body) for body in self._bodies(wanted)]
        return {
            "status": "ok" if all(report["status"] == "ok" for report in reports) else "incomplete",
            "seconds": round(sum(report["seconds"] for report in reports), 3),
            "sources": [line for report in reports for line in report["sources"]],
        }

    def _bodies(self, wanted: Wanted) -> list[Json]:
        """A PATH is told by the names that the server knows it by. Raises InputError for one it does not read."""
        body = {
            "sample_limit": wanted.sample_limit,
            "include": list(wanted.include) or None,
            "exclude": list(wanted.exclude) or None,
            "allow_deletions": wanted.allow_deletions or None,
        }
        if not wanted.paths:
            return [body]
        if wanted.target is Target.code and self._settings.code_roots:
            parts = [one.options for one in passes(self._settings, wanted)]
            return [body | {"include": sorted(part.only), "subtree": part.subtree} for part in parts]
        folder = self._settings.records_dir
        if wanted.target is Target.records and all(path.resolve().parent == folder for path in wanted.paths):
            return [body | {"include": sorted({path.stem for path in wanted.paths})}]
        raise InputError(
            f"a server ({self._url}) writes in this data directory and reads its configured sources only: "
            "name a PATH within them, or stop the server"
        )

    def _ingest(self, target: Target, body: Json) -> Json:
        with ThreadPoolExecutor(1) as pool, watching() as show:
            reply = pool.submit(self._call, "POST", ROUTES[target], _given(body), patient=True)
            while not wait([reply], LOOK_SECONDS).done:
                self._show_running(show)
            report: Json = reply.result()
        return report

    def _show_running(self, show: Callable[[Progress], None]) -> None:
        """How far the server is; it works on one job at a time."""
        try:
            jobs: list[Json] = self._call("GET", "/jobs")
        except VigieError:  # told by the request that is waited for
            return
        for moment in next((job["progress"] for job in jobs if job["state"] == "running"), []):
            ref = SourceRef(moment["ref"]["kind"], moment["ref"]["name"])
            show(Progress(ref, moment["stage"], moment["done"], moment["total"], moment["unit"]))

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
    """What was given, as JSON can hold it: an argument that is no UTF-8 comes with lone surrogates."""
    return {name: well_formed(v) if isinstance(v, str) else v for name, v in body.items() if v is not None}


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
