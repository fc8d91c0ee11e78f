"""What keeps the board and the line together, whoever died between the two: done by one worker at a time, now and then."""

from __future__ import annotations

from . import board as boards
from .board import PREFIX, QUEUED, Board
from .line import Line
from .server import understood

TURN = f"{PREFIX}turn"  # held by whoever did it last, until it is time again


def is_due(board: Board, every_s: float) -> bool:
    with understood():
        return bool(board.client.set(TURN, "1", nx=True, px=max(1, int(1000 * every_s))))


def keep(board: Board, line: Line) -> None:
    for job, state in board.abandoned():
        settle(board, line, job, state)
    _find_lost(board, line)


def settle(board: Board, line: Line, job: str, state: str) -> None:
    """Has the line follow what the board says of the job since a moment ago."""
    fields = board.fields([job])[job]
    try:
        on = board.spec(job).on
    except ValueError:
        return  # of another version of the fleet, which knows what to do
    if state == QUEUED:
        line.put_back(job, on)
    elif state == boards.FAILED:
        line.aside(job, on, fields.get("log", ""))
    elif state in (boards.DONE, boards.CANCELLED):
        line.leave(job, on)


def _find_lost(board: Board, line: Line) -> None:
    """Jobs that are queued and in no queue: their worker died when it had drawn them, or whoever put them back. One that
    is seen so once may be on its way; twice in a row it is not."""
    waiting = line.waiting()
    with understood():
        ids = [job.decode() for job in board.client.lrange(boards.JOBS, 0, -1)]
    missing = {job for job, state in board.states(ids).items() if state == QUEUED and job not in waiting}
    key = f"{PREFIX}missing"
    with understood():
        before = {job.decode() for job in board.client.smembers(key)}
        pipe = board.client.pipeline()
        pipe.delete(key)
        if missing - before:
            pipe.sadd(key, *sorted(missing - before))
        pipe.execute()
    for job in sorted(missing & before):
        settle(board, line, job, QUEUED)
