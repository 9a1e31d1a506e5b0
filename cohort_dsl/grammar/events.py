"""Events: which domain or cohort, of which concepts, with which fields, and which of them in order."""

from cohort_dsl.ast import CohortEvents, EventQuery, Events, Ordinal
from cohort_dsl.grammar.concepts import read_concepts
from cohort_dsl.grammar.predicates import read_predicate
from cohort_dsl.grammar.values import read_text
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import DOMAINS
from schemas.errors import SyntaxProblem


def read_events(stream: TokenStream, depth: int = 0) -> Events:
    """`first ever drug in statins where age >= 40`, `entry of cohort "name"`."""
    start = stream.current
    ordinal = accept_ordinal(stream)
    if stream.accept("entry", "entries"):
        stream.expect("of")
        stream.expect("cohort")
        return _read_cohort(stream, start, ordinal)
    if stream.accept("cohort"):
        return _read_cohort(stream, start, ordinal)
    domain = stream.accept_phrase(DOMAINS, ExpectedKind.DOMAIN)
    if domain is None:
        raise stream.problem()
    concepts = read_concepts(stream) if stream.accept("in") else None
    where = read_predicate(stream, domain, depth) if stream.accept("where") else None
    return EventQuery(domain=domain, concepts=concepts, where=where, ordinal=ordinal, span=stream.since(start))


def _read_cohort(stream: TokenStream, start: Token, ordinal: Ordinal | None) -> CohortEvents:
    name = read_text(stream)
    return CohortEvents(name=name, ordinal=ordinal, span=stream.since(start))


def accept_ordinal(stream: TokenStream) -> Ordinal | None:
    """`first`, `last`, `2nd`, `2nd last`, each perhaps with `ever`."""
    word = stream.accept("first", "last")
    if word:
        return Ordinal(from_end=word == "last", ever=stream.accept("ever") is not None)
    token = stream.current
    stream.record(Expected("2nd"))
    if token.kind is not TokenKind.ORDINAL:
        return None
    stream.advance()
    from_end = stream.accept("last") is not None
    return Ordinal(position=_position(token), from_end=from_end, ever=stream.accept("ever") is not None)


def _position(token: Token) -> int:
    digits = token.text[:-2]
    if len(digits) > 4 or int(digits) == 0:
        raise SyntaxProblem("bad-ordinal", f"`{token.text}` is not from 1st to 9999th", span=token.span)
    return int(digits)
