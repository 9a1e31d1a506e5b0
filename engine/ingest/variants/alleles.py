"""A record as alternate alleles in their shortest spelling, left-aligned, or the reason each cannot be kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from engine.genotypes.alleles import Allele, canonical_contig, is_sequence, trim
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.readers.contigs import CONTIG_LENGTHS, refseq_assembly
from engine.ingest.variants.source import Record
from schemas.errors import DataProblem

_UNKNOWN_BASE = "N"


class Rejection(Enum):
    """Why an allele of a file is not in the release. Each is explained in docs/reference/variant-rules.md."""

    NO_ALTERNATE = "no-alternate-allele"
    CONTIG = "contig-not-a-chromosome"
    POSITION = "position-outside-contig"
    REFERENCE = "reference-not-a-sequence"
    REFERENCE_DIFFERS = "reference-differs"
    REFERENCE_UNCLEAR = "reference-unclear"
    SPANNING_DELETION = "spanning-deletion"
    SYMBOLIC = "symbolic-allele"
    LETTERS = "allele-not-a-sequence"
    SAME = "allele-same-as-reference"
    REPEATED = "allele-listed-twice"
    NO_CALLS = "no-genotype-field"
    NO_SAMPLES = "no-sample-with-a-person"
    PLOIDY = "ploidy-above-two"
    DUPLICATE = "variant-already-called-for-these-samples"


@dataclass(frozen=True, slots=True)
class SplitAllele:
    """Allele number `number` of its record as a variant.

    It is 0 where the first allele of the file is not the reference one (PLINK 1, BGEN): the calls are then those of
    allele 0, and the dosage is 2 less the file's. `is_moved` says that left-alignment changed its place.
    """

    number: int
    allele: Allele
    is_moved: bool = False


def split(
    record: Record, aligner: Aligner | None = None, *, reference_known: bool = True
) -> Iterator[SplitAllele | Rejection]:
    """One item for every alternate allele, and one for a record that has none.

    Without an aligner alleles are what the file says, in their shortest spelling. With one, they are left-aligned, and
    where `reference_known` is false the allele that fits the reference is taken as the reference one. Raises
    `DataProblem` for a contig of another reference than GRCh38.
    """
    if not record.alts:
        yield Rejection.NO_ALTERNATE
        return
    contig = _contig(record.contig)
    reference = _reference(record, contig, aligner, reference_known=reference_known)
    if isinstance(reference, Rejection) or contig is None:
        yield from [reference if isinstance(reference, Rejection) else Rejection.CONTIG] * len(record.alts)
        return
    alleles = (record.ref, *record.alts)
    for number, alt in enumerate(alleles):
        if number == reference:
            continue
        fault = _fault(alleles[reference], alt, record.alts)
        if fault is not None:
            yield fault
            continue
        trimmed = Allele(contig, *trim(record.position, alleles[reference], alt))
        allele = trimmed if aligner is None else aligner.left_aligned(trimmed)
        yield SplitAllele(number, allele, allele.position != trimmed.position)


def provenance(record: Record) -> str:
    """`contig:position:ref:alts` of the record, as its file has it."""
    return f"{record.contig}:{record.position}:{record.ref}:{','.join(record.alts)}"


@lru_cache(maxsize=4_096)
def _contig(name: str) -> str | None:
    assembly = refseq_assembly(name)
    if assembly not in (None, "GRCh38"):
        raise DataProblem(
            "variants-assembly",
            f"contig {name} is of {assembly}, and a release is of GRCh38",
            hint="positions are never converted or guessed: lift the file over first, or call it again on GRCh38",
        )
    return canonical_contig(name)


def _reference(
    record: Record, contig: str | None, aligner: Aligner | None, *, reference_known: bool
) -> int | Rejection:
    """The number of the reference allele, or why no allele of the record can be kept."""
    if contig is None:
        return Rejection.CONTIG
    end = record.position + len(record.ref) - 1
    if record.position < 1 or end > CONTIG_LENGTHS[contig]:
        return Rejection.POSITION
    if not is_sequence(record.ref):
        return Rejection.REFERENCE
    if aligner is None:
        return 0
    if reference_known:
        return 0 if aligner.fits(contig, record.position, record.ref) else Rejection.REFERENCE_DIFFERS
    fitting = [
        number
        for number, allele in enumerate((record.ref, *record.alts))
        if is_sequence(allele) and aligner.fits(contig, record.position, allele)
    ]
    if len(fitting) > 1:
        return Rejection.REFERENCE_UNCLEAR
    return fitting[0] if fitting else Rejection.REFERENCE_DIFFERS


def _fault(ref: str, alt: str, alts: tuple[str, ...]) -> Rejection | None:
    if alt == "*":
        return Rejection.SPANNING_DELETION
    if not alt.isalpha():
        return Rejection.SYMBOLIC
    if not is_sequence(alt) or _UNKNOWN_BASE in alt:
        return Rejection.LETTERS
    if alt == ref:
        return Rejection.SAME
    return Rejection.REPEATED if alts.count(alt) > 1 else None
