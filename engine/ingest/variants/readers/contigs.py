"""Names and lengths of contigs as PLINK, BGEN and headers of files give them, and the reference that they tell."""

import re
from collections.abc import Mapping

from cohort_dsl.spelling.alleles import ACCESSIONS_GRCH37, ACCESSIONS_GRCH38, MITOCHONDRION

_PLINK_CODES = {"23": "X", "24": "Y", "25": "X", "26": "MT", "XY": "X", "PAR1": "X", "PAR2": "X"}
_NAMES = (*(str(number) for number in range(1, 23)), "X", "Y")
_GRCH37 = (
    *(249_250_621, 243_199_373, 198_022_430, 191_154_276, 180_915_260, 171_115_067, 159_138_663, 146_364_022),
    *(141_213_431, 135_534_747, 135_006_516, 133_851_895, 115_169_878, 107_349_540, 102_531_392, 90_354_753),
    *(81_195_210, 78_077_248, 59_128_983, 63_025_520, 48_129_895, 51_304_566, 155_270_560, 59_373_566),
)
_GRCH38 = (
    *(248_956_422, 242_193_529, 198_295_559, 190_214_555, 181_538_259, 170_805_979, 159_345_973, 145_138_636),
    *(138_394_717, 133_797_422, 135_086_622, 133_275_309, 114_364_328, 107_043_718, 101_991_189, 90_338_345),
    *(83_257_441, 80_373_285, 58_617_616, 64_444_167, 46_709_983, 50_818_468, 156_040_895, 57_227_415),
)
_LENGTHS = {
    "GRCh37": dict(zip(_NAMES, _GRCH37, strict=True)),
    "GRCh38": dict(zip(_NAMES, _GRCH38, strict=True)),
}
CONTIG_LENGTHS: Mapping[str, int] = _LENGTHS["GRCh38"] | {"MT": 16_569}
"""Bases of each contig of a release (GRCh38)."""

_REFSEQ = {name: "GRCh38" for name in ACCESSIONS_GRCH38 if name != MITOCHONDRION}
_REFSEQ |= dict.fromkeys(ACCESSIONS_GRCH37, "GRCh37")
SPELLINGS: tuple[str, ...] = (
    *(prefix + name for prefix in ("", "chr", "Chr", "CHR") for name in (*_NAMES, "M", "MT")),
    *_REFSEQ,
    MITOCHONDRION,
)
"""Names that files give to the contigs of a release."""

_ASSEMBLY_NAMES = {
    "GRCh37": re.compile(r"GRCh37|hg19|\bb37\b|hs37d5|g1k_v37|NCBI37", re.IGNORECASE),
    "GRCh38": re.compile(r"GRCh38|hg38|NCBI38", re.IGNORECASE),
}


def plink_contig(name: str) -> str:
    """The usual name for PLINK's number or word of a contig, others as they are.

    23 is X, 24 Y, 26 MT; 25, XY, PAR1 and PAR2 are the pseudoautosomal regions, given as on X, whose positions they
    have. BGEN files of UK Biobank write `01`, here `1`.
    """
    bare = name[3:] if name[:3].lower() == "chr" else name
    bare = bare.lstrip("0") or bare
    return _PLINK_CODES.get(bare.upper(), bare)


def assembly_of(lengths: Mapping[str, int | None]) -> str | None:
    """The reference that names and lengths of contigs tell ("GRCh37", "GRCh38"); none where they tell neither."""
    bare = {plink_contig(name): length for name, length in lengths.items()}
    for assembly, known in _LENGTHS.items():
        if any(bare.get(contig) == length for contig, length in known.items()):
            return assembly
    return next(filter(None, map(refseq_assembly, lengths)), None)


def assembly_named(text: str) -> str | None:
    """The reference that the name of a reference or its file tells; none where it names both or neither."""
    found = [assembly for assembly, names in _ASSEMBLY_NAMES.items() if names.search(text)]
    return found[0] if len(found) == 1 else None


def refseq_assembly(contig: str) -> str | None:
    """The reference that the name of a RefSeq chromosome belongs to: `NC_000001.10` is GRCh37."""
    return _REFSEQ.get(contig)
