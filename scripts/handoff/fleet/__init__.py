"""Campaigns on many machines: jobs in a Redis of the user's, workers that measure them, and their runs brought home."""
