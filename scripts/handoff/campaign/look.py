"""A look at a campaign while it is measured, by a process of its own that waits in between.

The statistics need pandas, with which the campaign's own process would be three times as large, and the larger it
is the longer it takes to start a trial: fork copies its page tables (measured: 13 ms instead of 3).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import MeasurementError
from ..run.sampling import BLOCKS_NAME, Needs, Sampling, read_blocks

Json = dict[str, Any]


class Beside:
    """A process that answers each line with one: the next of what `answers` of a module of this room yields."""

    def __init__(self, run: Path, module: str) -> None:
        self._run = run
        self._module = module
        self._process: subprocess.Popen[str] | None = None

    def ask(self) -> Any:
        """About the complete blocks on the disk."""
        if self._process is None:
            self._process = self._start()
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write("look\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            code = self._process.wait()
            raise MeasurementError(
                f"what {self._run} still needs could not be found out: exit code {code}; its samples are kept"
            )
        return json.loads(answer)

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()  # ends its input, and so the process
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        # Its own session: Ctrl-C is the campaign's to handle. When the campaign dies its input ends.
        code = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); "
        code += f"from handoff.campaign import look, {self._module} as asked; look.serve(asked.answers)"
        return subprocess.Popen(
            # -I: else modules of the working folder come first.
            [sys.executable, "-I", "-c", code, str(self._run)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


class Look(Beside):
    def __init__(self, run: Path) -> None:
        super().__init__(run, "look")

    def needs(self) -> Needs:
        """What is left to be wished for."""
        return Needs.from_dict(self.ask())


# ---- the other side ------------------------------------------------------------------------------------------


def serve(answers: Callable[[Path], Iterator[Json]]) -> None:
    """A line for each one that comes in."""
    found = answers(Path(sys.argv[1]))
    for _ in sys.stdin:
        print(json.dumps(next(found)), flush=True)


def answers(run: Path) -> Iterator[Json]:
    """What is needed, at each look."""
    # Not before: see above.
    from ..run import results, run_folder
    from . import needs

    rule = Sampling.from_dict(run_folder.read_environment(run / run_folder.ENVIRONMENT_NAME)["sampling"])
    before = sum(plan.needs is not None for plan in read_blocks(run / BLOCKS_NAME)[0].values())
    watched = needs.Watched(rule.contests, before)
    while True:
        samples = results.load(run).complete_samples()
        yield watched.needs(samples, rule.precision, rule.first_blocks).as_dict()
