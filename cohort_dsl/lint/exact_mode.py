"""What `mode circe-exact` has no counterpart for in OHDSI Circe."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Answers,
    Burden,
    Carries,
    CohortEvents,
    Duration,
    Eras,
    EventQuery,
    Gaps,
    Incidence,
    Mode,
    NoCall,
    Ordinal,
    PairedVariants,
    PersonIn,
    PersonTest,
    PhasedVariants,
    ScoreTest,
    Sequence,
    Survey,
    Trend,
    Unanswered,
    Unit,
    Unknown,
)
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from schemas.fields import PersonField


def beyond_circe(document: Document) -> Iterator[Finding]:
    """Constructs whose meaning no Circe definition fixes."""
    if document.cohort.mode is not Mode.CIRCE_EXACT:
        return
    for visit in document.nodes:
        words = _beyond(visit.value)
        if words is not None:
            message = f"Circe cannot say {words}, so there is nothing for it to be exact about"
            yield Finding(visit.span, message, "remove `mode circe-exact`, or say it in Circe's terms")


def _beyond(node: object) -> str | None:
    match node:
        case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants() | ScoreTest():
            return "what variants a person carries"
        case Survey() | Answers() | Unanswered():
            return "what a person answered"
        case Unknown():
            return "`unknown`"
        case CohortEvents() | Eras() | Gaps() | Sequence():
            return "events made of other events"
        case Trend():
            return "how a value changes"
        case Incidence():
            return "incidence"
        case Duration(unit=Unit.MONTH | Unit.YEAR):
            return "calendar months and years"
        case PersonTest(field=PersonField.BIRTH_YEAR) | PersonIn(field=PersonField.REGION):
            return "this about a person"
        case EventQuery(ordinal=Ordinal() as ordinal) if ordinal != Ordinal(ever=True):
            return "another ordinal than `first ever`"
        case _:
            return None


_HEAD = "mode circe-exact\nlet t2dm = concept 201826\n"

RULES = (
    LintRule(
        code="beyond-circe",
        severity=Severity.INFO,
        meaning="The document asks for OHDSI Circe's exact semantics and says something Circe has no words for. That "
        "part means what it means in the default mode.",
        example=f"{_HEAD}index first ever condition in t2dm observed 1 year before",
        fixed=f"{_HEAD}index first ever condition in t2dm observed 365 days before",
        find=beyond_circe,
    ),
)
