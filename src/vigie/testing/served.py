"""What the stand-ins have in common that are servers."""

from __future__ import annotations

import socketserver
import threading
from typing import Self

POLL = 0.02  # seconds between two looks at whether to end


class Served:
    """A context manager: inside, `_server`, which the subclass makes, serves in a thread of its own."""

    _server: socketserver.TCPServer

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
