"""Runs a `vigie` command in this process and keeps what it printed."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from vigie.cli.app import run


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def vigie(*arguments: object) -> Ran:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        status = run([str(argument) for argument in arguments])
    return Ran(status, _text(out), _text(err))


def refused(ran: Ran, *words: str) -> bool:
    """Unusable input: status 2, nothing on standard output, one line that says all of `words`."""
    one_line = ran.err.count("\n") == 1 and ran.err.startswith("vigie: ")
    return ran.status == 2 and ran.out == "" and one_line and all(word in ran.err for word in words)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
