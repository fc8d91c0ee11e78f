"""A run's folder: cases, samples, blocks and stamps, written and read back."""
