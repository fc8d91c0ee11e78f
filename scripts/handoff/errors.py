"""The ways in which a script ends badly, as in benchmarks/harness/machine/errors.hpp, and how it says so."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import ParamSpec

from . import streams

EXIT_FAILED = 1
EXIT_MISUSE = 2
EXIT_INCONCLUSIVE = 3  # too little was seen to say that nothing is worse
EXIT_INTERRUPTED = 130  # as a shell reports an end by SIGINT

# What the operating system says when the place to write to is at fault, and not the program.
_OUTPUT_ERRNOS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENOENT,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.EFBIG,
    errno.EIO,
}

PACKAGES = Path(__file__).resolve().parent.parent / "packages.tsv"

P = ParamSpec("P")


class HandoffError(Exception):
    """What was asked for cannot be done. The message is one line: the thing, the value, the valid choices."""


class MeasurementError(Exception):
    """Measuring was possible, and its outcome is bad."""


def ends_with_one_line(main: Callable[P, int]) -> Callable[P, int]:
    """Decorate a script's main: an error becomes one line on stderr and the exit code that belongs to it."""

    @functools.wraps(main)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> int:
        with streams.sound():
            return ended(*args, **kwargs)

    def ended(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            code = main(*args, **kwargs)
            streams.flush_output()
            return code
        except HandoffError as error:
            return _say(error, EXIT_MISUSE)
        except MeasurementError as error:
            return _say(error, EXIT_FAILED)
        except KeyboardInterrupt:
            return _say("interrupted", EXIT_INTERRUPTED)
        except MemoryError:
            return _say("there is not enough memory for it", EXIT_MISUSE)
        except BrokenPipeError:
            # The reader of our output (head, a pager) has gone; nothing is left to say, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return EXIT_FAILED
        except ModuleNotFoundError as error:
            package = _package_of(error)
            if package is None:
                raise
            return _say(
                f"{sys.executable} has no module '{error.name}'; Debian's package {package} brings it for "
                f"/usr/bin/python3: apt-get install {package}",
                EXIT_MISUSE,
            )
        except OSError as error:
            if error.errno not in _OUTPUT_ERRNOS:
                raise
            return _say(describe(error), EXIT_MISUSE)

    return guarded


def _package_of(error: ModuleNotFoundError) -> str | None:
    """The package of the project's list that has the module; None: it is a module of our own that is missing."""
    package = f"python3-{(error.name or '').partition('.')[0]}"
    listed = PACKAGES.read_text(encoding="utf-8").splitlines()
    return package if any(line.split("\t")[0] == package for line in listed) else None


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """An error in the midst of reading or writing a file does not say which file it was; here it does."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    with naming(path):
        path.write_bytes(data)


def describe(error: OSError) -> str:
    reason = os.strerror(error.errno) if error.errno is not None else str(error)
    return f"{error.filename}: {reason}" if error.filename is not None else reason


def unknown(thing: str, value: str, valid: Iterable[str]) -> HandoffError:
    """The error for a value that is none of the valid ones, with the nearest of them as a guess."""
    choices = list(valid)
    near = get_close_matches(value, choices, n=1)
    guess = f" did you mean '{near[0]}'?" if near else ""
    return HandoffError(f"unknown {thing} '{value}';{guess} valid: {', '.join(choices) or 'none'}")


def _say(error: object, code: int) -> int:
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    return code
