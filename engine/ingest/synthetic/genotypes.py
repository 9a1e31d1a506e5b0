"""Everyone's genotypes: founders drawn, children inheriting, calls written, scores summed, one variant at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.genotypes.pgen import CallsWriter
from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.arrow import write_rows
from engine.ingest.synthetic.genes import GENES, POLYGENIC, SCORES
from engine.ingest.synthetic.people import Families, Floats, Ints
from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.variants import Site, founder_copies, make_sites
from schemas.release import CALLS_PATH, GENE, SAMPLE, VARIANT

_GENOTYPED = 0.9
_MISSING = -9
"""PGEN's byte for a call that could not be made."""

Bytes = npt.NDArray[np.int8]


class Tally(NamedTuple):
    """Counts of one variant among the samples."""

    allele_count: int
    allele_number: int
    homozygotes: int
    missing_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inheritance:
    """Draws genotypes of one variant after another on the axis of people and absent parents.

    People who have parents on the axis get one haplotype of each, independently at every variant: there is no
    linkage disequilibrium. `founders` are all others, `sampled` those of them with a sample.
    """

    persons: int
    father: Ints
    mother: Ints
    children: Ints
    founders: Ints
    sampled: Ints

    @classmethod
    def of(cls, families: Families, samples: Ints) -> "Inheritance":
        """The inheritance of these families, some of whose members have samples."""
        founders = np.flatnonzero(families.father < 0).astype(np.int32)
        children = families.children
        children = children[np.argsort(families.father[children], kind="stable")]
        return cls(persons=families.persons, father=families.father[children], mother=families.mother[children],
                   children=children, founders=founders, sampled=np.intersect1d(founders, samples))  # fmt: skip

    def doses(self, site: Site, random: np.random.Generator) -> Bytes:
        """Alternate alleles of each of the N people: 0, 1 or 2.

        A drawn rare site is known because a sample has it, so its copies are among those who have samples.
        """
        if site.copies is not None:
            return self._rare(founder_copies(site, 2 * len(self.sampled), random), random)
        drawn = founder_copies(site, 2 * len(self.founders), random)
        haplotypes = np.zeros((len(self.founders) + len(self.children), 2), np.int8)
        haplotypes[self.founders[drawn // 2], drawn % 2] = 1
        if len(self.children):
            draws = random.integers(0, 4, len(self.children), np.uint8)
            haplotypes[self.children, 0] = haplotypes[self.father, draws & 1]
            haplotypes[self.children, 1] = haplotypes[self.mother, draws >> 1]
        return haplotypes[: self.persons, 0] + haplotypes[: self.persons, 1]

    def _rare(self, drawn: npt.NDArray[np.int64], random: np.random.Generator) -> Bytes:
        """The same for few copies, touching only carriers and their children: at 770,000 people 20 times as fast."""
        carrier, side = self.sampled[drawn // 2], drawn % 2
        doses = np.zeros(self.persons, np.int8)
        np.add.at(doses, carrier, 1)
        for parent in (self.father, self.mother):
            # Children are ordered by father, and mothers follow fathers, so both columns of parents ascend.
            first, last = np.searchsorted(parent, carrier, "left"), np.searchsorted(parent, carrier, "right")
            copies = last - first
            child = np.repeat(first, copies) + np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
            # One draw a child and parent, however many copies that parent has: a child gets exactly one haplotype.
            who, place = np.unique(child, return_inverse=True)
            passed = random.integers(0, 2, len(who))[place] == np.repeat(side, copies)
            np.add.at(doses, self.children[child[passed]], 1)
        return doses


def write_genotypes(builder: ReleaseBuilder, families: Families, seed: int) -> tuple[dict[str, Floats], Ints]:
    """Write variants, samples, genes and calls; gives every person's scores and the people with a sample.

    Scores are known for all people, genotyped or not: their health depends on them either way.
    """
    sites = make_sites(families.persons, len(families.father), seed)
    samples = np.flatnonzero(stream(seed, "samples").random(families.persons) < _GENOTYPED).astype(np.int32)
    scores = {name: np.zeros(families.persons, np.float32) for name in SCORES}
    with CallsWriter(builder.file(CALLS_PATH), samples=len(samples), variants=len(sites), phased=False) as writer:
        tallies = [_tally_and_write(calls, writer) for calls in _calls(sites, families, samples, scores, seed)]
    _write_variants(builder, sites, tallies, seed)
    write_rows(builder.path(SAMPLE), SAMPLE, {
        "sample": np.arange(len(samples), dtype=np.int32), "person": samples.astype(np.uint32),
        "source_sample_id": [f"SYN{person:07d}" for person in samples.tolist()]})  # fmt: skip
    _write_genes(builder)
    for name in POLYGENIC:
        scores[name] = (scores[name] - scores[name].mean()) / max(float(scores[name].std()), 1e-6)
    return scores, samples


def _calls(sites: tuple[Site, ...], families: Families, samples: Ints, scores: dict[str, Floats],
           seed: int) -> Iterator[Bytes]:  # fmt: skip
    inheritance = Inheritance.of(families, samples)
    for number, site in enumerate(sites):
        random = stream(seed, "genotypes", number)
        doses = inheritance.doses(site, random)
        if site.effect is not None:
            scores[site.effect] += np.float32(site.weight) * doses
        calls = doses[samples]
        poor = random.random() < 0.01
        rate = np.exp(random.uniform(np.log(0.02), np.log(0.08)) if poor else random.uniform(-11, -5.5))
        calls[random.integers(0, len(samples), random.binomial(len(samples), rate))] = _MISSING
        yield calls


def _tally_and_write(calls: Bytes, writer: CallsWriter) -> Tally:
    writer.append(calls)
    heterozygotes, homozygotes = int(np.count_nonzero(calls == 1)), int(np.count_nonzero(calls == 2))
    missing = int(np.count_nonzero(calls == _MISSING))
    return Tally(heterozygotes + 2 * homozygotes, 2 * (len(calls) - missing), homozygotes, missing)


def _write_variants(builder: ReleaseBuilder, sites: tuple[Site, ...], tallies: list[Tally], seed: int) -> None:
    random = stream(seed, "annotation")
    external = [_external(site.frequency, random) for site in sites]
    filters = ["LowQual" if tally.missing_calls > 0.02 * (tally.allele_number / 2) else "PASS" for tally in tallies]
    columns: dict[str, object] = {name: [getattr(site, name) for site in sites]
                                  for name in ("contig", "position", "ref", "alt", "rsid", "gene", "consequence",
                                               "hgvs_p", "lof", "clinvar")}  # fmt: skip
    columns |= {name: [getattr(tally, name) for tally in tallies] for name in Tally._fields}
    columns |= {
        "variant": np.arange(len(sites), dtype=np.int32), "af_external": external, "filter": filters,
        "source_variant": [f"{site.contig}:{site.position}:{site.ref}:{site.alt}" for site in sites],
    }  # fmt: skip
    write_rows(builder.path(VARIANT), VARIANT, columns)


def _external(frequency: float, random: np.random.Generator) -> float | None:
    """The frequency a reference of another ancestry might give: near ours, absent for most of the rarest."""
    if frequency < 0.0001 and random.random() < 0.6:
        return None
    return float(np.clip(frequency * np.exp(random.normal(0, 0.4)), 1e-6, 0.999))


def _write_genes(builder: ReleaseBuilder) -> None:
    genes = sorted(GENES, key=lambda gene: gene.symbol)
    write_rows(builder.path(GENE), GENE, {
        "gene": [gene.symbol for gene in genes], "contig": [gene.contig for gene in genes],
        "start": [gene.start for gene in genes], "end": [gene.end for gene in genes],
        "name": [gene.name for gene in genes]})  # fmt: skip
