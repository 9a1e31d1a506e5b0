"""Concept sets: by id, by source code, by name; with descendants, mapped codes and exclusions."""

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.grammar.values import accept_name, read_integer, read_text, read_word_or_text
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream

UCUM = "UCUM"
"""The vocabulary of a unit that is written as text alone."""

_EMPTY = "none"
_OTHER_WITH = ("a", "gaps", "supply")
"""What `with` is followed by when it belongs to the events or windows around a concept."""


def read_concept_list(stream: TokenStream) -> ConceptSet:
    """`concept 1 with descendants, code ATC:"C10AA" excluding concept 2`: as a `let` or brackets hold it."""
    start = stream.current
    included = () if stream.accept(_EMPTY) else _read_items(stream)
    excluded = _read_items(stream) if stream.accept("excluding") else ()
    return ConceptSet(included=included, excluded=excluded, span=stream.since(start))


def read_concepts(stream: TokenStream) -> ConceptSet:
    """What follows `in`: one item, or a list in brackets."""
    start = stream.current
    if stream.accept("("):
        concepts = read_concept_list(stream)
        stream.expect(")")
        return concepts
    included = () if stream.accept(_EMPTY) else (_read_item(stream),)
    return ConceptSet(included=included, span=stream.since(start))


def read_unit(stream: TokenStream) -> ConceptById | ConceptByCode:
    """What follows `unit`: a UCUM code as text, or a concept."""
    start = stream.current
    text = stream.accept_kind(TokenKind.STRING, '"UCUM code"')
    if text is not None:
        return ConceptByCode(vocabulary=UCUM, code=text.text, span=text.span)
    if stream.accept("concept"):
        return _read_by_id(stream, start)
    stream.expect("code")
    return _read_by_code(stream, start)


def _read_items(stream: TokenStream) -> tuple[ConceptItem, ...]:
    items = [_read_item(stream)]
    while stream.accept(","):
        items.append(_read_item(stream))
    return tuple(items)


def _read_item(stream: TokenStream) -> ConceptItem:
    start = stream.current
    if stream.accept("concept"):
        return _read_by_id(stream, start)
    if stream.accept("code"):
        return _read_by_code(stream, start)
    if stream.at_end:
        for name in stream.names:
            stream.record(Expected(name, ExpectedKind.NAME))
    name = accept_name(stream, "name of a concept set")
    if name is None:
        raise stream.problem()
    return ConceptSetName(name=name, span=start.span)


def _read_by_id(stream: TokenStream, start: Token) -> ConceptById:
    concept_id = read_integer(stream, "concept id")
    label = stream.accept_kind(TokenKind.STRING, '"label"')
    descendants, mapped = _read_expansion(stream)
    return ConceptById(
        concept_id=concept_id,
        descendants=descendants,
        mapped=mapped,
        label=label.text if label else None,
        span=stream.since(start),
    )


def _read_by_code(stream: TokenStream, start: Token) -> ConceptByCode:
    vocabulary = read_word_or_text(stream, "vocabulary")
    stream.expect(":")
    code = read_text(stream)
    descendants, mapped = _read_expansion(stream)
    return ConceptByCode(
        vocabulary=vocabulary,
        code=code,
        descendants=descendants,
        mapped=mapped,
        span=stream.since(start),
    )


def _read_expansion(stream: TokenStream) -> tuple[bool, bool]:
    """`with descendants`, `with mapped`, `with descendants and mapped`."""
    if stream.next_is("with") and stream.next_is(*_OTHER_WITH, ahead=1):
        return False, False
    if not stream.accept("with"):
        return False, False
    if stream.expect("descendants", "mapped") == "mapped":
        return False, True
    stream.record(Expected("and"))
    both = stream.next_is("and") and stream.next_is("mapped", ahead=1)
    if both:
        stream.advance()
        stream.advance()
    return True, both
