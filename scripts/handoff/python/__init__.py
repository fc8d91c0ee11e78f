"""The source's experiments in Python: measured beside the C++ cases, and told."""
