"""A Redis server of the user's own, for the strategies whose workers take their jobs from one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import HandoffError
from ..run import strategies

QUEUE = "downloads"

_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_HOST_AND_PORT = rf"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:/\[\]]+)(:({_PORT}))?/?"


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
        scheme, _, rest = self.url.partition("://")
        return [part for part in (rest.strip("/") if scheme == "unix" else _host(self.url),) if part]

    def described(self) -> dict[str, Any]:
        """For environment.json, which names no host."""
        return {"workers_elsewhere": self.workers_elsewhere}


VALID = "valid: redis://HOST:PORT, unix:///PATH"


def check_url(url: str) -> None:
    """As the binaries read it, before any trial. What may be a secret is in no message: the server has to be one that
    asks for none."""
    if "@" in url:
        raise HandoffError(
            f"--redis: the URL has a user or a password, which are not supported, as any process can read them; {VALID}"
        )
    scheme, found, rest = url.partition("://")
    if not found or scheme not in ("redis", "unix"):
        raise HandoffError(f"--redis: that is no URL of a server; {VALID}")
    if unusual := sorted(set(rest) & set("?#%\\ \t\n")):
        raise HandoffError(f"--redis: the URL has {unusual[0]!r} in it; {VALID}")
    if scheme == "unix":
        if not rest.startswith("/") or not rest.strip("/"):
            raise HandoffError(f"--redis: the URL has no path; {VALID}")
        return
    if not re.fullmatch(_HOST_AND_PORT, rest):
        raise HandoffError(
            f"--redis: the URL has no host, or something that is no port from 1 to 65535; {VALID}"
        )


def _host(url: str) -> str:
    found = re.fullmatch(_HOST_AND_PORT, url.partition("://")[2])
    return found["host"].strip("[]") if found else ""


def asked_for(url: str | None, queue: str | None, elsewhere: int | None) -> RedisServer | None:
    """The server that the options of a command line say; None if there is none."""
    if url is None:
        for option, value in (("--queue", queue), ("--workers-elsewhere", elsewhere)):
            if value is not None:
                raise HandoffError(f"{option} {value}: it is one of the server that --redis URL names")
        return None
    check_url(url)
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
