"""A look at a campaign while it is measured, by a process of its own that waits in between.

The statistics need pandas, with which the campaign's own process would be three times as large, and the larger it
is the longer it takes to start a trial: fork copies its page tables (measured: 13 ms instead of 3).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import MeasurementError
from ..run.sampling import Needs, Sampling


class Beside:
    """A process that answers each line with one, by the function `answer` of a module of this room."""

    def __init__(self, run: Path, module: str, arguments: Sequence[str]) -> None:
        self._run = run
        self._module = module
        self._arguments = arguments
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
        code += f"from handoff.campaign.{self._module} import answer; answer()"
        return subprocess.Popen(
            # -I: else modules of the working folder come first.
            [sys.executable, "-I", "-c", code, str(self._run), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


class Look(Beside):
    def __init__(self, run: Path, rule: Sampling) -> None:
        super().__init__(run, "look", [repr(rule.precision), str(rule.first_blocks)])

    def needs(self) -> Needs:
        """What is left to be wished for."""
        return Needs.from_dict(self.ask())


def answer() -> None:
    """The other side: a line of needs for each line that comes in."""
    # Not before: see above.
    from ..run import results
    from . import needs

    run, precision, first_blocks = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    for _ in sys.stdin:
        found = needs.of(results.load(run).complete_samples(), precision, first_blocks)
        print(json.dumps(found.as_dict()), flush=True)
