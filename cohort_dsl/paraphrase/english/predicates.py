"""Where-clauses on events in English."""

from typing import assert_never

from cohort_dsl.ast import (
    ConceptByCode,
    ConceptById,
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
from cohort_dsl.paraphrase.english.concepts import concepts, item
from cohort_dsl.paraphrase.english.values import quoted, range_words
from cohort_dsl.paraphrase.english.words import FIELD, TEXT
from cohort_dsl.paraphrase.names import Names
from schemas.fields import FIELDS, Kind


def predicate_words(predicate: Predicate, names: Names) -> str:
    """`the value is more than 7 % and the age on the first day is 40 or more`."""
    match predicate:
        case PredicateAll(parts=parts):
            return " and ".join(_part(part, names) for part in parts)
        case PredicateAny(parts=parts):
            return " or ".join(_part(part, names) for part in parts)
        case PredicateNot(part=FieldMissing(field=field)):
            return f"the {FIELD[field]} is recorded"
        case PredicateNot(part=part):
            return f"it is not so that ({predicate_words(part, names)})"
        case FieldTest(field=field, test=test, unit=unit):
            symbol = _symbol(unit, FIELDS[field].kind)
            return f"the {FIELD[field]} is {range_words(test, unit=symbol)}{_unit(unit, names)}"
        case FieldConcepts(field=field, concepts=chosen):
            return f"the {FIELD[field]} is {concepts(chosen, names)}"
        case FieldText(field=field, operator=operator, text=text):
            return f"the {FIELD[field]} {TEXT[operator]} {quoted(text)}"
        case FieldMissing(field=field):
            return f"the {FIELD[field]} is not recorded"
        case FieldAbnormal():
            return "the result is outside its range of normal or flagged as abnormal"
        case _:
            assert_never(predicate)


def _symbol(unit: ConceptById | ConceptByCode | None, kind: Kind) -> str:
    """What stands behind each number."""
    match unit:
        case None:
            return "days" if kind is Kind.DURATION else ""
        case ConceptByCode(vocabulary="UCUM", code=code, descendants=False, mapped=False):
            return code
        case ConceptById() | ConceptByCode():
            return ""
        case _:
            assert_never(unit)


def _unit(unit: ConceptById | ConceptByCode | None, names: Names) -> str:
    """A unit without a symbol, behind the whole range."""
    match unit:
        case None | ConceptByCode(vocabulary="UCUM", descendants=False, mapped=False):
            return ""
        case ConceptById() | ConceptByCode():
            return f" in the unit {item(unit, names)}"
        case _:
            assert_never(unit)


def _part(predicate: Predicate, names: Names) -> str:
    words = predicate_words(predicate, names)
    return f"({words})" if isinstance(predicate, PredicateAll | PredicateAny) else words
