"""Whether the genotype counts of a release are those that an independent tool takes from the source files."""
