"""LiteLLM for real, against a scripted server on loopback."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from vigie.errors import ChatFailed
from vigie.llm import LiteLLMChat, Timeouts
from vigie.testing.openai_server import OpenAIServer, Reply, Request

ASKED = [{"role": "system", "content": "Réponds."}, {"role": "user", "content": "Quoi ?"}]
KEY = "s3cret-key-of-the-test"
SHORT = Timeouts(connect=2, first_token=0.8, between=0.4, total=5)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    LiteLLMChat("any").warm()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every address that this process looks up or connects to."""
    addresses: list[object] = []
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def spy_connect(self: socket.socket, address: object) -> object:
        addresses.append(address)
        return connect(self, address)  # type: ignore[arg-type]

    def spy_lookup(host: object, *rest: object, **more: object) -> object:
        addresses.append((host, rest[0] if rest else None))
        return lookup(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", spy_connect)
    monkeypatch.setattr(socket, "getaddrinfo", spy_lookup)
    return addresses


def chat(server: OpenAIServer, timeouts: Timeouts | None = None, model: str = "vigie-model") -> LiteLLMChat:
    return LiteLLMChat(model, server.url, KEY, timeouts=timeouts)


async def said(model: LiteLLMChat) -> str:
    return "".join([piece async for piece in model.stream(ASKED)])


async def gone(request: Request, seconds: float = 1.0) -> bool:
    """Whether the server saw the client leave within this time."""
    until = time.monotonic() + seconds
    while request.gone_after is None and time.monotonic() < until:
        await asyncio.sleep(0.02)
    return request.gone_after is not None


async def test_a_schema_goes_with_the_request_that_wants_a_form() -> None:
    schema = {"type": "object", "properties": {"understood": {"type": "boolean"}}}
    with OpenAIServer(Reply(['{"understood": ', "false}"])) as server:
        pieces = [piece async for piece in chat(server).stream(ASKED, schema)]
        assert "".join(pieces) == '{"understood": false}'
        sent = server.requests[0].body["response_format"]
        assert sent == {"type": "json_schema", "json_schema": {"name": "form", "schema": schema}}


async def test_pieces_come_in_order_and_only_what_is_listed_leaves(dialled: list[object]) -> None:
    with OpenAIServer(Reply(["Le flux ", "est ", "tombé."])) as server:
        assert await said(chat(server)) == "Le flux est tombé."
        (request,) = server.requests
        assert request.path == "/v1/chat/completions"
        assert request.body == {"model": "vigie-model", "messages": ASKED, "stream": True, "temperature": 0.0}
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        ports = {address[1] for address in dialled if isinstance(address, tuple)}
        assert ports == {int(server.url.rpartition(":")[2].partition("/")[0])}, dialled


async def test_pieces_are_given_as_they_come() -> None:
    with OpenAIServer(Reply(["un ", 5.0, "deux"])) as server:
        async with aclosing(chat(server).stream(ASKED)) as pieces:
            assert await asyncio.wait_for(anext(pieces), 2) == "un "


@pytest.mark.parametrize(
    ("model", "sent"),
    [("vigie-model", "vigie-model"), ("our-team/vigie", "our-team/vigie"), ("mistral/codestral-latest", None)],
)
async def test_a_model_without_a_known_provider_speaks_openais_protocol(model: str, sent: str | None) -> None:
    with OpenAIServer(Reply(["oui"])) as server:
        assert await said(chat(server, model=model)) == "oui"
        assert server.requests[0].body["model"] == (sent or "codestral-latest")
        assert server.requests[0].path == "/v1/chat/completions"


async def test_without_a_key_none_of_the_environment_is_sent_to_ones_own_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "ambient-key")
    monkeypatch.setenv("MISTRAL_API_KEY", "ambient-key")
    with OpenAIServer(Reply(["oui"])) as server:
        for model in ("vigie-model", "mistral/codestral-latest"):
            assert await said(LiteLLMChat(model, server.url, "")) == "oui"
        assert not [request for request in server.requests if "ambient-key" in str(request.headers)]


FAILURES = {
    "401": (Reply(status=401, error=f"Incorrect API key {KEY}"), "refused the key"),
    "403": (Reply(status=403, error=f"not allowed {KEY}"), "refused the key"),
    "404": (Reply(status=404), "LITELLM_MODEL"),
    "429": (Reply(status=429, headers={"retry-after": "3600"}), "429"),
    "500": (Reply(status=500, error=f"Traceback: {KEY}\n  File x.py"), "500"),
    "503": (Reply(status=503), "503"),
    "filtered": (Reply(["début "], finish="content_filter"), "filtered"),
    "too long": (Reply(["début "], finish="length"), "limit of length"),
    "empty": (Reply([]), "empty"),
    "blank": (Reply([" ", "\n"]), "empty"),
    "no finish": (Reply(["début "], finish=None), "was cut"),
    "broken off": (Reply(["début "], cut=True), "was cut"),
    "broken off at once": (Reply(cut=True), "broke off"),
    "malformed": (Reply(["début "], malformed=True), "was cut"),
    "late status": (Reply(["trop tard"], wait=5.0), "in time"),
    "late first token": (Reply([5.0, "trop tard"]), "in time"),
    "role, then nothing": (Reply(["", 5.0, "trop tard"]), "in time"),
    "stall": (Reply(["début ", 5.0, "trop tard"]), "stopped answering"),
}


@pytest.mark.parametrize("case", FAILURES)
async def test_each_failure_is_one_sentence_without_the_key(case: str, caplog: pytest.LogCaptureFixture) -> None:
    reply, words = FAILURES[case]
    with OpenAIServer(reply) as server:
        with pytest.raises(ChatFailed) as failure:
            await said(chat(server, SHORT))
        told = str(failure.value)
        assert words in told
        assert failure.value.__cause__ is None
        assert KEY not in told + caplog.text
        assert "\n" not in told
        assert len(server.requests) == 1, "a failure is never tried again"


@pytest.mark.parametrize("case", ["late status", "late first token", "stall"])
async def test_a_stalled_request_is_ended(case: str) -> None:
    with OpenAIServer(FAILURES[case][0]) as server:
        with pytest.raises(ChatFailed):
            await said(chat(server, SHORT))
        assert await gone(server.requests[0])


async def test_an_answer_that_never_ends_is_stopped_and_the_reader_is_not() -> None:
    drip = [part for n in range(100) for part in (f"{n} ", 0.1)]
    with OpenAIServer(Reply(drip)) as server:
        model = chat(server, Timeouts(connect=2, first_token=2, between=2, total=0.7))
        read: list[str] = []

        async def read_slowly() -> None:
            async for piece in model.stream(ASKED):
                read.append(piece)
                await asyncio.sleep(0.2)  # it is not cancelled by the model's limits

        with pytest.raises(ChatFailed, match="stopped answering"):
            await read_slowly()
        assert 2 <= len(read) < 20


async def test_reasoning_counts_as_an_answer_on_its_way_and_is_not_shown() -> None:
    thinking = [part for _ in range(4) for part in ({"reasoning_content": "hum"}, 0.3)]
    with OpenAIServer(Reply([*thinking, "Voilà."])) as server:
        assert await said(chat(server, SHORT)) == "Voilà."


async def test_an_unreachable_server_is_said_quickly() -> None:
    with OpenAIServer() as server:
        pass
    began = time.monotonic()
    with pytest.raises(ChatFailed, match="LITELLM_API_BASE"):
        await said(chat(server, SHORT))
    assert time.monotonic() - began < 3


async def test_a_host_that_never_accepts_ends_with_the_connect_limit() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        try:
            model = LiteLLMChat("m", f"http://127.0.0.1:{address[1]}/v1", KEY, timeouts=Timeouts(connect=0.5))
            began = time.monotonic()
            with pytest.raises(ChatFailed, match="LITELLM_API_BASE"):
                await said(model)
            assert time.monotonic() - began < 4
        finally:
            for filler in fillers:
                filler.close()


@pytest.mark.parametrize("how", ["close", "cancel"])
@pytest.mark.parametrize("model", ["vigie-model", "mistral/codestral-latest"])
async def test_leaving_the_stream_ends_the_request_within_a_second(how: str, model: str) -> None:
    with OpenAIServer(Reply(["début ", 20.0, "fin"])) as server:
        began = asyncio.Event()

        async def read() -> None:
            async with aclosing(chat(server, model=model).stream(ASKED)) as pieces:
                async for _ in pieces:
                    began.set()
                    if how == "close":
                        return

        task = asyncio.create_task(read())
        await began.wait()
        if how == "cancel":
            await asyncio.sleep(0.05)  # it waits for the next piece
            task.cancel()
        left = time.monotonic()
        await asyncio.wait([task])
        assert task.cancelled() == (how == "cancel")
        assert await gone(server.requests[0], 1.0 - (time.monotonic() - left))


async def test_cancelling_before_the_first_byte_ends_the_request() -> None:
    with OpenAIServer(Reply(["tard"], wait=20.0)) as server:
        task = asyncio.create_task(said(chat(server)))
        while not server.requests:
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert await gone(server.requests[0])


async def test_one_answer_ending_leaves_another_alone() -> None:
    with OpenAIServer(Reply(["court"]), Reply(["long ", 0.6, "long"])) as server:
        model = chat(server)
        short = asyncio.create_task(said(model))
        while not server.requests:
            await asyncio.sleep(0.02)
        assert await asyncio.gather(short, said(model)) == ["court", "long long"]


async def test_one_answer_left_is_ended_while_another_goes_on() -> None:
    with OpenAIServer(Reply(["début ", 20.0])) as server:
        model = chat(server)
        async with aclosing(model.stream(ASKED)) as other:
            await anext(other)
            async with aclosing(model.stream(ASKED)) as pieces:
                await anext(pieces)
            assert await gone(server.requests[1])
            assert server.requests[0].gone_after is None


@pytest.mark.parametrize("model", ["vigie-model", "mistral/codestral-latest"])
def test_each_question_may_have_its_own_event_loop_and_leaves_no_connection(model: str) -> None:
    kept = {"connection": "keep-alive"}
    with OpenAIServer(Reply(["oui"], headers=kept), Reply(status=429, headers=kept), Reply(["oui"])) as server:
        asked = chat(server, model=model)
        for reply in ("oui", "429", "oui"):
            try:
                told = asyncio.run(said(asked))
            except ChatFailed as failure:
                told = str(failure)
            assert reply in told
            until = time.monotonic() + 2
            while server.connections and time.monotonic() < until:
                time.sleep(0.02)
            assert server.connections == 0
        gc.collect()  # what was left open would warn, and warnings are errors


async def test_a_known_model_without_a_key_says_so_and_asks_nobody(
    dialled: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    model = LiteLLMChat("mistral/codestral-latest", None, "")
    assert (model.name, model.context_tokens) == ("mistral/codestral-latest", 128_000)
    with pytest.raises(ChatFailed, match="set LITELLM_API_KEY"):
        await said(model)
    assert dialled == []


async def test_a_model_of_no_known_provider_without_an_address_is_said() -> None:
    with pytest.raises(ChatFailed) as failure:
        await said(LiteLLMChat("no-such-model", None, KEY))
    assert KEY not in str(failure.value)
    assert "LITELLM_MODEL" in str(failure.value)


@pytest.mark.parametrize(
    ("model", "tokens"),
    [("maison", 8_192), ("openai/gpt-4o", 128_000), ("mistral/codestral-latest", 128_000)],
)
def test_the_context_is_the_models_own_or_a_modest_one(model: str, tokens: int) -> None:
    assert LiteLLMChat(model, "http://127.0.0.1:9/v1").context_tokens == tokens


def test_tokens_are_never_counted_far_too_few() -> None:
    """Counts of cl100k, taken once."""
    model = LiteLLMChat("m")
    for text, tokens in {
        "Le flux SEPA_OUT_CIB est tombé en AUTH-401 : le jeton a expiré, il faut le renouveler.": 31,
        "2026-11-19T19:00:12.000Z ERROR srv-batch-02 [pool-3-thread-1] ORA-00942: table or view does not exist": 41,
        "def purge(days: int) -> int:\n    return delete_older(days)": 16,
    }.items():
        assert tokens <= model.count_tokens(text) <= 1.5 * tokens


PROBE = """
import os, socket, sys
from vigie.llm import LiteLLMChat
dialled = []
socket.socket.connect = lambda self, address: dialled.append(address)
socket.getaddrinfo = lambda *args, **kwargs: dialled.append(args) or []
model = LiteLLMChat("mistral/codestral-latest", None, None)
model.count_tokens("x"), model.context_tokens
assert "litellm" not in sys.modules, "loaded before it is asked"
model.warm()
assert dialled == [], dialled
assert "SECRET_OF_A_DOTENV" not in os.environ, "a .env was read"
"""


def test_loading_prints_nothing_dials_nowhere_and_reads_no_env_file(tmp_path: object) -> None:
    os.makedirs(f"{tmp_path}/x")
    with open(f"{tmp_path}/.env", "w", encoding="utf-8") as file:
        file.write("SECRET_OF_A_DOTENV=1\n")
    with open(f"{tmp_path}/x/probe.py", "w", encoding="utf-8") as file:
        file.write(PROBE)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LITELLM")}
    run = subprocess.run(
        [sys.executable, f"{tmp_path}/x/probe.py"],
        cwd=f"{tmp_path}",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
