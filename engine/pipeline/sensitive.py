"""Whether a tier, and in it a project, may ask about the sensitive concepts a document names."""

from collections.abc import Iterator, Mapping

from cohort_dsl.ast import Cohort
from engine.logical.sensitive import Touch, touches
from engine.session import Session
from schemas.errors import NotAllowed
from schemas.policy import Precision, TierPolicy
from schemas.sensitive import SensitiveUse

_MOST_NAMED = 3


def check_sensitive(
    session: Session,
    cohort: Cohort,
    library: Mapping[str, Cohort],
    rules: TierPolicy,
    *,
    project: str | None = None,
    precision: Precision | None = None,
) -> None:
    """Raise the first refusal, in the order of the document."""
    for refusal in sensitive_refusals(session, cohort, library, rules, project=project, precision=precision):
        raise refusal


def sensitive_refusals(
    session: Session,
    cohort: Cohort,
    library: Mapping[str, Cohort],
    rules: TierPolicy,
    *,
    project: str | None = None,
    precision: Precision | None = None,
) -> Iterator[NotAllowed]:
    """Every concept set the tier may not ask about so. What depends on the project or the precision is left to the
    question itself where a document is only checked and they are not known."""
    if rules.sensitive is SensitiveUse.ANY or not rules.is_interactive or not session.policy.sensitive:
        return
    approved: tuple[str, ...] = ()
    if rules.sensitive is SensitiveUse.PROJECT:
        if project is None:
            return
        approved = session.projects.sensitive(project, on=session.today())
    if rules.sensitive is SensitiveUse.COARSE and precision in (None, coarsest(rules)):
        return
    lists = {name: ids for name, ids in session.sensitive.concepts.items() if name not in approved}
    for touch in touches(cohort, library, session.dictionaries.vocabulary, lists):
        yield _refusal(session, rules, touch)


def coarsest(rules: TierPolicy) -> Precision:
    """The precision of a tier with the most noise."""
    return max(rules.precisions, key=lambda precision: precision.sigma)


def _refusal(session: Session, rules: TierPolicy, touch: Touch) -> NotAllowed:
    lists = " and ".join(touch.lists)
    means = "is about" if touch.named else "takes in, below what it names, concepts of"
    advice = f"leave them out: `{_excluding(session, touch)}`" if not touch.named else ""
    match rules.sensitive:
        case SensitiveUse.COARSE:
            how, expected = "asks about such concepts with coarse precision only", (coarsest(rules).value,)
            advice = advice or f"ask with {coarsest(rules).value} precision"
        case SensitiveUse.PROJECT:
            how, expected = "asks about such concepts only in projects approved for the list", ()
            advice = advice or "have the data access committee approve the project for it"
        case _:
            how, expected = "does not ask about such concepts", ()
    return NotAllowed(
        "access-sensitive",
        f"this concept set {means} {lists}; the {rules.tier.value} tier {how}",
        span=touch.span,
        expected=expected,
        hint=advice or "`kohort policy show` lists them",
    )


def _excluding(session: Session, touch: Touch) -> str:
    """How the language leaves the lists out."""
    listed = [each for each in session.policy.sensitive if each.name in touch.lists]
    known = session.dictionaries.vocabulary.known([root for each in listed for root in each.concepts])
    roots = [f"concept {root} with descendants" for each in listed for root in each.concepts if root in known]
    codes = [f'code {vocabulary}:"{code}" with descendants' for each in listed for vocabulary, code in each.codes]
    return f"excluding {', '.join((roots or codes)[:_MOST_NAMED])}"
