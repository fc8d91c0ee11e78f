"""From samples to intervals, regimes, rankings and controls."""
