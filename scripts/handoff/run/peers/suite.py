"""What is known of a peer's benchmark program, and of what one run of it printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

OURS, THEIRS = "ours", "theirs"  # the labels of trials

CPUS = 2  # every shape that is compared has two threads, each with a CPU of its own


@dataclass(frozen=True)
class Clock:
    """Frequencies of the time stamp counter: the true one, and the one in which a program of the peer's believes if it
    reads the name of the CPU's model."""

    tsc_hz: float
    model: str


@dataclass(frozen=True)
class Row:
    """A figure of the peer's."""

    printed: str  # with its unit
    ns: float  # what an operation took, in true nanoseconds
    at_least: bool = False  # what is printed leaves open that it took longer


@dataclass(frozen=True)
class Reading:
    rows: dict[str, Row]  # by what was measured
    corrected: str  # how its figures were made true
    implied_s: float = 0.0  # how long the program must have run, if its figures are what they are taken for
    withheld: str = ""  # which figures are left out, and why


@dataclass(frozen=True)
class Counterpart:
    """A row of the peer's and a case of ours of the same shape."""

    row: str
    case: str
    differs: tuple[str, ...] = ()  # in what they differ beside what the whole suite differs in


@dataclass(frozen=True)
class Suite:
    name: str
    library: str  # what our cases of the same queues are compiled against: a package of Debian
    programs: tuple[str, ...]  # where a checkout has the built program
    how_to_build: str
    arguments: tuple[tuple[str, ...], ...]  # of each of its processes in a block
    read: Callable[[str, Clock], Reading]
    repeats: int  # trials of a case of ours in a block, of which one figure is made as the peer makes its own
    summary: str  # how it does that, in words
    summarised: Callable[
        [Sequence[float]], float
    ]  # what an operation took in each trial, to what the peer would print
    wrong: str  # what it says on standard error where its queues lost or doubled an item; empty: it does not check
    differs: tuple[str, ...]  # in what every row differs from our case
    counterparts: tuple[Counterpart, ...]


# How much longer than it ran a program may claim to have run: what is printed is rounded.
_ROUNDED = 1.02


def disagrees(reading: Reading, seconds: float) -> str:
    """Why the figures cannot be what they are taken for; empty: they can."""
    if reading.implied_s <= _ROUNDED * seconds:
        return ""
    return f"its figures add up to {reading.implied_s:.1f} s, and the whole program ran for {seconds:.1f} s"


class Foreign(ValueError):
    """The program printed something that this benchmark does not print."""

    def __init__(self, suite: str, number: int, line: str) -> None:
        shown = f"'{line if len(line) <= 100 else line[:100] + '…'}'" if line.strip() else "empty"
        super().__init__(
            f"line {number} is {shown}, which the benchmark of {suite} does not print; valid: the output of its own "
            "program"
        )
