"""Readers of the file formats that genotypes come in, one module a format."""
