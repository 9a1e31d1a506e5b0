"""What a document says that cannot be meant, as far as the document alone shows it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from cohort_dsl.ast import (
    Cohort,
    ConceptSetName,
    Dimension,
    DimensionKind,
    Let,
)
from cohort_dsl.checks.composites import composite_problems
from cohort_dsl.checks.criteria import criterion_problems
from cohort_dsl.checks.events import event_problems
from cohort_dsl.checks.genotypes import genotype_problems
from cohort_dsl.checks.outcomes import outcome_problems
from cohort_dsl.checks.values import value_problems
from cohort_dsl.checks.variants import variant_problems
from cohort_dsl.source import did_you_mean
from cohort_dsl.tree import span_of, walk
from cohort_dsl.words import is_bare_name
from schemas.errors import AnalysisProblem, Problem

_MOST_PROBLEMS = 20
_WIDEST_AGES = 150
_CHECKS = (
    event_problems,
    composite_problems,
    criterion_problems,
    variant_problems,
    genotype_problems,
    value_problems,
    outcome_problems,
)


def check(cohort: Cohort) -> tuple[Problem, ...]:
    """At most twenty problems of names, kinds, ranges and groups; none when the document can be meant."""
    found: list[Problem] = [*_name_problems(cohort), *_rule_problems(cohort), *_dimension_problems(cohort)]
    for visit in walk(cohort):
        for find in _CHECKS:
            found += find(visit)
        if len(found) >= _MOST_PROBLEMS:
            break
    return tuple(found[:_MOST_PROBLEMS])


def _name_problems(cohort: Cohort) -> Iterator[Problem]:
    names = [let.name for let in cohort.lets]
    for let in cohort.lets:
        if not is_bare_name(let.name):
            message = "a name is a letter or _, then letters, digits and _, and no word of the language"
            yield AnalysisProblem("bad-name", message, span=span_of(let))
    yield from _repeated(cohort.lets, names, "duplicate-name", "the name is already given to a concept set")
    for visit in walk(cohort):
        if isinstance(visit.value, ConceptSetName) and visit.value.name not in names:
            name = visit.value.name
            message = f"no concept set is named `{name}`"
            hint = did_you_mean(name, names) or f"add a line such as: let {name} = concept 201826"
            yield AnalysisProblem("undefined-name", message, span=visit.span, expected=names, hint=hint)
    yield from _cycle_problems(cohort.lets)


def _cycle_problems(lets: tuple[Let, ...]) -> Iterator[Problem]:
    uses = {let.name: {v.value.name for v in walk(let) if isinstance(v.value, ConceptSetName)} for let in lets}
    pending = dict(uses)
    settled: set[str] = set()
    while ready := [name for name, used in pending.items() if all(u in settled or u not in uses for u in used)]:
        settled.update(ready)
        for name in ready:
            del pending[name]
    for let in lets:
        if pending.pop(let.name, None) is not None:
            yield AnalysisProblem("cyclic-name", f"`{let.name}` is defined by means of itself", span=span_of(let))


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
