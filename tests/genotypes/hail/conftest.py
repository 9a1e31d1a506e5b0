"""Tests that start Hail itself have the marker `hail`, since each start takes many seconds: `make hail-test`."""

collect_ignore = ["made.py"]
"""It runs in the Hail environment, and imports what is only there."""
