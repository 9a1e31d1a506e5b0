"""The whole document as a definition."""

import json
from dataclasses import replace

from cohort_dsl.ast import (
    Cohort,
    Events,
    Everyone,
    Exit,
    Group,
    GroupKind,
    Keep,
    Ordinal,
    Pick,
    Rule,
    RuleKind,
)
from cohort_dsl.circe.exporting.context import Context, JsonObject
from cohort_dsl.circe.exporting.criteria import filled_group_json, group_json, query_json
from cohort_dsl.circe.exporting.events import period_json, plain_query
from cohort_dsl.circe.exporting.values import days
from cohort_dsl.json_read import Json

_LIMITS = {Pick.ALL: "All", Pick.EARLIEST: "First", Pick.LATEST: "Last"}
_KEEPS = {Keep.ALL: "All", Keep.FIRST: "First", Keep.LAST: "Last"}


def to_circe(cohort: Cohort) -> str:
    """The cohort as a definition that OHDSI's tools read, indented.

    `Unsupported` names the first thing Circe cannot say, where it stands, and what to write instead. A definition runs
    under OHDSI's semantics wherever it goes: of a `corrected` document, the words are kept, and the differences that
    the modes' reference lists apply.
    """
    return json.dumps(expression_json(cohort), ensure_ascii=False, indent=2, allow_nan=False)


def expression_json(cohort: Cohort) -> JsonObject:
    """The same as plain values."""
    context = Context(mode=cohort.mode, lets={let.name: let for let in cohort.lets})
    context.add_lets()
    _refuse_counting(context, cohort)
    primary = _primary(context.within("index"), cohort)
    additional: JsonObject = {}
    if cohort.qualify is not None:
        additional = {"AdditionalCriteria": filled_group_json(context.within("qualify"), cohort.qualify.criterion)}
    rules: list[Json] = [_rule(context.within(f"rule `{rule.name}`"), rule) for rule in cohort.rules]
    ends = _exit(context.within("end"), cohort.exit)
    sets: list[Json] = [*context.sets]
    return {
        "cdmVersionRange": ">=5.0.0",
        "Title": cohort.name,
        "PrimaryCriteria": primary,
        **additional,
        "ConceptSets": sets,
        "QualifiedLimit": {"Type": _LIMITS[cohort.qualify.pick] if cohort.qualify is not None else "First"},
        "ExpressionLimit": {"Type": _KEEPS[cohort.keep]},
        "InclusionRules": rules,
        **ends,
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": cohort.join_within},
        "CensorWindow": {}
        if cohort.study_period is None
        else period_json(cohort.study_period.first, cohort.study_period.last),
    }


def _refuse_counting(context: Context, cohort: Cohort) -> None:
    if cohort.count_by:
        raise context.refusal("`count by`", cohort.count_by[0], "remove it; the definition is of the cohort alone")
    if cohort.incidence is not None:
        raise context.refusal("`incidence`", cohort.incidence, "remove it; the definition is of the cohort alone")


def _primary(context: Context, cohort: Cohort) -> JsonObject:
    index = cohort.index
    match index.events:
        case Everyone() as everyone:
            events: list[Json] = [_everyone(everyone)]
        case tuple() as queries:
            events = [query_json(context, plain_query(context, query)) for query in queries]
    return {
        "CriteriaList": events,
        "ObservationWindow": {
            "PriorDays": days(context, index.observed_before, index),
            "PostDays": days(context, index.observed_after, index),
        },
        "PrimaryCriteriaLimit": {"Type": _LIMITS[index.pick]},
    }


def _everyone(everyone: Everyone) -> JsonObject:
    """A day of everyone's observation: the first of all, or the one given."""
    if everyone.on is not None:
        return {"ObservationPeriod": {"UserDefinedPeriod": period_json(everyone.on, everyone.on)}}
    first_day = {"StartWith": "START_DATE", "StartOffset": 0, "EndWith": "START_DATE", "EndOffset": 0}
    return {"ObservationPeriod": {"First": True, "DateAdjustment": {**first_day}}}


def _rule(context: Context, rule: Rule) -> JsonObject:
    """`exclude` keeps entries for which the criterion is not true, as `at most 0` does."""
    criterion = rule.criterion
    if rule.kind is RuleKind.EXCLUDE:
        criterion = Group(kind=GroupKind.NONE, parts=(criterion,))
    return {"name": rule.name, "expression": group_json(context, criterion)}


def _exit(context: Context, exit: Exit) -> JsonObject:
    censors: list[Json] = [query_json(context, plain_query(context, _any_order(censor))) for censor in exit.censors]
    return {**_strategy(context, exit), "CensoringCriteria": censors}


def _any_order(censor: Events) -> Events:
    """An entry ends at the first event anyway."""
    return replace(censor, ordinal=None) if censor.ordinal == Ordinal() else censor


def _strategy(context: Context, exit: Exit) -> JsonObject:
    if exit.offset is not None and exit.exposure is not None:
        hint = "keep one of the two"
        raise context.refusal("an end after so many days and at the end of exposure together", exit, hint)
    if exit.offset is not None:
        field = f"{exit.anchor.value.capitalize()}Date"
        return {"EndStrategy": {"DateOffset": {"DateField": field, "Offset": days(context, exit.offset, exit)}}}
    if exit.exposure is None:
        return {}
    exposure = exit.exposure
    era: JsonObject = {
        "DrugCodesetId": context.codeset_id(exposure.concepts),
        "GapDays": exposure.gap,
        "Offset": exposure.offset,
    }
    if exposure.supply is not None:
        era["DaysSupplyOverride"] = exposure.supply
    return {"EndStrategy": {"CustomEra": era}}
