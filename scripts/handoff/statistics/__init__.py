"""What samples say: regimes, intervals, verdicts, controls."""
