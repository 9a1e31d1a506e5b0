"""What a name says of its assembly. All positions are of GRCh38; those of others are refused, not converted."""

import re

from cohort_dsl.spelling.alleles import ACCESSIONS, ACCESSIONS_GRCH37, ACCESSIONS_GRCH38, CONTIGS, canonical_contig
from cohort_dsl.spelling.problem import bad_variant
from schemas.errors import AnalysisProblem

_GRCH38 = r"(?:GRCh38(?:\.p[0-9]+)?|hg38|b38)"
_BEFORE = re.compile(rf"{_GRCH38}[\s:;,_|/-]+", re.IGNORECASE)
_BEHIND = re.compile(rf"[\s:;,_|/-]+(?:{_GRCH38}|\({_GRCH38}\)|\[{_GRCH38}\])", re.IGNORECASE)
_OTHER = re.compile(
    r"(?<![A-Za-z0-9])(?:GRCh3[67](?:\.p[0-9]+)?|hg1[5-9]|b3[67]|hs37d5|g1k_v37|NCBI3[67]|(?:T2T-)?CHM13(?:v[0-9.]+)?)"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_REFSEQ = re.compile(r"(NC_[0-9]+)(?:\.[0-9]+)?")
_HINT = "positions are never converted: name the variant by its rsID or HGVS name, or by its position in GRCh38"


def without_assembly(text: str) -> str:
    """The name without `GRCh38:` before or `(hg38)` behind it; `other-assembly` when it speaks of another."""
    other = _OTHER.search(text)
    if other is not None:
        raise AnalysisProblem("other-assembly", f"the position is of {other.group()}, not of GRCh38", hint=_HINT)
    before = _BEFORE.match(text)
    text = text[before.end() :] if before else text
    ends = [found.start() for found in _BEHIND.finditer(text) if found.end() == len(text)]
    return text[: ends[0]] if ends else text


def contig_of(name: str) -> str:
    """The contig of a chromosome's name; `other-assembly` when its version is not GRCh38's, or it needs one."""
    refseq = _REFSEQ.fullmatch(name.upper())
    if refseq is not None and refseq.group() not in ACCESSIONS_GRCH38:
        wanted = next((full for full in ACCESSIONS_GRCH38 if full.startswith(f"{refseq[1]}.")), None)
        of = f"; chromosome {ACCESSIONS[refseq[1]]} of GRCh38 is {wanted}" if wanted else ""
        what = "is of GRCh37" if refseq.group() in ACCESSIONS_GRCH37 else "is no chromosome of GRCh38"
        raise AnalysisProblem("other-assembly", f"{refseq.group()} {what}{of}", hint=_HINT)
    contig = canonical_contig(name)
    if contig is None:
        raise bad_variant(f"`{name[:20]}` is no chromosome", hint=f"they are 1 to 22, {', '.join(CONTIGS[22:])}")
    return contig
