"""Called alleles in the order of a release: sorted, annotated, merged between files, and written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from engine.genotypes.alleles import CONTIGS
from engine.genotypes.pgen import LEVELS_PER_ALLELE, NO_LEVEL, CallsWriter, Levels
from engine.ingest.session import Session, sql
from engine.ingest.variants.scratch import CalledAllele, CallsBins, RowWriter, Value, table_schema
from engine.kernels.calls import MISSING, PHASED_01, Calls, place
from engine.kernels.words import Ids
from schemas.release import VARIANT

_KEY = ("rank", "position", "ref", "alt")
_CONSEQUENCE = ("gene", "transcript", "consequence", "hgvs_c", "hgvs_p", "lof")
_SINGLE = ("rsid", "clinvar", "af_external")
_OWN = tuple(name for name in CalledAllele._fields if name not in (*_KEY, *_CONSEQUENCE, *_SINGLE))
_BATCH = 20_000
_TOLD_EVERY = 500


def view_called(session: Session, files: Sequence[Path]) -> None:
    """The rows of all parts as the view `called`."""
    session.run(sql("CREATE VIEW called AS SELECT * FROM READ_PARQUET($files)", files=_names(files)))


def view_annotated(session: Session, files: Sequence[Path], out: Path) -> None:
    """Each annotated allele as it is first described, as the view `annotated`, written to `out`."""
    key = ", ".join(_KEY)
    session.write(
        sql(
            f"SELECT * FROM READ_PARQUET($files) "  # noqa: S608  # names of ours only
            f"QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY part, ordinal) = 1 ORDER BY {key}",
            files=_names(files),
        ),
        out,
        scratch=True,
    )
    session.view("annotated", out)


def sort_alleles(session: Session, out: Path) -> int:
    """Write the view `called` in the order of the release, with its annotation; returns how many alleles differ.

    What the annotation says of a consequence replaces, as a whole, what the allele's own file says of it.
    """
    columns = ", ".join(
        (
            *(f"c.{name}" for name in (*_KEY, *_OWN)),
            *(f"COALESCE(a.{name}, c.{name}) AS {name}" for name in _SINGLE),
            *(f"CASE WHEN COALESCE(a.consequence, a.gene) IS NULL THEN c.{name} ELSE a.{name} END AS {name}"
              for name in _CONSEQUENCE),
        )
    )  # fmt: skip
    joined = " AND ".join(f"a.{name} = c.{name}" for name in _KEY)
    order = ", ".join(f"c.{name}" for name in (*_KEY, "part", "ordinal"))
    session.write(
        sql(f"SELECT {columns} FROM called c LEFT JOIN annotated a ON {joined} ORDER BY {order}"),  # noqa: S608  # names of ours only
        out,
        scratch=True,
    )
    return session.one(sql(f"SELECT COUNT(*) FROM (SELECT DISTINCT {', '.join(_KEY)} FROM called)"))[0]  # noqa: S608


@dataclass(frozen=True)
class Merger:
    """What merging needs: `files[part]` is the file of a part, `positions[file]` where its samples go on the sample
    axis, and `copies` uint8[4, samples] by `Ploidy` of a place."""

    bins: CallsBins = field(repr=False)
    files: tuple[int, ...] = field(repr=False)
    positions: tuple[Ids, ...] = field(repr=False)
    copies: npt.NDArray[np.uint8] = field(repr=False)

    def write(self, rows: Path, variant_table: Path, calls: Path, *, variants: int, phased: bool, dosages: bool,
              progress: Callable[[float], None]) -> "Merged":  # fmt: skip
        """Write the variant table and the calls.

        Calls of one allele in files without a common sample are merged; samples of files that do not have the
        allele at all have no call.
        """
        refused: Counter[int] = Counter()
        dosed = undosed = 0
        samples = self.copies.shape[1]
        with (
            RowWriter(variant_table, table_schema(VARIANT)) as table,
            CallsWriter(calls, samples=samples, variants=variants, phased=phased, dosages=dosages) as writer,
        ):
            for variant, group in enumerate(_groups(_read(rows))):
                taken = self._taken(group) if len(group) > 1 else group
                refused.update(self.files[row.part] for row in group if row not in taken)
                merged = self._calls(taken)
                levels = self._levels(taken, merged)
                kept = writer.append(merged, levels)
                dosed, undosed = dosed + kept, undosed + (levels is not None and not kept)
                table.append(self._variant(variant, taken))
                if variant % _TOLD_EVERY == 0:
                    progress(variant / variants)
        return Merged(variants=variants, refused=refused, dosed=dosed, undosed=undosed)

    @cached_property
    def _shared(self) -> npt.NDArray[np.bool_]:
        """bool[files, files]: whether two files have a sample in common."""
        each = self.positions
        return np.array([[one is two or bool(np.intersect1d(one, two).size) for two in each] for one in each])

    @cached_property
    def _having(self) -> list[int]:
        return np.count_nonzero(self.copies, axis=1).tolist()

    def _taken(self, group: list[CalledAllele]) -> list[CalledAllele]:
        taken: list[CalledAllele] = []
        for row in group:
            if not any(self._shared[self.files[row.part], self.files[other.part]] for other in taken):
                taken.append(row)
        return taken

    def _calls(self, rows: Iterable[CalledAllele]) -> Calls:
        merged = np.full(self.copies.shape[1], MISSING, np.int8)
        for row in rows:
            positions = self.positions[self.files[row.part]]
            place(self.bins.calls(row, positions.size), positions, merged)
        return merged

    def _levels(self, rows: Iterable[CalledAllele], calls: Calls) -> Levels | None:
        """The dosages of all samples, those of the calls where a file has none; absent where none of them has any."""
        if not any(row.dosage_bytes for row in rows):
            return None
        plain = np.where(calls >= PHASED_01, 1, calls).astype(np.int32)
        merged = np.where(calls == MISSING, NO_LEVEL, plain * LEVELS_PER_ALLELE).astype(np.uint16)
        for row in rows:
            positions = self.positions[self.files[row.part]]
            levels = self.bins.levels(row, positions.size)
            if levels is not None:
                merged[positions] = levels
        return merged

    def _variant(self, variant: int, rows: list[CalledAllele]) -> tuple[Value, ...]:
        """One row of `schemas.release.VARIANT`."""
        first = rows[0]
        return (
            *(variant, CONTIGS[first.rank], first.position, first.ref, first.alt),
            next((row.rsid for row in rows if row.rsid), None),
            *(first.gene, first.transcript, first.consequence, first.hgvs_c, first.hgvs_p, first.lof),
            *(first.clinvar, first.af_external, first.filter),
            sum(row.allele_count for row in rows),
            sum(row.allele_number for row in rows),
            sum(row.homozygotes for row in rows),
            sum(row.hemizygotes for row in rows),
            self._having[first.ploidy] - sum(row.called for row in rows),
            first.source_variant,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What was written: `variants`, of which `dosed` with their dosages and `undosed` without the dosages they had; and
    alleles `refused`, by file, because an earlier file calls them for the same samples."""

    variants: int
    refused: Counter[int]
    dosed: int
    undosed: int


def _read(path: Path) -> Iterator[CalledAllele]:
    """Called alleles in the order of the file, which is read in batches."""
    for batch in pq.ParquetFile(path).iter_batches(_BATCH, columns=list(CalledAllele._fields)):
        yield from map(CalledAllele._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _groups(rows: Iterable[CalledAllele]) -> Iterator[list[CalledAllele]]:
    for _, group in groupby(rows, key=lambda row: row[: len(_KEY)]):
        yield list(group)


def _names(files: Sequence[Path]) -> list[str]:
    return [str(path.resolve()) for path in files]
