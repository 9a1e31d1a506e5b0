"""HGVS names of drawn variants: possible ones, of the right form and strand, that agree with each other.

The reference sequence is not at hand. So the coding position is where the variant's share of the gene's length falls
in the coding sequence, and the codon one that the alleles can change as the consequence says.
"""

from functools import cache
from itertools import product
from typing import NamedTuple

from engine.ingest.synthetic.transcripts import TRANSCRIPTS

_BASES = "TCAG"
_RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_CODE: dict[str, str] = dict(zip(map("".join, product(_BASES, repeat=3)), _RESIDUES, strict=True))
"""The standard genetic code in NCBI's order (translation table 1)."""
_MITOCHONDRIAL = {"AGA": "*", "AGG": "*", "ATA": "M", "TGA": "W"}
"""Where the code of vertebrate mitochondria differs (translation table 2)."""
_THREE: dict[str, str] = dict(zip("ARNDCQEGHILKMFPSTWYV*", (
    "Ala", "Arg", "Asn", "Asp", "Cys", "Gln", "Glu", "Gly", "His", "Ile", "Leu", "Lys", "Met", "Phe", "Pro", "Ser",
    "Thr", "Trp", "Tyr", "Val", "Ter"), strict=True))  # fmt: skip
_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_SPLICE = ("splice_donor_variant", "splice_acceptor_variant")


class Names(NamedTuple):
    """The transcript, and the HGVS names in it: `hgvs_c` with the transcript, `hgvs_p` without a protein."""

    transcript: str | None = None
    hgvs_c: str | None = None
    hgvs_p: str | None = None


class Place(NamedTuple):
    """Where a drawn variant lies: its 1-based position, and the first and last base of its gene."""

    position: int
    start: int
    end: int

    @property
    def share(self) -> float:
        """Of the gene's length, from its first base."""
        return (self.position - self.start) / (self.end - self.start)


def possible_alleles(gene: str, consequence: str, ref: str, alt: str) -> tuple[str, str]:
    """The same alleles, or the nearest that can have the consequence: stop codons have no C and are not made by A>G,
    and introns begin and end with G (donor GT, acceptor AG)."""
    strand = TRANSCRIPTS[gene].strand
    ref, alt = _stranded(ref, strand), _stranded(alt, strand)
    if consequence == "stop_gained" and (alt == "C" or (ref, alt) == ("A", "G")):
        alt = "A" if ref == "T" else "T"
    if consequence in _SPLICE:
        ref, alt = "G", "A" if alt == "G" else alt
    return _stranded(ref, strand), _stranded(alt, strand)


def name_variant(gene: str, consequence: str, ref: str, alt: str, place: Place) -> Names:
    """Names of a drawn variant of a gene that has a transcript.

    Mitochondrial genes have no introns, so there the position is exact, and without a protein change where its codon
    cannot have the consequence.
    """
    transcript = TRANSCRIPTS[gene]
    share = place.share if transcript.strand > 0 else 1 - place.share
    codon = 2 + int(share * (transcript.residues - 2))
    if len(ref) > 1:
        change, protein = _deletion(codon, _stranded(ref[1:], transcript.strand), place.position)
        return Names(transcript.name, f"{transcript.name}:{change}", protein)
    change = f"{_stranded(ref, transcript.strand)}>{_stranded(alt, transcript.strand)}"
    found = _options(change, consequence, gene.startswith("MT-"))
    if gene.startswith("MT-"):
        codon, phase = divmod(place.position - place.start, 3)
        codon, found = codon + 1, [option for option in found if option[2] == phase]
        if not found:
            return Names(transcript.name, f"{transcript.name}:c.{3 * codon - 2 + phase}{change}")
    if found:
        before, after, phase = found[place.position * 7919 % len(found)]
        end = "=" if before == after else _THREE[after]
        return Names(transcript.name, f"{transcript.name}:c.{3 * codon - 2 + phase}{change}",
                     f"p.{_THREE[before]}{codon}{end}")  # fmt: skip
    return Names(transcript.name, f"{transcript.name}:c.{_outside(consequence, codon, place)}{change}")


def _deletion(codon: int, deleted: str, position: int) -> tuple[str, str]:
    phase = position % 3
    residues = sorted({residue for bases, residue in _CODE.items() if bases[phase] == deleted and residue != "*"})
    return f"c.{3 * codon - 2 + phase}del", f"p.{_THREE[residues[position * 7919 % len(residues)]]}{codon}fs"


def _outside(consequence: str, codon: int, place: Place) -> str:
    """The position of a variant that no codon holds; introns are taken to lie between codons."""
    match consequence:
        case "splice_donor_variant":
            return f"{3 * codon}+1"
        case "splice_acceptor_variant":
            return f"{3 * codon + 1}-1"
        case "splice_region_variant":
            return f"{3 * codon}+{3 + place.position % 6}"
        case "5_prime_UTR_variant":
            return f"-{1 + int(90 * place.share)}"
        case "3_prime_UTR_variant":
            return f"*{1 + int(600 * place.share)}"
        case _:
            return f"{3 * codon}+{20 + place.position % 4000}"


@cache
def _options(change: str, consequence: str, mitochondrial: bool) -> list[tuple[str, str, int]]:
    """(residue before, residue after, place in the codon) of every codon this change turns as the consequence says."""
    wanted = {"missense_variant": "M", "synonymous_variant": "=", "stop_gained": "*"}.get(consequence)
    code = _CODE | _MITOCHONDRIAL if mitochondrial else _CODE
    found = []
    for codon, phase in product(code, range(3)):
        if wanted is None or codon[phase] != change[0]:
            continue
        before, after = code[codon], code[codon[:phase] + change[2] + codon[phase + 1 :]]
        kind = "=" if before == after else "*" if after == "*" else "M"
        if before != "*" and kind == wanted:
            found.append((before, after, phase))
    return found


def _stranded(bases: str, strand: int) -> str:
    return bases if strand > 0 else bases.translate(_COMPLEMENT)[::-1]
