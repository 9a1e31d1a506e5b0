"""The genotypes of a release: which variants a selector means, and who carries them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from cohort_dsl.ast import VariantById, VariantSelector, VariantsWhere, Zygosity
from engine.genotypes.columns import Rows
from engine.genotypes.genes import Gene, GeneDictionary
from engine.genotypes.index import FOLDER, GenotypeIndex, open_index
from engine.genotypes.pgen import CallsReader
from engine.genotypes.predicates import evaluate
from engine.genotypes.streams import IndexSource
from engine.genotypes.variants import VariantTable
from engine.kernels.calls import Calls
from engine.kernels.carriers import add_carriers, add_missing
from engine.kernels.words import Ids
from engine.personset import PersonSet, Tri, word_count
from schemas.errors import DataProblem
from schemas.release import CALLS_PATH, GENE, SAMPLE, VARIANT
from schemas.tables import TableSpec

_NO_CALL = -1
_WANTED = {Zygosity.HETEROZYGOUS: 1, Zygosity.HOMOZYGOUS: 2, Zygosity.ANY: 3}


class ReleaseFiles(Protocol):
    """What the store needs of an opened release (`engine.catalog.release.Release`), whose files were checked."""

    @property
    def persons(self) -> int: ...

    def has(self, table: TableSpec) -> bool: ...

    def file(self, path: str) -> Path: ...

    def checksum(self, path: str) -> str: ...


@dataclass(frozen=True, slots=True)
class _Genotypes:
    """The parts of a store that a release without genotypes does not have."""

    variants: VariantTable
    genes: GeneDictionary
    index: GenotypeIndex
    calls: CallsReader
    sample_person: Ids = field(repr=False)


@dataclass(frozen=True, slots=True)
class GenotypeStore:
    """Questions about variants and their carriers over N = `persons` people.

    Variants are int32 rows of the variant table. A store may be shared by threads.
    """

    persons: int
    genotyped: PersonSet
    _held: _Genotypes | None = field(repr=False)

    @staticmethod
    def open(release: ReleaseFiles) -> "GenotypeStore":
        """The store of a release; its index is built first where it is absent, stale or damaged.

        A release without genotypes gives a store in which nobody is genotyped. Raises `DataProblem` when the
        genotype files contradict each other or the index cannot be written.
        """
        if not release.has(VARIANT):
            return GenotypeStore(release.persons, PersonSet.none(release.persons), None)
        held = _open(release)
        return GenotypeStore(release.persons, PersonSet.from_indices(held.sample_person, release.persons), held)

    @property
    def variants(self) -> int:
        """How many variants the release has."""
        return self._held.variants.size if self._held else 0

    def select(self, selector: VariantSelector) -> Rows:
        """int32 rows of the variants meant, ascending; none when nothing matches.

        A variant is selected when its where-clause is true, not when it is unknown (`engine.genotypes.predicates`).
        """
        if self._held is None:
            return np.zeros(0, np.int32)
        table = self._held.variants
        rows = table.find(selector)
        match selector:
            case VariantsWhere(where=where) if where is not None:
                return rows[evaluate(where, table, rows).true]
            case VariantById() | VariantsWhere():
                return rows

    def carriers(self, variants: Rows, zygosity: Zygosity = Zygosity.ANY) -> Tri:
        """Who carries some of the variants with that zygosity.

        Unknown for those who do not and have no call at one of them, or are not genotyped.
        """
        words = np.zeros(word_count(self.persons), np.uint64)
        if self._held is not None and variants.size:
            index = self._held.index
            add_carriers(
                index.carriers,
                index.carrier_encoding[variants],
                index.carrier_offset[variants],
                index.het[variants],
                index.hom[variants],
                _WANTED[zygosity],
                words,
            )
        true = PersonSet(words, self.persons)
        return Tri(true, self.no_call(variants) - true)

    def no_call(self, variants: Rows) -> PersonSet:
        """Who has no call at one of the variants, or is not genotyped."""
        words = (~self.genotyped).words.copy()
        if self._held is not None and variants.size:
            index = self._held.index
            add_missing(
                index.missing_calls,
                index.missing_encoding[variants],
                index.missing_offset[variants],
                index.missing[variants],
                words,
            )
        return PersonSet(words, self.persons)

    def calls(self, variant: int) -> Calls:
        """int8[N] of one variant: alternate alleles 0, 1 or 2, -1 for no call or no genotypes.

        Read from the durable calls and not from the index, so that each can check the other.
        """
        calls = np.full(self.persons, _NO_CALL, np.int8)
        if self._held is not None:
            read = self._held.calls.read(variant)
            calls[self._held.sample_person] = np.where(read < 0, np.int8(_NO_CALL), read)
        return calls

    def describe(self, variants: Rows) -> list[str]:
        """`contig-position-ref-alt` of each variant."""
        return self._held.variants.names(variants) if self._held else []

    def genes(self, search: str = "", *, limit: int = 20) -> tuple[Gene, ...]:
        """Genes whose symbol begins with the search, then those whose symbol or name has it anywhere."""
        return self._held.genes.search(search, limit=limit) if self._held else ()


def _open(release: ReleaseFiles) -> _Genotypes:
    calls = release.file(CALLS_PATH)
    missing = [path for path in (SAMPLE.path, GENE.path, CALLS_PATH) if not release.file(path).is_file()]
    if missing:
        raise DataProblem("genotypes-incomplete", f"the release has variants and no {missing[0]}")
    sample_person = _sample_person(release)
    variants = VariantTable.read(release.file(VARIANT.path))
    reader = CallsReader(calls, samples=sample_person.size)
    if reader.variants != variants.size:
        raise DataProblem(
            "genotypes-differ", f"{CALLS_PATH} has {reader.variants:,} variants, {VARIANT.path} {variants.size:,}"
        )
    source = IndexSource(
        calls=calls,
        calls_size=calls.stat().st_size,
        calls_sha256=release.checksum(CALLS_PATH),
        samples_sha256=release.checksum(SAMPLE.path),
        sample_person=sample_person,
        persons=release.persons,
        variants=variants.size,
    )
    genes = GeneDictionary.read(release.file(GENE.path))
    return _Genotypes(variants, genes, open_index(release.file(FOLDER), source), reader, sample_person)


def _sample_person(release: ReleaseFiles) -> Ids:
    """uint32[samples]: the person of each sample, ascending, no person twice."""
    table = pq.ParquetFile(release.file(SAMPLE.path)).read(columns=["person"])
    persons: npt.NDArray[np.uint32] = table.column("person").to_numpy()
    ordered = bool((persons[1:] > persons[:-1]).all()) if persons.size else False
    if not ordered or int(persons[-1]) >= release.persons:
        raise DataProblem(
            "sample-order", f"{SAMPLE.path} does not list each person once, in order, within the person table"
        )
    return persons.copy()
