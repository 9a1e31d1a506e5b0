"""The variants of a release, found by allele."""

from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from engine.genotypes.alleles import CONTIG_RANK, Allele
from engine.genotypes.columns import TextColumn, WordColumn


@dataclass(frozen=True, slots=True)
class VariantPlaces:
    """`places` int64, ascending: contig rank and position of each row of the variant table."""

    places: npt.NDArray[np.int64] = field(repr=False)
    refs: TextColumn = field(repr=False)
    alts: TextColumn = field(repr=False)

    @staticmethod
    def read(path: Path) -> "VariantPlaces":
        """From `genotypes/variant.parquet`."""
        table = pq.ParquetFile(path).read(["contig", "position", "ref", "alt"]).combine_chunks()
        contigs = WordColumn.of(table.column("contig"))
        ranks = np.array([CONTIG_RANK[name] for name in contigs.words], np.int64)
        places = (ranks[contigs.codes] << 32) + table.column("position").to_numpy()
        return VariantPlaces(places, table.column("ref"), table.column("alt"))

    @property
    def size(self) -> int:
        return self.places.size

    def find(self, allele: Allele) -> int | None:
        """The row of an allele in its release's spelling, absent where there is none."""
        place = (CONTIG_RANK[allele.contig] << 32) + allele.position
        row = bisect_left(self.places, place)
        while row < self.places.size and self.places[row] == place:
            if self.refs[row].as_py() == allele.ref and self.alts[row].as_py() == allele.alt:
                return row
            row += 1
        return None
