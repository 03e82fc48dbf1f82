"""Vectors in a Chroma server, for one data directory: the embedded index less what it does to its own files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import chromadb
import httpx
from chromadb.config import Settings

from vigie.errors import StoreError
from vigie.index.chroma import ChromaVectors

HTTP, HTTPS = 8000, 443  # the ports of an address that names none
SECONDS = 60  # for one request; the largest one carries 5,000 vectors


class ChromaServer(ChromaVectors):
    """Implements `protocols.VectorIndex`. `url`: `http://host:8000`; the server asks for no login of its own.

    Raises what ChromaVectors does, and StoreError where the server cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._begin(url)

    def _open(self) -> Any:
        secure = self._address.scheme == "https"
        port = self._address.port or (HTTPS if secure else HTTP)
        # Nothing from the user's `.env`, nothing sent anywhere.
        settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]  # pydantic's
        try:
            client = chromadb.HttpClient(self._address.hostname or "", port, secure, settings=settings)
        except ValueError as error:  # what Chroma makes of a refused connection
            raise self._unreachable(error) from error
        # chromadb 1.5.9 sets no time limit and leaves its connections open, that of its first look among them.
        client._admin_client._server._session.close()  # type: ignore[attr-defined]
        self._session: httpx.Client = client._server._session  # type: ignore[attr-defined]
        self._session.timeout = httpx.Timeout(SECONDS)
        return client

    def close(self) -> None:
        super().close()
        self._session.close()

    def _unreachable(self, error: Exception) -> StoreError:
        return StoreError(f"the Chroma server at {self._place} cannot be reached ({error}): see CHROMA_URL")

    def _look_at(self, collection: str, held: Any) -> None:
        """The server reads its files in a process of its own."""

    def _remove(self, held: Any) -> None:
        self._client.delete_collection(held.name)

    def _sweep(self) -> None:
        """The server's own matter."""

    @contextmanager
    def _mapped(self, collection: str = "") -> Iterator[None]:
        try:
            with super()._mapped(collection):
                yield
        except httpx.HTTPError as error:
            self._refuse_closed()
            raise self._unreachable(error) from error
        except RuntimeError:  # httpx: the session was closed
            self._refuse_closed()
            raise
