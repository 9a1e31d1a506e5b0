"""A Circe cohort expression as typed, frozen values: the keys OHDSI's circe-be 1.12 knows, and no others.

Absent keys take circe-be's own defaults. `read` makes these values from JSON.
"""

from cohort_dsl.circe.model.criteria import (
    CorrelatedCriteria,
    Criteria,
    CriteriaGroup,
    DemographicCriteria,
    EventCriteria,
    Occurrence,
)
from cohort_dsl.circe.model.expression import (
    CohortExpression,
    CustomEra,
    DateOffset,
    EndStrategy,
    InclusionRule,
)
from cohort_dsl.circe.model.values import (
    Concept,
    ConceptSet,
    ConceptSetItem,
    DateAdjustment,
    DateRange,
    Endpoint,
    NumericRange,
    Period,
    RangeOperator,
    Selection,
    TextFilter,
    Window,
)

__all__ = [
    "CohortExpression",
    "Concept",
    "ConceptSet",
    "ConceptSetItem",
    "CorrelatedCriteria",
    "Criteria",
    "CriteriaGroup",
    "CustomEra",
    "DateAdjustment",
    "DateOffset",
    "DateRange",
    "DemographicCriteria",
    "EndStrategy",
    "Endpoint",
    "EventCriteria",
    "InclusionRule",
    "NumericRange",
    "Occurrence",
    "Period",
    "RangeOperator",
    "Selection",
    "TextFilter",
    "Window",
]
