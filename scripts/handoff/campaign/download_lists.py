"""The lists of documents that profiles take, as the keys of their cases have them."""

from __future__ import annotations

from .rules import Value, Values

# What a queue allows: many savers behind many downloaders, or one behind one.
DOWNLOADS: tuple[Values, ...] = (
    {"n": "8", "m": "2", "wait": "block"},
    {"n": "8", "m": "1", "wait": "block"},
    {"n": "1", "m": "1", "wait": "block"},
)

# As many savers as downloaders.
AS_MANY: tuple[Values, ...] = ({"n": "3", "m": "3", "wait": "block"},)

# Some tenths of a second each: the long lists are in the full profile.
SHORT_LIST: tuple[Values, ...] = ({"items": "64", "latency": "log_normal", "ms": "4", "time": "real"},)
# How many under way are enough.
SHORT_SWEEP: tuple[Values, ...] = ({"items": "200", "latency": "log_normal", "ms": "4", "time": "real"},)

# As long as the articles have them, and longer.
NO_ACCIDENTS: dict[str, Value] = {"failures": "0%", "bandwidth": "unlimited"}
LONG_LIST: dict[str, Value] = NO_ACCIDENTS | {"items": "500", "latency": "log_normal", "ms": "50"}
SIMULATED: dict[str, Value] = {"time": "real", "transport": None}
# Nothing to wait for: what a queue between two stages costs.
STAGES: tuple[Values, ...] = (NO_ACCIDENTS | SIMULATED | {"items": "10000", "ms": "0", "n": "1"},)
# The articles' two sizes with at most 4 under way: 11 pages, and 500 documents, in virtual time.
PAGES: tuple[Values, ...] = (
    NO_ACCIDENTS | {"items": "11", "latency": "log_normal", "ms": "50", "time": "real"},
)
FOUR_AT_ONCE: tuple[Values, ...] = (LONG_LIST | {"n": "4", "time": "virtual"},)
# A tenth of the attempts fail, on either network.
_FAILING: dict[str, Value] = {"failures": "10%", "ms": "4", "n": "8", "time": "real"}
ACCIDENTS: tuple[Values, ...] = (_FAILING | {"transport": None},)
ACCIDENTS_ON_THE_WIRE: tuple[Values, ...] = (_FAILING | {"transport": "http"},)
# A thread for each, up to what the machine hardly notices; and a number at which the end of the list hardly counts.
LONG_SWEEP: tuple[Values, ...] = (LONG_LIST | SIMULATED | {"n": ("8", "16", "32", "64")},)
MANY_UNDER_WAY: tuple[Values, ...] = (NO_ACCIDENTS | {"items": "25600", "n": "256", "time": "real"},)
# The same lists over both networks.
STEADY: tuple[Values, ...] = (
    NO_ACCIDENTS | {"items": "500", "latency": "constant", "ms": ("5", "20"), "n": "8", "time": "real"},
)
UNSTEADY: tuple[Values, ...] = (LONG_LIST | {"n": ("8", "64"), "time": "real"},)
WITH_ACCIDENTS: tuple[Values, ...] = ({"failures": "10%", "ms": "20", "n": "8", "time": "real"},)
OVER_A_LINK: tuple[Values, ...] = ({"bandwidth": "10MB", "ms": "20", "n": "8", "time": "real"},)
# Each document at a rate of its own; no link is shared.
OWN_RATES: tuple[Values, ...] = ({"bandwidth": "log_normal_500kB", "ms": "20", "n": "8", "time": "real"},)
# Where the link is the limit, and where a document takes hardly longer than a thread's wake-up.
NARROW_LINK: tuple[Values, ...] = (SIMULATED | {"bandwidth": "10MB", "ms": "4", "n": ("8", "32")},)
NEARBY: tuple[Values, ...] = (NO_ACCIDENTS | SIMULATED | {"items": "500", "ms": "1", "n": ("1", "8", "32")},)
# Hours of virtual time, which take less than a second.
HOURS: tuple[Values, ...] = ({"items": "100000", "n": "256", "time": "virtual"},)
IN_BOTH_TIMES: tuple[Values, ...] = (LONG_LIST | {"n": "8", "time": "virtual"},)

# Savers that want the same names; what the disk takes is another question.
SAVING: tuple[Values, ...] = ({"n": "8", "sync": "none"},)
# The disk's own time, too.
SAVING_AND_SYNCING: tuple[Values, ...] = ({"n": "8", "sync": ("none", "fsync")},)
