"""The parts of `canonical`, one file an area."""
