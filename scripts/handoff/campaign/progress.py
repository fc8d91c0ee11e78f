"""How far a campaign is, on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

# Without a terminal: a line each time another tenth is done.
STEPS = 10


@dataclass(frozen=True)
class State:
    block: int  # from 0
    blocks: int  # as planned at the moment
    spent_s: float
    left_s: float
    failures: int

    @property
    def done(self) -> float:
        total = self.spent_s + self.left_s
        return self.spent_s / total if total > 0 else 1.0

    def __str__(self) -> str:
        failed = f", {self.failures} not ok" if self.failures else ""
        return f"block {self.block + 1} of about {self.blocks}, {clock(self.left_s)} left{failed}"


class Display(Protocol):
    def show(self, state: State) -> None:
        ...

    def say(self, text: str) -> None:
        ...

    def close(self) -> None:
        ...


def display(console: Console) -> Display:
    if console.is_terminal:
        return Bar(console)
    return PlainLines(console)


class Bar:
    def __init__(self, console: Console) -> None:
        # No refreshing in the background: it would run on the CPUs that are being measured.
        self._progress = Progress(
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            console=console,
            auto_refresh=False,
        )
        self._task = self._progress.add_task("", total=1.0)
        self._progress.start()

    def show(self, state: State) -> None:
        self._progress.update(self._task, completed=state.done, description=str(state))
        self._progress.refresh()

    def say(self, text: str) -> None:
        self._progress.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def close(self) -> None:
        self._progress.stop()


class PlainLines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = 0

    def show(self, state: State) -> None:
        step = int(state.done * STEPS)
        if step > self._step:
            self._step = step
            self.say(f"{state.done:4.0%}  {state}")

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def close(self) -> None:
        pass


def clock(seconds: float) -> str:
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
