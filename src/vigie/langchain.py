"""Vigie's passages for LangChain: a retriever whose documents carry citations.

retriever = VigieRetriever(top_k=5, sources=frozenset({"confluence"}))
documents = retriever.invoke("Que faire quand un flux tombe en AUTH-401 ?")
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr

from vigie.ask.cite import quote
from vigie.cli.door import Door, opened
from vigie.cli.shapes import Json
from vigie.cli.wanted import Looked
from vigie.settings import Settings, load
from vigie.types import Kind


class VigieRetriever(BaseRetriever):
    """Finds what `vigie search` finds, through the server that runs on the data directory, else in this process.

    `settings`: None reads the environment and `.env`, as the commands do. The data directory is opened at the first
    question and held until `close`. A document's `page_content` is the passage; its `metadata` has `rank`, `score`,
    `collection`, `native_id` and the keys of a citation: `n`, `source`, `document_id`, `title`, `url`, `locator`,
    `quote`. Raises VigieError.
    """

    settings: Settings | None = None
    top_k: int = 5
    sources: frozenset[Kind] | None = None
    collection: str | None = None

    _door: Door | None = PrivateAttr(default=None)
    _held: ExitStack = PrivateAttr(default_factory=ExitStack)
    _one: Any = PrivateAttr(default_factory=threading.Lock)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self._opened().search(Looked(query, self.collection, self.sources, self.top_k))
        return [_document(hit, query) for hit in hits]

    def close(self) -> None:
        """Let go of the data directory; the next question opens it again."""
        with self._one:
            self._door = None
            self._held.close()

    def _opened(self) -> Door:
        with self._one:
            if self._door is None:
                self._door = self._held.enter_context(opened(self.settings or load()))
            return self._door


def _document(hit: Json, query: str) -> Document:
    cited = {name: hit[name] for name in ("source", "document_id", "title", "url", "locator")}
    found = {name: hit[name] for name in ("rank", "score", "collection", "native_id")}
    return Document(
        page_content=hit["text"], metadata={"n": hit["rank"], **cited, "quote": quote(hit["text"], query), **found}
    )
