"""Variants, and what is asked of a person's genotypes."""

from enum import Enum

from cohort_dsl.ast.values import RangeTest, absent_span, node
from cohort_dsl.spelling.alleles import Allele
from cohort_dsl.spelling.assembly import contig_of
from cohort_dsl.spelling.hgvs import Hgvs
from cohort_dsl.spelling.names import Rsid, read_name
from schemas.errors import AnalysisProblem, Span
from schemas.fields import VariantField


class Zygosity(Enum):
    """`HOMOZYGOUS`: two alternate alleles; `HEMIZYGOUS`: the only allele of a chromosome of which there is one copy."""

    ANY = "any"
    HETEROZYGOUS = "heterozygous"
    HOMOZYGOUS = "homozygous"
    HEMIZYGOUS = "hemizygous"


class VariantName(Enum):
    RSID = "rsid"
    HGVS = "hgvs"
    ALLELE = "allele"
    """`contig-position-ref-alt`, 1-based, as gnomAD writes it."""


_KINDS = {Rsid: VariantName.RSID, Hgvs: VariantName.HGVS, Allele: VariantName.ALLELE}


@node
class VariantById:
    """`variant rs11591147`, `variant hgvs "ENST…:c.137G>T"`, `variant "1-55039974-G-T"`.

    Whichever spelling it is made from, it has the one that `cohort_dsl.spelling` gives it, and so its kind too; a name
    that cannot be read stays as it is, for the check to speak of.
    """

    kind: VariantName
    name: str
    span: Span = absent_span()

    def __post_init__(self) -> None:
        try:
            spelled = read_name(self.name)
        except AnalysisProblem:
            return
        object.__setattr__(self, "kind", _KINDS[type(spelled)])
        object.__setattr__(self, "name", spelled.name)


@node
class Region:
    """1-based, both ends included; the contig is written without `chr`."""

    contig: str
    start: int
    end: int

    def __post_init__(self) -> None:
        try:
            contig = contig_of(self.contig)
        except AnalysisProblem:
            return
        object.__setattr__(self, "contig", contig)


@node
class VariantTest:
    """`af < 0.001`."""

    field: VariantField
    test: RangeTest
    span: Span = absent_span()


@node
class VariantIn:
    """`consequence in ("missense_variant")`, `lof` (that is `lof in ("HC")`)."""

    field: VariantField
    values: tuple[str, ...]
    span: Span = absent_span()


@node
class VariantAll:
    parts: tuple["VariantPredicate", ...]
    span: Span = absent_span()


@node
class VariantAny:
    parts: tuple["VariantPredicate", ...]
    span: Span = absent_span()


@node
class VariantNot:
    part: "VariantPredicate"
    span: Span = absent_span()


VariantPredicate = VariantTest | VariantIn | VariantAll | VariantAny | VariantNot


@node
class VariantsWhere:
    """`variant in gene PCSK9 where lof and af < 0.001`, `variant in region 1:55039447-55064852`,
    `variant in panel "Familial hypercholesterolaemia"`; genes of panels join those listed."""

    genes: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    region: Region | None = None
    where: VariantPredicate | None = None
    span: Span = absent_span()


@node
class VariantList:
    """`variant in (rs11591147, "1-55039974-G-T", hgvs "…")`: any of those named."""

    variants: tuple[VariantById, ...]
    span: Span = absent_span()


VariantSelector = VariantById | VariantList | VariantsWhere


@node
class Carries:
    """`carries heterozygous variant rs11591147`: true when some selected variant is carried, unknown when none is
    and some call is missing (or the person has no genotypes), else false."""

    variants: VariantSelector
    zygosity: Zygosity = Zygosity.ANY
    span: Span = absent_span()


@node
class NoCall:
    """`no call at variant rs11591147`: some selected variant has no call (or the person has no genotypes).

    Never unknown.
    """

    variants: VariantSelector
    span: Span = absent_span()


class BurdenUnit(Enum):
    ALLELES = "alleles"
    VARIANTS = "variants"


MOST_BURDEN = 16
"""The largest number a burden may ask for."""


@node
class Burden:
    """`carries at least 2 variants in gene LDLR where lof`, `carries at least 2 alleles of variants in …`.

    Counted over all selected variants: variants carried, or alternate alleles (a homozygous call has two). Unknown
    when the number is not reached and missing calls, each worth one variant or two alleles (one where there is one
    copy), could reach it, or the person has no genotypes.
    """

    variants: VariantSelector
    number: int
    unit: BurdenUnit = BurdenUnit.VARIANTS
    span: Span = absent_span()


class PairKind(Enum):
    """Two heterozygous variants of one gene, and what is known of their phase."""

    BIALLELIC = "biallelic"
    """Homozygous for some variant, or compound heterozygous: no copy of the gene is without one."""
    COMPOUND = "compound heterozygous"
    """On different copies of the gene (in trans)."""
    CANDIDATE = "candidate compound heterozygous"
    """Not known to be on one copy."""


@node
class PairedVariants:
    """`carries biallelic variants in gene LDLR where lof`, `carries compound heterozygous variants in gene …`.

    Asked gene by gene, true when some gene fits. Of two heterozygous calls in a gene: in trans is true, in cis
    false, unphased unknown (true for `CANDIDATE`). A missing call is unknown for `BIALLELIC`; for the others it is
    so with another heterozygous or missing call of the gene. Variants without a gene do not count.
    """

    kind: PairKind
    variants: VariantSelector
    span: Span = absent_span()


class Phase(Enum):
    CIS = "cis"
    TRANS = "trans"


@node
class PhasedVariants:
    """`carries variant rs429358 in cis with variant rs7412`: both carried, with some alternate alleles of the two on
    one copy (`CIS`) or on different copies (`TRANS`). False where one is not carried; unknown where both are
    heterozygous without phase, or a call is missing and the other is not known to be absent."""

    first: VariantById
    second: VariantById
    phase: Phase
    span: Span = absent_span()


class ScoreScale(Enum):
    VALUE = "value"
    PERCENTILE = "percentile"
    """100 x the share of the genotyped people of the release whose score is lower."""


@node
class ScoreTest:
    """`score ldl_cholesterol percentile >= 95`, `score ldl_cholesterol >= 1.2`: a weighted sum of alternate alleles.

    A missing call counts as its mean. Unknown for people without genotypes.
    """

    score: str
    test: RangeTest
    scale: ScoreScale = ScoreScale.VALUE
    span: Span = absent_span()


GenotypeCriterion = Carries | NoCall | Burden | PairedVariants | PhasedVariants | ScoreTest
