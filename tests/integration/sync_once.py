"""One sync in a process of its own, which kills itself at a durable step: run by test_kill.

Arguments: the number of the step to die at (0: none). Settings come from the environment. Prints how many steps
there were.
"""

from __future__ import annotations

import os
import signal
import sys

from vigie.settings import load
from vigie.wiring import open_services


def main(die_at: int) -> None:
    steps = 0

    def boundary(step: str) -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    services = open_services(load(), boundary=boundary)
    report = services.syncer(boundary=boundary).run()
    services.close()
    print(steps, report.status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
