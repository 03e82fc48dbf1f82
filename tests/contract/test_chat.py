"""What every language model promises: LiteLLM before a scripted server, and the scripted model itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing

import pytest

from vigie.errors import ChatFailed
from vigie.llm import LiteLLMChat
from vigie.protocols import ChatModel
from vigie.testing.chat import ScriptedChat
from vigie.testing.openai_server import OpenAIServer, Reply

ASKED = [{"role": "user", "content": "Quoi ?"}]
Make = Callable[..., ChatModel]  # of the pieces that it says; a number is a pause, "failed" a refusal


class ChatContract:
    """Inherit it and give a fixture `make`."""

    async def test_pieces_come_in_order(self, make: Make) -> None:
        model = make("Le flux ", "est ", "tombé.")
        assert "".join([piece async for piece in model.stream(ASKED)]) == "Le flux est tombé."
        assert model.name

    async def test_pieces_come_before_the_answer_is_whole_and_leaving_ends_it(self, make: Make) -> None:
        model, begun = make("un ", 20.0, "deux"), time.monotonic()
        async with aclosing(model.stream(ASKED)) as pieces:  # type: ignore[type-var]
            assert await asyncio.wait_for(anext(pieces), 10) == "un "
        assert time.monotonic() - begun < 15

    @pytest.mark.parametrize("pieces", [(), ("",), ("  ", "\n"), ("failed",)])
    async def test_no_answer_is_a_failure(self, make: Make, pieces: tuple[str, ...]) -> None:
        with pytest.raises(ChatFailed):
            [piece async for piece in make(*pieces).stream(ASKED)]

    async def test_a_model_can_be_asked_again(self, make: Make) -> None:
        model = make("oui")
        for _ in range(2):
            assert [piece async for piece in model.stream(ASKED, {"type": "object"})] == ["oui"]

    def test_a_longer_text_has_more_tokens(self, make: Make) -> None:
        model = make("oui")
        assert 0 <= model.count_tokens("") < model.count_tokens("le flux est tombé") < model.count_tokens("mot " * 400)
        assert model.context_tokens > 1_000


class TestScriptedChat(ChatContract):
    @pytest.fixture
    def make(self) -> Make:
        return lambda *pieces: ScriptedChat(*(ChatFailed("refused") if one == "failed" else one for one in pieces))


class TestLiteLLMChat(ChatContract):
    @pytest.fixture
    def make(self) -> Iterator[Make]:
        servers: list[OpenAIServer] = []

        def made(*pieces: str | float) -> ChatModel:
            reply = Reply([], status=500) if pieces == ("failed",) else Reply(list(pieces))
            server = OpenAIServer(reply)
            server.__enter__()
            servers.append(server)
            return LiteLLMChat("vigie-model", server.url, "key")

        yield made
        for server in servers:
            server.__exit__(None, None, None)
