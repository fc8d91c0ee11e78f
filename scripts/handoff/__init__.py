"""What lies behind the scripts: from the cases that the benchmarks list to samples on disk, and from there on."""
