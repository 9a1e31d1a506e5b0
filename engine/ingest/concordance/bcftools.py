"""Counts by bcftools: its plugin fill-tags, of VCF and BCF files."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from engine.ingest.concordance.programs import first_line, piped, program
from engine.ingest.concordance.tally import AlleleTally, Groups, Tally
from engine.ingest.variants.source import Sex

_TAGS = "NS,AN,AC_Hom,AC_Het,AC_Hemi"
_LINE = r"%CHROM\t%POS\t%REF\t%ALT\t%INFO/NS\t%INFO/AN\t%INFO/AC_Hom\t%INFO/AC_Het\t%INFO/AC_Hemi\t%N_PASS(GT='het')\n"


class Bcftools:
    """`bcftools view`, `+setGT`, `+fill-tags`, `query`."""

    name: ClassVar[str] = "bcftools"
    rules: ClassVar[tuple[str, ...]] = (
        "half-calls are set to missing before bcftools counts, since it counts their known allele",
    )

    def version(self) -> str:
        return first_line([program("bcftools", "bcftools"), "--version"])

    def count(self, path: Path, groups: Groups, scratch: Path) -> Iterator[tuple[Sex | None, Tally]]:
        for sex, samples in groups.items():
            for line in self._lines(path, samples, scratch):
                yield sex, _tally(line.split("\t"), len(samples))

    def _lines(self, path: Path, samples: tuple[str, ...], scratch: Path) -> Iterator[str]:
        bcftools = program("bcftools", "bcftools")
        listed = scratch / "samples.txt"
        listed.write_text("".join(f"{name}\n" for name in samples))
        header = scratch / "contigs.txt"
        header.write_text("".join(_undeclared_contigs(bcftools, path, scratch)))
        return piped(
            [
                [bcftools, "annotate", "-Ou", "-h", str(header), str(path)],
                [bcftools, "view", "-Ou", "-S", str(listed)],
                [bcftools, "+setGT", "-Ou", "--", "-t", "./x", "-n", "."],
                [bcftools, "+fill-tags", "-Ou", "--", "-t", _TAGS],
                [bcftools, "query", "-f", _LINE],
            ],
            path,
            scratch,
        )


def _undeclared_contigs(bcftools: str, path: Path, scratch: Path) -> list[str]:
    """Header lines for a file without any contig in its header, of which bcftools will not take some samples."""
    if any(line.startswith("##contig=") for line in piped([[bcftools, "view", "-h", str(path)]], path, scratch)):
        return []
    names = piped([[bcftools, "query", "-f", r"%CHROM\n", str(path)]], path, scratch)
    return [f"##contig=<ID={name}>\n" for name in dict.fromkeys(names)]


def _tally(fields: list[str], samples: int) -> Tally:
    contig, position, ref, alt, called, number, twice, once, alone, mixed = fields
    has, alleles = _number(called), _number(number)
    alts = () if alt == "." else tuple(alt.split(","))
    counts = (_numbers(text, len(alts)) for text in (once, twice, alone))
    return Tally(
        contig=contig,
        position=int(position),
        ref=ref,
        alts=alts,
        diploid=alleles - has,
        mixed=_number(mixed),
        haploid=2 * has - alleles,
        missing=samples - has,
        alleles=(AlleleTally(), *(AlleleTally(x, y // 2, z) for x, y, z in zip(*counts, strict=True))),
    )


def _number(text: str) -> int:
    return 0 if text == "." else int(text)


def _numbers(text: str, count: int) -> list[int]:
    return [0] * count if text == "." else [_number(part) for part in text.split(",")]
