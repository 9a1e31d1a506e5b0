"""Contigs, and alleles in their shortest spelling."""

import re
from dataclasses import dataclass

CONTIGS: tuple[str, ...] = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")
"""The contigs of a release, in its order."""

CONTIG_RANK = {contig: rank for rank, contig in enumerate(CONTIGS)}

_VERSIONS = (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)
_CHROMOSOMES = {f"NC_{number:06d}": contig for number, contig in enumerate(CONTIGS[:24], start=1)}
MITOCHONDRION = "NC_012920.1"
"""RefSeq's accession of the mitochondrion, the same in GRCh37 and GRCh38."""
ACCESSIONS = _CHROMOSOMES | {"NC_012920": "MT"}
"""RefSeq's accession of a chromosome, without a version -> contig."""
ACCESSIONS_GRCH38 = {
    f"{name}.{version}": contig for (name, contig), version in zip(_CHROMOSOMES.items(), _VERSIONS, strict=True)
} | {MITOCHONDRION: "MT"}
"""The same with the version that GRCh38 has."""
ACCESSIONS_GRCH37 = {
    f"{name}.{version - 1}": contig for (name, contig), version in zip(_CHROMOSOMES.items(), _VERSIONS, strict=True)
}
"""The same with the version that GRCh37 has, but for MT."""

_BASES = re.compile(r"[ACGTN]+")


@dataclass(frozen=True, slots=True, order=True)
class Allele:
    """One alternate allele at a 1-based position of the reference (GRCh38), in its shortest spelling."""

    contig: str
    position: int
    ref: str
    alt: str

    @property
    def name(self) -> str:
        """`1-55039974-G-T`, as gnomAD writes it."""
        return f"{self.contig}-{self.position}-{self.ref}-{self.alt}"


def canonical_contig(name: str) -> str | None:
    """`chr1`, `CHR1`, `NC_000001.11` and `1` are `1`; `M` is `MT`; absent when it is not a chromosome of GRCh38.

    `NC_000001.10` is GRCh37's; without a version it is taken for GRCh38's.
    """
    bare = name[3:] if name[:3].lower() == "chr" else name
    bare = bare.upper()
    bare = ACCESSIONS_GRCH38.get(bare) or ACCESSIONS.get(bare, bare)
    bare = "MT" if bare == "M" else bare
    return bare if bare in CONTIG_RANK else None


def trim(position: int, ref: str, alt: str) -> tuple[int, str, str]:
    """The shortest spelling of the same change: shared bases dropped from the right, then from the left.

    Each allele keeps one base at least. Indels in repeats are not shifted: that needs the reference sequence.

    >>> trim(100, "GCA", "GTA")
    (101, 'C', 'T')
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
