"""What CTest says of the tests that it ran: the JUnit file of `ctest --output-junit`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ..errors import HandoffError

# Of CTest's words; a test that was not run or is disabled says nothing.
_PASSED = {"run": True, "fail": False}

# ThreadSanitizer names at its end what its suppressions have hidden.
_SUPPRESSED = re.compile(r"^ThreadSanitizer: Matched (\d+) suppressions", re.MULTILINE)


@dataclass(frozen=True)
class CTestResult:
    passed: bool
    suppressed: int  # reports of ThreadSanitizer


def read(path: Path) -> dict[str, CTestResult]:
    """The tests that were run, by name."""
    try:
        suite = ElementTree.parse(path).getroot()
    except FileNotFoundError as error:
        raise HandoffError(f"there is no '{path}'; ctest --output-junit {path} writes it") from error
    except ElementTree.ParseError as error:
        raise HandoffError(f"'{path}' is no JUnit file: {error}") from error
    found: dict[str, CTestResult] = {}
    for case in suite.iter("testcase"):
        status = case.get("status")
        if status in _PASSED:
            output = case.findtext("system-out") or ""
            hidden = sum(int(count) for count in _SUPPRESSED.findall(output))
            found[case.get("name", "")] = CTestResult(_PASSED[status], hidden)
    return found
