"""The parts of `check`: each function looks at one visited node and gives what is wrong with it alone."""
