"""LiteLLM for real, against a scripted server on loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from vigie.errors import ChatFailed
from vigie.llm import LiteLLMChat, Timeouts
from vigie.testing.openai_server import OpenAIServer, Reply

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),
    pytest.mark.filterwarnings("ignore:.*Pydantic serializer.*:UserWarning"),
]
ASKED = [{"role": "system", "content": "Réponds."}, {"role": "user", "content": "Quoi ?"}]
SHORT = Timeouts(connect=2, first_token=1.0, between=0.5, total=5)


def chat(server: OpenAIServer, timeouts: Timeouts | None = None) -> LiteLLMChat:
    model = LiteLLMChat("vigie-model", server.url, "s3cret", timeouts=timeouts)
    model.warm()
    return model


async def said(model: LiteLLMChat) -> str:
    try:
        return "".join([piece async for piece in model.stream(ASKED)])
    finally:
        await model.close()


async def test_pieces_come_in_order_and_only_what_is_listed_leaves() -> None:
    with OpenAIServer(Reply(["Le flux ", "est ", "tombé."])) as server:
        assert await said(chat(server)) == "Le flux est tombé."
        (request,) = server.requests
        assert request.path == "/v1/chat/completions"
        assert set(request.body) == {"model", "messages", "stream", "temperature"}
        assert request.body["messages"] == ASKED
        assert request.headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401), "LITELLM_API_KEY"),
        (Reply(status=429), "429"),
        (Reply(status=404), "LITELLM_MODEL"),
        (Reply(status=500), "failed"),
        (Reply([]), "empty"),
        (Reply(["début "], cut=True), "cut"),
        (Reply(["début "], malformed=True), ""),
        (Reply([3.0, "trop tard"]), "answer"),
        (Reply(["début ", 3.0, "trop tard"]), "answer"),
    ],
    ids=["401", "429", "404", "500", "empty", "cut", "malformed", "late first token", "stall"],
)
async def test_each_failure_is_one_sentence_without_the_key(reply: Reply, words: str) -> None:
    with OpenAIServer(reply) as server:
        with pytest.raises(ChatFailed) as failure:
            await said(chat(server, SHORT))
        assert words in str(failure.value)
        assert "s3cret" not in str(failure.value)
        assert "\n" not in str(failure.value)
        assert len(server.requests) == 1, "a failure is never tried again"


async def test_an_unreachable_server_is_said_quickly() -> None:
    with OpenAIServer() as server:
        pass
    began = time.monotonic()
    with pytest.raises(ChatFailed, match="LITELLM_API_BASE"):
        await said(chat(server, SHORT))
    assert time.monotonic() - began < 5


async def test_closing_the_stream_ends_the_request_within_a_second() -> None:
    with OpenAIServer(Reply(["début ", 20.0, "fin"])) as server:
        model = chat(server)
        stream: AsyncIterator[str] = model.stream(ASKED)
        async with aclosing(stream) as pieces:  # type: ignore[type-var]
            assert await anext(pieces) == "début "
            closed_at = time.monotonic()
        for _ in range(20):
            if server.requests[0].gone_after is not None:
                break
            await asyncio.sleep(0.05)
        assert server.requests[0].gone_after is not None
        assert time.monotonic() - closed_at < 1.5
        await model.close()


def test_a_known_model_without_a_key_is_no_error_until_it_is_asked() -> None:
    model = LiteLLMChat("mistral/codestral-latest", None, None)
    assert model.name == "mistral/codestral-latest"
    assert model.context_tokens > 8_192


def test_an_unknown_model_is_given_a_modest_context() -> None:
    assert LiteLLMChat("maison", "http://127.0.0.1:9/v1").context_tokens == 8_192
