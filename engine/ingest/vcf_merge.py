"""Called alleles in the order of a release: sorted, annotated, merged between files, and written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from engine.genotypes.alleles import CONTIGS
from engine.genotypes.pgen import CallsWriter
from engine.ingest.session import Session, sql
from engine.ingest.vcf_scratch import VARIANT_SCHEMA, CalledAllele, CallsBin, RowWriter, read_rows
from engine.kernels.calls import MISSING, Calls, place
from engine.kernels.words import Ids

_KEY = ("rank", "position", "ref", "alt")
_OWN = ("ordinal", "file", "call_start", "call_bytes", "allele_count", "allele_number", "homozygotes", "missing")
_OWN_TEXT = ("source_variant", "filter")
_CONSEQUENCE = ("gene", "transcript", "consequence", "hgvs_c", "hgvs_p", "lof")
_SINGLE = ("rsid", "clinvar", "af_external")


def sort_alleles(session: Session, called: Path, annotated: Path, out: Path) -> int:
    """Write the called alleles in the order of the release, with their annotation; returns how many differ.

    What the annotation says of a consequence replaces, as a whole, what the allele's own file says of it.
    """
    session.view("called", called)
    session.view("annotated", annotated)
    columns = ", ".join(
        (
            *(f"c.{name}" for name in (*_KEY, *_OWN, *_OWN_TEXT)),
            *(f"COALESCE(a.{name}, c.{name}) AS {name}" for name in _SINGLE),
            *(f"CASE WHEN COALESCE(a.consequence, a.gene) IS NULL THEN c.{name} ELSE a.{name} END AS {name}"
              for name in _CONSEQUENCE),
        )
    )  # fmt: skip
    joined = " AND ".join(f"a.{name} = c.{name}" for name in _KEY)
    key = ", ".join(_KEY)
    session.write(
        sql(
            f"SELECT {columns} FROM called c LEFT JOIN ("  # noqa: S608  # names of ours only
            f"  SELECT * FROM annotated QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY ordinal) = 1"
            f") a ON {joined} ORDER BY {', '.join(f'c.{name}' for name in (*_KEY, 'ordinal'))}"
        ),
        out,
    )
    return session.one(sql(f"SELECT COUNT(*) FROM (SELECT DISTINCT {key} FROM called)"))[0]  # noqa: S608


@dataclass(frozen=True, slots=True)
class Merger:
    """What merging needs: the calls put aside, and where each file's samples go on the sample axis."""

    bin: CallsBin = field(repr=False)
    positions: tuple[Ids, ...] = field(repr=False)
    samples: int

    def write(self, rows: Path, variant_table: Path, calls: Path, *, variants: int, phased: bool,
              progress: Callable[[float], None]) -> Counter[int]:  # fmt: skip
        """Write the variant table and the calls. Returns, by file, alleles not taken because of an earlier file.

        Calls of one allele in files without a common sample are merged; samples of files that do not have the
        allele at all have no call.
        """
        refused: Counter[int] = Counter()
        with (
            RowWriter(variant_table, VARIANT_SCHEMA) as table,
            CallsWriter(calls, samples=self.samples, variants=variants, phased=phased) as writer,
        ):
            for variant, group in enumerate(_groups(read_rows(rows))):
                taken = self._taken(group)
                refused.update(row.file for row in group if row not in taken)
                writer.append(self._calls(taken))
                table.append(self._variant(variant, taken))
                if variant % 1_000 == 0:
                    progress(variant / variants)
        return refused

    def shares_samples(self, one: int, other: int) -> bool:
        """Whether two files have a sample in common."""
        return one == other or bool(np.intersect1d(self.positions[one], self.positions[other]).size)

    def _taken(self, group: list[CalledAllele]) -> list[CalledAllele]:
        taken = group[:1]
        for row in group[1:]:
            if not any(self.shares_samples(row.file, other.file) for other in taken):
                taken.append(row)
        return taken

    def _calls(self, rows: Iterable[CalledAllele]) -> Calls:
        merged = np.full(self.samples, MISSING, np.int8)
        for row in rows:
            positions = self.positions[row.file]
            place(self.bin.get(row.call_start, row.call_bytes, positions.size), positions, merged)
        return merged

    def _variant(self, variant: int, rows: list[CalledAllele]) -> tuple[int | float | str | None, ...]:
        """One row of `schemas.release.VARIANT`."""
        first = rows[0]
        called = sum(self.positions[row.file].size - row.missing for row in rows)
        columns: dict[str, int | float | str | None] = first._asdict() | {
            "variant": variant,
            "contig": CONTIGS[first.rank],
            "rsid": next((row.rsid for row in rows if row.rsid), None),
            "allele_count": sum(row.allele_count for row in rows),
            "allele_number": sum(row.allele_number for row in rows),
            "homozygotes": sum(row.homozygotes for row in rows),
            "missing_calls": self.samples - called,
        }
        return tuple(columns[name] for name in VARIANT_SCHEMA.names)


def _groups(rows: Iterable[CalledAllele]) -> Iterator[list[CalledAllele]]:
    for _, group in groupby(rows, key=lambda row: row[: len(_KEY)]):
        yield list(group)


def write_genes(session: Session, variant_table: Path, out: Path) -> None:
    """The gene dictionary: the extent of each gene's annotated variants on the contig that has most of them."""
    session.write(
        sql(
            """
            SELECT gene, contig, CAST(MIN(position) AS INTEGER) AS "start",
                   CAST(MAX(position + LENGTH(ref) - 1) AS INTEGER) AS "end", CAST(NULL AS VARCHAR) AS name
            FROM READ_PARQUET($file) WHERE gene IS NOT NULL GROUP BY gene, contig
            QUALIFY ROW_NUMBER() OVER (PARTITION BY gene ORDER BY COUNT(*) DESC, contig) = 1 ORDER BY gene
            """,
            file=variant_table,
        ),
        out,
    )
