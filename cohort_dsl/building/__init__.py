"""The parts of `builder`, one file an area."""
