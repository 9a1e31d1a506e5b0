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
        """0, 1 or 2 alternate alleles (of one copy 0 or 2), -1 without a whole call of as many alleles as copies."""
        call, copies = self.samples[sample], self.copies
        if None in call or (copies == 1 and len(set(call)) > 1) or (copies == 2 and len(call) < 2):
            return -1
        hits = call.count(self.number)
        return 2 * hits if len(call) == 1 else hits

    @property
    def copies(self):
        """How many of its place people have; files with X and Y are not read here."""
        return 1 if self.contig == "MT" else 2


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
    """(allele count, allele number, homozygotes, hemizygotes, missing calls)."""
    dosages = Counter(allele.dosage(name) for name in allele.samples)
    called = len(allele.samples) - dosages[-1]
    if allele.copies == 1:
        return dosages[2], called, 0, dosages[2], dosages[-1]
    return dosages[1] + 2 * dosages[2], 2 * called, dosages[2], 0, dosages[-1]
