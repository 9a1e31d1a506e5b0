"""A real server under the questions of fifty researchers at once."""
