"""A real Chroma server, the one that comes with its package, on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def chroma_server() -> Iterator[str]:
    """Its address; its data goes with it."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        program = [Path(sys.executable).with_name("chroma"), "run", "--host", "127.0.0.1"]
        process = subprocess.Popen([*program, "--port", str(port), "--path", folder], stdout=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 150
            while not _answers(url):
                assert process.poll() is None
                assert time.monotonic() < until, "the Chroma server never came"
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v2/heartbeat").status_code == 200
    except httpx.TransportError:
        return False
