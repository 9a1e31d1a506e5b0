"""Loops over typed arrays, compiled by Numba, each with a NumPy twin of the same name in `twins`."""
