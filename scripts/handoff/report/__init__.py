"""What is derived from a run for people: summary, figures, page."""
