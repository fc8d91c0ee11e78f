"""What is known of each job, in Redis, and the steps that change it. Each step is one script, which Redis carries out as a
whole: however many workers try it at once and wherever one of them dies, a job is in one state, and ends once.

    queued -> running -> done            a run of it was accepted: the first whole one
       ^         |
       |         +-> queued              its worker was silent for too long, was stopped, or failed
       |         +-> failed              for the third time: kept with its log
       +-- requeue --+-- cancelled

Times are those of the server, so that the clocks of the machines do not matter; the simulation brings its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .server import understood
from .spec import Spec, from_json

PREFIX = "handoff:fleet:"
JOBS, BEATS, WORKERS = f"{PREFIX}jobs", f"{PREFIX}beats", f"{PREFIX}workers"

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)

MOST_FAILURES = 3
# A job whose worker vanishes so often is kept aside, too: it may be what makes it vanish.
MOST_ABANDONED = 50

LOG_BYTES = 64 << 10
CHUNK_BYTES = 1 << 20

_NOW = "local t = redis.call('TIME'); local now = ARGV[1] ~= '' and tonumber(ARGV[1]) or t[1] + t[2] / 1e6\n"
_JOB = "local job = KEYS[1]; local state = redis.call('HGET', job, 'state')\n"

# Each has the time as its first argument.
_SCRIPTS = {
    # KEYS job, beats; ARGV now, id, worker, silent_s. Returns the number of the attempt, 0 if it is not to be had.
    "take": """
if state ~= 'queued' then return 0 end
redis.call('HSET', job, 'state', 'running', 'worker', ARGV[3], 'progress', 'begun', 'since', now)
redis.call('HDEL', job, 'missing')
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[2])
return redis.call('HINCRBY', job, 'takes', 1)""",
    # ARGV now, id, attempt, silent_s, progress. Returns 0 if the job is no longer this attempt's.
    "beat": """
if state ~= 'running' or redis.call('HGET', job, 'takes') ~= ARGV[3] then return 0 end
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[2])
redis.call('HSET', job, 'progress', ARGV[5])
return 1""",
    # KEYS job, beats, parcel; ARGV now, id, sha256, chunks, bytes, run_id, worker. 1: accepted, now or before; 0: another
    # run was, or the job was called off; -1: not all of it is here.
    "commit": """
if state == 'done' then return redis.call('HGET', job, 'sha256') == ARGV[3] and 1 or 0 end
if state == 'cancelled' or not state then return 0 end
if redis.call('HLEN', KEYS[3]) ~= tonumber(ARGV[4]) then return -1 end
redis.call('HSET', job, 'state', 'done', 'sha256', ARGV[3], 'chunks', ARGV[4], 'bytes', ARGV[5], 'run_id', ARGV[6],
    'worker', ARGV[7], 'since', now)
redis.call('ZREM', KEYS[2], ARGV[2])
return 1""",
    # ARGV now, id, attempt, log, most failures. Returns the new state.
    "fail": """
if state ~= 'running' or redis.call('HGET', job, 'takes') ~= ARGV[3] then return state end
local failures = redis.call('HINCRBY', job, 'failures', 1)
local new = failures >= tonumber(ARGV[5]) and 'failed' or 'queued'
redis.call('HSET', job, 'state', new, 'log', ARGV[4], 'since', now)
redis.call('ZREM', KEYS[2], ARGV[2])
return new""",
    # A worker that is stopped gives its job back at once. ARGV now, id, attempt.
    "release": """
if state ~= 'running' or redis.call('HGET', job, 'takes') ~= ARGV[3] then return 0 end
redis.call('HSET', job, 'state', 'queued', 'since', now)
redis.call('ZREM', KEYS[2], ARGV[2])
return 1""",
    # ARGV now, id, most abandoned, attempt or '': one whose end is certain. Returns the new state; '' if it is still alive.
    "abandon": """
local ends = redis.call('ZSCORE', KEYS[2], ARGV[2])
if ARGV[4] == '' and ends and tonumber(ends) > now then return '' end
if ARGV[4] ~= '' and ARGV[4] ~= redis.call('HGET', job, 'takes') then return '' end
redis.call('ZREM', KEYS[2], ARGV[2])
if state ~= 'running' then return '' end
local times = redis.call('HINCRBY', job, 'abandoned', 1)
local new = times >= tonumber(ARGV[3]) and 'failed' or 'queued'
redis.call('HSET', job, 'state', new, 'since', now)
if new == 'failed' then redis.call('HSET', job, 'log', 'its worker vanished ' .. times .. ' times') end
return new""",
    # ARGV now, id. Returns 1 if it was one to cancel.
    "cancel": """
if state ~= 'queued' and state ~= 'running' and state ~= 'failed' then return 0 end
redis.call('HSET', job, 'state', 'cancelled', 'since', now)
redis.call('ZREM', KEYS[2], ARGV[2])
return 1""",
    # By hand. ARGV now, id. Returns 1 if it was one to put back.
    "requeue": """
if state ~= 'failed' and state ~= 'cancelled' then return 0 end
redis.call('HSET', job, 'state', 'queued', 'failures', 0, 'abandoned', 0, 'since', now)
return 1""",
    # What has come is not what was sent. KEYS job, beats, parcel; ARGV now, id, sha256.
    "reject": """
if state ~= 'done' or redis.call('HGET', job, 'sha256') ~= ARGV[3] then return 0 end
redis.call('DEL', KEYS[3])
redis.call('HSET', job, 'state', 'queued', 'since', now)
return 1""",
}


@dataclass(frozen=True)
class JobState:
    """What the board says of a job."""

    id: str
    spec: Spec | None  # None: not one that this version of the fleet understands
    state: str
    fields: Mapping[str, str]

    @property
    def attempts(self) -> int:
        return int(self.fields.get("takes", 0))


class Board:
    def __init__(self, client: Any, now: float | None = None) -> None:
        self.client = client
        self.now = now  # of the simulation
        self._scripts = {name: client.register_script(_NOW + _JOB + text) for name, text in _SCRIPTS.items()}

    def add(self, job: str, spec: Spec) -> None:
        with understood():
            pipe = self.client.pipeline()
            pipe.hset(_key(job), mapping={"spec": spec.to_json(), "state": QUEUED})
            pipe.rpush(JOBS, job)
            pipe.execute()

    def take(self, job: str, worker: str, silent_s: float) -> int:
        return int(self._do("take", job, worker, silent_s))

    def beat(self, job: str, attempt: int, silent_s: float, progress: str) -> bool:
        return bool(self._do("beat", job, attempt, silent_s, progress))

    def fail(self, job: str, attempt: int, log: str) -> str:
        return _text(self._do("fail", job, attempt, log[-LOG_BYTES:], MOST_FAILURES))

    def release(self, job: str, attempt: int) -> bool:
        return bool(self._do("release", job, attempt))

    def cancel(self, job: str) -> bool:
        return bool(self._do("cancel", job))

    def requeue(self, job: str) -> bool:
        return bool(self._do("requeue", job))

    def abandon(self, job: str, attempt: int | None = None) -> str:
        """What becomes of a job whose worker has been silent for too long or, of a certain attempt, is known to be dead."""
        return _text(self._do("abandon", job, MOST_ABANDONED, "" if attempt is None else attempt))

    def abandoned(self) -> list[tuple[str, str]]:
        """Jobs whose workers have been silent for too long, and what has become of them."""
        with understood():
            seconds, microseconds = self.client.time()
            now = self.now if self.now is not None else seconds + microseconds / 1e6
            late = [_text(job) for job in self.client.zrangebyscore(BEATS, "-inf", now)]
        ended = [(job, self.abandon(job)) for job in late]
        return [(job, state) for job, state in ended if state]

    def note_refusal(self, job: str, why: str) -> None:
        with understood():
            self.client.hset(_key(job), "refused", why)

    # ---- the parcel of a run ---------------------------------------------------------------------------------

    def send(self, job: str, sha256: str, parcel: bytes) -> int:
        """In chunks, each of which may be sent again; returns how many."""
        key, count = _parcel(job, sha256), 0
        for count, at in enumerate(range(0, len(parcel), CHUNK_BYTES), 1):
            with understood():
                self.client.hset(key, str(count - 1), parcel[at : at + CHUNK_BYTES])
        return count

    def commit(self, job: str, sha256: str, chunks: int, size: int, run_id: str, worker: str) -> int:
        return int(
            self._do("commit", job, sha256, chunks, size, run_id, worker, more=(_parcel(job, sha256),))
        )

    def drop(self, job: str, sha256: str) -> None:
        with understood():
            self.client.delete(_parcel(job, sha256))

    def parcel(self, job: str, sha256: str, chunks: int) -> bytes:
        parts = []
        for at in range(chunks):
            with understood():
                parts.append(self.client.hget(_parcel(job, sha256), str(at)) or b"")
        return b"".join(parts)

    def reject(self, job: str, sha256: str) -> bool:
        return bool(self._do("reject", job, sha256, more=(_parcel(job, sha256),)))

    def acknowledge(self, job: str, forget: bool) -> None:
        """The run is safe with whoever has fetched it."""
        fields = self.fields([job])[job]
        with understood():
            self.client.hset(_key(job), "fetched", "1")
        if forget:
            self.drop(job, fields["sha256"])

    # ---- reading ---------------------------------------------------------------------------------------------

    def jobs(self) -> list[JobState]:
        with understood():
            ids = [_text(job) for job in self.client.lrange(JOBS, 0, -1)]
        return [_state(job, fields) for job, fields in self.fields(ids).items() if fields]

    def fields(self, jobs: Iterable[str]) -> dict[str, dict[str, str]]:
        ids = list(jobs)
        with understood():
            pipe = self.client.pipeline(transaction=False)
            for job in ids:
                pipe.hgetall(_key(job))
            return {job: _decoded(found) for job, found in zip(ids, pipe.execute())}

    def states(self, jobs: Sequence[str]) -> dict[str, str]:
        with understood():
            pipe = self.client.pipeline(transaction=False)
            for job in jobs:
                pipe.hget(_key(job), "state")
            return {job: _text(state) for job, state in zip(jobs, pipe.execute())}

    def spec(self, job: str) -> Spec:
        """ValueError if it is none."""
        with understood():
            return from_json(_text(self.client.hget(_key(job), "spec")))

    def _do(self, name: str, job: str, *arguments: Any, more: tuple[str, ...] = ()) -> Any:
        now = "" if self.now is None else repr(self.now)
        with understood():
            return self._scripts[name](keys=[_key(job), BEATS, *more], args=[now, job, *arguments])


def _key(job: str) -> str:
    return f"{PREFIX}job:{job}"


def _parcel(job: str, sha256: str) -> str:
    return f"{PREFIX}parcel:{job}:{sha256}"


def _state(job: str, fields: Mapping[str, str]) -> JobState:
    try:
        spec = from_json(fields.get("spec", ""))
    except ValueError:
        spec = None
    return JobState(job, spec, fields.get("state", ""), fields)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value or ""


def _decoded(found: Mapping[bytes, bytes]) -> dict[str, str]:
    return {_text(key): _text(value) for key, value in found.items()}
