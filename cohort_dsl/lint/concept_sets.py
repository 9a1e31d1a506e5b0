"""Lints of concept sets."""

from collections.abc import Hashable, Iterator
from dataclasses import replace

from cohort_dsl.ast import Cohort, ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.said import Sayings
from cohort_dsl.tree import span_of, walk


def unused_sets(cohort: Cohort) -> Iterator[Finding]:
    """Sets that nothing outside the other unused sets names."""
    uses = {let.name: _names(let) for let in cohort.lets}
    pending = list(_names(replace(cohort, lets=())))
    reached: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += uses.get(name, ())
    for let in cohort.lets:
        if let.name not in reached:
            yield Finding(span_of(let), f"nothing uses `{let.name}`", f"remove `let {let.name} = …`")


def _names(node: object) -> set[str]:
    return {visit.value.name for visit in walk(node) if isinstance(visit.value, ConceptSetName)}


def empty_sets(cohort: Cohort) -> Iterator[Finding]:
    """Sets that hold nothing, by their own words."""
    for visit in walk(cohort):
        match visit.value:
            case ConceptSet(included=()):
                yield Finding(visit.span, "the set holds nothing, so no event is in it", "list its concepts")
            case ConceptSet(included=included, excluded=excluded) if all(
                any(_takes(out, item) for out in excluded) for item in included
            ):
                message = "everything in the set is excluded again, so no event is in it"
                yield Finding(visit.span, message, "remove what was not meant to be after `excluding`")
            case _:
                pass


def _takes(out: ConceptItem, item: ConceptItem) -> bool:
    """Whether excluding the one takes all of the other away."""
    match out, item:
        case (ConceptById(), ConceptById()) | (ConceptByCode(), ConceptByCode()):
            plain = replace(item, descendants=out.descendants, mapped=out.mapped)
            return plain == out and out.descendants >= item.descendants and out.mapped >= item.mapped
        case _:
            return out == item


def same_sets(cohort: Cohort) -> Iterator[Finding]:
    """Names given to what an earlier name says already."""
    said = Sayings(cohort)
    first: dict[Hashable, str] = {}
    for let in cohort.lets:
        name = first.setdefault(said(let.concepts), let.name)
        if name != let.name:
            message = f"`{let.name}` says the same as `{name}`"
            yield Finding(span_of(let), message, f"write `{name}` and remove `let {let.name} = …`")


def repeated_concepts(cohort: Cohort) -> Iterator[Finding]:
    """Items that another item of their set takes in."""
    for visit in walk(cohort):
        if not isinstance(visit.value, ConceptSet):
            continue
        for items in (visit.value.included, visit.value.excluded):
            for number, item in enumerate(items):
                others = (*items[:number], *(other for other in items[number + 1 :] if other != item))
                if any(_takes(other, item) for other in others):
                    yield Finding(span_of(item) or visit.span, "another item of the set takes this one in", "remove it")


RULES = (
    LintRule(
        code="unused-concept-set",
        severity=Severity.WARNING,
        meaning="A concept set is named and nothing uses the name. Either a criterion is missing or the set is left "
        "over.",
        example="let t2dm = concept 201826\nlet insulin = concept 1511348\nindex first ever condition in t2dm",
        fixed="let t2dm = concept 201826\nindex first ever condition in t2dm",
        find=unused_sets,
    ),
    LintRule(
        code="empty-set",
        severity=Severity.WARNING,
        meaning="A concept set holds nothing: it lists nothing, or excludes all it lists. No event is in it.",
        example="let t2dm = concept 201826 excluding concept 201826 with descendants\n"
        "index first ever condition in t2dm",
        fixed="let t2dm = concept 201826 with descendants excluding concept 201254\nindex first ever condition in t2dm",
        find=empty_sets,
    ),
    LintRule(
        code="same-concept-set",
        severity=Severity.WARNING,
        meaning="Two names stand for the same concepts. One of them was probably meant to be another set.",
        example="let t1dm = concept 201826\nlet t2dm = concept 201826\n"
        'index first ever condition in t2dm\ninclude "t1dm" when any condition in t1dm after index',
        fixed="let t1dm = concept 201254\nlet t2dm = concept 201826\n"
        'index first ever condition in t2dm\ninclude "t1dm" when any condition in t1dm after index',
        find=same_sets,
    ),
    LintRule(
        code="repeated-concept",
        severity=Severity.INFO,
        meaning="A concept is listed twice in one set, or beside the same concept with its descendants.",
        example="index first ever condition in (concept 201826, concept 201826 with descendants)",
        fixed="index first ever condition in concept 201826 with descendants",
        find=repeated_concepts,
    ),
)
