"""A Redis server of the user's own, for the strategies whose workers take their jobs from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import HandoffError
from ..run import strategies

QUEUE = "downloads"


@dataclass(frozen=True)
class RedisServer:
    url: str  # redis://HOST:PORT or unix:///PATH, which the binary checks
    queue: str = QUEUE
    workers_elsewhere: int = 0  # of those of each run, how many are started by hand, on any host

    def flags(self) -> list[str]:
        """Of the one workload that has such strategies."""
        return [
            f"--redis={self.url}",
            f"--queue={self.queue}",
            f"--workers_elsewhere={self.workers_elsewhere}",
        ]

    def where(self) -> list[str]:
        """What would tell whose server it is."""
        parts = urlsplit(self.url)
        return [part for part in (parts.hostname, parts.path.strip("/")) if part]

    def described(self) -> dict[str, Any]:
        """For environment.json, which names no host."""
        return {"workers_elsewhere": self.workers_elsewhere}


def asked_for(url: str | None, queue: str | None, elsewhere: int | None) -> RedisServer | None:
    """The server that the options of a command line say; None if there is none."""
    if url is None:
        for option, value in (("--queue", queue), ("--workers-elsewhere", elsewhere)):
            if value is not None:
                raise HandoffError(f"{option} {value}: it is one of the server that --redis URL names")
        return None
    if not url.startswith(("redis://", "unix:///")):
        raise HandoffError(f"--redis '{url}' is no URL of a server; valid: redis://HOST:PORT, unix:///PATH")
    if elsewhere is not None and elsewhere < 0:
        raise HandoffError(f"--workers-elsewhere {elsewhere}: at least 0")
    return RedisServer(url, queue or QUEUE, elsewhere or 0)


def warnings(environment: Mapping[str, Any]) -> list[str]:
    """What a report says of it at its top."""
    server = environment.get("redis")
    if server is None:
        return []
    elsewhere = server["workers_elsewhere"]
    who = f", and {elsewhere} of the n workers of each such run were elsewhere" if elsewhere else ""
    return [
        f"The Redis server of {strategies.WORKLOAD} was one that the campaign was told of{who}. "
        "What is said here of the machine, of CPU time and of memory does not include these."
    ]
