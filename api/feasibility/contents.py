"""What a report holds: which parts a caller may have, and the parts put together."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.documents import Document, dimension_text
from api.pages import words_of
from api.paraphrases import paraphrase_answer
from cohort_dsl import canonical_hash, print_cohort
from cohort_dsl.ast import Dimension, DimensionKind
from engine import Principal, Session
from schemas.errors import NotAllowed
from schemas.language import Language
from schemas.policy import AccessTier, TierPolicy
from schemas.wire import AttritionAnswer, BreakdownAnswer, CountAnswer
from schemas.wire.feasibility import (
    REPORT_FORMAT,
    FeasibilityReport,
    ReportAttrition,
    ReportBreakdown,
    ReportOmission,
    ReportPolicy,
    ReportRelease,
)

_AGE_WIDTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is asked for a report: whether the steps too, which tables, and what the tier may not see."""

    has_attrition: bool
    breakdowns: tuple[tuple[Dimension, ...], ...]
    left_out: tuple[ReportOmission, ...] = ()


@dataclass(slots=True, kw_only=True)
class Answers:
    """What was answered, part by part."""

    count: CountAnswer
    attrition: AttritionAnswer | None = None
    breakdowns: list[BreakdownAnswer] = field(default_factory=list[BreakdownAnswer])

    @property
    def charged(self) -> int:
        """Nano-rho of all parts."""
        parts = (self.count, *([self.attrition] if self.attrition else []), *self.breakdowns)
        return sum(each.charged for each in parts)


def contents_of(
    session: Session,
    document: Document,
    tier: AccessTier,
    language: Language,
    breakdowns: Sequence[tuple[Dimension, ...]] | None,
) -> Contents:
    """The parts of a report, by what the document and the policy say alone. Raises `NotAllowed` for a tier whose
    numbers are exact: they do not leave the trusted environment in a report."""
    rules = session.policy.of(tier)
    if rules.is_exact:
        hint = "ask as the tier that will apply: a report is made of protected numbers"
        raise NotAllowed("report-exact", "exact numbers are not put into reports", hint=hint)
    steps = 1 + len(document.cohort.rules)
    has_attrition = steps <= rules.max_attrition_steps
    left_out = () if has_attrition else (_without_steps(steps, rules, language),)
    if breakdowns is None:
        breakdowns = (document.cohort.count_by,) if document.cohort.count_by else _usual(session, tier)
    return Contents(has_attrition=has_attrition, breakdowns=tuple(breakdowns), left_out=left_out)


def _usual(session: Session, tier: AccessTier) -> tuple[tuple[Dimension, ...], ...]:
    """Sex, and age in the narrowest bands of ten or more years that the phase opens."""
    width = max(_AGE_WIDTH, session.access(tier).age_width)
    return ((Dimension(kind=DimensionKind.SEX),), (Dimension(kind=DimensionKind.AGE, width=width),))


def _without_steps(steps: int, rules: TierPolicy, language: Language) -> ReportOmission:
    words = words_of(("feasibility",), language)
    why = words["left_out_attrition"].format(most=rules.max_attrition_steps, steps=steps)
    return ReportOmission(part="attrition", why=why)


def assemble(
    session: Session,
    document: Document,
    caller: Principal,
    contents: Contents,
    answers: Answers,
    *,
    language: Language,
    issued: datetime.date,
) -> FeasibilityReport:
    """The report of what was answered."""
    overview, count = session.overview(), answers.count
    return FeasibilityReport(
        format=REPORT_FORMAT,
        issued=issued,
        language=language,
        title=document.cohort.name,
        project=caller.project,
        institution=caller.institution,
        tier=caller.tier,
        release=ReportRelease(
            id=overview.release_id, created=overview.created, phase=overview.phase, persons=overview.persons
        ),
        policy=ReportPolicy(version=count.policy_version, sha256=count.policy_sha256),
        query=count.query,
        document_hash=canonical_hash(document.cohort),
        document=print_cohort(document.cohort),
        library={name: print_cohort(each) for name, each in sorted(document.library.items())},
        paraphrase=paraphrase_answer(document.cohort, language, session).sections,
        precision=count.precision,
        count=count.count,
        attrition=_attrition(answers.attrition),
        breakdowns=[_breakdown(answer) for answer in answers.breakdowns],
        left_out=list(contents.left_out),
        unmatched=[each.model_copy(update={"span": None}) for each in count.unmatched],
        meaning=meaning(language),
        charged=answers.charged,
    )


def meaning(language: Language) -> list[str]:
    """What the numbers mean, in plain words."""
    words = words_of(("feasibility",), language)
    return [words[f"meaning_{number}"] for number in range(1, 5)]


def dimension_words(dimensions: Sequence[Dimension]) -> list[str]:
    """Dimensions as after `count by`."""
    return [dimension_text(dimension) for dimension in dimensions]


def _attrition(answer: AttritionAnswer | None) -> ReportAttrition | None:
    return None if answer is None else ReportAttrition(population=answer.population, steps=answer.steps)


def _breakdown(answer: BreakdownAnswer) -> ReportBreakdown:
    return ReportBreakdown(
        dimensions=answer.dimensions,
        total=answer.total,
        cells=answer.cells,
        shares=answer.shares,
        summaries=answer.summaries,
    )
