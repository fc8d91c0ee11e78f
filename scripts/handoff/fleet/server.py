"""The Redis that a fleet meets in: which one may be trusted with it, and a connection to it."""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from ..errors import HandoffError

PASSWORD_VARIABLE = "HANDOFF_FLEET_PASSWORD"
VALID = "valid: redis://HOST:PORT, rediss://HOST:PORT with TLS, unix:///PATH"

_HOST = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?/?"
ANSWER_S = 10.0  # a server that takes longer is taken for one that is cut off


class CutOff(Exception):
    """The server does not answer now. It may later."""


@dataclass(frozen=True)
class Server:
    scheme: str  # redis, rediss or unix
    host: str  # or the path of the socket
    port: int
    user: str | None
    password: str | None
    ca: Path | None

    def __repr__(self) -> str:
        return f"{self.scheme} server"  # neither host nor password gets into a log by way of a traceback

    @property
    def is_local(self) -> bool:
        """A socket, or the loopback interface: what passes there leaves this machine nowhere."""
        if self.scheme == "unix" or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False  # a name: who knows where it leads

    def secrets(self) -> dict[str, str]:
        """What must not be in what leaves this machine, and what stands there instead."""
        hidden = {} if self.is_local else {self.host: "<server>"}
        return hidden | ({self.password: "<secret>"} if self.password else {})

    def connect(self) -> Any:
        """A connection on which the server has answered."""
        client = self._client()
        try:
            with understood():
                client.ping()
        except BaseException:
            client.close()
            raise
        return client

    def _client(self) -> Any:
        common = {
            "username": self.user,
            "password": self.password,
            "socket_timeout": ANSWER_S,
            "socket_connect_timeout": ANSWER_S,
        }
        if self.scheme == "unix":
            return redis.Redis(unix_socket_path=self.host, **common)
        if self.scheme == "rediss":
            ca = None if self.ca is None else str(self.ca)
            return redis.Redis(host=self.host, port=self.port, ssl=True, ssl_ca_certs=ca, **common)
        return redis.Redis(host=self.host, port=self.port, **common)


# What Redis calls errors that pass: it reads its data, is full, cannot write to its disk, or is busy.
_PASSING = ("LOADING", "OOM", "MISCONF", "READONLY", "BUSY", "MASTERDOWN", "TRYAGAIN")
_REFUSED = ("WRONGPASS", "NOAUTH", "NOPERM")


class understood:
    """Turns what Redis says into an error of ours, or into CutOff if it may say something else later."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if not isinstance(error, redis.exceptions.RedisError):
            return
        said = str(error)
        if isinstance(error, redis.exceptions.AuthenticationError) or said.startswith(_REFUSED):
            raise HandoffError(
                "the Redis server refuses this user and password; --password-file or "
                f"{PASSWORD_VARIABLE} says another one"
            ) from None
        if "called without any password configured" in said:
            raise HandoffError(
                "a password was given, and the Redis server asks for none: anybody could give its workers orders; "
                "requirepass in its redis.conf sets one"
            ) from None
        if "CERTIFICATE_VERIFY_FAILED" in said:
            raise HandoffError(
                "the Redis server's certificate is not trusted here, or is of another host; --ca FILE names the "
                "certificates to trust"
            ) from None
        if "handshake" in str(error.__context__):
            raise CutOff(
                "the Redis server does not answer by TLS; without TLS its URL begins with redis://"
            ) from None
        if isinstance(error, redis.exceptions.ConnectionError | redis.exceptions.TimeoutError):
            raise CutOff("the Redis server does not answer") from None
        if said.startswith(_PASSING):
            raise CutOff(f"the Redis server does not take it now ({said.split()[0]})") from None


def asked_for(given: argparse.Namespace) -> Server:
    """The server that the options say, if it may be trusted."""
    scheme, host, port = _parsed(given.redis)
    server = Server(scheme, host, port, given.user, _password(given.password_file), given.ca)
    if given.ca is not None and scheme != "rediss":
        raise HandoffError(
            "--ca is of a server with TLS, and --redis names one without; valid: rediss://HOST"
        )
    if given.ca is not None and not given.ca.is_file():
        raise HandoffError(f"--ca '{given.ca}' is no file; valid: a file of certificates")
    if server.password is None and not server.is_local:
        raise HandoffError(
            "--redis: the server is on another machine, and no password is given: whoever reaches it could give its "
            f"workers orders; valid: --password-file FILE, {PASSWORD_VARIABLE}, a loopback address, unix:///PATH"
        )
    return server


def _password(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get(PASSWORD_VARIABLE) or None
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise HandoffError(f"--password-file '{file}': {error.strerror}") from error
    if mode & 0o077:
        raise HandoffError(f"--password-file '{file}': others may read it; chmod 600 {file}")
    if not text:
        raise HandoffError(f"--password-file '{file}' is empty; valid: a file with a password")
    return text


def _parsed(url: str) -> tuple[str, str, int]:
    """No message quotes the URL, as there may be a secret in it."""
    if "@" in url:
        raise HandoffError(
            "--redis: the URL has a user or a password in it, and any process can read those; valid: --user and "
            f"--password-file, or the variable {PASSWORD_VARIABLE}"
        )
    scheme, found, rest = url.partition("://")
    if not found or scheme not in ("redis", "rediss", "unix"):
        raise HandoffError(f"--redis: that is no URL of a server; {VALID}")
    if scheme == "unix":
        if not rest.startswith("/") or not rest.strip("/"):
            raise HandoffError(f"--redis: the URL has no path; {VALID}")
        return scheme, rest, 0
    parts = re.fullmatch(_HOST, rest)
    port = int(parts["port"] or 6379) if parts else 0
    if parts is None or not 0 < port < 65536:
        raise HandoffError(f"--redis: the URL has no host, or no port from 1 to 65535; {VALID}")
    return scheme, parts["host"].strip("[]"), port
