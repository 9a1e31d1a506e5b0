"""How a variant is written: contig names, minimal alleles, and the name `contig-position-ref-alt`."""

import re
from dataclasses import dataclass

CONTIGS: tuple[str, ...] = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")
"""The contigs of a release, in its order."""

CONTIG_RANK = {contig: rank for rank, contig in enumerate(CONTIGS)}

_REFSEQ = {f"NC_{rank + 1:06d}": contig for rank, contig in enumerate(CONTIGS[:24])} | {"NC_012920": "MT"}
_BASES = re.compile(r"[ACGTN]+")
_NAME = re.compile(r"([A-Za-z0-9_.]+)[-:_ ](\d{1,9})[-:_ ]([A-Za-z]+)[-:_ >/]([A-Za-z]+)")


@dataclass(frozen=True, slots=True, order=True)
class Allele:
    """One alternate allele at a 1-based position of the reference, in its shortest spelling."""

    contig: str
    position: int
    ref: str
    alt: str


def canonical_contig(name: str) -> str | None:
    """`chr1`, `CHR1`, `NC_000001.11` and `1` are `1`; `M` is `MT`; absent when it is not a chromosome."""
    bare = name[3:] if name[:3].lower() == "chr" else name
    bare = _REFSEQ.get(bare.partition(".")[0], bare).upper()
    bare = "MT" if bare == "M" else bare
    return bare if bare in CONTIG_RANK else None


def trim(position: int, ref: str, alt: str) -> tuple[int, str, str]:
    """The shortest spelling of the same change: shared bases dropped from the right, then from the left.

    Each allele keeps one base at least. Indels in repeats are not shifted: that needs the reference sequence.
    """
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    lead = 0
    while lead < min(len(ref), len(alt)) - 1 and ref[lead] == alt[lead]:
        lead += 1
    return position + lead, ref[lead:], alt[lead:]


def is_sequence(allele: str) -> bool:
    """Whether it is written in bases A, C, G, T and N only."""
    return _BASES.fullmatch(allele) is not None


def parse_allele(name: str) -> Allele | None:
    """The allele that `1-55039974-G-T`, `chr1:55039974:G:T` or `1:55039974 G>T` names; absent when it names none."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    contig, ref, alt = canonical_contig(found[1]), found[3].upper(), found[4].upper()
    if contig is None or not is_sequence(ref) or not is_sequence(alt):
        return None
    return Allele(contig, *trim(int(found[2]), ref, alt))
