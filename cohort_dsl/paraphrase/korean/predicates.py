"""Where-clauses on events in Korean."""

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
from cohort_dsl.paraphrase.korean.concepts import concepts, item
from cohort_dsl.paraphrase.korean.particles import Particle, particle
from cohort_dsl.paraphrase.korean.values import quoted, range_words
from cohort_dsl.paraphrase.korean.words import AGES, FIELD, TEXT
from cohort_dsl.paraphrase.names import Names
from schemas.fields import FIELDS, Field, Kind


def predicate_words(predicate: Predicate, names: Names) -> str:
    """`수치 결과 7 % 초과 및 시작일 나이 40세 이상`."""
    match predicate:
        case PredicateAll(parts=parts):
            return " 및 ".join(_part(part, names) for part in parts)
        case PredicateAny(parts=parts):
            return " 또는 ".join(_part(part, names) for part in parts)
        case PredicateNot(part=FieldMissing(field=field)):
            return f"{FIELD[field]} 기록 있음"
        case PredicateNot(part=part):
            return f"다음이 아님({predicate_words(part, names)})"
        case FieldTest(field=field, test=test, unit=unit):
            return f"{FIELD[field]} {range_words(test, unit=_symbol(field, unit))}{_unit(unit, names)}"
        case FieldConcepts(field=field, concepts=chosen):
            return f"{FIELD[field]}: {concepts(chosen, names)}"
        case FieldText(field=field, operator=operator, text=text):
            return f"{FIELD[field]}: {TEXT[operator].format(quoted(text), particle(quoted(text), Particle.TO))}"
        case FieldMissing(field=field):
            return f"{FIELD[field]} 기록 없음"
        case FieldAbnormal():
            return "정상 범위를 벗어나거나 이상으로 표시된 결과"
        case _:
            assert_never(predicate)


def _symbol(field: Field, unit: ConceptById | ConceptByCode | None) -> str:
    """What stands behind each number."""
    match unit:
        case None:
            return "일" if FIELDS[field].kind is Kind.DURATION else "세" if field in AGES else ""
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
            return f"(단위: {item(unit, names)})"
        case _:
            assert_never(unit)


def _part(predicate: Predicate, names: Names) -> str:
    words = predicate_words(predicate, names)
    has_choice = isinstance(predicate, FieldConcepts) and len(predicate.concepts.included) > 1
    return f"({words})" if has_choice or isinstance(predicate, PredicateAll | PredicateAny) else words
