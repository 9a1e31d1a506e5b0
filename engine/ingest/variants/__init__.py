"""Ingest of variants: from the files people have to a release's variants, samples, genes and calls."""
