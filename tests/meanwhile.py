"""What holds while something else goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def always(check: Callable[[], None], threads: int = 3) -> Iterator[None]:
    """`check` again and again in threads of their own, while the block runs; fails if it ever did."""
    done, failures = threading.Event(), list[BaseException]()

    def ask() -> None:
        try:
            while not done.is_set():
                check()
        except BaseException as error:
            failures.append(error)
            raise

    askers = [threading.Thread(target=ask) for _ in range(threads)]
    for asker in askers:
        asker.start()
    try:
        yield
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert failures == []
