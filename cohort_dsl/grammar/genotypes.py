"""Criteria on a person's genotypes: what is carried, how much of it, in what phase, and scores."""

from cohort_dsl.ast import (
    Burden,
    BurdenUnit,
    Carries,
    GenotypeCriterion,
    NoCall,
    PairedVariants,
    PhasedVariants,
    ScoreScale,
    ScoreTest,
    VariantById,
    Zygosity,
)
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import read_integer, read_range_test, read_word_or_text
from cohort_dsl.grammar.variants import read_named_variant, read_variants
from cohort_dsl.lexer import Token
from cohort_dsl.stream import ExpectedKind, TokenStream
from cohort_dsl.words import PAIR_WORDS, PHASE_WORDS

_ZYGOSITIES = {kind.value: kind for kind in Zygosity if kind is not Zygosity.ANY}


def read_carries(stream: TokenStream, start: Token, scope: Scope) -> GenotypeCriterion:
    """What follows `carries`."""
    if stream.accept("at"):
        stream.expect("least")
        return _read_burden(stream, start, scope)
    kind = stream.accept_phrase(PAIR_WORDS, ExpectedKind.KEYWORD)
    if kind is not None:
        paired = read_variants(stream, scope)
        return PairedVariants(kind=kind, variants=paired, span=stream.since(start))
    word = stream.accept(*_ZYGOSITIES)
    variants = read_variants(stream, scope)
    if word is None and isinstance(variants, VariantById):
        return _read_phase(stream, start, variants)
    zygosity = _ZYGOSITIES[word] if word else Zygosity.ANY
    return Carries(variants=variants, zygosity=zygosity, span=stream.since(start))


def _read_burden(stream: TokenStream, start: Token, scope: Scope) -> Burden:
    """What follows `at least`: `2 variants in …`, `2 alleles of variants in …`."""
    number = read_integer(stream)
    unit = BurdenUnit.ALLELES if stream.accept("alleles", "allele") else BurdenUnit.VARIANTS
    if unit is BurdenUnit.ALLELES:
        stream.expect("of")
    variants = read_variants(stream, scope)
    return Burden(variants=variants, number=number, unit=unit, span=stream.since(start))


def _read_phase(stream: TokenStream, start: Token, first: VariantById) -> Carries | PhasedVariants:
    """What may follow one named variant: `in cis with variant …`."""
    phase = stream.accept_phrase(PHASE_WORDS, ExpectedKind.KEYWORD)
    if phase is None and not stream.next_is("in"):
        return Carries(variants=first, span=stream.since(start))
    if phase is None:
        raise stream.problem()
    second = read_named_variant(stream)
    return PhasedVariants(first=first, second=second, phase=phase, span=stream.since(start))


def read_no_call(stream: TokenStream, start: Token, scope: Scope) -> NoCall:
    """What follows `no call`."""
    stream.expect("at")
    variants = read_variants(stream, scope)
    return NoCall(variants=variants, span=stream.since(start))


def read_score(stream: TokenStream, start: Token) -> ScoreTest:
    """What follows `score`: `ldl_cholesterol >= 1.2`, `ldl_cholesterol percentile >= 95`."""
    score = read_word_or_text(stream, "score")
    scale = ScoreScale.PERCENTILE if stream.accept(ScoreScale.PERCENTILE.value) else ScoreScale.VALUE
    test = read_range_test(stream)
    return ScoreTest(score=score, test=test, scale=scale, span=stream.since(start))
