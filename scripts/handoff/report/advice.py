"""What to do about each reason for which a run must not be cited."""

from __future__ import annotations

# By how the reason begins (statistics/controls.py); the first that fits.
_ADVICE = (
    (
        "control 'A/A' failed",
        "the machine was not the same for both names of one queue: stop what else runs on it, and measure anew",
    ),
    (
        "control '+5% is found' failed",
        "too little was measured to see 5%: go on with it, or stop what else runs on the machine and measure anew",
    ),
    (
        "control '+2% is found, or said to be too little' failed",
        "the run sees less than it says: measure anew; if that stays, scripts/validate.py shows how often",
    ),
    (
        "control 'loses one item",
        "verification missed lost items: trust no figure of this build; scripts/test.sh shows what is wrong",
    ),
    (
        "control 'duplicates one item",
        "verification missed doubled items: trust no figure of this build; scripts/test.sh shows what is wrong",
    ),
    ("dirty build", "commit what was changed, build it and measure anew"),
    ("unknown source", "measure from a clone of the repository, whose commit can be named"),
    ("build type", "scripts/bench.sh builds and measures an optimised release; leave out --build-dir"),
    ("built with sanitizers", "measure a build without HANDOFF_SANITIZE; scripts/bench.sh makes one"),
    ("flags", "measure a build with -O2 or -O3; leave CXXFLAGS empty for the project's own"),
    ("no complete block", "go on with it for longer: --time-budget"),
)
_ABSENT = (
    "measure with the controls: leave out --alone, --workload and --filter, or take --impl, which adds them"
)


def on(reason: str) -> str:
    """What to do about it."""
    if reason.startswith("control '") and "' absent: " in reason:
        return _ABSENT
    known = (told for begins, told in _ADVICE if reason.startswith(begins))
    return next(known, "see the report's section on controls")
