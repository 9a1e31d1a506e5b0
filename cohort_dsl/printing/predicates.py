"""Where-clauses on events."""

from typing import assert_never

from cohort_dsl.ast import (
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
)
from cohort_dsl.lexer import escape
from cohort_dsl.printing.boolean import in_brackets, joined
from cohort_dsl.printing.concepts import concepts_doc, unit_text
from cohort_dsl.printing.layout import Doc, group
from cohort_dsl.printing.values import range_text
from schemas.fields import FIELDS, Kind


def predicate_doc(predicate: Predicate) -> Doc:
    """What follows `where`."""
    match predicate:
        case PredicateAll(parts=parts):
            return joined("and", map(_part, parts))
        case PredicateAny(parts=parts):
            return joined("or", map(_part, parts))
        case PredicateNot(part=FieldMissing(field=field)):
            return f"{field.value} is not missing"
        case PredicateNot(part=part):
            return group("not ", in_brackets(predicate_doc(part)))
        case FieldTest():
            return _test_text(predicate)
        case FieldConcepts(field=field, concepts=concepts):
            return group(f"{field.value} in ", concepts_doc(concepts))
        case FieldText(field=field, operator=operator, text=text):
            return f"{field.value} {operator.value} {escape(text)}"
        case FieldMissing(field=field):
            return f"{field.value} is missing"
        case FieldAbnormal():
            return "abnormal"
        case _:
            assert_never(predicate)


def _part(predicate: Predicate) -> Doc:
    doc = predicate_doc(predicate)
    return in_brackets(doc) if isinstance(predicate, PredicateAll | PredicateAny) else doc


def _test_text(test: FieldTest) -> str:
    days = " days" if FIELDS[test.field].kind is Kind.DURATION else ""
    unit = "" if test.unit is None else f" unit {unit_text(test.unit)}"
    return f"{test.field.value} {range_text(test.test)}{days}{unit}"
