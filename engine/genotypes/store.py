"""The genotypes of a release: which variants a selector means, who carries them, and how many."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property, reduce
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from cohort_dsl.ast import (
    BurdenUnit,
    PairKind,
    Phase,
    RangeTest,
    ScoreScale,
    VariantById,
    VariantList,
    VariantSelector,
    VariantsWhere,
    Zygosity,
)
from engine.genotypes.carrying import Carrying
from engine.genotypes.columns import Rows
from engine.genotypes.counting import Copies, GenotypeCounts, count_genotypes, joint_table
from engine.genotypes.genes import Gene, GeneDictionary
from engine.genotypes.index import FOLDER, GenotypeIndex, open_index
from engine.genotypes.layout import Role
from engine.genotypes.linkage import Linkage, linkage
from engine.genotypes.pgen import CallsReader
from engine.genotypes.ploidy import Ploidy
from engine.genotypes.predicates import evaluate, in_range
from engine.genotypes.reference_population import common_frequencies, percentiles
from engine.genotypes.scores import ScoreInfo, ScoreWeights, score_people
from engine.genotypes.streams import IndexSource
from engine.genotypes.variants import VariantTable
from engine.kernels.calls import Calls
from engine.kernels.parts import paint_parts
from engine.kernels.weights import Sums
from engine.kernels.words import Ids
from engine.personset import PersonSet, Tri
from schemas.errors import DataProblem
from schemas.policy import COMMON_FREQUENCY
from schemas.release import CALLS_PATH, GENE, PANEL, SAMPLE, SCORE, SCORE_WEIGHT, VARIANT
from schemas.tables import TableSpec

_NO_CALL = -1
_SCORES_KEPT = 16
"""Scores of everybody that stay in memory, and their percentiles, 8 bytes a person each."""


class Genotype(IntEnum):
    """What a person's genotype is at some variants."""

    REFERENCE = 0
    HETEROZYGOUS = 1
    HOMOZYGOUS = 2
    HEMIZYGOUS_REFERENCE = 3
    HEMIZYGOUS = 4
    NO_CALL = 5
    NO_COPY = 6


class ReleaseFiles(Protocol):
    """What the store needs of an opened release (`engine.catalog.release.Release`), whose files were checked."""

    @property
    def persons(self) -> int: ...

    def has(self, table: TableSpec) -> bool: ...

    def file(self, path: str) -> Path: ...

    def checksum(self, path: str) -> str: ...


@dataclass(frozen=True)
class _Genotypes:
    """The parts of a store that a release without genotypes does not have."""

    variants: VariantTable
    genes: GeneDictionary
    index: GenotypeIndex
    calls: CallsReader
    copies: Copies
    scores: ScoreWeights
    sample_person: Ids = field(repr=False)
    panels: Mapping[str, tuple[str, ...]] = field(repr=False)
    is_guarded: bool = False

    @cached_property
    def carrying(self) -> Carrying:
        told = self.variants.external >= COMMON_FREQUENCY if self.is_guarded else None
        return Carrying(index=self.index, ploidies=self.variants.ploidies, copies=self.copies, told=told)


class _Kept:
    """The latest few results of a computation, by name; threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Sums] = OrderedDict()

    def get(self, name: str, compute: Callable[[], Sums]) -> Sums:
        with self._lock:
            if name in self._held:
                self._held.move_to_end(name)
                return self._held[name]
        made = compute()
        with self._lock:
            self._held[name] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made


@dataclass(frozen=True, slots=True)
class GenotypeStore:
    """Questions about variants and their carriers over N = `persons` people.

    Variants are int32 rows of the variant table. A store may be shared by threads. A release without genotypes has
    no variants, nobody is genotyped, and everything asked of a person is unknown.
    """

    persons: int
    genotyped: PersonSet
    _held: _Genotypes | None = field(repr=False)
    _sums: _Kept = field(repr=False, default_factory=lambda: _Kept(_SCORES_KEPT))
    _ranks: _Kept = field(repr=False, default_factory=lambda: _Kept(_SCORES_KEPT))

    @staticmethod
    def open(release: ReleaseFiles) -> "GenotypeStore":
        """The store of a release; its index is built first where it is absent or stale.

        Raises `DataProblem` when the genotype files contradict each other or the index cannot be written.
        """
        if not release.has(VARIANT):
            return GenotypeStore(release.persons, PersonSet.none(release.persons), None)
        held = _open(release)
        return GenotypeStore(release.persons, held.copies.genotyped, held)

    def guarded(self) -> "GenotypeStore":
        """The same for answers that are to be protected: a missing call is told from the reference only at variants
        that reference data know as common (`COMMON_FREQUENCY`).

        That a release has a variant at all may be due to one person, its only carrier, and would otherwise decide for
        all who have no call there whether they count as unknown.
        """
        return self if self._held is None else replace(self, _held=replace(self._held, is_guarded=True))

    def warm(self) -> None:
        """Ask one question of each kind, so that the first one in earnest finds everything loaded."""
        rows = np.arange(min(1, self.variants), dtype=np.int32)
        self.carriers(rows)
        self.burden(rows, 1, BurdenUnit.ALLELES)
        self.counts(rows, self.genotyped)

    def check(self) -> None:
        """Compare every byte of the index with its checksum; raises `DataProblem`."""
        if self._held is not None:
            self._held.index.check()

    # --- what there is ----------------------------------------------------------------------------

    @property
    def variants(self) -> int:
        """How many variants the release has."""
        return self._held.variants.size if self._held else 0

    @property
    def males(self) -> PersonSet:
        """The genotyped whose sample is of a male."""
        return self._held.copies.males if self._held else PersonSet.none(self.persons)

    @property
    def females(self) -> PersonSet:
        """The genotyped whose sample is of a female."""
        return self._held.copies.females if self._held else PersonSet.none(self.persons)

    @property
    def panels(self) -> Mapping[str, tuple[str, ...]]:
        """The genes of each panel."""
        return self._held.panels if self._held else {}

    @property
    def scores(self) -> Mapping[str, ScoreInfo]:
        """The scores of the release, by name."""
        return self._held.scores.infos if self._held else {}

    @property
    def unranked(self) -> frozenset[str]:
        """The scores that nobody has a percentile of: reference data call none of their variants common."""
        held = self._held
        if held is None:
            return frozenset()
        common = held.variants.external >= COMMON_FREQUENCY
        return frozenset(score for score in self.scores if not common[held.scores.of(score)[0]].any())

    def genes(self, search: str = "", *, limit: int = 20) -> tuple[Gene, ...]:
        """Genes whose symbol begins with the search, then those whose symbol or name has it anywhere."""
        return self._held.genes.search(search, limit=limit) if self._held else ()

    def describe(self, variants: Rows) -> list[str]:
        """`contig-position-ref-alt` of each variant."""
        return self._held.variants.names(variants) if self._held else []

    def ploidy(self, variants: Rows) -> npt.NDArray[np.uint8]:
        """uint8 `Ploidy` of each variant."""
        return self._held.variants.ploidies[variants] if self._held else np.zeros(0, np.uint8)

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
            case VariantById() | VariantList() | VariantsWhere():
                return rows

    # --- who ----------------------------------------------------------------------------------------

    def carriers(self, variants: Rows, zygosity: Zygosity = Zygosity.ANY) -> Tri:
        """Who carries some of the variants with that zygosity."""
        return self._held.carrying.carriers(variants, zygosity) if self._held else self._unknown()

    def no_call(self, variants: Rows) -> PersonSet:
        """Who has no call at one of the variants, or is not genotyped."""
        return self._held.carrying.no_call(variants) if self._held else PersonSet.all(self.persons)

    def burden(self, variants: Rows, number: int, unit: BurdenUnit) -> Tri:
        """Who carries at least `number` of the variants, or of their alternate alleles."""
        return self._held.carrying.burden(variants, number, unit) if self._held else self._unknown()

    def paired(self, variants: Rows, kind: PairKind) -> Tri:
        """Who has two altered alleles of some gene of the variants."""
        if self._held is None:
            return self._unknown()
        return self._held.carrying.paired(self._held.variants.by_genes(variants), kind)

    def phased(self, first: Rows, second: Rows, phase: Phase) -> Tri:
        """Who has alternate alleles of two variants on one copy, or on different ones; of several variants that fit
        one name, some of them. Variants of different contigs never have them on one pair of copies."""
        answer = Tri(PersonSet.none(self.persons), ~self.genotyped)
        for a, b in self._pairs(first, second):
            if self._held is not None:
                answer |= self._held.carrying.phased(a, b, phase)
        return answer

    def scored(self, score: str, scale: ScoreScale, test: RangeTest) -> Tri:
        """Whose score, or its percentile, passes the test; nobody's of a score that the release does not have.

        Neither depends on others of the release (`engine.genotypes.reference_population`).
        """
        if self._held is None:
            return self._unknown()
        if score not in self.scores:
            return Tri(PersonSet.none(self.persons), ~self.genotyped)
        values = self.percentiles(score) if scale is ScoreScale.PERCENTILE else self.score(score)
        unknown = np.isnan(values)
        return Tri(PersonSet.from_mask(in_range(values, test) & ~unknown), PersonSet.from_mask(unknown))

    # --- how much and how many ------------------------------------------------------------------------

    def weights(self, score: str) -> tuple[Rows, Sums]:
        """The variants of a score (int32) and their weights (float64)."""
        return self._held.scores.of(score) if self._held else (np.zeros(0, np.int32), np.zeros(0))

    def score(self, score: str) -> Sums:
        """float64[N]: everybody's score, NaN without genotypes. It is kept, so that a second question is quick."""
        held = self._held
        if held is None:
            return np.full(self.persons, np.nan)
        rows, weights = held.scores.of(score)
        means, ploidies = common_frequencies(held.variants.external[rows]), held.variants.ploidies[rows]
        return self._sums.get(
            score,
            lambda: score_people(held.index, rows, weights, means, ploidies, held.copies) + self.scores[score].constant,
        )

    def percentiles(self, score: str) -> Sums:
        """float64[N]: 100 x the share of the reference population whose score is lower; NaN without genotypes, and
        where reference data call none of the variants common that the person has copies of. Kept as scores are."""
        held = self._held
        if held is None:
            return np.full(self.persons, np.nan)
        rows, weights = held.scores.of(score)
        frequencies, ploidies = common_frequencies(held.variants.external[rows]), held.variants.ploidies[rows]
        constant = self.scores[score].constant
        return self._ranks.get(
            score,
            lambda: percentiles(self.score(score) - constant, weights, frequencies, ploidies, held.copies),
        )

    def counts(self, variants: Rows, people: PersonSet | None = None) -> GenotypeCounts:
        """Genotype counts of the variants among `people`, or among all."""
        if self._held is None:
            return GenotypeCounts.none(variants.size)
        ploidies = self._held.variants.ploidies[variants]
        return count_genotypes(self._held.index, variants, ploidies, self._held.copies, people)

    def linkage(self, first: int, second: int, people: PersonSet) -> Linkage:
        """Linkage disequilibrium of two variants among those of `people` with two copies of both."""
        held = self._held
        if held is None:
            return linkage(np.zeros((3, 3), np.int64))
        kinds = (Ploidy(held.variants.ploidies[variant]) for variant in (first, second))
        for kind in kinds:
            people = people & held.copies.double(kind)
        return linkage(joint_table(held.index, first, second, people))

    def genotype(self, variants: Rows) -> npt.NDArray[np.int8]:
        """int8[N]: each person's `Genotype` at a variant; at several, the one with the most alternate alleles.

        At none (nobody carries it) everyone genotyped has the reference.
        """
        if not variants.size:
            return np.where(self.genotyped.to_mask(), Genotype.REFERENCE, Genotype.NO_CALL).astype(np.int8)
        every = [self._genotype(np.array([variant], np.int32)) for variant in variants]
        rank = GENOTYPE_RANK
        return reduce(lambda one, other: np.where(rank[other] > rank[one], other, one), every).view(np.int8)

    def calls(self, variant: int) -> Calls:
        """int8[N] of one variant: alternate alleles 0, 1 or 2, -1 for no call or no genotypes.

        Read from the durable calls and not from the index, so that each can check the other.
        """
        return self._read(lambda reader: reader.read(variant))

    def phased_calls(self, variant: int) -> Calls:
        """The same with phased heterozygotes as `PHASED_01` and `PHASED_10` (`engine.kernels.calls`)."""
        return self._read(lambda reader: reader.read_phased(variant))

    def _read(self, read: Callable[[CallsReader], Calls]) -> Calls:
        calls = np.full(self.persons, _NO_CALL, np.int8)
        if self._held is not None:
            found = read(self._held.calls)
            calls[self._held.sample_person] = np.where(found < 0, np.int8(_NO_CALL), found)
        return calls

    def _genotype(self, row: Rows) -> npt.NDArray[np.uint8]:
        held = self._held
        assert held is not None
        ploidy = Ploidy(held.variants.ploidies[row[0]])
        result = np.full(self.persons, Genotype.REFERENCE, np.uint8)
        for role, value in ((Role.HET, Genotype.HETEROZYGOUS), (Role.HOM, Genotype.HOMOZYGOUS)):
            paint_parts(*held.index.parts(role, row), np.array([value], np.uint8), result)
        if ploidy is not Ploidy.DIPLOID:
            single = held.copies.single(ploidy).to_mask()
            result[single & (result == Genotype.REFERENCE)] = Genotype.HEMIZYGOUS_REFERENCE
            result[single & (result == Genotype.HOMOZYGOUS)] = Genotype.HEMIZYGOUS
        paint_parts(*held.index.parts(Role.MISSING, row), np.array([Genotype.NO_CALL], np.uint8), result)
        if ploidy is Ploidy.Y:
            result[self.females.to_mask()] = Genotype.NO_COPY
        result[~self.genotyped.to_mask()] = Genotype.NO_CALL
        return result

    def _pairs(self, first: Rows, second: Rows) -> Iterator[tuple[int, int]]:
        if self._held is not None:
            contig = self._held.variants.contig_of
            yield from ((int(a), int(b)) for a in first for b in second if a != b and contig(a) == contig(b))

    def _unknown(self) -> Tri:
        return Tri(PersonSet.none(self.persons), PersonSet.all(self.persons))


GENOTYPE_RANK = np.array([0, 3, 4, 0, 4, 1, 0], np.int8)
"""Of each `Genotype`: which of two variants' genotypes tells more."""


def _open(release: ReleaseFiles) -> _Genotypes:
    calls = release.file(CALLS_PATH)
    missing = [path for path in (SAMPLE.path, GENE.path, CALLS_PATH) if not release.file(path).is_file()]
    if missing:
        raise DataProblem("genotypes-incomplete", f"the release has variants and no {missing[0]}")
    sample_person, copies = _samples(release)
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
        phased=reader.phased,
    )
    return _Genotypes(
        variants=variants,
        genes=GeneDictionary.read(release.file(GENE.path)),
        index=open_index(release.file(FOLDER), source),
        calls=reader,
        copies=copies,
        scores=_scores(release),
        sample_person=sample_person,
        panels=_panels(release),
    )


def _scores(release: ReleaseFiles) -> ScoreWeights:
    if not release.has(SCORE):
        return ScoreWeights.none()
    return ScoreWeights.read(release.file(SCORE.path), release.file(SCORE_WEIGHT.path))


def _panels(release: ReleaseFiles) -> dict[str, tuple[str, ...]]:
    panels: dict[str, tuple[str, ...]] = {}
    if not release.has(PANEL):
        return panels
    for row in pq.ParquetFile(release.file(PANEL.path)).read().to_pylist():
        panels[row["panel"]] = (*panels.get(row["panel"], ()), row["gene"])
    return panels


def _samples(release: ReleaseFiles) -> tuple[Ids, Copies]:
    """uint32[samples]: the person of each sample, ascending, no person twice; and who has how many copies."""
    table = pq.ParquetFile(release.file(SAMPLE.path)).read(columns=["person", "sex"])
    persons: npt.NDArray[np.uint32] = table.column("person").to_numpy()
    ordered = bool((persons[1:] > persons[:-1]).all()) if persons.size else False
    if not ordered or int(persons[-1]) >= release.persons:
        raise DataProblem(
            "sample-order", f"{SAMPLE.path} does not list each person once, in order, within the person table"
        )
    sex = table.column("sex").combine_chunks().dictionary_encode()
    codes = sex.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    names = sex.dictionary.to_pylist()
    males, females = (codes == (names.index(name) if name in names else -2) for name in ("male", "female"))
    copies = Copies(
        genotyped=PersonSet.from_indices(persons, release.persons),
        males=PersonSet.from_indices(persons[males], release.persons),
        females=PersonSet.from_indices(persons[females], release.persons),
    )
    return persons.copy(), copies
