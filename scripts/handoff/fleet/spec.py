"""What a job asks for, as it stands in Redis. A worker believes nothing of it that it has not checked."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = 1

COMMIT, ARCHIVE = "commit", "archive"

# The options of scripts/campaign.py that a job may have: none that names a file, a program or a server.
OPTIONS = (
    *("filter", "impl", "workload", "wait", "time-budget", "blocks", "precision", "alone"),
    *("placement", "window-ms", "ramp-ms"),
)

JOB_ID = re.compile(r"[0-9a-f]{12}")
_DIGITS = {COMMIT: re.compile(r"[0-9a-f]{40}"), ARCHIVE: re.compile(r"[0-9a-f]{64}")}
_LONGEST = 2000


@dataclass(frozen=True)
class Spec:
    source: str  # COMMIT or ARCHIVE
    digest: str  # of git, or SHA-256
    profile: str
    on: str
    options: tuple[tuple[str, str], ...] = ()  # "alone" has "" as its value

    def to_json(self) -> str:
        return json.dumps({"schema": SCHEMA, **asdict(self)})

    def flags(self) -> list[str]:
        """For scripts/campaign.py. One word each, so that no value is taken for an option."""
        return [f"--{name}={value}" if value else f"--{name}" for name, value in self.options]

    def __str__(self) -> str:
        return f"{self.source} {self.digest[:12]} {self.profile} on {self.on}"


def from_json(text: str) -> Spec:
    """ValueError if it is not what a job has to be."""
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise ValueError("it is a job of another version of the fleet")
    source, digest = _text(told, "source"), _text(told, "digest")
    if source not in _DIGITS or not _DIGITS[source].fullmatch(digest):
        raise ValueError("it names neither a commit nor an archive")
    profile, on = _text(told, "profile"), _text(told, "on")
    if not re.fullmatch(r"[a-z_]+", profile):
        raise ValueError("its profile is none")
    return Spec(source, digest, profile, on, tuple(_option(one) for one in told.get("options", [])))


def _text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise ValueError(f"its {key} is none")
    return value


def _option(told: Any) -> tuple[str, str]:
    if not (isinstance(told, list) and len(told) == 2 and all(isinstance(part, str) for part in told)):
        raise ValueError("its options are none")
    name, value = told
    if name not in OPTIONS or len(value) > _LONGEST or "\0" in value:
        raise ValueError(f"a job may not have the option --{name[:40]}")
    return name, value
