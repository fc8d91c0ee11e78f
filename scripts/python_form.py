#!/usr/bin/python3
"""Runs the Python forms of the source's experiments, one at a time; scripts/python_baseline.py runs it. Any Python
from 3.8 on will do, without packages."""

from __future__ import annotations

import sys

from handoff.python.forms.main import main

if __name__ == "__main__":
    sys.exit(main())
