"""What the machine and the build are, as far as a run's folder names them."""
