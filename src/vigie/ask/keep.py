"""What is kept of a question: the conversation before it, and its answer, stored once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from vigie.ask.draft import Draft
from vigie.ask.sentences import sentence
from vigie.errors import StoreError
from vigie.protocols import SessionStore
from vigie.types import Answer, Notice, Turn

log = logging.getLogger(__name__)


class Keeper:
    """Reads and stores sessions for drafts. One event loop."""

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions
        self._saving: set[asyncio.Task[None]] = set()

    def before(self, draft: Draft) -> list[Turn]:
        """The conversation up to this question; of an edited one, up to the answer that it replaces."""
        if draft.question.replaces is None:
            return self._sessions.history(draft.session_id)
        replaced = self._sessions.answer(draft.question.replaces)
        return replaced.history[:-2] if replaced else []

    async def store(self, draft: Draft, answer: Answer) -> Answer:
        """Hand it to the session store, to the end even when cancelled meanwhile; a full disk is a notice."""
        draft.stored = True
        saving = asyncio.create_task(asyncio.to_thread(self._save, draft, answer))
        self._saving.add(saving)
        saving.add_done_callback(self._saving.discard)
        try:
            await asyncio.shield(saving)
        except StoreError as error:
            log.error("answer %s could not be stored: %s", answer.answer_id, error)
            notice = Notice("not_stored", sentence("not_stored", draft.language))
            return replace(answer, notices=[*answer.notices, notice])
        except Exception:
            draft.stored = False  # it is stored as failed instead
            raise
        return answer

    def store_cancelled(self, draft: Draft) -> None:
        """At once, in this thread: whoever cancelled does not wait for another one."""
        if draft.stored:
            return
        draft.stored = True
        said = sentence("cancelled", draft.language)
        draft.note("cancelled", said)
        text = f"{draft.released.rstrip()}\n\n{said}".strip()
        try:
            draft.before = draft.before or self.before(draft)
            self._save(draft, draft.finish("cancelled", text))
        except StoreError as error:
            log.error("cancelled question %s could not be stored: %s", draft.answer_id, error)

    def _save(self, draft: Draft, answer: Answer) -> None:
        self._sessions.save(answer, replaces=draft.question.replaces)
