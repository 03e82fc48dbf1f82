"""A language model whose words a test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from vigie.errors import ChatFailed


class ScriptedChat:
    """Implements `protocols.ChatModel`: says the pieces in order; an exception among them is raised, a number of
    seconds is waited. An answer without a word is ChatFailed. `calls` keeps the messages of each request, `closed`
    counts the streams that ended."""

    name = "scripted"

    def __init__(self, *pieces: str | float | Exception, context_tokens: int = 8_192) -> None:
        self.pieces = pieces
        self.context_tokens = context_tokens
        self.calls: list[Sequence[Mapping[str, str]]] = []
        self.closed = 0

    def count_tokens(self, text: str) -> int:
        return len(text) // 4 + 1

    async def stream(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, object] | None = None
    ) -> AsyncIterator[str]:
        self.calls.append(messages)
        said = ""
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                if isinstance(piece, str):
                    said += piece
                    yield piece
                else:
                    await asyncio.sleep(piece)
            if not said.strip():
                raise ChatFailed(f"the language model {self.name} gave an empty answer: try again")
        finally:
            self.closed += 1
