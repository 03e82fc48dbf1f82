"""Serving on an address: bind, say where, run until told to stop."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from vigie.api.app import create_app
from vigie.api.guards import is_loopback
from vigie.errors import InputError, SettingError
from vigie.wiring.services import Services

STOP_SECONDS = 3  # for open requests to end once asked to stop
WILDCARDS = ("0.0.0.0", "::", "")


def serve(services: Services, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until SIGINT or SIGTERM; the URL stands in the data directory's lock meanwhile.

    `port` 0 takes a free one. The services stay the caller's to close. Raises SettingError for an address beyond
    loopback without VIGIE_TOKEN, InputError for one that cannot be bound.
    """
    if not is_loopback(host) and services.settings.token is None:
        raise SettingError(f"VIGIE_TOKEN is not set: expected a secret text before serving on {host or '*'}")
    bound = bind(host, port)
    try:
        hosts = None if host in WILDCARDS else (host,)
        config = uvicorn.Config(
            create_app(services, hosts=hosts),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        services.lock.publish(url_of(host, bound.getsockname()[1]))
        with _kept_signals():
            uvicorn.Server(config).run(sockets=[bound])
    finally:
        services.lock.publish(None)
        bound.close()


def url_of(host: str, port: int) -> str:
    """Where a client on this machine reaches it."""
    name = "127.0.0.1" if host in WILDCARDS else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises InputError."""
    if not 0 <= port <= 65_535:
        raise InputError(f"{port} is no port: give --port a number from 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, OverflowError, UnicodeError) as error:
        raise InputError(f"{host}:{port} is no address to serve on: give --host and --port of this machine") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(128)
    except (OSError, OverflowError) as error:
        bound.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise InputError(f"port {port} of {host} is in use: give another with --port") from error
        raise InputError(f"{host}:{port} cannot be served on ({error}): give another --host or --port") from error
    return bound


@contextmanager
def _kept_signals() -> Iterator[None]:
    """uvicorn stops at a signal and then raises it anew, which would end the process before anything is closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
