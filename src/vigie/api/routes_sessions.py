"""Conversations: list, read, rename, reset, delete, restore."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from vigie.api.schemas import SessionState, TitleBody
from vigie.api.state import ReadyState
from vigie.ask.read import SESSION_ID_LENGTH
from vigie.store.sessions import SessionDetail, SessionSummary

router = APIRouter(tags=["sessions"])

SessionId = Annotated[str, Path(max_length=SESSION_ID_LENGTH)]


@router.get("/sessions", operation_id="list_sessions")
def list_sessions(
    state: ReadyState, q: Annotated[str | None, Query(max_length=1000)] = None, deleted: bool = False
) -> list[SessionSummary]:
    """The last used first; `q`: every word of it in the title or in a question."""
    return state.services.sessions.list(q, deleted=deleted)


@router.get("/sessions/{session_id:path}", operation_id="get_session")
def get_session(session_id: SessionId, state: ReadyState) -> SessionDetail:
    return state.services.sessions.get(session_id)


@router.patch("/sessions/{session_id:path}", operation_id="rename_session")
def rename_session(session_id: SessionId, body: TitleBody, state: ReadyState) -> SessionSummary:
    """An empty title gives the first question back."""
    state.services.sessions.rename(session_id, body.title.replace("\0", ""))
    return state.services.sessions.get(session_id).session


@router.delete("/sessions/{session_id:path}", operation_id="delete_session")
def delete_session(session_id: SessionId, state: ReadyState) -> SessionState:
    """Off the list until it is restored."""
    state.services.sessions.delete(session_id, state.services.settings.clock())
    return SessionState("deleted", session_id)


@router.post("/sessions/{session_id:path}/restore", operation_id="restore_session")
def restore_session(session_id: SessionId, state: ReadyState) -> SessionState:
    state.services.sessions.restore(session_id)
    return SessionState("restored", session_id)


@router.post("/reset-session/{session_id:path}", operation_id="reset_session")
def reset_session(session_id: SessionId, state: ReadyState) -> SessionState:
    """Forget its turns; the id stays usable. An unknown one is no error."""
    state.services.sessions.reset(session_id)
    return SessionState("reset", session_id)
