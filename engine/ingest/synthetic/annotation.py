"""What the release says of variants and genes: the variant table, the known variants, the genes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.arrow import write_rows
from engine.ingest.synthetic.naming import Names, Place, name_variant
from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.sites import ALL_GENES
from engine.ingest.synthetic.transcripts import CODING_CHANGES, TRANSCRIPTS
from engine.ingest.synthetic.variants import Site, in_order
from schemas.release import GENE, KNOWN_VARIANT, VARIANT

_GENES = {gene.symbol: gene for gene in ALL_GENES}
_POOR = 0.02
"""Missing calls, as a share of pairs of called alleles, above which a variant is filtered."""

Described = dict[str, list[object]]
"""Columns, one value a variant."""


class Tally(NamedTuple):
    """Counts of one variant among the samples, as `schemas.release.VARIANT` names them."""

    allele_count: int
    allele_number: int
    homozygotes: int
    hemizygotes: int
    missing_calls: int


def write_annotation(builder: ReleaseBuilder, sites: Sequence[Site], absent: Sequence[Site],
                     tallies: Sequence[Tally], seed: int) -> None:  # fmt: skip
    """Write the variants of the release with their counts, all known variants, and the genes."""
    described = _describe(sites, stream(seed, "annotation"))
    columns: dict[str, object] = {name: [getattr(tally, name) for tally in tallies] for name in Tally._fields}
    columns |= described
    columns |= {
        "variant": np.arange(len(sites), dtype=np.int32),
        "filter": ["LowQual" if _is_poor(tally) else "PASS" for tally in tallies],
        "source_variant": [f"{site.contig}:{site.position}:{site.ref}:{site.alt}" for site in sites],
    }
    write_rows(builder.path(VARIANT), VARIANT, columns)
    _write_known(builder, sites, described, absent, _describe(absent, stream(seed, "annotation of absent")))
    _write_genes(builder)


def _is_poor(tally: Tally) -> bool:
    return tally.missing_calls > _POOR * tally.allele_number / 2


def _describe(sites: Sequence[Site], random: np.random.Generator) -> Described:
    """Columns of what is known of each variant apart from the people of the release."""
    names = [_names(site) for site in sites]
    columns: Described = {name: [getattr(site, name) for site in sites]
                                  for name in ("contig", "position", "ref", "alt", "rsid", "gene", "consequence",
                                               "lof", "clinvar")}  # fmt: skip
    columns |= {name: [getattr(row, name) for row in names] for name in Names._fields}
    return columns | {"af_external": [_external(site.frequency, random) for site in sites]}


def _names(site: Site) -> Names:
    """Of a real variant as far as they are known, of a drawn one such as it could have."""
    transcript = TRANSCRIPTS.get(site.gene or "")
    if transcript is None:
        return Names()
    if site.rsid in CODING_CHANGES:
        return Names(transcript.name, f"{transcript.name}:{CODING_CHANGES[site.rsid]}", site.hgvs_p)
    if site.is_real:
        return Names(transcript.name, None, site.hgvs_p)
    gene = _GENES[site.gene or ""]
    place = Place(site.position, gene.start, gene.end)
    return name_variant(gene.symbol, site.consequence, site.ref, site.alt, place)


def _external(frequency: float, random: np.random.Generator) -> float | None:
    """The frequency a reference of another ancestry might give: near ours, absent for most of the rarest."""
    if frequency < 0.0001 and random.random() < 0.6:
        return None
    return float(np.clip(frequency * np.exp(random.normal(0, 0.4)), 1e-6, 0.999))


def _write_known(builder: ReleaseBuilder, sites: Sequence[Site], described: Described, absent: Sequence[Site],
                 described_absent: Described) -> None:  # fmt: skip
    everything = [*sites, *absent]
    place = {site.key: number for number, site in enumerate(everything)}
    order = [place[site.key] for site in in_order(everything)]
    columns: dict[str, object] = {}
    for column in KNOWN_VARIANT.columns:
        values = [*described[column.name], *described_absent[column.name]]
        columns[column.name] = [values[number] for number in order]
    write_rows(builder.path(KNOWN_VARIANT), KNOWN_VARIANT, columns)


def _write_genes(builder: ReleaseBuilder) -> None:
    genes = sorted(ALL_GENES, key=lambda gene: gene.symbol)
    write_rows(builder.path(GENE), GENE, {
        "gene": [gene.symbol for gene in genes], "contig": [gene.contig for gene in genes],
        "start": [gene.start for gene in genes], "end": [gene.end for gene in genes],
        "name": [gene.name for gene in genes]})  # fmt: skip
