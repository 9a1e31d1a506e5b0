"""The known variants of a release: what the annotation says of them, found by place, dbSNP id, gene and transcript.

They are read from `genotypes/known_variant.parquet` and say nothing about the people of the release. Nothing is held
in memory: the tables of `engine.catalog.lookups` give the place of a name, and row groups elsewhere are skipped.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cohort_dsl.ast import Region
from engine.catalog.database import Database
from engine.catalog.lookups import NAMES, RSIDS, WriterSettings, open_lookups
from engine.catalog.release import Release
from engine.genotypes.alleles import Allele
from engine.genotypes.hgvs import Hgvs
from schemas.consequences import SEVERITY
from schemas.release import KNOWN_VARIANT

_COLUMNS = ", ".join(column.name for column in KNOWN_VARIANT.columns)
_IN_PLACE = "FROM known_variant WHERE contig = $contig AND position BETWEEN $first AND $last"
_AT = f"SELECT {_COLUMNS} {_IN_PLACE} ORDER BY position, ref, alt LIMIT $limit"
_OF_RSID = f"SELECT {_COLUMNS} {_IN_PLACE} AND rsid = $rsid ORDER BY position, ref, alt LIMIT $limit"
_OF_GENE = f"""
    SELECT {_COLUMNS} {_IN_PLACE} AND lower(gene) = $gene
    ORDER BY coalesce(list_position($severity, consequence), len($severity) + 1), position, ref, alt LIMIT $limit"""
_CODING = f"SELECT {_COLUMNS} {_IN_PLACE} AND starts_with(split_part(hgvs_c, ':', -1), $change) LIMIT $limit"
_PROTEIN = f"SELECT {_COLUMNS} {_IN_PLACE} AND starts_with(split_part(hgvs_p, ':', -1), $change) LIMIT $limit"
_HOW_MANY = f"SELECT count(*) {_IN_PLACE} AND ($gene IS NULL OR lower(gene) = $gene)"
_SHARED = f"SELECT rsid {_IN_PLACE} AND rsid IN (SELECT unnest($rsids::VARCHAR[])) GROUP BY rsid HAVING count(*) > 1"
_PLACES_OF_RSID = "SELECT DISTINCT contig, position, position FROM read_parquet($file) WHERE number = $key LIMIT $limit"
_PLACES_OF_NAME = "SELECT contig, first, last FROM read_parquet($file) WHERE name = $key LIMIT $limit"
RSID = re.compile(r"rs[0-9]{1,18}")
_MOST_PLACES = 16
"""Places looked at for one name: a dbSNP id or a gene has one, or one on X and one on Y."""
_MOST_OF_NAME = 500
_AROUND = 50
"""Bases between the alleles of one dbSNP id, which are written at different positions when some are deletions."""
_SEVERITY = {term: rank for rank, term in enumerate(SEVERITY)}


class Place(NamedTuple):
    """Where to look: a contig, and the first and last position (1-based)."""

    contig: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedVariant:
    """One row of `schemas.release.KNOWN_VARIANT`."""

    contig: str
    position: int
    ref: str
    alt: str
    rsid: str | None
    gene: str | None
    transcript: str | None
    consequence: str | None
    hgvs_c: str | None
    hgvs_p: str | None
    lof: str | None
    clinvar: str | None
    af_external: float | None

    @property
    def allele(self) -> Allele:
        """The alternate allele."""
        return Allele(self.contig, self.position, self.ref, self.alt)

    @property
    def name(self) -> str:
        """`contig-position-ref-alt`."""
        return f"{self.contig}-{self.position}-{self.ref}-{self.alt}"


@dataclass(frozen=True, slots=True)
class Annotation:
    """The known variants of one release; none where `lookups` is absent, since the release has no such table."""

    database: Database
    lookups: Path | None

    @staticmethod
    def open(release: Release, database: Database, settings: WriterSettings) -> "Annotation":
        """Those of a release; raises `DataProblem` when the look-up tables are absent and cannot be written."""
        return Annotation(database, open_lookups(release, settings) if release.has(KNOWN_VARIANT) else None)

    def at(self, place: Place, *, limit: int) -> tuple[AnnotatedVariant, ...]:
        """Variants whose position lies in the place, in its order."""
        return self._read(_AT, place, limit=limit)

    def with_rsid(self, rsid: str) -> tuple[AnnotatedVariant, ...]:
        """The alleles of a dbSNP id; none of a text that is none."""
        if not RSID.fullmatch(rsid):
            return ()
        places = self._places(_PLACES_OF_RSID, RSIDS, int(rsid[2:]))
        return tuple(row for place in places for row in self._read(_OF_RSID, place, rsid=rsid, limit=_MOST_OF_NAME))

    def places(self, name: str) -> tuple[Place, ...]:
        """Where variants of a gene, or of a transcript or protein in any version, lie; none for an unknown name."""
        return self._places(_PLACES_OF_NAME, NAMES, name.lower())

    def with_change(self, place: Place, change: Hgvs) -> tuple[AnnotatedVariant, ...]:
        """Variants of a place whose coding or protein change, whatever it is of, begins as this one is written."""
        sql = _PROTEIN if change.is_protein else _CODING
        return self._read(sql, place, change=change.change, limit=_MOST_OF_NAME)

    def of_gene(self, gene: str, place: Place, *, limit: int) -> tuple[AnnotatedVariant, ...]:
        """Variants of a gene (lower case) in a place, the most severe consequences first, then by position."""
        return self._read(_OF_GENE, place, gene=gene, severity=list(SEVERITY), limit=limit)

    def how_many(self, place: Place, gene: str | None = None) -> int:
        """Variants that lie in the place, of one gene (lower case) where one is given."""
        if self.lookups is None:
            return 0
        (row,) = self.database.rows(_HOW_MANY, {**place._asdict(), "gene": gene})
        return int(str(row[0]))

    def shared_rsids(self, rows: Sequence[AnnotatedVariant]) -> frozenset[str]:
        """Which of the variants' dbSNP ids stand for other alleles as well."""
        found: set[str] = set()
        for contig in {row.contig for row in rows}:
            here = [row for row in rows if row.contig == contig and row.rsid]
            if here:
                first, last = (edge(row.position for row in here) for edge in (min, max))
                place = Place(contig, first - _AROUND, last + _AROUND)
                parameters = {**place._asdict(), "rsids": sorted({str(row.rsid) for row in here})}
                found.update(str(rsid) for (rsid,) in self.database.rows(_SHARED, parameters))
        return frozenset(found)

    def _places(self, sql: str, table: str, key: int | str) -> tuple[Place, ...]:
        if self.lookups is None:
            return ()
        rows = self.database.rows(sql, {"file": str(self.lookups / table), "key": key, "limit": _MOST_PLACES})
        return tuple(sorted(Place(str(contig), int(str(first)), int(str(last))) for contig, first, last in rows))

    def _read(self, sql: str, place: Place, **parameters: object) -> tuple[AnnotatedVariant, ...]:
        if self.lookups is None:
            return ()
        return tuple(map(_variant, self.database.rows(sql, {**place._asdict(), **parameters})))


def most_severe(rows: Sequence[AnnotatedVariant]) -> tuple[AnnotatedVariant, ...]:
    """The most severe consequences first; the order of equals is kept."""
    return tuple(sorted(rows, key=lambda row: _SEVERITY.get(row.consequence or "", len(SEVERITY))))


def _variant(row: tuple[object, ...]) -> AnnotatedVariant:
    contig, position, ref, alt, *texts, frequency = row
    rsid, gene, transcript, consequence, hgvs_c, hgvs_p, lof, clinvar = (
        None if text is None else str(text) for text in texts
    )
    return AnnotatedVariant(contig=str(contig), position=int(str(position)), ref=str(ref), alt=str(alt), rsid=rsid,
                            gene=gene, transcript=transcript, consequence=consequence, hgvs_c=hgvs_c, hgvs_p=hgvs_p,
                            lof=lof, clinvar=clinvar,
                            af_external=None if frequency is None else float(str(frequency)))  # fmt: skip


def repeated_rsids(rows: Sequence[AnnotatedVariant]) -> frozenset[str]:
    """The dbSNP ids that several of the variants have."""
    return frozenset(rsid for rsid, times in Counter(row.rsid for row in rows).items() if rsid and times > 1)


def place_of(region: Region) -> Place:
    """The place of a region."""
    return Place(region.contig, region.start, region.end)
