"""`vigie ask --batch`: a file of questions, one JSON object a line, answered in their order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from vigie.cli.door import opened
from vigie.cli.shapes import Json, answer, line
from vigie.cli.wanted import Asked
from vigie.cli.watch import say
from vigie.errors import InputError, VigieError
from vigie.settings import Settings
from vigie.types import Answer

MAX_LINE = 1_000_000  # characters; a question holds far fewer


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that asks nothing that could be answered."""

    id: object
    reason: str


def lines(file: Path, like: Asked) -> Iterator[Asked | BadLine]:
    """The questions of a file, each with the limits of `like`; blank lines are passed over. Raises InputError."""
    try:
        with file.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                if raw.strip():
                    yield _read(number, raw, like)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error


def _read(number: int, raw: bytes, like: Asked) -> Asked | BadLine:
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return BadLine(None, f"line {number} is not JSON")
    if not isinstance(found, dict):
        return BadLine(None, f'line {number} is not an object such as {{"id": "1", "text": "..."}}')
    turns = found.get("turns", [found.get("text")])
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        return BadLine(found.get("id"), f'line {number} needs a "text", or "turns" that are a list of texts')
    return replace(like, turns=tuple(turns), id=found.get("id"))


def failed(bad_id: object, question: str, reason: str) -> Json:
    """What stands in the output for a line that could not be asked."""
    shaped = answer(
        Answer(
            answer_id="",
            session_id="",
            question=question,
            state="failed",
            route="none",
            answer=reason,
            exact=None,
            choices=[],
            citations=[],
            contexts=[],
            history=[],
            notices=[],
            model="composed",
            timestamp=datetime.now(UTC),
        )
    )
    return {"id": bad_id, **shaped}


def ask(file: Path, like: Asked, settings: Settings) -> int:
    """Print an answer a line, each as soon as it is there; returns 1 when one failed."""
    if not file.is_file():
        raise InputError(f"{file} is not a file: name one with a JSON object on each line")
    some_failed = False
    with opened(settings) as door:
        for asked in lines(file, like):
            if isinstance(asked, BadLine):
                found = failed(asked.id, "", asked.reason)
            else:
                try:
                    found = {"id": asked.id, **door.answer(asked)}
                except VigieError as error:
                    found = failed(asked.id, asked.turns[-1], str(error))
            if found["state"] == "failed":
                some_failed = True
                say(f"question {line(found['id'])} failed: {found['answer']}")
            print(line(found), flush=True)
    return int(some_failed)
