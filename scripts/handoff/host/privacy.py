"""No host and no user is named in what a run stores."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def anonymous(value: Any, servers: Iterable[str] = ()) -> Any:
    """The value with the names of host and user, and the serial numbers of its disks, blotted out; and those of
    the servers that it talks to."""
    names = _names() | {server: "<server>" for server in servers}
    return _anonymous(value, names)


def _anonymous(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _anonymous(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_anonymous(one, names) for one in value]
    return _blot(value, names) if isinstance(value, str) else value


def _blot(text: str, names: Mapping[str, str]) -> str:
    for name, instead in names.items():
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", instead, text)
    text = re.sub(r"(?i)(UUID=)[0-9a-f-]+", r"\1<uuid>", text)
    # Google Benchmark prints its context before the first case runs; a trial that fails leaves it behind.
    return re.sub(r'("host_name": *)"[^"]*"?', r'\1"<host>"', text)


def _names() -> dict[str, str]:
    node = os.uname().nodename
    names = {_home(): "<home>", node: "<host>", node.partition(".")[0]: "<host>", _user(): "<user>"}
    return {name: instead for name, instead in names.items() if name.strip("/")}


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:  # neither HOME nor a user of that id
        return ""


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user id without a name, as in many containers
        return ""
