"""A tiny reader of VCF text, written apart from the importer, to check it against."""

import gzip
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class PlainAllele:
    """One alternate allele and, for each sample, its allele numbers; None is a missing one."""

    contig: str
    position: int
    ref: str
    alt: str
    number: int
    samples: dict[str, tuple[int | None, ...]]

    def dosage(self, sample):
        """0, 1 or 2 alternate alleles (a haploid call counts twice), -1 without a whole call."""
        call = self.samples[sample]
        if None in call:
            return -1
        hits = call.count(self.number)
        return 2 * hits if len(call) == 1 else hits


def plain_alleles(path):
    """Every alternate allele written in bases, in the order of the file."""
    with gzip.open(path, "rt") if path.name.endswith("gz") else path.open() as lines:
        names = []
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if line.startswith("#CHROM"):
                names = fields[9:]
            if line.startswith("#"):
                continue
            yield from _split(fields, names)


def _split(fields, names):
    contig = fields[0].removeprefix("chr").replace("M", "MT")
    at = fields[8].split(":").index("GT")
    samples = {name: _call(text.split(":")[at]) for name, text in zip(names, fields[9:], strict=True)}
    for number, alt in enumerate(fields[4].split(","), start=1):
        if set(alt) <= set("ACGT"):
            yield PlainAllele(contig, *_shortest(int(fields[1]), fields[3], alt), number, samples)


def _call(text):
    return tuple(None if part == "." else int(part) for part in text.replace("|", "/").split("/"))


def _shortest(position, ref, alt):
    while min(len(ref), len(alt)) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while min(len(ref), len(alt)) > 1 and ref[0] == alt[0]:
        position, ref, alt = position + 1, ref[1:], alt[1:]
    return position, ref, alt


def counts(allele):
    """(allele count, allele number, homozygotes, missing calls)."""
    whole = [call for call in allele.samples.values() if None not in call]
    dosages = Counter(allele.dosage(name) for name in allele.samples)
    return (
        sum(call.count(allele.number) for call in whole),
        sum(map(len, whole)),
        dosages[2],
        dosages[-1],
    )
