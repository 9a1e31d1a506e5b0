"""Hail's MatrixTables and VariantDatasets, read through a process of their own that has Hail and a Java runtime."""
