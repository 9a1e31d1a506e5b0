"""Counts by PLINK 2: `--geno-counts`, of VCF, PLINK 1 and 2, and BGEN files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from engine.ingest.concordance.programs import first_line, program, run
from engine.ingest.concordance.tally import AlleleTally, Groups, Tally
from engine.ingest.variants.readers.contigs import plink_contig
from engine.ingest.variants.source import Sex
from schemas.errors import DataProblem

_COLUMNS = "cols=chrom,pos,ref,alt,numeq"
_NO_GENOTYPES = 5
"""Columns where PLINK 2 leaves the last one out: of a multi-allelic variant of X that nobody has a call of."""
_SEXES = {Sex.MALE: "1", Sex.FEMALE: "2"}
_ENDINGS = {".bed": "--bed", ".pgen": "--pgen", ".bgen": "--bgen", ".bcf": "--bcf"}
_ALREADY_SPLIT = "split-par"


@dataclass(frozen=True, slots=True)
class Plink2:
    """`plink2 --geno-counts`; `families` gives the family of each sample, where the files have any."""

    families: Mapping[str, str] = field(default_factory=dict, repr=False)

    name: ClassVar[str] = "plink2"
    rules: ClassVar[tuple[str, ...]] = (
        "PLINK 2 keeps haploid calls as two copies, so a haploid call where people have two copies is a call to it",
        "PLINK 2 is told the sexes of the release; it leaves people of unknown sex out of Y, so they are counted there "
        "as males are",
    )

    def version(self) -> str:
        return first_line([program("plink2", "plink2"), "--version"])

    def count(self, path: Path, groups: Groups, scratch: Path) -> Iterator[tuple[Sex | None, Tally]]:
        for sex, samples in groups.items():
            counted = self._run(path, samples, sex or Sex.FEMALE, scratch)
            if sex is None and any(tally.contig == "Y" for tally in _tallies(counted, samples)):
                as_males = self._run(path, samples, Sex.MALE, scratch)
                both = zip(_tallies(counted, samples), _tallies(as_males, samples), strict=True)
                yield from ((sex, male if male.contig == "Y" else other) for other, male in both)
            else:
                yield from ((sex, tally) for tally in _tallies(counted, samples))

    def _run(self, path: Path, samples: tuple[str, ...], sex: Sex, scratch: Path) -> Path:
        """Count as people of one sex; returns the table."""
        listed, counts = scratch / "samples.txt", scratch / f"counts-{sex.value}"
        rows = (f"{self.families.get(name, '0')}\t{name}\t{_SEXES[sex]}\n" for name in samples)
        listed.write_text("#FID\tIID\tSEX\n" + "".join(rows))
        command = [
            *(program("plink2", "plink2"), *_input(path), "--allow-extra-chr", "--keep", str(listed)),
            *("--update-sex", str(listed), "--geno-counts", _COLUMNS, "--out", str(counts)),
        ]
        try:
            run([*command, "--split-par", "hg38"], path)
        except DataProblem as problem:
            if _ALREADY_SPLIT not in (problem.hint or ""):
                raise
            run(command, path)
        return counts.with_suffix(".gcount")


def _tallies(counted: Path, samples: tuple[str, ...]) -> Iterator[Tally]:
    with counted.open() as lines:
        next(lines)
        for line in lines:
            yield _tally(line.rstrip("\n").split("\t"), len(samples))


def _input(path: Path) -> list[str]:
    """How PLINK 2 is given a file and those beside it."""
    kind = _ENDINGS.get(path.suffix, "--vcf")
    match kind:
        case "--bed" | "--pgen":
            variants, people = (".bim", ".fam") if kind == "--bed" else (".pvar", ".psam")
            beside = path.with_suffix(variants)
            if not beside.is_file() and kind == "--pgen":
                beside = path.with_suffix(".pvar.zst")
            option = "--bim" if kind == "--bed" else "--pvar"
            return [kind, str(path), option, str(beside), f"--{people[1:]}", str(path.with_suffix(people))]
        case "--bgen":
            return [kind, str(path), "ref-first", *_sample_file(path)]
        case _:
            return [kind, str(path), "--vcf-half-call", "missing"]


def _sample_file(path: Path) -> list[str]:
    """The `.sample` file beside a BGEN file: of its name, or the only one whose name begins with it."""
    own = path.with_suffix(".sample")
    beside = [own] if own.is_file() else sorted(path.parent.glob("*.sample"))
    return ["--sample", str(beside[0])] if len(beside) == 1 else []


def _tally(fields: list[str], samples: int) -> Tally:
    contig, position, _, ref, alt, genotypes = [*fields, "."] if len(fields) == _NO_GENOTYPES else fields
    alts = () if alt == "." else tuple(alt.split(","))
    once, twice, alone = ([0] * (len(alts) + 1) for _ in range(3))
    diploid = mixed = haploid = 0
    for entry in genotypes.split(",") if genotypes != "." else ():
        genotype, _, number = entry.partition("=")
        first, slash, second = genotype.partition("/")
        people = int(number)
        if not slash:
            haploid += people
            alone[int(first)] += people
            continue
        diploid += people
        if first == second:
            twice[int(first)] += people
            continue
        mixed += people
        once[int(first)] += people
        once[int(second)] += people
    return Tally(
        contig=plink_contig(contig),
        position=int(position),
        ref=ref,
        alts=alts,
        diploid=diploid,
        mixed=mixed,
        haploid=haploid,
        missing=samples - diploid - haploid,
        alleles=tuple(map(AlleleTally, once, twice, alone)),
    )
