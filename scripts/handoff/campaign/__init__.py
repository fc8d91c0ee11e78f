"""Measuring: which cases, in what order, for how long, and what each trial gave."""
