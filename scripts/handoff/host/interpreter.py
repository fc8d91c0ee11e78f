"""Debian's interpreter with Debian's modules, however a script is started: by a python3 of conda's or of a virtual
environment that comes first on the PATH, or with modules of the user's own in the way. Needs only the standard library."""

from __future__ import annotations

import os
import site
import sys

INTERPRETER = "/usr/bin/python3"
MODULES = "/usr/lib/python3/dist-packages"

INSIST, AS_IT_IS = "HANDOFF_PYTHON", "as_it_is"

# By these a user has Python find other modules than its own.
_VARIABLES = ("PYTHONPATH", "PYTHONHOME")


def settle() -> None:
    """Begins the script anew where it should not go on as it has begun. Elsewhere than on Debian it stays as it is, and
    where the user insists."""
    if (
        os.environ.get(INSIST) == AS_IT_IS
        or sys.flags.isolated
        or _is_settled()
        or not (os.path.isdir(MODULES) and os.path.exists(INTERPRETER))
    ):
        return
    flags = ["-B"] if sys.flags.dont_write_bytecode else []
    flags += [f"-W{option}" for option in sys.warnoptions]
    sys.stdout.flush()
    os.execv(INTERPRETER, [INTERPRETER, "-I", *flags, *sys.argv])


def _is_settled() -> bool:
    is_debians = sys.executable and os.path.realpath(sys.executable) == os.path.realpath(INTERPRETER)
    is_plain = sys.prefix == sys.base_prefix and not any(os.environ.get(name) for name in _VARIABLES)
    return bool(is_debians) and is_plain and not _has_modules_of_the_users()


def _has_modules_of_the_users() -> bool:
    return bool(site.ENABLE_USER_SITE) and os.path.isdir(site.getusersitepackages())
