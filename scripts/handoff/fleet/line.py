"""Where jobs wait for a worker: queues of RQ, one for each kind of machine that is asked for, so that RQ's own tools show
them (`rq info`). A job of RQ's is here an id and nothing else. Whatever else stands in one, such as a function's name, is
neither unpacked nor called: Redis tells a worker what to measure, not what to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rq import Queue
from rq.job import Job, JobStatus
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from . import selector
from .server import understood

QUEUE_PREFIX = "handoff-fleet:"

# Of no module, so that the command `rq worker` can do nothing with such a job.
FUNCTION = "handoff_fleet.measured_by_its_own_workers_alone"

FOR_EVER_S = -1


class Line:
    def __init__(self, client: Any) -> None:
        self.client = client

    def add(self, job: str, on: str) -> None:
        """At the end of its queue."""
        with understood():
            self._queue(on).enqueue_job(self._job(job, on))

    def put_back(self, job: str, on: str) -> None:
        """The same of a job that was in the line before, wherever it stands now."""
        with understood():
            queue, one = self._queue(on), self._job(job, on)
            with self.client.pipeline() as pipe:
                self._clear(queue, one, pipe)
                pipe.execute()
            queue.enqueue_job(one)

    def next(self, told: Mapping[str, str]) -> tuple[str, str] | None:
        """A job, and what it asks for, for a machine that says so of itself."""
        for on in self.asked():
            if not selector.fits(on, told):
                continue
            with understood():
                queue = self._queue(on)
                found = Queue.lpop([queue.key], None, connection=self.client)
                if found is None:
                    continue
                one = self._job(_text(found[1]), on)
                StartedJobRegistry(queue=queue).add(one, FOR_EVER_S)
                one.set_status(JobStatus.STARTED)
                return one.id, on
        return None

    def aside(self, job: str, on: str, log: str) -> None:
        """With RQ's failed jobs."""
        with understood():
            queue, one = self._queue(on), self._job(job, on)
            with self.client.pipeline() as pipe:
                self._clear(queue, one, pipe)
                one.set_status(JobStatus.FAILED, pipeline=pipe)
                FailedJobRegistry(queue=queue).add(one, FOR_EVER_S, log, pipeline=pipe)
                pipe.execute()

    def leave(self, job: str, on: str) -> None:
        """Nothing more is to be done for it."""
        with understood(), self.client.pipeline() as pipe:
            queue, one = self._queue(on), self._job(job, on)
            self._clear(queue, one, pipe)
            pipe.delete(one.key)
            pipe.execute()

    def asked(self) -> list[str]:
        """What jobs ask for, the most particular first: a machine that can do what few can does that."""
        with understood():
            keys = [_text(key) for key in self.client.smembers(Queue.redis_queues_keys)]
        prefix = f"{Queue.redis_queue_namespace_prefix}{QUEUE_PREFIX}"
        found = [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
        return sorted(found, key=lambda on: (on == selector.ANY, -on.count(","), on))

    def waiting(self) -> set[str]:
        with understood():
            return {
                _text(job) for on in self.asked() for job in self.client.lrange(self._queue(on).key, 0, -1)
            }

    def _queue(self, on: str) -> Queue:
        return Queue(f"{QUEUE_PREFIX}{on}", connection=self.client, serializer=JSONSerializer)

    def _job(self, job: str, on: str) -> Job:
        """Made of what we know, and not of what Redis holds."""
        one = Job.create(
            FUNCTION,
            [job],
            id=job,
            connection=self.client,
            serializer=JSONSerializer,
            timeout=FOR_EVER_S,
            result_ttl=FOR_EVER_S,
            failure_ttl=FOR_EVER_S,
            description=f"campaign {job}",
        )
        one.origin = f"{QUEUE_PREFIX}{on}"
        return one

    def _clear(self, queue: Queue, one: Job, pipe: Any) -> None:
        pipe.lrem(queue.key, 0, one.id)
        StartedJobRegistry(queue=queue).remove(one, pipeline=pipe)
        FailedJobRegistry(queue=queue).remove(one, pipeline=pipe)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
