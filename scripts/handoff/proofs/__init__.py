"""What the tests have shown of each implementation, and of which source."""
