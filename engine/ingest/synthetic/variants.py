"""Which variants there are: known ones, loss of function in the genes that matter, polygenic sites, and the rest.

Allele counts of the rest follow a power law (mostly singletons), as exomes of a growing population do
(Keinan & Clark 2012); positions and alleles are drawn inside real genes and are not claimed to exist.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.genotypes.alleles import CONTIG_RANK
from engine.ingest.synthetic.genes import GENES, KNOWN_VARIANTS, POLYGENIC, POLYGENIC_SITES, Gene, KnownVariant
from engine.ingest.synthetic.naming import possible_alleles
from engine.ingest.synthetic.randomness import stream

_BASES = "ACGT"
_LOF = ("stop_gained", "frameshift_variant", "splice_donor_variant", "splice_acceptor_variant")
CONSEQUENCES = (("missense_variant", 0.40), ("synonymous_variant", 0.22), ("intron_variant", 0.24),
                 ("3_prime_UTR_variant", 0.05), ("5_prime_UTR_variant", 0.02), ("splice_region_variant", 0.03),
                 ("stop_gained", 0.015), ("frameshift_variant", 0.015), ("splice_donor_variant", 0.006),
                 ("splice_acceptor_variant", 0.004))  # fmt: skip
_SEVERE = 0.36
"""Exponent gap: loss-of-function variants have fewer copies than the rest."""
_LOF_FREQUENCY = 0.0009
_UNASSIGNED_RSID = 9_000_000_000
"""dbSNP has given out no numbers this high, so a drawn site cannot be taken for a real one."""

Key = tuple[str, int, str, str]
"""Contig, position, ref and alt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One variant. `copies` is the exact number among founders' haplotypes, or None where `frequency` decides.

    `number` is the number of its random stream. `clade` 0 to 3 says where its copies lie among neighbouring common
    variants' (`linkage.py`), None where chance does. `rides_on` is the key of a variant whose haplotypes its own are
    some of, so that whoever has it has both in cis.
    """

    contig: str
    position: int
    ref: str
    alt: str
    gene: str | None
    consequence: str
    frequency: float
    copies: int | None = None
    rsid: str | None = None
    hgvs_p: str | None = None
    lof: str | None = None
    clinvar: str | None = None
    effect: str | None = None
    weight: float = 0.0
    number: int = 0
    clade: int | None = None
    rides_on: Key | None = None

    @property
    def is_real(self) -> bool:
        """Whether it is a variant somebody has described, and not a drawn one."""
        return self.rsid is not None and int(self.rsid[2:]) < _UNASSIGNED_RSID

    @property
    def key(self) -> Key:
        """What tells variants apart."""
        return (self.contig, self.position, self.ref, self.alt)


def make_sites(persons: int, founders: int, seed: int) -> list[Site]:
    """The variants of chromosomes 1 to 22 in release order, numbered: about 800 and 18 times the square root of
    persons."""
    random = stream(seed, "sites")
    drawn = [site for gene in GENES for site in loss_of_function(gene, random)]
    drawn += [site for score in POLYGENIC for site in _polygenic(score, random)]
    drawn += draw_sites(800 + int(18 * persons**0.5), founders, random, GENES)
    return numbered([*map(known_site, KNOWN_VARIANTS), *drawn])


def numbered(sites: Iterable[Site], first: int = 0) -> list[Site]:
    """Sites in release order, each once (the first of equal ones is kept), numbered from `first`."""
    unique: dict[Key, Site] = {}
    for site in sites:
        unique.setdefault(site.key, site)
    return [replace(site, number=number) for number, site in enumerate(in_order(unique.values()), first)]


def in_order(sites: Iterable[Site]) -> list[Site]:
    """As a release has them: by contig, position and alleles."""
    return sorted(sites, key=lambda site: (CONTIG_RANK[site.contig], *site.key[1:]))


def known_site(variant: KnownVariant) -> Site:
    """A real variant as a site."""
    return Site(contig=variant.contig, position=variant.position, ref=variant.ref, alt=variant.alt, gene=variant.gene,
                consequence=variant.consequence, frequency=variant.frequency, rsid=variant.rsid, hgvs_p=variant.hgvs_p,
                lof=variant.lof, clinvar=variant.clinvar, effect=variant.effect, weight=variant.weight,
                clade=variant.clade)  # fmt: skip


def loss_of_function(gene: Gene, random: np.random.Generator) -> list[Site]:
    """High-confidence variants, each rarer than 0.1 %, whose frequencies add up to the gene's."""
    count = int(np.ceil(gene.lof_frequency / _LOF_FREQUENCY))
    if not count:
        return []
    shares = random.dirichlet(np.full(count, 20.0)) * gene.lof_frequency
    return [
        draw_site(gene, random, consequence=str(random.choice(_LOF)), frequency=float(min(share, _LOF_FREQUENCY)),
              lof="HC", clinvar="pathogenic", effect=gene.effect, weight=1.0)
        for share in shares
    ]  # fmt: skip


def _polygenic(score: str, random: np.random.Generator) -> list[Site]:
    genes = random.choice(len(GENES), size=POLYGENIC_SITES)
    return [
        draw_site(GENES[gene], random, consequence="intron_variant", frequency=float(random.uniform(0.06, 0.5)),
              rsid=f"rs{_UNASSIGNED_RSID + int(random.integers(10**8))}", effect=score,
              weight=float(random.normal(0, 0.12)))
        for gene in genes
    ]  # fmt: skip


def draw_sites(count: int, founders: int, random: np.random.Generator, genes: Sequence[Gene],
               consequences: Sequence[tuple[str, float]] = CONSEQUENCES) -> list[Site]:  # fmt: skip
    """Variants of some genes. A tenth is common (frequency log-uniform from 1 % to 50 %); the copies of the others
    follow a power law."""
    lengths = np.array([gene.end - gene.start for gene in genes], np.float64) ** 0.35
    chosen = random.choice(len(genes), size=count, p=lengths / lengths.sum())
    names, shares = zip(*consequences, strict=True)
    kinds = random.choice(len(names), size=count, p=np.array(shares) / sum(shares))
    severe = np.isin(names, _LOF)[kinds]
    common = (random.random(count) < 0.10) & ~severe
    frequencies = np.exp(random.uniform(np.log(0.01), np.log(0.5), count))
    copies = np.minimum(random.zipf(1.65, count), max(1, founders // 50))
    copies = np.where(severe, np.ceil(copies**_SEVERE), copies)
    return [
        _other(genes[chosen[i]], random, consequence=names[kinds[i]], common=bool(common[i]),
               frequency=float(frequencies[i] if common[i] else copies[i] / (2 * founders)), copies=int(copies[i]))
        for i in range(count)
    ]  # fmt: skip


def _other(gene: Gene, random: np.random.Generator, *, consequence: str, common: bool, frequency: float,
           copies: int) -> Site:  # fmt: skip
    known = common or random.random() < 0.5
    lof = ("HC" if random.random() < 0.85 else "LC") if consequence in _LOF else None
    return draw_site(
        gene, random, consequence=consequence, frequency=frequency, copies=None if common else copies,
        rsid=f"rs{_UNASSIGNED_RSID + int(random.integers(10**8))}" if known else None, lof=lof,
        clinvar=_significance(consequence, lof, random),
        effect=gene.effect if lof == "HC" else None, weight=1.0 if lof == "HC" else 0.0,
    )  # fmt: skip


def _significance(consequence: str, lof: str | None, random: np.random.Generator) -> str | None:
    draw = random.random()
    if lof == "HC":
        return "pathogenic" if draw < 0.35 else "likely_pathogenic" if draw < 0.6 else None
    if consequence == "missense_variant":
        return "uncertain_significance" if draw < 0.35 else "likely_benign" if draw < 0.45 else None
    return "benign" if draw < 0.2 else None


def draw_site(gene: Gene, random: np.random.Generator, *, consequence: str, frequency: float,
              copies: int | None = None, rsid: str | None = None, lof: str | None = None, clinvar: str | None = None,
              effect: str | None = None, weight: float = 0.0) -> Site:  # fmt: skip
    """A variant somewhere in a gene that has a transcript."""
    ref, alt = possible_alleles(gene.symbol, consequence, *_alleles(consequence, random))
    return Site(contig=gene.contig, position=int(random.integers(gene.start, gene.end)), ref=ref, alt=alt,
                gene=gene.symbol, consequence=consequence, frequency=frequency, copies=copies, rsid=rsid, lof=lof,
                clinvar=clinvar, effect=effect, weight=weight)  # fmt: skip


def _alleles(consequence: str, random: np.random.Generator) -> tuple[str, str]:
    first, second = random.permutation(4)[:2]
    if consequence == "frameshift_variant":
        return _BASES[first] + _BASES[second], _BASES[first]
    return _BASES[first], _BASES[second]


def founder_copies(site: Site, haplotypes: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Which founder haplotypes carry the alternate allele: distinct numbers below `haplotypes`.

    A site with fewer copies, drawn from the same stream, has some of the same haplotypes.
    """
    if not haplotypes:
        return np.zeros(0, np.int64)
    count = site.copies if site.copies is not None else int(random.binomial(haplotypes, site.frequency))
    if count > haplotypes // 8:
        return np.flatnonzero(random.random(haplotypes, np.float32) < count / haplotypes)
    return np.unique(random.integers(0, haplotypes, count))
