"""Where-clauses on events. A clause goes on after `and` or `or` only when the next words spell a field;
otherwise the connective belongs to what is around it."""

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
    TextOperator,
)
from cohort_dsl.grammar.boolean import Connectives, operand_distance, read_any
from cohort_dsl.grammar.concepts import read_concepts, read_unit
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import read_range_test, read_text
from cohort_dsl.lexer import Token
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import ABNORMAL_FIELDS, DOMAINS, EVENT_WORDS, FIELD_WORDS, PERSON_FIELD_WORDS, fields_of
from schemas.fields import FIELDS, Field, Kind
from schemas.omop import Domain

_ABNORMAL = "abnormal"


def read_predicate(stream: TokenStream, domain: Domain, scope: Scope) -> Predicate:
    """What follows `where`; the fields of the domain are offered, those of others are left to the check."""
    offered = fields_of(domain)
    grammar: Connectives[Predicate] = Connectives(
        operand=lambda stream, _: _read_test(stream, offered),
        all_of=lambda parts, span: PredicateAll(parts=parts, span=span),
        any_of=lambda parts, span: PredicateAny(parts=parts, span=span),
        negated=lambda part, span: PredicateNot(part=part, span=span),
        continues=lambda stream: _field_follows(stream, scope, offered),
    )
    return read_any(stream, grammar, scope)


def _field_follows(stream: TokenStream, scope: Scope, offered: frozenset[Field]) -> bool:
    """Whether the operand of the connective that is next starts with a field, not with events or `age at index`."""
    ahead = operand_distance(stream)
    if stream.next_is(_ABNORMAL, ahead=ahead):
        return True
    field = stream.match(FIELD_WORDS, ExpectedKind.FIELD, offered=offered, ahead=ahead)
    if field is None:
        return False
    domain = stream.match(DOMAINS, ExpectedKind.DOMAIN, offered=(), ahead=ahead)
    events = stream.match(EVENT_WORDS, ExpectedKind.DOMAIN, offered=(), ahead=ahead)
    person = stream.match(PERSON_FIELD_WORDS[scope.subject], ExpectedKind.FIELD, offered=(), ahead=ahead)
    return all(rival is None or rival[1] <= field[1] for rival in (domain, events, person))


def _read_test(stream: TokenStream, offered: frozenset[Field]) -> Predicate:
    start = stream.current
    if stream.next_is(_ABNORMAL):
        return FieldAbnormal(span=stream.advance().span)
    if offered.issuperset(ABNORMAL_FIELDS):
        stream.record(Expected(_ABNORMAL, ExpectedKind.FIELD))
    field = stream.accept_phrase(FIELD_WORDS, ExpectedKind.FIELD, offered=offered)
    if field is None:
        raise stream.problem()
    match FIELDS[field].kind:
        case Kind.CONCEPT:
            return _read_concept_test(stream, field, start)
        case Kind.TEXT:
            return _read_text_test(stream, field, start)
        case kind:
            return _read_number_test(stream, field, start, kind)


def _read_concept_test(stream: TokenStream, field: Field, start: Token) -> Predicate:
    if stream.accept("is"):
        return _read_missing(stream, field, start)
    stream.expect("in")
    concepts = read_concepts(stream)
    return FieldConcepts(field=field, concepts=concepts, span=stream.since(start))


def _read_text_test(stream: TokenStream, field: Field, start: Token) -> Predicate:
    match stream.expect("is", "contains", "starts", "ends"):
        case "is" if stream.next_is("missing", "not"):
            return _read_missing(stream, field, start)
        case "is":
            operator = TextOperator.LIKE if stream.accept("like") else TextOperator.IS
            if operator is TextOperator.IS:
                stream.accept("missing", "not")
        case "contains":
            operator = TextOperator.CONTAINS
        case side:
            stream.expect("with")
            operator = TextOperator.STARTS_WITH if side == "starts" else TextOperator.ENDS_WITH
    text = read_text(stream)
    return FieldText(field=field, operator=operator, text=text, span=stream.since(start))


def _read_number_test(stream: TokenStream, field: Field, start: Token, kind: Kind) -> Predicate:
    if stream.accept("is"):
        return _read_missing(stream, field, start)
    test = read_range_test(stream)
    if kind is Kind.DURATION:
        stream.accept("days", "day")
    unit = read_unit(stream) if stream.accept("unit") else None
    return FieldTest(field=field, test=test, unit=unit, span=stream.since(start))


def _read_missing(stream: TokenStream, field: Field, start: Token) -> Predicate:
    """`is missing`, `is not missing`."""
    negated = stream.accept("not")
    stream.expect("missing")
    missing = FieldMissing(field=field, span=stream.since(start))
    return PredicateNot(part=missing, span=missing.span) if negated else missing
