"""Says what is being done and how long it took: live on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_DETAIL = "[dim]{task.fields[detail]}[/dim]"


class Steps:
    """Reports steps one after another.

    On a terminal the running step spins with its latest detail and leaves one line with its seconds; in a log file each
    step gives a line when it starts and one when it ends.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        self._console.print(escape(text))

    @contextmanager
    def step(self, title: str) -> Generator[Callable[[str], None]]:
        """Run one step; the value is called with details of what goes on (shown on a terminal only)."""
        started = time.monotonic()
        if not self._console.is_terminal:
            self.say(f"{title} ...")
            yield lambda detail: None
        else:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), TextColumn(_DETAIL))
            with Progress(*columns, console=self._console, transient=True) as progress:
                task = progress.add_task(escape(title), total=None, detail="")
                yield lambda detail: progress.update(task, detail=escape(detail))
                progress.update(task, visible=False)  # it would stand there until an outer step ends
        self._console.print(f"[green]done[/green] {escape(title)} [dim]({_seconds(started)})[/dim]")


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"
