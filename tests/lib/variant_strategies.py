"""Hypothesis strategies for variants, and for what may be asked of genotypes."""

from hypothesis import strategies as st

from cohort_dsl import ast
from schemas.fields import VARIANT_FIELDS, Kind, VariantField
from tests.lib.value_strategies import betweens, number_tests, several, texts

variants_by_id = st.one_of(
    st.builds(ast.VariantById, kind=st.just(ast.VariantName.RSID), name=st.integers(1, 10**9).map(lambda n: f"rs{n}")),
    st.builds(
        ast.VariantById,
        kind=st.just(ast.VariantName.HGVS),
        name=st.sampled_from(("ENST1.5:c.137G>T", "NM_1:c.-5+2_9delacinsTT", "HLA-A:p.(R46L)", "ENSP1:p.Leu79Argfs*5")),
    ),
    st.builds(
        ast.VariantById,
        kind=st.just(ast.VariantName.ALLELE),
        name=st.sampled_from(("1-55039974-G-T", "X-1-CA-C", "chr2:7 gca>gta", "NC_000001.11:55039973:G:T")),
    ),
)


@st.composite
def regions(draw: st.DrawFn) -> ast.Region:
    start, end = sorted((draw(st.integers(1, 10**8)), draw(st.integers(1, 10**8))))
    return ast.Region(contig=draw(st.sampled_from(("1", "X", "chrM", "NC_000022.11"))), start=start, end=end)


def _variant_fields(kind: Kind) -> list[VariantField]:
    return [field for field, (of, _) in VARIANT_FIELDS.items() if of is kind]


variant_tests = st.builds(
    ast.VariantTest,
    field=st.sampled_from(_variant_fields(Kind.NUMBER)),
    test=number_tests | betweens(st.floats(0, 1, allow_subnormal=False)),
)
variant_ins = st.one_of(
    st.builds(ast.VariantIn, field=st.sampled_from(_variant_fields(Kind.TEXT)), values=several(texts, 1)),
    st.just(ast.VariantIn(field=VariantField.LOF, values=("HC",))),
)
variant_predicates: st.SearchStrategy[ast.VariantPredicate] = st.recursive(
    variant_tests | variant_ins,
    lambda parts: st.one_of(
        st.builds(ast.VariantAll, parts=several(parts)),
        st.builds(ast.VariantAny, parts=several(parts)),
        st.builds(ast.VariantNot, part=parts),
    ),
    max_leaves=3,
)
genes = st.lists(st.sampled_from(("PCSK9", "LDLR", "HLA-A", "where")), max_size=3).map(tuple)
panels = st.lists(st.sampled_from(("Cardiomyopathy", "panel", 'a "b"')), max_size=2).map(tuple)
variants_where = st.builds(
    ast.VariantsWhere, genes=genes, panels=panels, region=st.none() | regions(), where=st.none() | variant_predicates
).filter(lambda variants: variants != ast.VariantsWhere())
variant_lists = st.builds(ast.VariantList, variants=several(variants_by_id, 1))
variants = variants_by_id | variants_where | variant_lists
carries = st.builds(ast.Carries, variants=variants, zygosity=st.sampled_from(ast.Zygosity))
no_calls = st.builds(ast.NoCall, variants=variants)
burdens = st.builds(
    ast.Burden,
    variants=variants,
    number=st.integers(1, ast.MOST_BURDEN),
    unit=st.sampled_from(ast.BurdenUnit),
)
paired_variants = st.builds(ast.PairedVariants, kind=st.sampled_from(ast.PairKind), variants=variants)
phased_variants = st.builds(
    ast.PhasedVariants, first=variants_by_id, second=variants_by_id, phase=st.sampled_from(ast.Phase)
)
percentiles = st.integers(0, 100).map(float) | st.floats(0, 100, allow_subnormal=False)
percentile_tests = betweens(percentiles) | st.builds(
    ast.Compare, operator=st.sampled_from(ast.Comparator), value=percentiles
)
scores = st.sampled_from(("ldl_cholesterol", "pgs000018", "end", "percentile", "a.b", "2_words"))
score_tests = st.one_of(
    st.builds(ast.ScoreTest, score=scores, test=number_tests),
    st.builds(ast.ScoreTest, score=scores, test=percentile_tests, scale=st.just(ast.ScoreScale.PERCENTILE)),
)
genotype_criteria = st.one_of(carries, no_calls, burdens, paired_variants, phased_variants, score_tests)

GENOTYPE_STRATEGIES: dict[type, st.SearchStrategy] = {
    ast.VariantById: variants_by_id,
    ast.Region: regions(),
    ast.VariantTest: variant_tests,
    ast.VariantIn: variant_ins,
    ast.VariantAll: st.builds(ast.VariantAll, parts=several(variant_predicates)),
    ast.VariantAny: st.builds(ast.VariantAny, parts=several(variant_predicates)),
    ast.VariantNot: st.builds(ast.VariantNot, part=variant_predicates),
    ast.VariantsWhere: variants_where,
    ast.Carries: carries,
    ast.NoCall: no_calls,
    ast.VariantList: variant_lists,
    ast.Burden: burdens,
    ast.PairedVariants: paired_variants,
    ast.PhasedVariants: phased_variants,
    ast.ScoreTest: score_tests,
}
"""Node -> a strategy that gives it."""
