#!/usr/bin/python3
"""Runs the Python forms of the source's experiments, one at a time; scripts/python_baseline.py runs it. Any Python
from 3.8 on will do, without packages."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # PYTHONSAFEPATH leaves it out
from handoff.python.forms.main import main

if __name__ == "__main__":
    sys.exit(main())
