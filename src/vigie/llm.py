"""The language model behind one door: LiteLLM.

What leaves, and to the configured model only: the model's name, the messages (system prompt, conversation, evidence,
question), `stream: true` and the temperature.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vigie.errors import ChatFailed

CONTEXT_TOKENS = 8_192  # where nothing is known of the model: what nearly every served model reads
CHARACTERS_PER_TOKEN = 3  # French prose has 3.5 to 4.5, code and identifiers about 3: never counts too few by much
TEMPERATURE = 0.0

_importing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to the first token, between tokens, for the whole answer."""

    connect: float = 5.0
    first_token: float = 30.0
    between: float = 20.0
    total: float = 120.0


class LiteLLMChat:
    """Implements `protocols.ChatModel`. Constructing it loads nothing; `warm` does, in a thread of the caller's."""

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
        self._api_base = api_base
        self._api_key = api_key
        self._context_tokens = context_tokens
        self._timeouts = timeouts or Timeouts()

    @property
    def context_tokens(self) -> int:
        """As LiteLLM's own table has it, else a size that nearly every model reads."""
        if self._context_tokens is None:
            known = _litellm().model_cost.get(self.name, {}).get("max_input_tokens")
            self._context_tokens = int(known) if known else CONTEXT_TOKENS
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """An estimate on the safe side: exact tokenizers would have to be downloaded."""
        return len(text) // CHARACTERS_PER_TOKEN + 1

    def warm(self) -> None:
        """Import LiteLLM now (5 s and more), so that no question waits for it."""
        _litellm()

    async def stream(self, messages: Sequence[Mapping[str, str]]) -> AsyncIterator[str]:
        """As the protocol says. Raises ChatFailed, whose message holds no key and no internals."""
        limits = self._timeouts
        pieces = 0
        try:
            async with asyncio.timeout(limits.total):
                litellm = await asyncio.to_thread(_litellm)
                answer = await asyncio.wait_for(self._begin(litellm, messages), limits.first_token)
                try:
                    while True:
                        wait = limits.between if pieces else limits.first_token
                        chunk = await asyncio.wait_for(anext(answer, None), wait)
                        if chunk is None:
                            break
                        text, reason = _read(chunk)
                        if reason == "content_filter":
                            raise ChatFailed("the model's provider filtered the answer")
                        if text:
                            pieces += 1
                            yield text
                    # LiteLLM makes up the end of a stream that has none; this is what really came.
                    finished = answer.received_finish_reason is not None
                finally:
                    await answer.aclose()
        except ChatFailed:
            raise
        except TimeoutError:
            raise ChatFailed(f"the model {self.name} stopped answering: try again, or check LITELLM_API_BASE") from None
        except Exception as error:  # noqa: BLE001
            # LiteLLM raises what its many providers raise: the boundary where each becomes one sentence of ours.
            raise ChatFailed(self._sentence(error)) from None
        if not pieces:
            raise ChatFailed(f"the model {self.name} gave an empty answer")
        if not finished:
            raise ChatFailed(f"the answer of the model {self.name} was cut before its end")

    async def close(self) -> None:
        """Close the connections kept open; call it in the event loop that streamed, when it is done."""
        if _loaded:
            await _litellm().close_litellm_async_clients()

    async def _begin(self, litellm: Any, messages: Sequence[Mapping[str, str]]) -> Any:
        import httpx

        limits = self._timeouts
        return await litellm.acompletion(
            model=self.name,
            messages=[dict(message) for message in messages],
            stream=True,
            temperature=TEMPERATURE,
            api_base=self._api_base,
            api_key=self._api_key or "none",
            custom_llm_provider=self._provider(litellm),
            num_retries=0,
            max_retries=0,
            drop_params=True,
            timeout=httpx.Timeout(limits.between, connect=limits.connect, read=limits.first_token),
        )

    def _provider(self, litellm: Any) -> str | None:
        """With an address of one's own, a model without a known provider speaks OpenAI's protocol."""
        if self._api_base is None:
            return None
        prefix = self.name.partition("/")[0]
        return None if "/" in self.name and prefix in litellm.provider_list else "openai"

    def _sentence(self, error: Exception) -> str:
        status = getattr(error, "status_code", None)
        name = type(error).__name__
        causes = {type(cause).__name__ for cause in _causes(error)}
        if status in (401, 403) or name == "AuthenticationError":
            return "the model refused the key: check LITELLM_API_KEY"
        if causes & {"APIConnectionError", "ConnectError", "ConnectTimeout"} or status in (502, 503):
            return f"the model {self.name} cannot be reached: check LITELLM_API_BASE and the network"
        if name == "Timeout" or status in (408, 504):
            return f"the model {self.name} did not answer in time: try again later"
        if status == 429:
            return f"the model {self.name} is over its limit of requests (429): try again later"
        if status == 404:
            return f"the model {self.name} is not known where it was asked for (404): check LITELLM_MODEL"
        return f"the model {self.name} failed ({name}{f', HTTP {status}' if status else ''})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, at most ten deep."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _read(chunk: Any) -> tuple[str, str | None]:
    """(text, finish reason) of one streamed chunk."""
    if not chunk.choices:
        return "", None
    choice = chunk.choices[0]
    return choice.delta.content or "", choice.finish_reason


_loaded = False


def _litellm() -> Any:
    """LiteLLM, imported when first needed: it takes seconds and 190 MB, and most commands never use it."""
    global _loaded
    with _importing:
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # read at import; else it fetches the table
        import litellm

        if not _loaded:
            litellm.telemetry = False
            litellm.suppress_debug_info = True
            litellm.disable_aiohttp_transport = True  # httpx closes at once when a stream is closed
            litellm.disable_streaming_logging = True
            _loaded = True
    return litellm
