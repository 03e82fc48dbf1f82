"""A small MongoDB on loopback, as far as Vigie and its tests speak to one, with the faults of a real one.

The real driver talks to it over TCP. Documents are kept byte for byte, filters on `_id` and the order of `_id` are
MongoDB's own; other filters are mongomock's, aggregations those of `mongo_aggregate`. Needs the package mongomock.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vigie.testing.mongo_commands import Commands, View
from vigie.testing.mongo_store import Collection, Raw, Refused, broken_bytes, broken_text
from vigie.testing.mongo_wire import Message, receive, send
from vigie.testing.served import Served

__all__ = ["READ_ONLY", "READ_WRITE", "Command", "FakeMongo", "Fault", "Raw", "View", "broken_bytes", "broken_text"]

READ_ONLY = ("collStats", "dbStats", "find", "killCursors", "listCollections", "listIndexes")
READ_WRITE = (*READ_ONLY, "insert", "remove", "update")

Kind = Literal[
    "cursor_lost", "step_down", "recovering", "time_limit", "unauthorized", "interrupted", "unknown", "cut", "slow"
]
ERRORS: dict[str, tuple[int, str, str]] = {
    "cursor_lost": (43, "CursorNotFound", "cursor id 1 not found"),
    "step_down": (10107, "NotWritablePrimary", "not primary"),
    "recovering": (189, "PrimarySteppedDown", "operation was interrupted: the primary stepped down"),
    "time_limit": (50, "MaxTimeMSExpired", "operation exceeded time limit"),
    "unauthorized": (13, "Unauthorized", "not authorized on this database to execute this command"),
    "interrupted": (11601, "Interrupted", "operation was interrupted"),
    "unknown": (2, "BadValue", "Unknown type name alias: minKey"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """One that was received."""

    name: str
    database: str
    body: Mapping[str, Any]


@dataclass
class Fault:
    """What happens to commands called `command`: the first `after` pass, `times` of them fail, None for all.

    "cut" closes the connection without a reply, "slow" answers after `seconds`.
    """

    kind: Kind
    command: str = "find"
    after: int = 0
    times: int | None = 1
    seconds: float = 0.0

    def strikes(self, command: str) -> bool:
        if command != self.command or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class FakeMongo(Served):
    """A context manager; `uri` is what MONGO_URI takes, `database` what MONGO_DB takes.

    `commands` holds every command received, in order, handshakes too. `faults` may be added to at any time. It is a
    replica set of one, so that sessions, retries and read preferences are in play.
    """

    def __init__(
        self,
        collections: Mapping[str, Iterable[Mapping[str, Any] | Raw]] | None = None,
        *,
        database: str = "flowdb",
        views: Mapping[str, View] | None = None,
        actions: Sequence[str] = READ_ONLY,
        faults: Iterable[Fault] = (),
    ) -> None:
        self.database = database
        self.commands: list[Command] = []
        self.faults = list(faults)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._connection())
        self._commands = Commands(self.address, list(actions), {database: dict(views or {})})
        for name, documents in (collections or {}).items():
            self.collection(name).fill(documents)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def uri(self) -> str:
        return f"mongodb://{self.address}/"

    @property
    def names(self) -> list[str]:
        """Of the commands received, handshakes and the driver's own left out."""
        own = {"hello", "ismaster", "isMaster", "endSessions", "ping"}
        return [command.name for command in self.commands if command.name not in own]

    def collection(self, name: str) -> Collection:
        """To be filled or changed behind the driver's back; made when it is not there."""
        return self._commands.collection(self.database, name)

    def put(self, name: str, collection: Collection) -> None:
        """A collection that finds its documents in a way of its own."""
        self._commands.databases.setdefault(self.database, {})[name] = collection

    def drop(self, name: str) -> None:
        self._commands.databases.get(self.database, {}).pop(name, None)

    def lose_cursors(self) -> None:
        """As after a restart."""
        self._commands.cursors.clear()

    def _connection(self) -> type[socketserver.BaseRequestHandler]:
        owner = self

        class Connection(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    while (message := receive(self.request)) is not None:
                        reply = owner._answer(message)
                        if reply is None:
                            return
                        send(self.request, message, reply)
                except OSError:
                    return

        return Connection

    def _answer(self, message: Message) -> Mapping[str, Any] | None:
        """The reply; None cuts the connection."""
        name = next(iter(message.body))
        with self._lock:
            self.commands.append(Command(name, message.body["$db"], message.body))
            fault = next((fault for fault in self.faults if fault.strikes(name)), None)
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        elif fault is not None and fault.kind == "cut":
            return None
        elif fault is not None:
            return _error(Refused(*ERRORS[fault.kind]))
        try:
            return {**self._commands.run(name, message.body), "ok": 1.0}
        except Refused as error:
            return _error(error)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _error(error: Refused) -> dict[str, Any]:
    return {"ok": 0.0, "code": error.code, "codeName": error.name, "errmsg": error.message}
