"""Genotypes of 770,000 people: our index against the machine's memory and against what people use today.

    python -m benchmarks.genotypes [--full] [--report]

One command makes the data (once), asks every question of every peer, compares the answers before it times them, and
writes the results, their tables and plots to `docs/understand/`. See benchmarks/README.md.
"""
