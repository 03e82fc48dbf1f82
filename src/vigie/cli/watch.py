"""What is said on standard error while a command works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vigie.types import Progress, SourceRef

# Controls would move the cursor or colour the terminal of whoever reads a page's title.
_INERT = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def inert(text: str) -> str:
    """Text from elsewhere, without what a terminal would obey."""
    return text.translate(_INERT)


def say(text: str) -> None:
    """One line for the person, whatever standard output is used for."""
    print(f"vigie: {inert(' '.join(text.split()))}", file=sys.stderr)


@contextmanager
def watching() -> Iterator[Callable[[Progress], None]]:
    """Takes the moments of a sync; on a terminal they are bars with their rate and the time left."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TaskID, TextColumn
    from rich.progress import Progress as Bars
    from rich.progress import TimeRemainingColumn as TimeLeft
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f} {task.fields['unit']}/s" if task.speed else "")

    name = TextColumn("{task.description}", markup=False)
    with Bars(name, BarColumn(), MofNCompleteColumn(), Rate(), TimeLeft(), console=Console(stderr=True)) as bars:
        tasks: dict[SourceRef, tuple[str, TaskID]] = {}

        def show(moment: Progress) -> None:
            stage, task = tasks.get(moment.ref, ("", None))
            if task is None or moment.stage not in (stage, "done"):
                if task is not None:
                    bars.remove_task(task)
                text = inert(f"{moment.ref.kind} {moment.ref.name}: {moment.stage}")
                task = bars.add_task(text, total=moment.total, unit=moment.unit)
                tasks[moment.ref] = (moment.stage, task)
            bars.update(task, completed=moment.done, total=moment.done if moment.stage == "done" else moment.total)

        yield show


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """A turning sign on a terminal, for what tells nothing on its way."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield
