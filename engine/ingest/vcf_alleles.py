"""A VCF record as alternate alleles in their shortest spelling, or the reason each cannot be kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from engine.genotypes.alleles import Allele, canonical_contig, is_sequence, trim
from engine.ingest.vcf_records import Record


class Rejection(Enum):
    """Why an allele of a file is not in the release."""

    NO_ALTERNATE = "no-alternate-allele"
    CONTIG = "contig-not-a-chromosome"
    POSITION = "position-outside-contig"
    REFERENCE = "reference-not-a-sequence"
    SPANNING_DELETION = "spanning-deletion"
    SYMBOLIC = "symbolic-allele"
    LETTERS = "allele-not-a-sequence"
    SAME = "allele-same-as-reference"
    NO_CALLS = "no-genotype-field"
    NO_SAMPLES = "no-sample-with-a-person"
    PLOIDY = "ploidy-above-two"
    DUPLICATE = "variant-already-called-for-these-samples"


@dataclass(frozen=True, slots=True)
class SplitAllele:
    """Alternate allele number `number` (from 1) of its record."""

    number: int
    allele: Allele


def split(record: Record) -> Iterator[SplitAllele | Rejection]:
    """One item for every alternate allele, and one for a record that has none."""
    if not record.alts:
        yield Rejection.NO_ALTERNATE
        return
    contig = canonical_contig(record.contig)
    for number, alt in enumerate(record.alts, start=1):
        fault = _fault(contig, record, alt)
        if fault is not None or contig is None:
            yield fault or Rejection.CONTIG
        else:
            yield SplitAllele(number, Allele(contig, *trim(record.position, record.ref, alt)))


def provenance(record: Record) -> str:
    """`contig:position:ref:alts` of the record, as its file has it."""
    return f"{record.contig}:{record.position}:{record.ref}:{','.join(record.alts)}"


def _fault(contig: str | None, record: Record, alt: str) -> Rejection | None:
    if contig is None:
        return Rejection.CONTIG
    if record.position < 1:
        return Rejection.POSITION
    if not is_sequence(record.ref):
        return Rejection.REFERENCE
    if alt == "*":
        return Rejection.SPANNING_DELETION
    if not alt.isalpha():
        return Rejection.SYMBOLIC
    if not is_sequence(alt):
        return Rejection.LETTERS
    return Rejection.SAME if alt == record.ref else None
