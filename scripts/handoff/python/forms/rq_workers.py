"""The articles' job queue: RQ, over a Redis of its own. What is asked of it is what its users do: `enqueue`, processes of
`rq worker`, the registries of finished and of failed jobs, and `requeue`."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterator, List, Sequence

from . import rq_server
from .fetching import Fetched
from .rq_jobs import FUNCTION, TAKEN, restored
from .rq_server import LOOK_S, QUEUE, Office
from .simulated_list import Document
from .simulated_network import ARRIVED, expected_end
from .window import Figures, FormError

Deliver = Callable[[Fetched], None]
Run = Callable[[Deliver], None]

# A list takes seconds. What is waited for longer has been lost.
LIMIT_S = 120.0


class Jobs:
    """The documents of a list as jobs in RQ's queue; the id of a job is the number of its document."""

    def __init__(self, office: Office, documents: Sequence[Document], seed: int) -> None:
        from rq import Queue

        self.queue = Queue(QUEUE, connection=office.redis)
        self.office = office
        self._documents = documents
        self._seed = seed

    def enqueue(self) -> None:
        for index, document in enumerate(self._documents):
            # The results are read when all is done, too.
            self.queue.enqueue_call(
                FUNCTION, (tuple(document), index, self._seed), job_id=str(index), result_ttl=-1
            )

    def collect(self, deliver: Deliver, ids: Sequence[str]) -> None:
        """Hands in what has ended, as it is seen, until all of these have."""
        missing, end = set(ids), time.monotonic() + LIMIT_S
        while missing:
            ended = missing & {*self._finished(), *self.failed()}
            for job in self.fetched(sorted(ended, key=int)):
                deliver(restored(job.meta[TAKEN] if job.is_failed else job.return_value()))
            missing -= ended
            if time.monotonic() > end:
                raise FormError(f"unverified: {len(missing)} of {len(ids)} documents were lost")
            if missing:
                time.sleep(LOOK_S)

    def fetched(self, ids: Sequence[str]) -> List[Any]:
        from rq.job import Job

        return list(Job.fetch_many(ids, connection=self.office.redis))

    def failed(self) -> List[str]:
        return list(self.queue.failed_job_registry.get_job_ids())

    def _finished(self) -> List[str]:
        return list(self.queue.finished_job_registry.get_job_ids())


def all_of(jobs: Jobs, documents: Sequence[Document], deliver: Deliver) -> None:
    """The first results are seen while the last documents are still enqueued."""
    with ThreadPoolExecutor(1) as beside:
        enqueued = beside.submit(jobs.enqueue)
        jobs.collect(deliver, [str(index) for index in range(len(documents))])
        enqueued.result()


def one_killed(jobs: Jobs, documents: Sequence[Document], deliver: Deliver) -> None:
    """In the midst of a document. RQ would take more than a minute to notice; here somebody does at once, and puts the
    job back by hand, before all that waits."""
    jobs.enqueue()
    jobs.queue.enqueue_job(_taken_by_force(jobs), at_front=True)
    jobs.collect(deliver, [str(index) for index in range(len(documents))])


def _taken_by_force(jobs: Jobs) -> Any:
    """The job that a worker had when it was killed."""
    from rq import Worker

    registry = jobs.queue.started_job_registry
    for process in jobs.office.workers[:-1]:  # one stays
        (worker,) = (w for w in Worker.all(connection=jobs.office.redis) if w.pid == process.pid)
        while worker.get_current_job_id() is None and jobs.queue.count:
            time.sleep(LOOK_S / 10)
        process.kill()
        process.wait()
        # It may have ended its job, and have said so, just before.
        held = jobs.fetched([job for job in [worker.get_current_job_id()] if job])
        for job in held:
            if job.is_started:
                registry.remove(job)
                return job
    raise FormError("voided: no worker was killed in the midst of a document")


def put_back(jobs: Jobs, documents: Sequence[Document]) -> int:
    """The failed jobs are those of the documents that cannot be had, each kept with its reason; once put back by
    hand, each is done again and fails again. Returns how many there are."""
    ends = {str(index): expected_end(document) for index, document in enumerate(documents)}
    hopeless = sorted((index for index, end in ends.items() if end.status != ARRIVED), key=int)
    kept = sorted(jobs.failed(), key=int)
    if kept != hopeless:
        raise FormError(f"unverified: {len(kept)} failed jobs were kept; the list has {len(hopeless)}")
    for job in jobs.fetched(kept):
        if f"{ends[job.id].status} after {ends[job.id].attempts} attempts" not in str(
            job.latest_result().exc_string
        ):
            raise FormError(f"unverified: the failed job of document {job.id} was kept without its reason")
    again: List[Fetched] = []
    registry = jobs.queue.failed_job_registry
    for index in kept:
        registry.requeue(index)
    jobs.collect(again.append, kept)
    if sorted(jobs.failed(), key=int) != hopeless:
        raise FormError("unverified: of the failed jobs that were put back some did not fail again")
    return len(again)


How = Callable[[Jobs, Sequence[Document], Deliver], None]


def over(kind: str, how: How = all_of) -> Callable[..., Any]:
    """A way to do the list by workers of that kind, which are there before the clock starts."""

    @contextlib.contextmanager
    def opened(documents: Sequence[Document], seed: int, n: int, figures: Figures) -> Iterator[Run]:
        with rq_server.opened(n, kind) as office:
            jobs = Jobs(office, documents, seed)
            before = office.cpu_s()

            def run(deliver: Deliver) -> None:
                how(jobs, documents, deliver)

            yield run
            figures["cpu_s"] = office.cpu_s() - before
            figures["put_back"] = put_back(jobs, documents)

    return opened
