"""The variants of a release in memory, and how they are found by name, gene and place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from cohort_dsl.ast import Region, VariantById, VariantList, VariantName, VariantSelector, VariantsWhere
from engine.genotypes.alleles import CONTIG_RANK, CONTIGS, parse_allele
from engine.genotypes.columns import ChangeLookup, Lookup, Rows, TextColumn, WordColumn, rsid_numbers
from engine.genotypes.hgvs import Hgvs, parse_hgvs
from engine.genotypes.ploidy import ploidies
from schemas.errors import DataProblem
from schemas.release import VARIANT

_NO_ROWS: Rows = np.zeros(0, np.int32)
_WORDS = ("gene", "transcript", "consequence", "lof", "clinvar", "filter")
_KEPT = ["ref", "alt"]
_LARGEST = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTable:
    """The variant table, one row a variant in the order of the calls (contig, position, ref, alt).

    `starts[rank]` is the first row of the contig of that rank; `ploidies` uint8 (`Ploidy`); `frequency` and `external`
    are float64 allele frequencies, NaN where unknown. `table` has ref and alt; other columns are not kept.
    """

    table: pa.Table = field(repr=False)
    starts: npt.NDArray[np.int64] = field(repr=False)
    position: npt.NDArray[np.int32] = field(repr=False)
    ploidies: npt.NDArray[np.uint8] = field(repr=False)
    frequency: npt.NDArray[np.float64] = field(repr=False)
    external: npt.NDArray[np.float64] = field(repr=False)
    words: dict[str, WordColumn] = field(repr=False)
    by_rsid: Lookup = field(repr=False)
    by_gene: Lookup = field(repr=False)
    by_coding: ChangeLookup = field(repr=False)
    by_protein: ChangeLookup = field(repr=False)
    gene_codes: dict[str, tuple[int, ...]] = field(repr=False)

    @staticmethod
    def read(path: Path) -> "VariantTable":
        """From `genotypes/variant.parquet`; `DataProblem` when it is not in order."""
        file = pq.ParquetFile(path)

        def column(name: str) -> TextColumn:
            return file.read(columns=[name]).column(0)

        position = column("position").to_numpy()
        words = {name: WordColumn.of(column(name)) for name in _WORDS}
        gene_codes: dict[str, tuple[int, ...]] = {}
        for code, gene in enumerate(words["gene"].words):
            gene_codes[gene.casefold()] = (*gene_codes.get(gene.casefold(), ()), code)
        starts = _contig_starts(WordColumn.of(column("contig")), position)
        return VariantTable(
            table=file.read(columns=_KEPT),
            starts=starts,
            position=position,
            ploidies=ploidies(np.repeat(np.arange(len(CONTIG_RANK)), np.diff(starts)), position),
            frequency=_ratio(column("allele_count").to_numpy(), column("allele_number").to_numpy()),
            external=column("af_external").to_numpy(),
            words=words,
            by_rsid=Lookup.of(rsid_numbers(column("rsid"))),
            by_gene=Lookup.of(words["gene"].codes),
            by_coding=ChangeLookup(column("hgvs_c")),
            by_protein=ChangeLookup(column("hgvs_p")),
            gene_codes=gene_codes,
        )

    @property
    def size(self) -> int:
        """How many variants there are."""
        return self.table.num_rows

    def find(self, selector: VariantSelector) -> Rows:
        """The rows a selector names, before its where-clause: ascending, none when nothing matches."""
        match selector:
            case VariantById(kind=kind, name=name):
                return self.named(kind, name)
            case VariantList(variants=variants):
                return np.unique(np.concatenate([_NO_ROWS, *(self.named(one.kind, one.name) for one in variants)]))
            case VariantsWhere(genes=genes, region=region):
                if genes and region is not None:
                    return np.intersect1d(self.in_genes(genes), self.in_region(region))
                if genes:
                    return self.in_genes(genes)
                return self.in_region(region) if region is not None else np.arange(self.size, dtype=np.int32)

    def named(self, kind: VariantName, name: str) -> Rows:
        """The rows of one name; one of HGVS can fit several variants."""
        match kind:
            case VariantName.RSID:
                return self.with_rsid(name)
            case VariantName.HGVS:
                return self.with_hgvs(parse_hgvs(name))
            case VariantName.ALLELE:
                return self.with_allele(name)

    def with_rsid(self, name: str) -> Rows:
        """Rows with a dbSNP id."""
        digits = name.strip().lower().removeprefix("rs")
        return self.by_rsid.find(int(digits)) if digits.isdecimal() and len(digits) <= 18 else _NO_ROWS

    def with_hgvs(self, wanted: Hgvs) -> Rows:
        """Rows whose coding or protein change is the one wanted, of the sequence wanted where one is given."""
        lookup = self.by_protein if wanted.is_protein else self.by_coding
        rows = lookup.find(wanted.change)
        return rows[np.array([self._is_of(wanted, lookup.name(int(row)), int(row)) for row in rows], bool)]

    def with_allele(self, name: str) -> Rows:
        """The row of `contig-position-ref-alt`, however it is spelled."""
        allele = parse_allele(name)
        if allele is None:
            return _NO_ROWS
        rows = self.in_region(Region(contig=allele.contig, start=allele.position, end=allele.position))
        ref, alt = (self.table.column(column) for column in ("ref", "alt"))
        return rows[[ref[int(i)].as_py() == allele.ref and alt[int(i)].as_py() == allele.alt for i in rows]]

    def in_region(self, region: Region) -> Rows:
        """Rows whose position lies in the region, both ends included."""
        rank = CONTIG_RANK.get(region.contig)
        if rank is None:
            return _NO_ROWS
        first, last = self.starts[rank], self.starts[rank + 1]
        start, end = np.array((region.start, region.end)).clip(0, _LARGEST).astype(np.int32)
        low = first + np.searchsorted(self.position[first:last], start)
        high = first + np.searchsorted(self.position[first:last], end, side="right")
        return np.arange(low, high, dtype=np.int32)

    def in_genes(self, genes: Sequence[str]) -> Rows:
        """Rows of any of the genes; letter case does not count."""
        codes = [code for gene in genes for code in self.gene_codes.get(gene.casefold(), ())]
        found = [self.by_gene.find(code) for code in sorted(set(codes))]
        return np.sort(np.concatenate([_NO_ROWS, *found]))

    def by_genes(self, rows: Rows) -> Iterator[Rows]:
        """The rows of each gene, one gene after another; those without a gene are left out."""
        codes = self.words["gene"].codes[rows]
        order = np.argsort(codes, kind="stable")
        changes = np.flatnonzero(np.diff(codes[order], prepend=-1))
        for group in np.split(order, changes):
            if group.size and codes[group[0]] >= 0:
                yield rows[group]

    def contig_of(self, row: int) -> int:
        """The rank of the contig of a row."""
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def names(self, rows: Rows) -> list[str]:
        """`contig-position-ref-alt` of each row."""
        contigs = [CONTIGS[self.contig_of(int(row))] for row in rows]
        alleles = (self.table.column(name).take(pa.array(rows, pa.int32())).to_pylist() for name in _KEPT)
        columns = (contigs, self.position[rows].tolist(), *alleles)
        return ["-".join(map(str, parts)) for parts in zip(*columns, strict=True)]

    def _is_of(self, wanted: Hgvs, found: Hgvs, row: int) -> bool:
        return wanted.is_of(found.sequence, self.words["transcript"].word(row), self.words["gene"].word(row))


def _contig_starts(contigs: WordColumn, position: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    ranks = np.array([*(CONTIG_RANK.get(word, -1) for word in contigs.words), -1], np.int64)[contigs.codes]
    places = (ranks << 32) + position
    if (ranks < 0).any() or (places[1:] < places[:-1]).any():
        raise DataProblem("variant-order", f"{VARIANT.path} is not in the order of contig and position")
    return np.searchsorted(ranks, np.arange(len(CONTIG_RANK) + 1))


def _ratio(count: npt.NDArray[np.int32], number: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    return np.divide(count, number, out=np.full(count.size, np.nan), where=number > 0)
