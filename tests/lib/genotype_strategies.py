"""Hypothesis strategies for genotype conditions over the genes, variants and scores of `random_genotypes`."""

from hypothesis import strategies as st

from cohort_dsl.ast import (
    BurdenUnit,
    PairKind,
    Phase,
    Region,
    ScoreScale,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantList,
    VariantName,
    VariantNot,
    VariantsWhere,
    VariantTest,
    Zygosity,
)
from engine.logical.nodes import Burdened, Carrier, NoCallAt, Paired, PhasedPair, Scored
from schemas.fields import VARIANT_FIELDS, Kind, VariantField
from tests.lib.event_strategies import mostly, ranges
from tests.lib.random_genotypes import ALLELES, GENES, PLACES, SCORES, variant_name

_number = st.integers(0, len(ALLELES))  # the last is nobody's
_VALUES = {
    VariantField.CONSEQUENCE: ("missense_variant", "STOP_gained", "intron_variant"),
    VariantField.LOF: ("HC", "LC"),
    VariantField.CLINVAR: ("benign", "pathogenic", "risk_factor"),
    VariantField.FILTER: ("PASS", "LowQual", "q10"),
}


def _written(number: int) -> list[VariantById]:
    """The ways to name a variant, if there is one of that number."""
    rsid = VariantById(kind=VariantName.RSID, name=f"rs{number}")
    if number == len(ALLELES):
        return [rsid]
    alt = ALLELES[number][2]
    changes = (f"ENST1:c.{number}A>{alt}", f"ENST9:c.{number}A>{alt}", f"c.{number}A>{alt}", f"p.(Arg{number}Leu)")
    return [
        rsid,
        VariantById(kind=VariantName.ALLELE, name=variant_name(number)),
        *(VariantById(kind=VariantName.HGVS, name=change) for change in changes),
    ]


variants_by_id = _number.flatmap(lambda number: st.sampled_from(_written(number)))
_allele_pairs = st.permutations([number for number, (contig, *_) in enumerate(ALLELES) if contig in ("1", "X")]).map(
    lambda numbers: [VariantById(kind=VariantName.ALLELE, name=variant_name(number)) for number in numbers[:2]]
)
_pairs = mostly(_allele_pairs, st.lists(variants_by_id, min_size=2, max_size=2), one_in=3)
_tests = st.one_of(
    st.builds(
        VariantTest,
        field=st.sampled_from([field for field, (kind, _) in VARIANT_FIELDS.items() if kind is Kind.NUMBER]),
        test=ranges(st.sampled_from((0.0, 0.01, 0.3, 0.5))),
    ),
    st.sampled_from(tuple(_VALUES)).flatmap(
        lambda field: st.builds(
            VariantIn,
            field=st.just(field),
            values=st.lists(st.sampled_from(_VALUES[field]), min_size=1, max_size=2, unique=True).map(tuple),
        )
    ),
)
_predicates = st.recursive(
    _tests,
    lambda parts: st.one_of(
        st.builds(VariantNot, part=parts),
        *(st.builds(kind, parts=st.tuples(parts, parts)) for kind in (VariantAll, VariantAny)),
    ),
    max_leaves=3,
)
_regions = st.tuples(st.sampled_from(PLACES), st.sampled_from((0, 10, 30))).map(
    lambda drawn: Region(contig=drawn[0][0], start=drawn[0][1], end=drawn[0][1] + drawn[1])
)
_genes = st.lists(st.sampled_from((*GENES, "pcsk9", "NONE1")), max_size=3, unique=True).map(tuple)
_listed = st.lists(variants_by_id, min_size=1, max_size=4, unique=True).map(
    lambda named: VariantList(variants=tuple(named))
)
_in_genes = st.builds(VariantsWhere, genes=_genes, where=st.none() | _predicates)
variant_selectors = st.one_of(
    variants_by_id,
    _listed,
    _in_genes,
    st.builds(VariantsWhere, genes=_genes, region=_regions, where=st.none() | _tests),
)

_cuts = {
    ScoreScale.VALUE: (0.5, -1.0, 0.5 + 1009 / 8, 0.5 + 5003 / 8, 0.5 - 2003 / 4, 300.0),
    ScoreScale.PERCENTILE: (0.0, 50.0, 90.0, 95.0),
}
_scored = st.sampled_from(ScoreScale).flatmap(
    lambda scale: st.builds(
        Scored,
        score=st.sampled_from(tuple(SCORES)),
        scale=st.just(scale),
        test=ranges(st.sampled_from(_cuts[scale])),
    )
)
genotype_atoms = st.one_of(
    st.builds(Carrier, variants=variant_selectors, zygosity=st.sampled_from(Zygosity)),
    st.builds(NoCallAt, variants=variant_selectors),
    st.builds(Burdened, variants=variant_selectors, number=st.integers(1, 5), unit=st.sampled_from(BurdenUnit)),
    st.builds(Paired, variants=_in_genes | variant_selectors, kind=st.sampled_from(PairKind)),
    st.tuples(_pairs, st.sampled_from(Phase)).map(
        lambda drawn: PhasedPair(first=drawn[0][0], second=drawn[0][1], phase=drawn[1])
    ),
    _scored,
)
