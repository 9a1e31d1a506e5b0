"""Runs: what was asked together, how far it is, and what was answered, for who asked."""
