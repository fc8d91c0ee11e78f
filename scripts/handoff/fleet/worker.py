"""A worker: waits until this machine is free, takes a job, measures it, sends the run, and keeps its own copy until somebody
has fetched it. Whatever happens to Redis meanwhile, what is measured is on this machine's disk first."""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..campaign import commits
from ..campaign.interrupt import Interrupt
from ..errors import HandoffError, MeasurementError, describe
from ..host.privacy import anonymous
from . import parcel, selector, supervised, upkeep
from .board import CANCELLED, DONE, QUEUED, RUNNING, WORKERS, Board
from .heart import Heart
from .kept import Copy, Kept, Progress, sole
from .line import Line
from .server import CutOff, Server, understood
from .sources import Allowed, NotAllowed, NotHere, Sources
from .spec import Spec
from .supervised import MachineLock

TRY_AGAIN_S = 10.0  # at most, to reach a server that does not answer
CANNOT_GO_ON = re.compile(r"^error: cannot go on with ", re.MULTILINE)


@dataclass(frozen=True)
class Settings:
    name: str
    server: Server
    allowed: Allowed
    state: Path
    lock: Path
    silent_s: float  # after which others take this worker for dead
    poll_s: float
    until_idle: bool  # ends when there is nothing for it to do


class Worker:
    def __init__(self, settings: Settings, interrupt: Interrupt) -> None:
        self._settings = settings
        self._interrupt = interrupt
        settings.state.mkdir(parents=True, exist_ok=True)
        self._own = sole(settings.state / "worker.lock", settings.name)
        self._lock = MachineLock(settings.lock)
        self._kept = Kept(settings.state / "kept")
        self._told = selector.of_this_machine(settings.name)
        self._is_cut_off = False
        self._board = self._connected()
        self._line = Line(self._board.client)
        self._sources = Sources(settings.state, settings.allowed, lambda: self._board)
        # Until when: a machine on which nothing builds is not to use up what is left of a job's attempts.
        self._left_to_others: dict[str, float] = {}

    def _connected(self) -> Board:
        """A worker may be there before its server is."""
        while True:
            try:
                return Board(self._settings.server.connect())
            except CutOff as error:
                self._cut_off(error)
                if self._interrupt.requested:
                    raise

    def work(self) -> None:
        self.say(
            f"cpu {self._told['cpu']}, {self._told['cores']} cores; copies are in {self._settings.state}"
        )
        is_new = True
        while not self._interrupt.requested:
            did = False
            try:
                if is_new:
                    self._own_up()
                    is_new = False
                did = self._round()
                self._back_again()
            except CutOff as error:
                self._cut_off(error)
            if not did and self._settings.until_idle and not self._is_cut_off and not self._has_more():
                break
            if not did:
                self._sleep(self._settings.poll_s * random.uniform(0.8, 1.2))
        self._leave()

    def _own_up(self) -> None:
        """There is one worker of this name, and this is it: what another one of it had begun nobody is at any longer."""
        for job, fields in self._board.fields(copy.job for copy in self._kept.all()).items():
            if fields.get("state") == RUNNING and fields.get("worker") == self._settings.name:
                if state := self._board.abandon(job, int(fields["takes"])):
                    upkeep.settle(self._board, self._line, job, state)

    def _has_more(self) -> bool:
        """Whether there is a job that this worker may come to do, be it because another one falls silent."""
        try:
            return any(
                job.state in (QUEUED, RUNNING)
                and job.spec is not None
                and selector.fits(job.spec.on, self._told)
                and self._left_to_others.get(job.id) != float("inf")
                for job in self._board.jobs()
            )
        except CutOff:
            return True

    def say(self, text: str) -> None:
        print(f"{self._settings.name}: {text}", file=sys.stderr, flush=True)

    # ---- what is done when nothing is measured -----------------------------------------------------------------

    def _round(self) -> bool:
        """Whether there was something to do."""
        self._announce("waits")
        sent = self._look_after_copies()
        if upkeep.is_due(self._board, self._settings.silent_s / 2):
            upkeep.keep(self._board, self._line)
        if not self._lock.taken():
            self._announce("waits for the machine")
            return sent
        try:
            return self._take() or sent
        finally:
            self._lock.leave()

    def _announce(self, doing: str) -> None:
        with understood():
            seen = self._board.client.time()[0]
            told = json.dumps({"told": self._told, "doing": doing, "seen": seen})
            self._board.client.hset(WORKERS, self._settings.name, told)

    def _look_after_copies(self) -> bool:
        """Sends what could not be sent, and drops what somebody has fetched. Whether something was sent."""
        copies = {copy.job: copy for copy in self._kept.all()}
        sent = False
        for job, fields in self._board.fields(copies).items():
            copy = copies[job]
            if fields.get("fetched") == "1" and fields.get("state") == DONE:
                copy.remove()
            elif fields and fields.get("state") not in (DONE, CANCELLED) and copy.run_id is not None:
                sent |= self._send(copy)
        return sent

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._interrupt.requested and time.monotonic() < end:
            time.sleep(min(0.05, seconds))

    def _cut_off(self, error: CutOff) -> None:
        if not self._is_cut_off:
            self.say(f"{error}; it tries again")
        self._is_cut_off = True
        self._sleep(min(TRY_AGAIN_S, self._settings.poll_s) * random.uniform(0.5, 1.0))

    def _back_again(self) -> None:
        if self._is_cut_off:
            self.say("the Redis server answers again")
        self._is_cut_off = False

    def _leave(self) -> None:
        try:
            with understood():
                self._board.client.hdel(WORKERS, self._settings.name)
                self._board.client.close()
        except CutOff:
            pass  # it is missed soon enough
        self._lock.close()
        os.close(self._own)

    # ---- one job ---------------------------------------------------------------------------------------------

    def _take(self) -> bool:
        found = self._line.next(self._told)
        if found is None:
            return False
        job, on = found
        if time.monotonic() < self._left_to_others.get(job, 0.0):
            self._line.put_back(job, on)
            return False
        attempt = self._board.take(job, self._settings.name, self._settings.silent_s)
        if attempt == 0:  # it was in the line twice, or has ended meanwhile
            if self._board.states([job])[job] in (DONE, CANCELLED, ""):
                self._line.leave(job, on)
            return True
        try:
            spec = self._board.spec(job)
        except ValueError as error:
            self._failed(job, attempt, f"not carried out: {error}")
            return True
        self._announce(f"job {job}")
        self._carry_out(job, attempt, spec)
        return True

    def _carry_out(self, job: str, attempt: int, spec: Spec) -> None:
        copy = self._kept.of(job)
        self.say(f"job {job}, attempt {attempt}: {spec}")
        progress = Progress(copy)
        server, silent_s = self._settings.server, self._settings.silent_s
        why, refused, wait_s = "", "", 0.0
        with Heart(server, job, attempt, silent_s, progress) as heart:

            def stop() -> bool:
                return heart.is_unwanted or self._interrupt.requested

            try:
                if copy.run_id is None:
                    why = self._measured(spec, copy, stop, progress)
            except (NotAllowed, NotHere) as error:
                refused = str(error)
                # What is not allowed stays so; what cannot be reached may come back.
                wait_s = self._settings.silent_s if isinstance(error, NotHere) else float("inf")
            except (HandoffError, MeasurementError) as error:
                why = f"not carried out: {error}"
            except OSError as error:
                why = f"not carried out: {describe(error)}"
        if copy.run_id is not None:
            self._send(copy)
        elif refused:
            self._refuse(job, attempt, refused, wait_s)
        elif self._interrupt.requested:
            self._give_back(job, attempt)
        elif heart.is_unwanted:
            self.say(f"job {job} is no longer wanted from here; what was measured stays in {copy.path}")
        else:
            self._failed(job, attempt, f"{why}\n{copy.end_of_log()}".strip())

    def _measured(self, spec: Spec, copy: Copy, stop: Callable[[], bool], progress: Progress) -> str:
        """Builds and measures; returns why there is no run. Twice where a run of before cannot go on."""
        source = self._sources.tree(spec)
        with open(copy.log, "wb") as log:
            for command in commits.build_commands(source):
                progress.doing = "builds"
                if code := supervised.run(command, source.root, log, self._lock, stop):
                    return f"{source.name} does not build: {' '.join(command)} ended with exit code {code}"
                if stop():
                    return "stopped"
            progress.doing = "measures"
            command = [sys.executable, str(source.root / "scripts" / "campaign.py"), "--no-report"]
            command += ["--profile", spec.profile, "--out", str(copy.run), *spec.flags()]
            was_begun = copy.is_begun
            code = supervised.run(command, source.root, log, self._lock, stop)
            if was_begun and code != 0 and not stop() and CANNOT_GO_ON.search(copy.end_of_log()):
                self.say(
                    f"job {copy.job} cannot go on with its run; {copy.set_aside()} keeps it, and it begins anew"
                )
                code = supervised.run(command, source.root, log, self._lock, stop)
        return f"the campaign ended with exit code {code}"

    def _send(self, copy: Copy) -> bool:
        """Whether a run was accepted. If the server is cut off the copy is sent later."""
        content = parcel.packed(copy.run)
        digest = parcel.sha256(content)
        run_id = copy.run_id or ""
        chunks = self._board.send(copy.job, digest, content)
        answer = self._board.commit(copy.job, digest, chunks, len(content), run_id, self._settings.name)
        if answer == 1:
            self.say(f"job {copy.job}: run {run_id} sent, {len(content)} bytes")
            upkeep.settle(self._board, self._line, copy.job, DONE)
        elif answer == 0:  # another worker's run of it was accepted, or it was called off
            self._board.drop(copy.job, digest)
            self.say(f"job {copy.job} has ended without this run; {copy.path} keeps it")
        return answer == 1

    def _give_back(self, job: str, attempt: int) -> None:
        if self._board.release(job, attempt):
            upkeep.settle(self._board, self._line, job, QUEUED)
            self.say(f"job {job} is given back; what was measured stays, and the same worker goes on with it")

    def _refuse(self, job: str, attempt: int, why: str, wait_s: float) -> None:
        """It is no fault of the job, and another worker may do it."""
        self.say(f"job {job} is left to others: {why}")
        self._left_to_others[job] = time.monotonic() + wait_s
        self._board.note_refusal(job, f"{self._settings.name}: {why}")
        if self._board.release(job, attempt):
            upkeep.settle(self._board, self._line, job, QUEUED)

    def _failed(self, job: str, attempt: int, log: str) -> None:
        self.say(f"job {job} failed: {log.splitlines()[0] if log else 'without a word'}")
        self._left_to_others[job] = time.monotonic() + self._settings.silent_s
        state = self._board.fail(job, attempt, self._harmless(log))
        upkeep.settle(self._board, self._line, job, state)

    def _harmless(self, log: str) -> str:
        """Without names of hosts and users, and without secrets."""
        text = str(anonymous(log))
        for secret, instead in self._settings.server.secrets().items():
            text = text.replace(secret, instead)
        return text
