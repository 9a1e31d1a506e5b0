"""What a document says that cannot be meant, as far as the document alone shows it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from cohort_dsl.ast import (
    Cohort,
    ConceptSet,
    ConceptSetName,
    Dimension,
    DimensionKind,
    Let,
)
from cohort_dsl.checks.composites import COMPOSITES, composite_problems
from cohort_dsl.checks.criteria import CRITERIA, criterion_problems
from cohort_dsl.checks.events import EVENTS, event_problems
from cohort_dsl.checks.genotypes import GENOTYPES, genotype_problems
from cohort_dsl.checks.outcomes import OUTCOMES, outcome_problems
from cohort_dsl.checks.values import VALUES, value_problems
from cohort_dsl.checks.variants import VARIANTS, variant_problems
from cohort_dsl.limits import DEEPEST_NESTING
from cohort_dsl.source import did_you_mean
from cohort_dsl.tree import Visit, span_of
from cohort_dsl.words import is_bare_name
from schemas.errors import AnalysisProblem, Problem, TooExpensive

_MOST_PROBLEMS = 20
_WIDEST_AGES = 150
_CHECKS: tuple[tuple[Callable[[Visit], Iterator[Problem]], frozenset[type]], ...] = (
    (event_problems, EVENTS),
    (composite_problems, COMPOSITES),
    (criterion_problems, CRITERIA),
    (variant_problems, VARIANTS),
    (genotype_problems, GENOTYPES),
    (value_problems, VALUES),
    (outcome_problems, OUTCOMES),
)
"""Each with the kinds of value it has something to say of."""


def check(cohort: Cohort, visits: Sequence[Visit]) -> tuple[Problem, ...]:
    """At most twenty problems of names, kinds, ranges and groups; none when the document can be meant. `visits` are
    those of all of it."""
    found = [*_name_problems(cohort, visits), *_rule_problems(cohort), *_dimension_problems(cohort)]
    for visit in visits:
        for find in _checks_of(type(visit.value)):
            found += find(visit)
        if len(found) >= _MOST_PROBLEMS:
            break
    return tuple(found[:_MOST_PROBLEMS])


@cache
def _checks_of(kind: type) -> tuple[Callable[[Visit], Iterator[Problem]], ...]:
    return tuple(find for find, kinds in _CHECKS if kind in kinds)


def _name_problems(cohort: Cohort, visits: Sequence[Visit]) -> Iterator[Problem]:
    names = [let.name for let in cohort.lets]
    for let in cohort.lets:
        if not is_bare_name(let.name):
            message = "a name is a letter or _, then letters, digits and _, and no word of the language"
            yield AnalysisProblem("bad-name", message, span=span_of(let))
    yield from _repeated(cohort.lets, names, "duplicate-name", "the name is already given to a concept set")
    for visit in visits:
        if isinstance(visit.value, ConceptSetName) and visit.value.name not in names:
            name = visit.value.name
            message = f"no concept set is named `{name}`"
            hint = did_you_mean(name, names) or f"add a line such as: let {name} = concept 201826"
            yield AnalysisProblem("undefined-name", message, span=visit.span, expected=names, hint=hint)
    yield from _cycle_problems(cohort.lets)


def _cycle_problems(lets: tuple[Let, ...]) -> Iterator[Problem]:
    uses = {let.name: set(_names_in(let.concepts)) for let in lets}
    pending = dict(uses)
    settled: set[str] = set()
    depth = 0
    while ready := [name for name, used in pending.items() if all(u in settled or u not in uses for u in used)]:
        settled.update(ready)
        for name in ready:
            del pending[name]
        depth += 1
        if depth > DEEPEST_NESTING:
            yield _too_deep(next(let for let in lets if let.name == ready[0]))
            return
    for let in lets:
        if pending.pop(let.name, None) is not None:
            yield AnalysisProblem("cyclic-name", f"`{let.name}` is defined by means of itself", span=span_of(let))


def _too_deep(let: Let) -> Problem:
    """Whatever reads a set reads those in it first, one inside the other."""
    message = f"concept sets stand in one another more than {DEEPEST_NESTING} deep"
    return TooExpensive("too-deep", message, span=span_of(let), hint=f"list in `{let.name}` what the sets in it list")


def _names_in(concepts: ConceptSet) -> Iterator[str]:
    return (item.name for item in (*concepts.included, *concepts.excluded) if isinstance(item, ConceptSetName))


def _rule_problems(cohort: Cohort) -> Iterator[Problem]:
    names = [rule.name for rule in cohort.rules]
    yield from _repeated(cohort.rules, names, "duplicate-rule", "another rule has this name")


def _dimension_problems(cohort: Cohort) -> Iterator[Problem]:
    keys = [f"{dimension.kind.value} {dimension.question} {dimension.variant}" for dimension in cohort.count_by]
    yield from _repeated(cohort.count_by, keys, "duplicate-dimension", "the count is already split by this")
    for dimension in cohort.count_by:
        yield from _one_dimension_problems(dimension)


def _one_dimension_problems(dimension: Dimension) -> Iterator[Problem]:
    if dimension.kind is DimensionKind.AGE and not 1 <= (dimension.width or 0) <= _WIDEST_AGES:
        message = f"an age band is 1 to {_WIDEST_AGES} years wide"
        yield AnalysisProblem("bad-width", message, span=span_of(dimension), hint="for example `age(10)`")
    if dimension.kind is DimensionKind.SURVEY and not dimension.question:
        yield AnalysisProblem("missing-question", "a survey dimension names its question", span=span_of(dimension))


def _repeated(nodes: Iterable[object], keys: list[str], code: str, message: str) -> Iterator[Problem]:
    """A problem for each node whose key an earlier one has."""
    seen: Counter[str] = Counter()
    for node, key in zip(nodes, keys, strict=True):
        if seen[key]:
            yield AnalysisProblem(code, message, span=span_of(node))
        seen[key] += 1
