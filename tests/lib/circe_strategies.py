"""A Hypothesis strategy over the whole schema of OHDSI's Circe definitions, as JSON.

`definitions()` gives what OHDSI's SQL can run, over the data sets of `circe_world`. What it cannot run, or answers by
the order of rows, is left out where it would be made; a comment there says why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.lib import circe_world as world

Json = dict[str, Any]
DEPTH = 3
"""How deep criteria nest in criteria, and groups in groups."""

_RANGES = ("lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt")
_TEXTS = ("comp", "completed", "C", "early", "o'", "0%", "a_b", "", "%")
_TEXT_OPERATORS = tuple(f"{no}{op}" for no in ("", "!") for op in ("startsWith", "contains", "endsWith"))
_DAYS = (0, 1, 7, 30, 31, 90, 365)
_AGES = (10, 11, 18, 29, 30, 31, 59, 60, 61)
_REAL = (*world.VALUES, 1.23456)
_WHOLE = (*world.COUNTS, 10, 2.5)
"""Whole numbers are compared; a fraction is cut off, as by the Java original."""


@dataclass
class _Sets:
    """The concept sets of one definition, made as they are needed."""

    draw: st.DrawFn
    made: list[Json] = field(default_factory=list)

    def of(self, family: str) -> int:
        """The id of a set over the family: an earlier one, or a new one."""
        earlier = [made["id"] for made in self.made if made["name"] == family]
        if earlier and self.draw(st.booleans()):
            return self.draw(st.sampled_from(earlier))
        items = self.draw(st.lists(_items(family), min_size=1, max_size=3)) if self.draw(_often(12)) else []
        self.made.append({"id": len(self.made), "name": family, "expression": {"items": items}})
        return len(self.made) - 1


@st.composite
def _items(draw: st.DrawFn, family: str) -> Json:
    # A set that excludes everything it includes, or names what no vocabulary has, is empty and as good as any.
    member = draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3, 4, 5, world.UNLISTED, None)))
    return {
        "concept": _concept(0 if member is None else world.FAMILIES[family] + member),
        "isExcluded": draw(_rarely(6)),
        "includeDescendants": draw(_often(3)),
        "includeMapped": draw(_rarely(4)),
    }


def _concept(concept_id: int) -> Json:
    return {"CONCEPT_ID": concept_id, "CONCEPT_NAME": f"concept {concept_id}"}


def _rarely(one_in: int) -> st.SearchStrategy[bool]:
    return st.integers(0, one_in - 1).map(lambda drawn: drawn == one_in - 1)


def _often(all_but_one_in: int) -> st.SearchStrategy[bool]:
    return st.integers(0, all_but_one_in - 1).map(lambda drawn: drawn != all_but_one_in - 1)


# --- values of attributes ---------------------------------------------------------------------------

Value = Callable[[st.DrawFn, _Sets], Any]


def _number(*values: float) -> Value:
    return lambda draw, _: draw(_range(values))


@st.composite
def _range(draw: st.DrawFn, values: tuple[Any, ...]) -> Json:
    operator, value = draw(st.sampled_from(_RANGES)), draw(st.sampled_from(values))
    made = {"Value": value, "Op": operator}
    if operator.endswith("bt"):
        made["Extent"] = draw(st.sampled_from([other for other in values if other >= value]))
    return made


def _date(draw: st.DrawFn, _: _Sets) -> Json:
    return draw(_range(tuple(day.isoformat() for day in world.DATES)))


def _text(draw: st.DrawFn, _: _Sets) -> Json:
    return {"Text": draw(st.sampled_from(_TEXTS)), "Op": draw(st.sampled_from(_TEXT_OPERATORS))}


def _yes(draw: st.DrawFn, _: _Sets) -> bool | None:
    return draw(st.sampled_from((True, True, False, None)))


def _concepts(family: str) -> Value:
    """Concepts as they are, without vocabulary; an empty list asks nothing."""

    def value(draw: st.DrawFn, _: _Sets) -> list[Json]:
        members = draw(st.lists(st.sampled_from((0, 1, 2, 3, 4, None)), max_size=3, unique=True))
        return [_concept(0 if member is None else world.FAMILIES[family] + member) for member in members]

    return value


def _selection(family: str) -> Value:
    """A concept set, or whether there is any value at all."""

    def value(draw: st.DrawFn, sets: _Sets) -> Json:
        chosen = sets.of(family) if draw(_often(6)) else None
        return {"CodesetId": chosen, "IsExclusion": draw(_rarely(3))}

    return value


def _set(family: str) -> Value:
    return lambda _, sets: sets.of(family)


def _period(draw: st.DrawFn, _: _Sets) -> Json:
    first, last = sorted(draw(st.lists(st.sampled_from(world.DATES), min_size=2, max_size=2)))
    ends = draw(st.sampled_from(("StartDate", "EndDate", "both")))
    made = {"StartDate": first.isoformat(), "EndDate": last.isoformat()}
    return made if ends == "both" else {ends: made[ends]}


# --- the 16 types of criteria -----------------------------------------------------------------------


def _both(name: str, family: str) -> dict[str, Value]:
    return {name: _concepts(family), f"{name}CS": _selection(family)}


_PERSON = {"Age": _number(*_AGES), **_both("Gender", "gender")}
_ERA_PERSON = {"AgeAtStart": _number(*_AGES), "AgeAtEnd": _number(*_AGES), **_both("Gender", "gender")}
_CARE = {**_both("ProviderSpecialty", "specialty"), **_both("VisitType", "visit")}
_ERA = {"EraStartDate": _date, "EraEndDate": _date, "EraLength": _number(*_DAYS), **_ERA_PERSON}
_START = {"OccurrenceStartDate": _date}
_SPAN = {**_START, "OccurrenceEndDate": _date}
_PERIOD = {
    "PeriodStartDate": _date, "PeriodEndDate": _date, "UserDefinedPeriod": _period,
    "PeriodLength": _number(*_DAYS), "AgeAtStart": _number(*_AGES), "AgeAtEnd": _number(*_AGES),
}  # fmt: skip


def _type(name: str) -> dict[str, Value]:
    return {**_both(name, "type"), f"{name}Exclude": _yes}


ATTRIBUTES: dict[str, dict[str, Value]] = {
    "ConditionEra": {"OccurrenceCount": _number(*_WHOLE), **_ERA},
    "ConditionOccurrence": {**_SPAN, **_type("ConditionType"), "StopReason": _text, **_PERSON, **_CARE,
                            "ConditionSourceConcept": _set("condition"), **_both("ConditionStatus", "status")},
    "Death": {**_START, **_type("DeathType"), "DeathSourceConcept": _set("cause"), **_PERSON},
    "DeviceExposure": {**_SPAN, **_type("DeviceType"), "UniqueDeviceId": _text, "Quantity": _number(*_WHOLE),
                       "DeviceSourceConcept": _set("device"), **_PERSON, **_CARE},
    "DoseEra": {**_both("Unit", "unit"), "DoseValue": _number(*_REAL), **_ERA},
    "DrugEra": {"OccurrenceCount": _number(*_WHOLE), "GapDays": _number(*_DAYS), **_ERA},
    "DrugExposure": {**_SPAN, **_type("DrugType"), "StopReason": _text, "Refills": _number(*_WHOLE),
                     "Quantity": _number(*_REAL), "DaysSupply": _number(*_DAYS), **_both("RouteConcept", "route"),
                     "EffectiveDrugDose": _number(*_REAL), **_both("DoseUnit", "dose_unit"), "LotNumber": _text,
                     "DrugSourceConcept": _set("drug"), **_PERSON, **_CARE},
    "LocationRegion": {"StartDate": _date, "EndDate": _date},
    "Measurement": {**_START, **_type("MeasurementType"), **_both("Operator", "operator"),
                    "ValueAsNumber": _number(*_REAL), **_both("ValueAsConcept", "value"), **_both("Unit", "unit"),
                    "RangeLow": _number(*_REAL), "RangeHigh": _number(*_REAL),
                    "RangeLowRatio": _number(0.5, 1, 2, 2.5), "RangeHighRatio": _number(0.2, 0.5, 1, 1.4),
                    "Abnormal": _yes, "MeasurementSourceConcept": _set("measurement"), **_PERSON, **_CARE},
    "Observation": {**_START, **_type("ObservationType"), "ValueAsNumber": _number(*_REAL), "ValueAsString": _text,
                    **_both("ValueAsConcept", "value"), **_both("Qualifier", "qualifier"), **_both("Unit", "unit"),
                    "ObservationSourceConcept": _set("observation"), **_PERSON, **_CARE},
    "ObservationPeriod": {**_PERIOD, **_both("PeriodType", "period")},
    "PayerPlanPeriod": {**_PERIOD, **_both("Gender", "gender"),
                        **{f"{name}{source}Concept": _set(family) for source in ("", "Source") for name, family in
                           (("Payer", "payer"), ("Plan", "plan"), ("Sponsor", "sponsor"), ("StopReason", "cover_stop"))}},
    "ProcedureOccurrence": {**_START, **_type("ProcedureType"), **_both("Modifier", "modifier"),
                            "Quantity": _number(*_WHOLE), "ProcedureSourceConcept": _set("procedure"), **_PERSON, **_CARE},
    "Specimen": {**_START, **_type("SpecimenType"), "Quantity": _number(*_REAL), **_both("Unit", "unit"),
                 **_both("AnatomicSite", "site"), **_both("DiseaseStatus", "disease"), "SourceId": _text, **_PERSON},
    # PlaceOfServiceLocation is no attribute of visits here: the SQL for it names columns that it has not selected.
    "VisitDetail": {"VisitDetailStartDate": _date, "VisitDetailEndDate": _date, "VisitDetailTypeCS": _selection("type"),
                    "VisitDetailSourceConcept": _set("visit_detail"), "VisitDetailLength": _number(*_DAYS),
                    "Age": _number(*_AGES), "GenderCS": _selection("gender"),
                    "ProviderSpecialtyCS": _selection("specialty"), "PlaceOfServiceCS": _selection("place")},
    "VisitOccurrence": {**_SPAN, **_both("VisitType", "type"), "VisitTypeExclude": _yes,
                        "VisitSourceConcept": _set("visit"), "VisitLength": _number(*_DAYS), **_PERSON,
                        **_both("ProviderSpecialty", "specialty"), **_both("PlaceOfService", "place")},
}  # fmt: skip
"""Type of criterion -> its attributes but those that all have."""

SETS = {
    "ConditionEra": "condition", "ConditionOccurrence": "condition", "Death": "cause", "DeviceExposure": "device",
    "DoseEra": "drug", "DrugEra": "drug", "DrugExposure": "drug", "LocationRegion": "region",
    "Measurement": "measurement", "Observation": "observation", "ProcedureOccurrence": "procedure",
    "Specimen": "specimen", "VisitDetail": "visit_detail", "VisitOccurrence": "visit",
}  # fmt: skip
"""Type of criterion -> the family of its concepts; periods have no concept set."""
_NO_FIRST = ("Death", "LocationRegion")
_COMMON = ("ConditionOccurrence", "DrugExposure", "Measurement", "VisitOccurrence", "ProcedureOccurrence")
"""Drawn more often, as in definitions in the wild."""


@st.composite
def _criteria(draw: st.DrawFn, sets: _Sets, depth: int, *, types: tuple[str, ...] | None = None) -> Json:
    kind = draw(st.sampled_from(types or (*_COMMON, *ATTRIBUTES)))
    attributes = ATTRIBUTES[kind]
    names = draw(
        st.lists(st.sampled_from(sorted(attributes)), max_size=draw(st.sampled_from((0, 0, 1, 1, 3))), unique=True)
    )
    made: Json = {name: attributes[name](draw, sets) for name in names}
    if kind in SETS and draw(_often(4)):
        made["CodesetId"] = sets.of(SETS[kind])
    if kind not in _NO_FIRST and draw(_rarely(4)):
        made["First"] = draw(st.sampled_from((True, True, False, None)))
    if draw(_rarely(6)):
        made["DateAdjustment"] = draw(_adjustments)
    if depth > 0 and draw(_rarely(5)):
        made["CorrelatedCriteria"] = draw(_groups(sets, depth - 1))
    if made.get("Abnormal") and not (made.get("ValueAsConcept") or made.get("ValueAsConceptCS")):
        # Without a test of the value's concept the SQL of Abnormal names a column that it has not selected.
        made["ValueAsConceptCS"] = _selection("value")(draw, sets)
    return {kind: made}


_OFFSETS = st.sampled_from((0, 1, -1, 7, -30, 30))
_adjustments = st.fixed_dictionaries({}, optional={
    "StartWith": st.sampled_from(("START_DATE", "END_DATE")), "StartOffset": _OFFSETS,
    "EndWith": st.sampled_from(("END_DATE", "START_DATE")), "EndOffset": _OFFSETS,
})  # fmt: skip


# --- criteria about an event: windows, counts, groups -----------------------------------------------

_COLUMNS = {
    "ConditionEra": ("DOMAIN_CONCEPT", "DURATION", "ERA_OCCURRENCES"),
    "ConditionOccurrence": ("DOMAIN_CONCEPT", "DURATION", "VISIT_ID"),
    "Death": ("DOMAIN_CONCEPT", "DURATION", "VISIT_ID"),
    "DeviceExposure": ("DOMAIN_CONCEPT", "DURATION", "QUANTITY", "VISIT_ID"),
    "DoseEra": ("DOMAIN_CONCEPT", "DURATION", "UNIT", "VALUE_AS_NUMBER", "VISIT_ID"),
    "DrugEra": ("DOMAIN_CONCEPT", "DURATION", "ERA_OCCURRENCES", "GAP_DAYS", "VISIT_ID"),
    "DrugExposure": ("DOMAIN_CONCEPT", "DURATION", "DAYS_SUPPLY", "QUANTITY", "REFILLS", "VISIT_ID"),
    "LocationRegion": ("DOMAIN_CONCEPT", "VISIT_ID"),
    "Measurement": ("DOMAIN_CONCEPT", "DURATION", "VALUE_AS_NUMBER", "RANGE_HIGH", "RANGE_LOW", "VISIT_ID"),
    "Observation": ("DOMAIN_CONCEPT", "DURATION", "VALUE_AS_NUMBER", "VISIT_ID"),
    "ObservationPeriod": ("DOMAIN_CONCEPT", "DURATION", "VISIT_ID"),
    "PayerPlanPeriod": ("VISIT_ID",),
    "ProcedureOccurrence": ("DOMAIN_CONCEPT", "DURATION", "QUANTITY", "VISIT_ID"),
    "Specimen": ("DOMAIN_CONCEPT", "DURATION", "VISIT_ID"),
    "VisitDetail": ("DOMAIN_CONCEPT", "DURATION"),
    "VisitOccurrence": ("DOMAIN_CONCEPT", "DURATION", "VISIT_ID"),
}
"""What the SQL can count distinct values of besides the dates; for other columns it raises or names what it lacks."""


@st.composite
def _occurrences(draw: st.DrawFn, criteria: Json) -> Json:
    kind = draw(st.sampled_from((2, 2, 2, 0, 1)))
    made: Json = {"Type": kind, "Count": draw(st.sampled_from((1, 1, 1, 2, 3, 0) if kind == 2 else (0, 0, 1, 2)))}
    if draw(_rarely(4)):
        made |= {"IsDistinct": True, "CountColumn": draw(st.sampled_from(_countable(criteria)))}
        if made["CountColumn"] is None:
            del made["CountColumn"]  # the same as DOMAIN_CONCEPT
    elif draw(_rarely(4)):
        made["IsDistinct"] = False
    return made


def _countable(criteria: Json) -> tuple[str | None, ...]:
    ((kind, attributes),) = criteria.items()
    own = _COLUMNS[kind]
    if not _is_empty(attributes.get("CorrelatedCriteria")):  # of which the SQL hands on no other columns
        own = tuple(column for column in own if column == "VISIT_ID")
    if kind == "PayerPlanPeriod" and "PayerConcept" in attributes:  # else the SQL does not select the payer
        own = ("DOMAIN_CONCEPT", *own)
    return (*((None,) if "DOMAIN_CONCEPT" in own else ()), "START_DATE", "END_DATE", *own)


def _is_empty(group: Json | None) -> bool:
    return group is None or not any(group.get(name) for name in ("CriteriaList", "DemographicCriteriaList", "Groups"))


@st.composite
def _windows(draw: st.DrawFn) -> Json:
    made: Json = {"Start": draw(_bounds(-1)), "End": draw(_bounds(1))}
    for name in ("UseIndexEnd", "UseEventEnd"):
        value = draw(st.sampled_from(("absent", "absent", False, True, None)))
        if value != "absent":
            made[name] = value
    return made


@st.composite
def _bounds(draw: st.DrawFn, usual: int) -> Json:
    coeff = draw(st.sampled_from((usual, usual, -usual)))
    days = draw(st.sampled_from(("absent", None, *_DAYS)))
    return {"Coeff": coeff} if days == "absent" else {"Days": days, "Coeff": coeff}


@st.composite
def _correlated(draw: st.DrawFn, sets: _Sets, depth: int) -> Json:
    criteria = draw(_criteria(sets, depth))
    made: Json = {
        "Criteria": criteria, "StartWindow": draw(_windows()), "Occurrence": draw(_occurrences(criteria)),
    }  # fmt: skip
    if draw(_rarely(3)):
        made["EndWindow"] = draw(_windows())
    if draw(_rarely(6)):
        made["RestrictVisit"] = True
    if draw(_rarely(4)):
        made["IgnoreObservationPeriod"] = True
    return made


DEMOGRAPHICS: dict[str, Value] = {
    **_PERSON, **_both("Race", "race"), **_both("Ethnicity", "ethnicity"),
    "OccurrenceStartDate": _date, "OccurrenceEndDate": _date,
}  # fmt: skip


@st.composite
def _demographics(draw: st.DrawFn, sets: _Sets) -> Json:
    names = draw(st.lists(st.sampled_from(sorted(DEMOGRAPHICS)), max_size=2, unique=True))
    return {name: DEMOGRAPHICS[name](draw, sets) for name in names}


@st.composite
def _groups(draw: st.DrawFn, sets: _Sets, depth: int, *, levels: int = DEPTH - 1) -> Json:
    kind = draw(st.sampled_from(("ALL", "ALL", "ANY", "AT_LEAST", "AT_MOST")))
    made: Json = {
        "Type": kind,
        "CriteriaList": draw(st.lists(_correlated(sets, depth), max_size=2)),
        "DemographicCriteriaList": draw(st.lists(_demographics(sets), max_size=2)) if draw(_rarely(4)) else [],
        "Groups": draw(st.lists(_groups(sets, depth, levels=levels - 1), max_size=2))
        if levels and draw(_rarely(3)) else [],
    }  # fmt: skip
    if kind.startswith("AT_"):
        made["Count"] = draw(st.sampled_from((1, 2, 0)))
    return {name: value for name, value in made.items() if value != [] or draw(_often(6))}


# --- the definition ---------------------------------------------------------------------------------

_LIMITS = st.sampled_from(("All", "All", "First", "Last")).map(lambda kind: {"Type": kind})


@st.composite
def _primaries(draw: st.DrawFn, sets: _Sets) -> list[Json]:
    """One to three kinds of index event.

    A type occurs twice only while both give an event the same days: else the two forms of one event would share its
    key, and the SQL's order of index events would depend on the order of rows.
    """
    made = [draw(_criteria(sets, DEPTH))]
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        criteria = draw(_criteria(sets, DEPTH))
        (kind,) = criteria
        alike = [other[kind] for other in made if kind in other]
        if not any(name in one for one in (*alike, criteria[kind]) for name in _MOVING) or not alike:
            made.append(criteria)
    return made


_MOVING = ("DateAdjustment", "UserDefinedPeriod")


@st.composite
def _ends(draw: st.DrawFn, sets: _Sets) -> Json | None:
    kind = draw(st.sampled_from((None, None, "StartDate", "EndDate", "CustomEra")))
    if kind is None:
        return None
    if kind != "CustomEra":
        return {"DateOffset": {"DateField": kind, "Offset": draw(st.sampled_from((0, 1, 7, 30, 365)))}}
    made: Json = {"DrugCodesetId": sets.of("drug"), "GapDays": draw(st.sampled_from((0, 1, 30, 90))),
                  "Offset": draw(st.sampled_from((0, 0, 1, 7)))}  # fmt: skip
    if draw(_rarely(3)):
        made["DaysSupplyOverride"] = draw(st.sampled_from((1, 7, 30)))
    return {"CustomEra": made}


@st.composite
def definitions(draw: st.DrawFn) -> Json:
    """A whole definition."""
    sets = _Sets(draw)
    made: Json = {
        "cdmVersionRange": ">=5.0.0",
        "PrimaryCriteria": {
            "CriteriaList": draw(_primaries(sets)),
            "ObservationWindow": {"PriorDays": draw(st.sampled_from((0, 0, 0, 1, 30, 365))),
                                  "PostDays": draw(st.sampled_from((0, 0, 0, 1, 30, 365)))},
            "PrimaryCriteriaLimit": draw(_LIMITS),
        },
    }  # fmt: skip
    if draw(_rarely(3)):
        made["AdditionalCriteria"] = draw(_groups(sets, DEPTH))
    made["QualifiedLimit"] = draw(_LIMITS)
    made["ExpressionLimit"] = draw(_LIMITS)
    number = draw(st.sampled_from((0, 0, 1, 1, 2, 3, 4)))
    rules = [draw(_groups(sets, DEPTH)) for _ in range(number)]
    made["InclusionRules"] = [{"name": f"rule {number}", "expression": rule} for number, rule in enumerate(rules)]
    if end := draw(_ends(sets)):
        made["EndStrategy"] = end
    made["CensoringCriteria"] = draw(st.lists(_criteria(sets, DEPTH), max_size=2)) if draw(_rarely(3)) else []
    # A negative pad is possible in the schema; the SQL then depends on the order of events that start together.
    made["CollapseSettings"] = {"CollapseType": "ERA", "EraPad": draw(st.sampled_from((0, 0, 1, 30, 365)))}
    made["CensorWindow"] = draw(st.just({}) | st.just({}) | st.just({}) | _study_periods)
    made["ConceptSets"] = sets.made
    return {name: value for name, value in made.items() if name not in _DEFAULTED or draw(_often(12))}


_DEFAULTED = ("QualifiedLimit", "ExpressionLimit", "CollapseSettings", "CensorWindow", "cdmVersionRange")
"""Parts that a definition may leave out."""


_study_periods = st.fixed_dictionaries(
    {}, optional={"StartDate": st.sampled_from(world.DATES).map(str), "EndDate": st.sampled_from(world.DATES).map(str)}
)  # fmt: skip
