"""The source's experiments in Python, as its articles have them: standard library only, for any Python from 3.8 on.

Each runs in the same frame as the C++ cases (placement, yardstick, window, verification) and prints what they print.
Nothing here imports anything else of handoff: the interpreter is the user's choice and may have no packages at all.
"""
