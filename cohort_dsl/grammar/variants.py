"""Variants: by name, or by gene and region and what is known of them."""

from cohort_dsl.ast import (
    Region,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantList,
    VariantName,
    VariantNot,
    VariantPredicate,
    VariantSelector,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.grammar.boolean import Connectives, operand_distance, read_any
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import read_range_test, read_text, read_texts, read_word_or_text
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import VARIANT_FIELD_WORDS
from schemas.errors import SyntaxProblem
from schemas.fields import VARIANT_FIELDS, Kind, VariantField

SURE_LOSS = ("HC",)
"""What the bare word `lof` stands for."""

_LONGEST_POSITION = 18


def read_variants(stream: TokenStream, scope: Scope) -> VariantSelector:
    """`variant rs123`, `variants in (rs123, "1-55039974-G-T")`, `variant in gene PCSK9 where lof`."""
    start = stream.current
    stream.expect("variant", "variants")
    if stream.next_is("in") and stream.next_is("(", ahead=1):
        stream.advance()
        return _read_list(stream, start)
    named = _accept_name(stream, start)
    return named or _read_where(stream, start, scope)


def read_named_variant(stream: TokenStream) -> VariantById:
    """`variant rs123`, `variant hgvs "…"`, `variant "1-55039974-G-T"`."""
    start = stream.current
    stream.expect("variant")
    return _read_name(stream, start)


def _read_list(stream: TokenStream, start: Token) -> VariantList:
    stream.expect("(")
    listed = [_read_name(stream, stream.current)]
    while stream.accept(","):
        listed.append(_read_name(stream, stream.current))
    stream.expect(")")
    return VariantList(variants=tuple(listed), span=stream.since(start))


def _read_name(stream: TokenStream, start: Token) -> VariantById:
    named = _accept_name(stream, start)
    if named is None:
        raise stream.problem()
    return named


def _accept_name(stream: TokenStream, start: Token) -> VariantById | None:
    allele = stream.accept_kind(TokenKind.STRING, '"contig-position-ref-alt"')
    if allele is not None:
        return VariantById(kind=VariantName.ALLELE, name=allele.text, span=stream.since(start))
    if stream.accept("hgvs"):
        name = read_text(stream)
        return VariantById(kind=VariantName.HGVS, name=name, span=stream.since(start))
    stream.record(Expected("rsID", ExpectedKind.VALUE))
    if stream.current.kind is TokenKind.WORD and stream.current.text[:2].lower() == "rs":
        return VariantById(kind=VariantName.RSID, name=stream.advance().text, span=stream.since(start))
    return None


def _read_where(stream: TokenStream, start: Token, scope: Scope) -> VariantsWhere:
    genes: list[str] = []
    panels: list[str] = []
    region = None
    while stream.accept("in"):
        if region is None and stream.accept("region"):
            region = _read_region(stream)
        elif genes or panels:
            raise stream.problem()
        else:
            _read_genes(stream, genes, panels)
        if (genes or panels) and region is not None:
            break
    if not genes and not panels and region is None:
        stream.expect("where")
        where = _read_predicate(stream, scope)
    else:
        where = _read_predicate(stream, scope) if stream.accept("where") else None
    return VariantsWhere(genes=tuple(genes), panels=tuple(panels), region=region, where=where, span=stream.since(start))


def _read_genes(stream: TokenStream, genes: list[str], panels: list[str]) -> None:
    """`gene (LDLR, APOB) or panel "Cardiomyopathy"`, in any order."""
    _read_gene_choice(stream, genes, panels)
    stream.record(Expected("or panel"))
    while stream.next_is("or") and stream.next_is("gene", "panel", ahead=1):
        stream.advance()
        _read_gene_choice(stream, genes, panels)


def _read_gene_choice(stream: TokenStream, genes: list[str], panels: list[str]) -> None:
    if stream.expect("gene", "panel") == "gene":
        genes += _read_words(stream, "gene symbol")
    else:
        panels += _read_words(stream, "panel")


def _read_words(stream: TokenStream, shown: str) -> list[str]:
    """A word or text, or several in brackets."""
    if not stream.accept("("):
        return [read_word_or_text(stream, shown)]
    words = [read_word_or_text(stream, shown)]
    while stream.accept(","):
        words.append(read_word_or_text(stream, shown))
    stream.expect(")")
    return words


def _read_region(stream: TokenStream) -> Region:
    token = stream.expect_kind(TokenKind.REGION, "contig:start-end")
    contig, _, positions = token.text.partition(":")
    start, _, end = positions.replace(",", "").partition("-")
    if max(len(start), len(end)) > _LONGEST_POSITION:
        raise SyntaxProblem("bad-region", "a position has too many digits", span=token.span)
    return Region(contig=contig, start=int(start), end=int(end))


def _read_predicate(stream: TokenStream, scope: Scope) -> VariantPredicate:
    grammar: Connectives[VariantPredicate] = Connectives(
        operand=lambda stream, _: _read_test(stream),
        all_of=lambda parts, span: VariantAll(parts=parts, span=span),
        any_of=lambda parts, span: VariantAny(parts=parts, span=span),
        negated=lambda part, span: VariantNot(part=part, span=span),
        continues=_field_follows,
    )
    return read_any(stream, grammar, scope)


def _field_follows(stream: TokenStream) -> bool:
    return stream.match(VARIANT_FIELD_WORDS, ExpectedKind.FIELD, ahead=operand_distance(stream)) is not None


def _read_test(stream: TokenStream) -> VariantPredicate:
    start = stream.current
    field = stream.accept_phrase(VARIANT_FIELD_WORDS, ExpectedKind.FIELD)
    if field is None:
        raise stream.problem()
    if VARIANT_FIELDS[field][0] is Kind.NUMBER:
        test = read_range_test(stream)
        return VariantTest(field=field, test=test, span=stream.since(start))
    values = _read_values(stream, field)
    return VariantIn(field=field, values=values, span=stream.since(start))


def _read_values(stream: TokenStream, field: VariantField) -> tuple[str, ...]:
    if stream.accept("in"):
        return read_texts(stream)
    if field is VariantField.LOF:
        return (read_text(stream),) if stream.accept("is") else SURE_LOSS
    stream.expect("is")
    return (read_text(stream),)
