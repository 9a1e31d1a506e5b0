"""Lints of concept sets."""

from collections.abc import Hashable, Iterator

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.tree import span_of


def unused_sets(document: Document) -> Iterator[Finding]:
    """Sets that nothing outside the other unused sets names."""
    lets = document.cohort.lets
    uses = {let.name: _names(let.concepts) for let in lets}
    pending = [name for place in document.sets if not place.is_let for name in _names(place.concepts)]
    reached: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += uses.get(name, ())
    for let in lets:
        if let.name not in reached:
            yield Finding(span_of(let), f"nothing uses `{let.name}`", f"remove `let {let.name} = …`")


def _names(concepts: ConceptSet) -> set[str]:
    return {item.name for item in (*concepts.included, *concepts.excluded) if isinstance(item, ConceptSetName)}


def empty_sets(document: Document) -> Iterator[Finding]:
    """Sets that hold nothing, by their own words."""
    for place in document.sets:
        match place.concepts:
            case ConceptSet(included=()):
                yield Finding(place.span, "the set holds nothing, so no event is in it", "list its concepts")
            case ConceptSet(included=included, excluded=excluded) if excluded:
                takes = _Takers(excluded)
                if all(map(takes, included)):
                    message = "everything in the set is excluded again, so no event is in it"
                    yield Finding(place.span, message, "remove what was not meant to be after `excluding`")
            case _:
                pass


class _Takers:
    """Items of a set, to ask whether one of them takes all of another item in."""

    def __init__(self, items: tuple[ConceptItem, ...]) -> None:
        self._widths: dict[Hashable, set[tuple[bool, bool]]] = {}
        for item in items:
            self._widths.setdefault(_base(item), set()).add(_width(item))

    def __call__(self, item: ConceptItem) -> bool:
        return any(self._are_wider(item, strictly=False))

    def takes_more(self, item: ConceptItem) -> bool:
        """Whether one of the items takes this one in and more."""
        return any(self._are_wider(item, strictly=True))

    def _are_wider(self, item: ConceptItem, *, strictly: bool) -> Iterator[bool]:
        below, mapped = own = _width(item)
        for width in self._widths.get(_base(item), ()):
            yield width[0] >= below and width[1] >= mapped and not (strictly and width == own)


def _base(item: ConceptItem) -> Hashable:
    match item:
        case ConceptById(concept_id=concept_id):
            return concept_id
        case ConceptByCode(vocabulary=vocabulary, code=code):
            return vocabulary, code
        case ConceptSetName(name=name):
            return name


def _width(item: ConceptItem) -> tuple[bool, bool]:
    """Whether the item takes in its descendants and what maps to it."""
    return (False, False) if isinstance(item, ConceptSetName) else (item.descendants, item.mapped)


def same_sets(document: Document) -> Iterator[Finding]:
    """Names given to what an earlier name says already."""
    first: dict[Hashable, str] = {}
    for let in document.cohort.lets:
        name = first.setdefault(document.said(let.concepts), let.name)
        if name != let.name:
            message = f"`{let.name}` says the same as `{name}`"
            yield Finding(span_of(let), message, f"write `{name}` and remove `let {let.name} = …`")


def repeated_concepts(document: Document) -> Iterator[Finding]:
    """Items that stand twice in their set, or beside one that takes them in."""
    for place in document.sets:
        for items in (place.concepts.included, place.concepts.excluded):
            takes, seen = _Takers(items), set[ConceptItem]()
            for item in items:
                if item in seen or takes.takes_more(item):
                    yield Finding(span_of(item) or place.span, "another item of the set takes this one in", "remove it")
                seen.add(item)


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
