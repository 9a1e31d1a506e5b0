"""Text to syntax tree: recursive descent that goes on after a fault at the next statement."""

from dataclasses import dataclass, field
from itertools import pairwise

from cohort_dsl.ast import (
    Cohort,
    Dimension,
    Exit,
    Incidence,
    Index,
    Keep,
    Let,
    Mode,
    Qualify,
    Rule,
    RuleKind,
    StudyPeriod,
)
from cohort_dsl.grammar.exits import read_exit
from cohort_dsl.grammar.statements import (
    read_count_by,
    read_incidence,
    read_index,
    read_join,
    read_keep,
    read_let,
    read_mode,
    read_qualify,
    read_rule,
    read_study_period,
)
from cohort_dsl.grammar.values import read_text
from cohort_dsl.lexer import MOST_PROBLEMS, Token, TokenKind, lex
from cohort_dsl.stream import TokenStream
from cohort_dsl.words import STATEMENTS
from schemas.errors import Problem, Problems, Span, SyntaxProblem, TooExpensive


@dataclass(slots=True)
class _Draft:
    """What has been read of a document so far."""

    name: str | None = None
    mode: Mode | None = None
    lets: list[Let] = field(default_factory=list)
    index: Index | None = None
    qualify: Qualify | None = None
    rules: list[Rule] = field(default_factory=list)
    keep: Keep | None = None
    exit: Exit | None = None
    join_within: int | None = None
    study_period: StudyPeriod | None = None
    count_by: tuple[Dimension, ...] | None = None
    incidence: Incidence | None = None


def parse_text(text: str) -> Cohort:
    """The document a text spells; `Problems` holds every fault found in one pass. Names and values are not checked."""
    lexed = lex(text)
    if any(isinstance(problem, TooExpensive) for problem in lexed.problems):
        raise Problems(lexed.problems[-1:])
    draft, problems = read_document(TokenStream(lexed.tokens, silent=True))
    if problems:  # once more, to tell what was expected
        draft, problems = read_document(TokenStream(lexed.tokens, declared_names(lexed.tokens)))
    problems = [*lexed.problems, *problems]
    if not problems:
        problems += _missing(draft, Span(len(text), len(text) + 1))
    if problems or draft.name is None or draft.index is None:
        raise Problems(problems[:MOST_PROBLEMS])
    return Cohort(
        name=draft.name,
        lets=tuple(draft.lets),
        index=draft.index,
        mode=draft.mode or Mode.CORRECTED,
        qualify=draft.qualify,
        rules=tuple(draft.rules),
        keep=draft.keep or Keep.ALL,
        exit=draft.exit or Exit(),
        join_within=draft.join_within or 0,
        study_period=draft.study_period,
        count_by=draft.count_by or (),
        incidence=draft.incidence,
        span=Span(0, len(text)),
    )


def declared_names(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The names that `let` gives, wherever in the document."""
    pairs = pairwise(tokens)
    return tuple(name.text for let, name in pairs if let.text == "let" and name.kind is TokenKind.WORD)


def read_document(stream: TokenStream) -> tuple[_Draft, list[Problem]]:
    """Every statement that can be read, and a problem for each that cannot."""
    draft = _Draft()
    problems: list[Problem] = []
    if stream.at_end:
        stream.accept(*STATEMENTS)
    while not stream.at_end and len(problems) < MOST_PROBLEMS:
        start = stream.current
        try:
            _read_statement(stream, draft)
            if stream.at_end:
                stream.accept(*STATEMENTS)
        except Problem as problem:
            problems.append(problem)
            stream.recover(start)
    return draft, problems


def _read_statement(stream: TokenStream, draft: _Draft) -> None:
    start = stream.current
    stream.count_part()
    match stream.expect(*STATEMENTS):
        case "cohort":
            _refuse_second(draft.name, start)
            draft.name = read_text(stream)
        case "mode":
            _refuse_second(draft.mode, start)
            draft.mode = read_mode(stream)
        case "let":
            draft.lets.append(read_let(stream, start))
        case "index":
            _refuse_second(draft.index, start)
            draft.index = read_index(stream, start)
        case "qualify":
            _refuse_second(draft.qualify, start)
            draft.qualify = read_qualify(stream, start)
        case "include" | "exclude" as word:
            draft.rules.append(read_rule(stream, start, RuleKind(word)))
        case "keep":
            _refuse_second(draft.keep, start)
            draft.keep = read_keep(stream)
        case "end":
            _refuse_second(draft.exit, start)
            draft.exit = read_exit(stream, start)
        case word:
            _read_outcome(stream, draft, start, word)


def _read_outcome(stream: TokenStream, draft: _Draft, start: Token, word: str) -> None:
    match word:
        case "join":
            _refuse_second(draft.join_within, start)
            draft.join_within = read_join(stream)
        case "study":
            _refuse_second(draft.study_period, start)
            draft.study_period = read_study_period(stream, start)
        case "count":
            _refuse_second(draft.count_by, start)
            draft.count_by = read_count_by(stream)
        case _:
            _refuse_second(draft.incidence, start)
            draft.incidence = read_incidence(stream, start)


def _refuse_second(earlier: object | None, start: Token) -> None:
    if earlier is not None:
        raise SyntaxProblem("second-statement", f"a document has one `{start.text}` statement", span=start.span)


def _missing(draft: _Draft, end: Span) -> list[Problem]:
    wanted = (("cohort", draft.name, 'cohort "name"'), ("index", draft.index, "index everyone"))
    return [
        SyntaxProblem("missing-statement", f"the document has no `{word}` statement", span=end, expected=(word,),
                      hint=f"add a line such as: {example}")
        for word, found, example in wanted
        if found is None
    ]  # fmt: skip
