"""Everyone's genotypes: founders drawn, children inheriting, calls written, scores summed, one variant at a time."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.genotypes.alleles import CONTIG_RANK
from engine.genotypes.pgen import CallsWriter
from engine.genotypes.ploidy import Ploidy, ploidies
from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.annotation import Tally, write_annotation
from engine.ingest.synthetic.arrow import coded, write_rows
from engine.ingest.synthetic.genes import POLYGENIC, SCORES
from engine.ingest.synthetic.inheritance import Inheritance, Pedigree
from engine.ingest.synthetic.linkage import BRANCHES, Bools, Linkage
from engine.ingest.synthetic.panels import write_panels, write_scores
from engine.ingest.synthetic.people import Families, Floats, Ints, make_sexes
from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.sites import absent_sites, release_sites
from engine.ingest.synthetic.variants import Site, founder_copies
from engine.kernels.calls import MISSING, PHASED_01, Calls
from schemas.release import CALLS_PATH, SAMPLE

_GENOTYPED = 0.9
_SEX_UNKNOWN = 0.003
_COMMON = 0.01
"""From this frequency on, a variant is old enough to be linked with its neighbours."""
_RECOMBINING = (Ploidy.DIPLOID, Ploidy.X)
_UNPHASED = ((0.001, 0.3), (_COMMON, 0.05))
"""(frequency below, share of heterozygous calls left without phase): statistical phasing fails for the rarest."""


class Sampled(NamedTuple):
    """The people with a sample, ascending, and their sex as recorded: 0 male, 1 female, 2 unknown."""

    persons: Ints
    sex: npt.NDArray[np.int8]

    def copies(self, ploidy: Ploidy) -> npt.NDArray[np.int8]:
        """int8[samples]: copies of a chromosome, as the recorded sex says."""
        by_sex = {Ploidy.DIPLOID: (2, 2, 2), Ploidy.X: (1, 2, 2), Ploidy.Y: (1, 0, 1), Ploidy.MT: (1, 1, 1)}
        return np.array(by_sex[ploidy], np.int8)[self.sex]


def write_genotypes(
    builder: ReleaseBuilder, families: Families, seed: int, progress: Callable[[float], None]
) -> tuple[dict[str, Floats], Ints]:
    """Write the tables of genotypes and the calls; gives every person's scores and the people with a sample.

    Scores are known for all people, genotyped or not: their health depends on them either way. `progress` gets the
    share of variants done.
    """
    male = make_sexes(families, seed)
    size = families.persons, len(families.father)
    sites = release_sites(*size, seed)
    sampled = _draw_samples(families.persons, male, seed)
    scores = {name: np.zeros(families.persons, np.float32) for name in SCORES}
    tallies = []
    with CallsWriter(
        builder.file(CALLS_PATH), samples=len(sampled.persons), variants=len(sites), phased=True
    ) as writer:
        for calls, copies in _all_calls(sites, Pedigree.of(families, male), sampled, scores, seed):
            writer.append(calls)
            tallies.append(_tally(calls, copies))
            progress(len(tallies) / len(sites))
    _write_samples(builder, sampled)
    write_annotation(builder, sites, absent_sites(*size, seed, sites), tallies, seed)
    write_panels(builder)
    write_scores(builder, sites)
    for name in POLYGENIC:
        scores[name] = (scores[name] - scores[name].mean()) / max(float(scores[name].std()), 1e-6)
    return scores, sampled.persons


def _draw_samples(persons: int, male: Bools, seed: int) -> Sampled:
    samples = np.flatnonzero(stream(seed, "samples").random(persons) < _GENOTYPED).astype(np.int32)
    unknown = stream(seed, "sex of samples").random(len(samples)) < _SEX_UNKNOWN
    return Sampled(samples, np.where(unknown, 2, np.where(male[samples], 0, 1)).astype(np.int8))


def _all_calls(sites: tuple[Site, ...], pedigree: Pedigree, sampled: Sampled, scores: dict[str, Floats],
               seed: int) -> Iterator[tuple[Calls, npt.NDArray[np.int8]]]:  # fmt: skip
    """The calls of each site, and the copies each sample has of it; `scores` grow meanwhile."""
    codes = ploidies(np.array([CONTIG_RANK[site.contig] for site in sites]), np.array([s.position for s in sites]))
    numbers = {site.key: site.number for site in sites}
    inheritances = {ploidy: Inheritance(pedigree, sampled.persons, ploidy) for ploidy in Ploidy}
    samples = sampled.persons.astype(np.intp)
    for stretch, ((_, code), group) in enumerate(
        groupby(zip(sites, codes.tolist(), strict=True), key=lambda pair: (pair[0].contig, pair[1]))
    ):
        ploidy = Ploidy(code)
        inheritance, copies = inheritances[ploidy], sampled.copies(ploidy)
        linkage = Linkage(founders=len(pedigree.founders), children=len(pedigree.children),
                          random=stream(seed, "linkage", stretch))  # fmt: skip
        absent = np.flatnonzero(inheritance.absent[samples])
        here = None
        for site, _ in group:
            if ploidy in _RECOMBINING:
                linkage.move(site.position - (here or site.position))
            here = site.position
            random = stream(seed, "genotypes", site.number)
            origin = random if site.rides_on is None else stream(seed, "genotypes", numbers[site.rides_on])
            truth = _draw(site, inheritance, linkage, origin)
            if site.effect is not None:
                scores[site.effect] += np.float32(site.weight) * (truth > 0) + np.float32(site.weight) * (truth == 2)
            calls = truth[samples]
            calls[absent] = MISSING
            yield _called(calls, site, random), copies


def _draw(site: Site, inheritance: Inheritance, linkage: Linkage, random: np.random.Generator) -> Calls:
    """int8[N] phased calls, free of error.

    A drawn rare site is known because a sample has it, so its copies are among those who have samples.
    """
    if site.copies is None and site.frequency >= _COMMON:
        branch = int(random.integers(BRANCHES)) if site.clade is None else site.clade
        return inheritance.common(linkage.arc(branch, site.frequency), linkage)
    founders = inheritance.all_founders if site.copies is None else inheritance.sampled_founders
    return inheritance.rare(founders[founder_copies(site, len(founders), random)], linkage)


def _called(calls: Calls, site: Site, random: np.random.Generator) -> Calls:
    """What sequencing makes of them: some calls cannot be made, and some heterozygous ones cannot be phased."""
    poor = random.random() < 0.01
    rate = np.exp(random.uniform(np.log(0.02), np.log(0.08)) if poor else random.uniform(-11, -5.5))
    calls[random.integers(0, len(calls), random.binomial(len(calls), rate))] = MISSING
    share = next((share for below, share in _UNPHASED if site.frequency < below), 0.0)
    if share:
        phased = np.flatnonzero(calls >= PHASED_01)
        calls[phased[random.random(len(phased)) < share]] = 1
    return calls


def _tally(calls: Calls, copies: npt.NDArray[np.int8]) -> Tally:
    missing, alike = calls == MISSING, calls == 2
    heterozygotes = int(np.count_nonzero(calls == 1) + np.count_nonzero(calls >= PHASED_01))
    homozygotes = int(np.count_nonzero(alike & (copies == 2)))
    hemizygotes = int(np.count_nonzero(alike & (copies == 1)))
    return Tally(
        allele_count=heterozygotes + 2 * homozygotes + hemizygotes,
        allele_number=int(copies.sum(dtype=np.int64) - copies[missing].sum(dtype=np.int64)),
        homozygotes=homozygotes,
        hemizygotes=hemizygotes,
        missing_calls=int(np.count_nonzero(missing & (copies > 0))),
    )


def _write_samples(builder: ReleaseBuilder, sampled: Sampled) -> None:
    write_rows(builder.path(SAMPLE), SAMPLE, {
        "sample": np.arange(len(sampled.persons), dtype=np.int32), "person": sampled.persons.astype(np.uint32),
        "sex": coded(["male", "female", None], sampled.sex),
        "source_sample_id": [f"SYN{person:07d}" for person in sampled.persons.tolist()]})  # fmt: skip
