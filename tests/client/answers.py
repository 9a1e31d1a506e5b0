"""Answers as the service gives them, small enough to check by eye."""

from collections.abc import Sequence

from schemas.policy import AccessTier, Precision
from schemas.series import PrevalenceMeasure
from schemas.wire import (
    AttritionAnswer,
    BelowThreshold,
    BreakdownAnswer,
    Cell,
    GenotypesAnswer,
    IncidenceAnswer,
    IncidencePeriod,
    IncidenceRate,
    Number,
    OverlapAnswer,
    OverlapCohort,
    OverlapRegion,
    PrecisionUsed,
    PrevalenceAnswer,
    PrevalenceRow,
    Proportion,
    Share,
    ShareWithin,
    Step,
    Value,
    VariantGenotypes,
)

COMMON = {
    "release": "national-1",
    "policy_version": "2026.4",
    "policy_sha256": "0" * 64,
    "query": "abcdef0123456789",
    "tier": AccessTier.CONTROLLED,
    "precision": PrecisionUsed(name=Precision.STANDARD, sigma=20, margin=42, exact=False),
    "charged": 0,
    "remaining_budget": [],
    "unmatched": [],
}


def number(value: int, margin: int = 42) -> Number:
    return Number(value=value, margin=margin)


HIDDEN = BelowThreshold(less_than=37)


def breakdown(
    dimensions: Sequence[str], *cells: tuple[Sequence[str], Value], shares: Sequence[Proportion] = ()
) -> BreakdownAnswer:
    return BreakdownAnswer(
        **COMMON,
        dimensions=list(dimensions),
        total=number(1_000),
        cells=[Cell(label=list(label), count=count) for label, count in cells],
        shares=list(shares),
        summaries=[],
    )


def attrition(*steps: tuple[str, Value], population: int = 20_000) -> AttritionAnswer:
    return AttritionAnswer(**COMMON, population=population, steps=[Step(name=name, left=left) for name, left in steps])


ATTRITION = attrition(
    ("consents and has an index event", number(1_545)),
    ("exclude diabetes", number(1_275, 46)),
    ("include rare", HIDDEN),
)
BY_SEX = breakdown(["sex"], (["male"], number(130, 22)), (["female"], number(160, 22)), (["unknown"], HIDDEN))
PYRAMID = breakdown(
    ["sex", "age(10)"],
    (["male", "20-29"], number(410)),
    (["male", "30-39"], number(520)),
    (["female", "20-29"], number(330)),
    (["female", "30-39"], HIDDEN),
    (["unknown", "20-29"], HIDDEN),
    (["unknown", "30-39"], number(99)),
)
BY_YEAR = breakdown(
    ["index year"], (["2018"], HIDDEN), (["2019"], number(210)), (["2020"], number(250)), (["2021"], number(190))
)
GENOTYPES = GenotypesAnswer(
    **COMMON,
    total=number(17_480),
    variants=[
        VariantGenotypes(
            variant="rs671",
            genotypes=[
                Cell(label=["reference"], count=number(11_115)),
                Cell(label=["heterozygous"], count=number(4_205)),
                Cell(label=["homozygous"], count=HIDDEN),
            ],
            frequency=Share(value=0.16, low=0.157, high=0.163),
            missing=None,
        )
    ],
)
OVERLAP = OverlapAnswer(
    **COMMON,
    cohorts=[
        OverlapCohort(name="Diabetes", query="1", count=number(900)),
        OverlapCohort(name="Statins", query="2", count=number(700)),
    ],
    regions=[
        OverlapRegion(cohorts=[0], count=number(500)),
        OverlapRegion(cohorts=[1], count=HIDDEN),
        OverlapRegion(cohorts=[0, 1], count=number(640)),
    ],
)
PREVALENCE = PrevalenceAnswer(
    **COMMON,
    measure=PrevalenceMeasure.PERIOD,
    dimensions=["sex"],
    rows=[
        PrevalenceRow(interval=year, label=[sex], observed=number(9_000), cases=number(400), prevalence=share)
        for year, sex, share in (
            ("2018", "male", Share(value=0.04, low=0.035, high=0.045)),
            ("2019", "male", Share(value=0.05, low=0.045, high=0.055)),
            ("2018", "unknown", ShareWithin(at_least=0, at_most=1)),
            ("2019", "unknown", ShareWithin(at_least=0, at_most=1)),
        )
    ],
)


def _period(year: str, rate: float | None) -> IncidencePeriod:
    return IncidencePeriod(
        period=year,
        persons_at_risk=number(5_000, 0),
        person_days=number(1_800_000, 0),
        persons_with_outcome=number(60, 0),
        outcomes=number(61, 0),
        rate=IncidenceRate(per_1000_person_years=rate, low=rate - 2, high=rate + 2.5) if rate is not None else None,
    )


INCIDENCE = IncidenceAnswer(
    **COMMON,
    periods=[_period("2018", 12.4), _period("2019", None), _period("2020", 14.1)],
    total=_period("total", 13.0),
)
