"""Reading one part of one file: every allele that can be kept is put aside, every other is counted.

Record by record: memory holds one record's calls, one allele's, and 10,000 rows without calls.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.genotypes.alleles import CONTIG_RANK
from engine.genotypes.pgen import LEVELS_PER_ALLELE, NO_LEVEL, Levels
from engine.genotypes.ploidy import Ploidy, ploidies
from engine.ingest.variants.alleles import Rejection, SplitAllele, provenance, split
from engine.ingest.variants.annotation import Annotation, Annotator
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.parts import PartFiles, PartReport, Tally, writing
from engine.ingest.variants.scratch import CALLED_SCHEMA, CalledAllele, CallsBin, RowWriter
from engine.ingest.variants.source import Part, Record, VariantSource
from engine.kernels.calls import MISSING, PHASED_01, AlleleCounts, Calls, split_allele

_ALLOSOMES = frozenset({"X", "Y", "MT"})


@dataclass(frozen=True, slots=True)
class Kept:
    """The samples of a file that are kept: their columns, and uint8[4, columns] copies by `Ploidy` of a place."""

    columns: npt.NDArray[np.intp] = field(repr=False)
    copies: npt.NDArray[np.uint8] = field(repr=False)


class CallsReading:
    """Reads parts of one open file."""

    def __init__(self, source: VariantSource, kept: Kept, aligner: Aligner | None) -> None:
        self._source, self._kept, self._aligner = source, kept, aligner
        self._annotator = Annotator.of(source.info_fields, is_external=False)
        self._calls: Calls = np.empty(kept.columns.size, np.int8)
        self._having = np.count_nonzero(kept.copies, axis=1).tolist()

    def read(self, part: Part, number: int, files: PartFiles) -> PartReport:
        """Put a part aside, as number `number` of all parts."""
        tally = Tally()
        with (
            writing(files.rows) as rows_aside,
            writing(files.calls) as calls_aside,
            RowWriter(rows_aside, CALLED_SCHEMA) as rows,
            calls_aside.open("wb") as stream,
        ):
            putting = _Putting(number, CallsBin(stream), tally)
            for record in self._source.records(part, self._annotator.info):
                tally.records += 1
                for item in split(record, self._aligner, reference_known=self._source.reference_known):
                    if isinstance(item, Rejection):
                        tally.count(item)
                    elif record.alleles is None:
                        tally.count(Rejection.PLOIDY if record.is_polyploid else Rejection.NO_CALLS)
                    elif not self._kept.columns.size:
                        tally.count(Rejection.NO_SAMPLES)
                    else:
                        rows.append(self._allele(record, record.alleles, item, putting))
                        tally.keep(item)
        return tally.report()

    def _allele(
        self, record: Record, alleles: npt.NDArray[np.int16], item: SplitAllele, putting: "_Putting"
    ) -> CalledAllele:
        allele = item.allele
        ploidy = _ploidy(allele.contig, allele.position)
        counts = split_allele(alleles, self._kept.columns, self._kept.copies[ploidy], item.number, self._calls)
        levels = None
        if record.dosage is not None and ploidy is Ploidy.DIPLOID:
            dosage = record.dosage[self._kept.columns]
            levels = _levels(dosage if item.number else 2 - dosage, self._calls)
        return CalledAllele(
            *(CONTIG_RANK[allele.contig], allele.position, allele.ref, allele.alt),
            *putting.put(self._calls, levels, counts),
            *(int(ploidy), self._having[ploidy] - counts.missing, *counts[:4]),
            *(provenance(record), record.filter, rsid(record.id)),
            *(self._annotator.annotate(record, item.number) if item.number else Annotation()),
        )


@dataclass(slots=True)
class _Putting:
    """Alleles of a part being put aside."""

    number: int
    bin: CallsBin
    tally: Tally
    ordinal: int = 0

    def put(self, calls: Calls, levels: Levels | None, counts: AlleleCounts) -> tuple[int, int, int, int, int]:
        """The part, the allele's place in it, and where its calls are."""
        self.ordinal += 1
        self.tally.phased = self.tally.phased or bool(calls.max(initial=0) >= PHASED_01)
        self.tally.dosed += levels is not None
        self.tally.ploidy.update(_contradictions(counts))
        return self.number, self.ordinal, *self.bin.put(calls, levels)


def _contradictions(counts: AlleleCounts) -> dict[str, int]:
    named = {
        "haploid-call-of-two-copies": counts.haploid_of_two,
        "heterozygous-call-of-one-copy": counts.mixed_of_one,
        "call-of-no-copy": counts.of_none,
    }
    return {rule: number for rule, number in named.items() if number}


def rsid(ids: str | None) -> str | None:
    """The first dbSNP id of an ID field."""
    return next((name for name in (ids or "").split(";") if name[:2] == "rs" and name[2:].isdecimal()), None)


def _ploidy(contig: str, position: int) -> Ploidy:
    if contig not in _ALLOSOMES:
        return Ploidy.DIPLOID
    return Ploidy(int(ploidies(np.array([CONTIG_RANK[contig]]), np.array([position]))[0]))


def _levels(dosage: npt.NDArray[np.float32], calls: Calls) -> Levels | None:
    """Dosages in PGEN's precision; none where they say no more than the calls."""
    known = (dosage >= 0) & (dosage <= 2)
    levels = np.where(known, np.rint(np.where(known, dosage, 0) * LEVELS_PER_ALLELE), NO_LEVEL).astype(np.uint16)
    plain = np.where(calls >= PHASED_01, 1, calls)
    said = np.where(plain == MISSING, NO_LEVEL, plain.astype(np.int32) * LEVELS_PER_ALLELE)
    return None if np.array_equal(levels, said) else levels
