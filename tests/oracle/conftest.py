"""The worker needs a package of its own environment, so it is not imported with the tests."""

collect_ignore = ["official.py"]
