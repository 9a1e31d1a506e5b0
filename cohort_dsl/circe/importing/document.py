"""The whole definition as a document."""

from dataclasses import dataclass

from cohort_dsl.ast import (
    Cohort,
    Criterion,
    Duration,
    Edge,
    Exit,
    Exposure,
    Index,
    Keep,
    Mode,
    Pick,
    Qualify,
    Rule,
    RuleKind,
    StudyPeriod,
)
from cohort_dsl.circe.importing.concepts import lets_of
from cohort_dsl.circe.importing.context import Context, Note
from cohort_dsl.circe.importing.criteria import group_of, query_of
from cohort_dsl.circe.importing.texts import clean, unique
from cohort_dsl.circe.model import CohortExpression, Period
from cohort_dsl.circe.model.values import LONGEST_DAYS
from cohort_dsl.circe.read import read_circe
from cohort_dsl.document import validate
from cohort_dsl.json_read import Place

_NAMELESS = "Circe cohort"
_PICKS = {"First": Pick.EARLIEST, "Last": Pick.LATEST, "All": Pick.ALL, None: Pick.ALL}
_KEEPS = {"First": Keep.FIRST, "Last": Keep.LAST, "All": Keep.ALL, None: Keep.ALL}


@dataclass(frozen=True, slots=True)
class Imported:
    """A cohort made from a Circe definition, and what to know about it."""

    cohort: Cohort
    notes: tuple[Note, ...]


def from_circe(text: str, *, mode: Mode = Mode.CIRCE_EXACT, name: str | None = None) -> Imported:
    """The document that means what a Circe definition means.

    In `circe-exact` mode it says what OHDSI's SQL computes, in `corrected` mode what the definition's attributes are
    called; notes name the places where the two part. The name is the definition's title where none is given.
    `Problems` holds what is wrong with the definition or cannot be said, each with its JSON Pointer.
    """
    return import_expression(read_circe(text), mode=mode, name=name)


def import_expression(expression: CohortExpression, *, mode: Mode, name: str | None) -> Imported:
    """The same for a definition that was read."""
    lets, names = lets_of(expression.concept_sets or ())
    context = Context(mode=mode, names=names)
    index = _index(context, expression)
    qualify = _qualify(context, expression)
    if index.pick is Pick.ALL and qualify is None and _is_limited_without_criteria(expression):
        index = Index(
            events=index.events,
            observed_before=index.observed_before,
            observed_after=index.observed_after,
            pick=_PICKS[expression.qualified_limit.type],
        )
    is_one = index.pick is not Pick.ALL
    if is_one and qualify is not None:
        qualify = Qualify(criterion=qualify.criterion)
    is_one = is_one or (qualify is not None and qualify.pick is not Pick.ALL)
    cohort = Cohort(
        name=clean(name or expression.title or "") or _NAMELESS,
        mode=mode,
        lets=lets,
        index=index,
        qualify=qualify,
        rules=_rules(context, expression),
        keep=Keep.ALL if is_one else _KEEPS[expression.expression_limit.type],
        exit=_exit(context, expression),
        join_within=expression.collapse_settings.era_pad,
        study_period=_study_period(expression.censor_window),
    )
    return Imported(validate(cohort), tuple(context.notes))


def _index(context: Context, expression: CohortExpression) -> Index:
    """Observation of less than no time is had by everybody."""
    primary = expression.primary_criteria
    place = Place(("PrimaryCriteria", "CriteriaList"))
    return Index(
        events=tuple(query_of(context, one, place.child(n)) for n, one in enumerate(primary.criteria_list)),
        observed_before=Duration(count=max(0, primary.observation_window.prior_days)),
        observed_after=Duration(count=max(0, primary.observation_window.post_days)),
        pick=_PICKS[primary.primary_criteria_limit.type],
    )


def _qualify(context: Context, expression: CohortExpression) -> Qualify | None:
    group = expression.additional_criteria
    if group is None or group.is_empty:
        return None
    criterion: Criterion = group_of(context, group, Place(("AdditionalCriteria",)))
    return Qualify(criterion=criterion, pick=_PICKS[expression.qualified_limit.type])


def _is_limited_without_criteria(expression: CohortExpression) -> bool:
    """An empty group of additional criteria leaves all events in, and still makes the limit count."""
    return expression.additional_criteria is not None


def _rules(context: Context, expression: CohortExpression) -> tuple[Rule, ...]:
    taken: set[str] = set()
    found: list[Rule] = []
    for number, rule in enumerate(expression.inclusion_rules):
        place = Place(("InclusionRules", number))
        name = unique(clean(rule.name or "")[:240] or f"rule {number + 1}", taken, " ")
        if rule.description:
            context.note(place.child("description"), "rules have no descriptions; it is left out")
        criterion = group_of(context, rule.expression, place.child("expression"))
        found.append(Rule(kind=RuleKind.INCLUDE, name=name, criterion=criterion))
    return tuple(found)


def _exit(context: Context, expression: CohortExpression) -> Exit:
    place = Place(("CensoringCriteria",))
    censoring = expression.censoring_criteria or ()
    censors = tuple(query_of(context, one, place.child(n)) for n, one in enumerate(censoring))
    strategy = expression.end_strategy
    if strategy is None:
        return Exit(censors=censors)
    if strategy.custom_era is not None:
        era = strategy.custom_era
        exposure = Exposure(
            concepts=context.concept_set(era.drug_codeset_id),
            gap=era.gap_days,
            offset=era.offset,
            supply=era.days_supply_override,
        )
        return Exit(exposure=exposure, censors=censors)
    assert strategy.date_offset is not None
    offset = strategy.date_offset.offset
    if offset > LONGEST_DAYS:
        context.note(Place(("EndStrategy", "DateOffset", "Offset")), "longer than any observation, whose end is meant")
        return Exit(censors=censors)
    anchor = Edge.END if strategy.date_offset.date_field == "EndDate" else Edge.START
    return Exit(offset=Duration(count=offset), anchor=anchor, censors=censors)


def _study_period(window: Period | None) -> StudyPeriod | None:
    if window is None or (window.start_date is None and window.end_date is None):
        return None
    return StudyPeriod(first=window.start_date, last=window.end_date)
