"""What processes leave that are killed at a moment of a test's choice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_FORKS = """
import json, os, signal, sys
from pathlib import Path
tests, base, prepare, begin, moments = sys.argv[1:]
sys.path.insert(0, tests)
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
exec(prepare)
for number, code in enumerate(json.loads(moments)):
    child = os.fork()
    if child == 0:
        folder = Path(base) / str(number)
        exec(begin)
        exec(code)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9, code
"""


def left_by_kills(
    base: Path, moments: Mapping[str, str], *, prepare: str, begin: str, timeout: float = 100
) -> dict[str, Path]:
    """Moment -> the folder that a process killed then has left.

    Each moment's code runs after `begin`, which finds its `folder`, and ends in `die()`. One process runs `prepare`,
    the slow imports; each moment is a fork of it.
    """
    asked = [sys.executable, "-c", _FORKS, str(Path(__file__).parent), str(base), prepare, begin]
    ended = subprocess.run(
        [*asked, json.dumps(list(moments.values()))], capture_output=True, text=True, timeout=timeout
    )
    assert ended.returncode == 0, ended.stderr
    return {moment: base / str(number) for number, moment in enumerate(moments)}
