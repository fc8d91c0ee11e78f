"""Runs held against one another: what changed, and how far the numbers hold."""
