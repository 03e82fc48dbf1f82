"""The language model behind one door: LiteLLM.

What leaves, to the configured model and nowhere else, one request per question: the model's name, the messages (system
prompt, conversation, evidence, question), `stream: true`, the temperature, and the key in its header. Where words of
a question are to be read, the messages hold field names and types, no evidence, and a JSON schema goes with them.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import json
import logging
import os
import re
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from vigie.errors import ChatFailed

log = logging.getLogger(__name__)
T = TypeVar("T")

CONTEXT_TOKENS = 8_192  # where nothing is known of the model: what nearly every served model reads
TEMPERATURE = 0.0
NO_KEY = "none"  # OpenAI's client wants one, and without it would send a key of the environment to an unrelated server

_DENSE = re.compile(r"[A-Z\d]")
_SIGN = re.compile(r"[^\w\s]|_")
_importing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to the first token, between tokens, for the whole answer."""

    connect: float = 5.0
    first_token: float = 30.0
    between: float = 20.0
    total: float = 120.0


class LiteLLMChat:
    """Implements `protocols.ChatModel`. Constructing it loads nothing; `warm` does.

    With `api_base`, a model without the prefix of a provider that LiteLLM knows is asked by OpenAI's protocol.
    Without `api_base` and `api_key`, LiteLLM looks for the provider's own variables (MISTRAL_API_KEY, AWS_...).
    """

    def __init__(
        self,
        model: str,
        api_base: str | None = None,
        api_key: str | None = None,
        *,
        context_tokens: int | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.name = model
        self._api_base = api_base or None
        self._api_key = api_key or None
        self._context_tokens = context_tokens
        self._timeouts = timeouts or Timeouts()

    @property
    def context_tokens(self) -> int:
        """As LiteLLM's own table has it, read without importing LiteLLM; else a size that nearly every model reads."""
        if self._context_tokens is None:
            known = _windows()
            self._context_tokens = known.get(self.name) or known.get(self.name.partition("/")[2]) or CONTEXT_TOKENS
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """An estimate on the safe side; exact tokenizers would have to be downloaded.

        Fitted to cl100k on the measuring sets: 1.0 to 1.4 times its count in French, English, logs and tables, 1.5
        in code. Small letters are 3.8 to a token, capitals and digits 1.7, signs 1.6.
        """
        dense, signs = len(_DENSE.findall(text)), len(_SIGN.findall(text))
        rest = len(text.encode("utf-8", "replace")) - dense - signs
        return int(rest / 3.8 + dense / 1.7 + signs / 1.6) + 1

    def warm(self) -> None:
        """Import LiteLLM now (5 s and more), so that no question waits for it: for a thread at server start."""
        _litellm()

    async def stream(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[str, None]:
        """As the protocol says. Raises ChatFailed with one sentence that holds no key, header or internal."""
        reader = _Reader(self._timeouts)
        try:
            litellm = await asyncio.to_thread(_litellm)
            self._check(litellm)
            reader.start()
            async with _connections(litellm):
                answer = await reader.wait(litellm.acompletion(**self._request(litellm, messages, schema)))
                async with aclosing(answer):
                    while (chunk := await reader.wait(anext(answer, None))) is not None:
                        if text := reader.read(chunk):
                            yield text
                # LiteLLM makes up an end for a stream that has none; these two hold what really came.
                reason = answer.received_finish_reason or answer.intermittent_finish_reason
        except ChatFailed:
            raise
        except Exception as error:  # noqa: BLE001
            # LiteLLM raises what its many providers raise: the boundary where each becomes one sentence of ours.
            said = f"the language model {self.name} {_sentence(error, reader.begun)}"
            log.debug("%s: %s", said, type(error).__name__)
            raise ChatFailed(said) from None
        if problem := _ending(reason, reader.begun):
            raise ChatFailed(f"the language model {self.name} {problem}")

    def _check(self, litellm: Any) -> None:
        """What can be known without asking anybody."""
        if self._api_base is not None:
            return
        try:
            litellm.get_llm_provider(self.name)
        except litellm.BadRequestError:
            raise ChatFailed(
                f"the language model {self.name} is of no provider that LiteLLM knows: "
                "set LITELLM_API_BASE, or begin LITELLM_MODEL with its provider, as mistral/codestral-latest"
            ) from None
        if self._api_key is None and litellm.validate_environment(self.name)["missing_keys"]:
            raise ChatFailed(f"the language model {self.name} needs a key: set LITELLM_API_KEY")

    def _request(
        self, litellm: Any, messages: Sequence[Mapping[str, str]], schema: Mapping[str, object] | None
    ) -> dict[str, Any]:
        limits = self._timeouts
        held = {"type": "json_schema", "json_schema": {"name": "form", "schema": schema}}
        return {
            **({"response_format": held} if schema is not None else {}),
            "model": self.name,
            "messages": [dict(message) for message in messages],
            "stream": True,
            "temperature": TEMPERATURE,
            "api_base": self._api_base,
            "api_key": self._api_key or (NO_KEY if self._api_base else None),
            "custom_llm_provider": self._provider(litellm),
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            "timeout": httpx.Timeout(limits.total, connect=limits.connect),
        }

    def _provider(self, litellm: Any) -> str | None:
        prefix, slash, _ = self.name.partition("/")
        return "openai" if self._api_base and not (slash and prefix in litellm.provider_list) else None


class _Reader:
    """Reads chunks within the limits. Nothing is yielded inside a timeout: one would cancel whoever reads."""

    def __init__(self, limits: Timeouts) -> None:
        self._limits = limits
        self._end = self._first = 0.0
        self._alive = False  # some token came, if only of the model's reasoning
        self.begun = False  # text came

    def start(self) -> None:
        now = asyncio.get_running_loop().time()
        self._end, self._first = now + self._limits.total, now + self._limits.first_token

    async def wait(self, awaitable: Awaitable[T]) -> T:
        now = asyncio.get_running_loop().time()
        async with asyncio.timeout_at(min(self._end, now + self._limits.between if self._alive else self._first)):
            return await awaitable

    def read(self, chunk: Any) -> str:
        """The text of a chunk. The model's reasoning and calls of tools are not shown."""
        delta = chunk.choices[0].delta if chunk.choices else None
        text = getattr(delta, "content", None) or ""
        self._alive = self._alive or bool(text or getattr(delta, "reasoning_content", None))
        self.begun = self.begun or bool(text.strip())
        return text


def _ending(reason: str | None, begun: bool) -> str | None:
    """What is wrong with how a stream ended; None when it is whole."""
    if reason == "content_filter":
        return "did not finish: its provider filtered the answer"
    if reason == "length":
        return "reached its limit of length before the end of the answer: raise that limit where it is served"
    if not begun:
        return "gave an empty answer: try again"
    return None if reason else "was cut before the end of its answer: try again"


def _sentence(error: Exception, begun: bool) -> str:
    """Why, by types and status alone: messages of providers may quote headers and keys."""
    chain = list(_chain(error))
    names = {name for cause in chain for name in (type(cause).__name__, type(cause).__mro__[1].__name__)}
    found = (getattr(cause, "status_code", None) for cause in chain)
    status = next((status for status in found if isinstance(status, int)), None)
    if names & {"AuthenticationError", "PermissionDeniedError"} or status in (401, 403):
        return "refused the key: check LITELLM_API_KEY"
    if names & {"ConnectError", "ConnectTimeout"}:
        return "cannot be reached: check LITELLM_API_BASE and the network"
    if names & {"TimeoutError", "Timeout", "APITimeoutError", "ReadTimeout"}:
        return "stopped answering: try again" if begun else "did not answer in time: try again"
    if "RateLimitError" in names or status == 429:
        return "has no room for more requests now (429): try again later"
    if "NotFoundError" in names or status == 404:
        return "is not known where it was asked for (404): check LITELLM_MODEL and LITELLM_API_BASE"
    if "ContentPolicyViolationError" in names:
        return "refused the question: its provider filters it"
    if "ContextWindowExceededError" in names:
        return "was given more than it can read: ask with fewer passages"
    if begun:
        return "was cut before the end of its answer: try again"
    if names & {"RemoteProtocolError", "ReadError", "APIConnectionError"} and status in (None, 500, 503):
        return "broke off the connection: check LITELLM_API_BASE, try again"
    return f"failed ({type(error).__name__}{f', HTTP {status}' if status else ''}): see where it is served"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, at most ten deep."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = getattr(error, "original_exception", None) or error.__cause__ or error.__context__


# ------------------------------------------------------------------ the library


@functools.cache
def _windows() -> dict[str, int]:
    """Model -> tokens it reads, from the table inside the LiteLLM package; importing it for that takes seconds."""
    spec = importlib.util.find_spec("litellm")
    folders = spec.submodule_search_locations if spec is not None else None
    table = Path((folders or [""])[0]) / "model_prices_and_context_window_backup.json"
    try:
        models = json.loads(table.read_bytes())
    except (OSError, ValueError) as error:
        log.warning(
            "LiteLLM's table of models cannot be read (%s): models are taken to read %d tokens", error, CONTEXT_TOKENS
        )
        return {}
    return {name: known["max_input_tokens"] for name, known in models.items() if _is_count(known)}


def _is_count(known: dict[str, Any]) -> bool:
    return isinstance(known.get("max_input_tokens"), int) and known["max_input_tokens"] > 0


def _litellm() -> Any:
    """LiteLLM, imported when first needed: it takes seconds and 190 MB, and most commands never use it."""
    with _importing:
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # read at import; else it fetches the table
        os.environ.setdefault("LITELLM_MODE", "PRODUCTION")  # else it loads the nearest .env into the environment
        import httpcore  # noqa: F401 - these two LiteLLM would import in the event loop, at the first question: 1 to 3 s
        import litellm
        import openai.resources  # noqa: F401

        litellm.telemetry = False
        litellm.suppress_debug_info = True  # else it prints to standard output
        litellm.disable_aiohttp_transport = True  # httpx ends the request at once when a stream is closed
        litellm.disable_streaming_logging = True
        litellm.disable_token_counter = True  # nothing here reads the counts of usage
        return litellm


_open: dict[int, int] = {}  # event loop -> answers being streamed in it


@asynccontextmanager
async def _connections(litellm: Any) -> AsyncIterator[None]:
    """LiteLLM keeps its clients, and their connections, per event loop: they are closed with the last answer."""
    loop = id(asyncio.get_running_loop())
    _open[loop] = _open.get(loop, 0) + 1
    try:
        yield
    finally:
        _open[loop] -= 1
        if not _open[loop]:
            del _open[loop]
            await _close_clients(litellm, loop)


async def _close_clients(litellm: Any, loop: int) -> None:
    cache = litellm.in_memory_llm_clients_cache
    for key in [key for key in cache.cache_dict if key.endswith(f"-{loop}")]:
        client = cache.cache_dict.pop(key)
        cache.ttl_dict.pop(key, None)
        await client.close()
