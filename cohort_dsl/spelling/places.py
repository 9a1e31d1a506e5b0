"""Alleles named by their place: as VCF, gnomAD, Ensembl, dbSNP and UCSC write them, SPDI, and HGVS `g.` and `m.`."""

import re

from cohort_dsl.spelling.alleles import Allele, is_sequence, trim
from cohort_dsl.spelling.assembly import contig_of
from cohort_dsl.spelling.problem import bad_variant
from schemas.errors import AnalysisProblem

_LARGEST_POSITION = 2**31 - 1

_SPDI = re.compile(r"(NC_[0-9]+(?:\.[0-9]+)?):([0-9]{1,10}):([A-Za-z0-9]*):([A-Za-z]*)", re.IGNORECASE)
_GENOMIC = re.compile(r"(?:([^:\s]+):\s*)?([gm])\.(.+)")
_SUBSTITUTION = re.compile(r"([0-9]{1,10})([A-Za-z])>([A-Za-z])")
_ALLELE = r"<[^<>]*>|[A-Za-z]+|[*.]"
_PLACED = re.compile(
    rf"""
      (NC_[0-9]+(?:\.[0-9]+)?|[A-Za-z0-9.]+) [\s:_|/-]+
      ([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,10}})
      (?: [\s:_|/-]+ ([0-9]{{1,10}}) )?               # the last position
      (?: [\s:_|/-]+ (?:\.|rs[0-9]+)(?=[\s:_|/-]) )?  # the id of a line of VCF
      [\s:_|/-]* ({_ALLELE})
      (?: \s*>\s* | [\s:_|/-]+ ) ({_ALLELE})
      (?: \s+ [+1] )?                                 # the strand
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INDEL = "an insertion or deletion is written with the base before it, as in 13-20189346-AG-A"


def read_allele(text: str) -> Allele | None:
    """The allele a text names by its place; absent when it is no such name, a problem when it is a faulty one."""
    if found := _SPDI.fullmatch(text):
        return _spdi(*found.groups())
    if found := _GENOMIC.fullmatch(text):
        return _genomic(*found.groups())
    if found := _PLACED.fullmatch(text):
        contig, start, end, ref, alt = found.groups()
        position = int(start.replace(",", ""))
        if end is not None and int(end) != position + len(ref) - 1:
            raise bad_variant("the reference allele is not as long as the positions say", hint=_INDEL)
        return _allele(contig_of(contig), position, ref, alt)
    return None


def parse_allele(name: str) -> Allele | None:
    """The allele that `1-55039974-G-T`, `chr1:55039974:G:T` or `1:55039974 G>T` names; absent when it names none."""
    try:
        return read_allele(name.strip())
    except AnalysisProblem:
        return None


def _spdi(sequence: str, position: str, ref: str, alt: str) -> Allele:
    """SPDI counts positions from 0, and may say how many bases are deleted in place of which."""
    if not ref.isalpha() or not alt:
        raise bad_variant("of an SPDI name, both the deleted and the inserted bases are needed", hint=_INDEL)
    return _allele(contig_of(sequence), int(position) + 1, ref, alt)


def _genomic(sequence: str | None, kind: str, change: str) -> Allele:
    """A substitution of one base; what else changed, HGVS does not say without the reference sequence."""
    found = _SUBSTITUTION.fullmatch(change)
    if found is None:
        raise bad_variant("of genomic HGVS names, substitutions of one base can be read", hint=_INDEL)
    if sequence is None and kind == "g":
        raise bad_variant("a genomic HGVS name starts with its chromosome, as in NC_000001.11:g.55039974G>T")
    contig = contig_of(sequence or "MT")
    if kind == "m" and contig != "MT":
        raise bad_variant("`m.` is said of the mitochondrion")
    return _allele(contig, int(found[1]), found[2], found[3])


def _allele(contig: str, position: int, ref: str, alt: str) -> Allele:
    ref, alt = ref.upper(), alt.upper()
    if not 1 <= position <= _LARGEST_POSITION:
        raise bad_variant(f"positions run from 1 to {_LARGEST_POSITION:,}")
    if not is_sequence(ref) or not is_sequence(alt):
        raise bad_variant("alleles are written in the bases A, C, G, T and N", hint=_INDEL)
    if ref == alt:
        raise bad_variant("the two alleles are the same")
    return Allele(contig, *trim(position, ref, alt))
