"""Messages of MongoDB's wire protocol: OP_MSG, and OP_QUERY for a driver's first hello.

Format: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bson

from vigie.testing.mongo_store import CODEC

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
_HEADER = struct.Struct("<iiii")
_INT = struct.Struct("<i")


@dataclass(frozen=True, slots=True)
class Message:
    """One command; `body` begins with the command's name and holds `$db`."""

    id: int
    code: int
    body: dict[str, Any]


def receive(connection: socket.socket) -> Message | None:
    """The next command, None when the client has gone."""
    header = _exactly(connection, _HEADER.size)
    if header is None:
        return None
    length, number, _, code = _HEADER.unpack(header)
    payload = _exactly(connection, length - _HEADER.size)
    if payload is None:
        return None
    return Message(number, code, _of_query(payload) if code == OP_QUERY else _of_msg(payload))


def send(connection: socket.socket, message: Message, reply: Mapping[str, Any]) -> None:
    body = bson.encode(reply)
    if message.code == OP_QUERY:
        payload, code = struct.pack("<iqii", 8, 0, 0, 1) + body, OP_REPLY
    else:
        payload, code = b"\0\0\0\0\0" + body, OP_MSG
    connection.sendall(_HEADER.pack(_HEADER.size + len(payload), message.id + 1, message.id, code) + payload)


def _of_query(payload: bytes) -> dict[str, Any]:
    """flags, collection name, skip, limit, document."""
    end = payload.index(b"\0", 4)
    database = payload[4:end].decode().partition(".")[0]
    return {**_document(payload, end + 9)[0], "$db": database}


def _of_msg(payload: bytes) -> dict[str, Any]:
    """flags, then sections: a body (0), or a named sequence of documents (1)."""
    flags = _INT.unpack_from(payload)[0]
    end = len(payload) - (4 if flags & 1 else 0)  # a checksum
    body: dict[str, Any] = {}
    sequences: dict[str, list[dict[str, Any]]] = {}
    at = 4
    while at < end:
        kind, at = payload[at], at + 1
        if kind == 0:
            body, at = _document(payload, at)
            continue
        stop = at + _INT.unpack_from(payload, at)[0]
        name_end = payload.index(b"\0", at + 4)
        documents = sequences.setdefault(payload[at + 4 : name_end].decode(), [])
        at = name_end + 1
        while at < stop:
            document, at = _document(payload, at)
            documents.append(document)
    return {**body, **sequences}


def _document(payload: bytes, at: int) -> tuple[dict[str, Any], int]:
    stop = at + _INT.unpack_from(payload, at)[0]
    return bson.decode(payload[at:stop], CODEC), stop


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
