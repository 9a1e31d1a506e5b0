"""The gene dictionary of a release: it comes from the annotation and says nothing about people."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene: HGNC symbol, contig, first and last annotated base (1-based), full name where known."""

    gene: str
    contig: str
    start: int | None
    end: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class GeneDictionary:
    """Every gene, in the order of its symbol."""

    genes: tuple[Gene, ...] = field(repr=False)

    @staticmethod
    def read(path: Path) -> "GeneDictionary":
        """From `genotypes/gene.parquet`."""
        rows = pq.ParquetFile(path).read().to_pylist()
        return GeneDictionary(tuple(sorted((Gene(**row) for row in rows), key=lambda gene: gene.gene)))

    def search(self, text: str, *, limit: int) -> tuple[Gene, ...]:
        """Genes whose symbol begins with the text, then those whose symbol or name has it, in any letter case."""
        wanted = text.strip().casefold()
        first = [gene for gene in self.genes if gene.gene.casefold().startswith(wanted)]
        more = [
            gene
            for gene in self.genes
            if wanted in f"{gene.gene} {gene.name or ''}".casefold() and not gene.gene.casefold().startswith(wanted)
        ]
        return (*first, *more)[:limit]
