"""Benchmark programs of other projects: what they print, in true units, and which case of ours measures the same."""
