"""Lints of concept sets against the vocabulary of a release."""

from collections import Counter
from collections.abc import Iterator

from cohort_dsl.ast import ConceptById, ConceptSet, EventQuery
from cohort_dsl.lint import Finding, Severity
from cohort_dsl.lint.said import Sayings
from cohort_dsl.tree import span_of, walk
from engine.catalog.vocabulary import ConceptKind
from engine.logical.lints.places import DOMAIN_OF, Use
from engine.logical.lints.reading import MeaningRule, Reading
from engine.logical.nodes import ConceptIds
from schemas.omop import Domain

_WORDS_OF = {domain: kind.words for kind, domain in reversed(DOMAIN_OF.items())}
_INGREDIENT = "Ingredient"


def unknown_sets(reading: Reading) -> Iterator[Finding]:
    """Sets of which the vocabulary has no concept."""
    for use in reading.uses:
        if use.concepts.included and not reading.kinds(use.concepts, source=use.source):
            message = f"no concept of this set is in the release, so no {use.words} is in it"
            yield Finding(use.span, message, "look the concepts up: `kohort concepts TEXT`")


def other_domains(reading: Reading) -> Iterator[Finding]:
    """Sets whose concepts all belong to other kinds of event."""
    for use in reading.uses:
        found = _domains(reading, use) if use.domain is not None else Counter[str]()
        if found and use.domain not in found:
            (most, _), *_ = found.most_common(1)
            message = f"the concepts are of the domain {most}; those of a {use.words} are of the domain {use.domain}"
            fits = _WORDS_OF.get(most)
            yield Finding(use.span, message, f"write `{fits} in …`" if fits else "correct the concept set")


def _domains(reading: Reading, use: Use) -> Counter[str]:
    """How many concepts are of each domain; one of `Drug/Device` is of both."""
    kinds = reading.kinds(use.concepts, source=use.source)
    return Counter(part for kind in kinds if kind.domain for part in kind.domain.split("/"))


def source_concepts(reading: Reading) -> Iterator[Finding]:
    """Concepts that no event has as its standard concept, unless the document tests source codes for them too."""
    places: dict[bool, dict[ConceptById, Use]] = {True: {}, False: {}}
    for use in reading.uses:
        items = (item for item in reading.listed(use.concepts) if isinstance(item, ConceptById))
        places[use.source].update((item, use) for item in items)
    for item, use in places[False].items():
        kind = reading.known.get(item.concept_id)
        if kind is not None and item not in places[True]:
            yield from _not_carried(item, use, kind)


def _not_carried(item: ConceptById, use: Use, kind: ConceptKind) -> Iterator[Finding]:
    name, place = f"concept {item.concept_id}", span_of(item) or use.span
    match kind.standard:
        case None:
            fix = 'give the code, as in `code KCD7:"E11"`, or test the source with `coded in`'
            yield Finding(place, f"{name} is no standard concept, so no {use.words} has it", fix)
        case "C" if not item.descendants:
            message = f"{name} is a class and no event has it itself"
            yield Finding(place, message, f"write `{name} with descendants`")
        case _:
            pass


def leaves_with_descendants(reading: Reading) -> Iterator[Finding]:
    """Sets of one concept with descendants that has none."""
    sets = {visit.value: visit.span for visit in walk(reading.cohort) if isinstance(visit.value, ConceptSet)}
    alone = [(concepts.included[0], span) for concepts, span in sets.items() if len(concepts.included) == 1]
    wide = [(item, span) for item, span in alone if isinstance(item, ConceptById) and item.descendants]
    below = reading.below(item.concept_id for item, _ in wide)
    for item, span in wide:
        if item.concept_id in reading.known and set(below.get(item.concept_id, ())) <= {item.concept_id}:
            message = f"concept {item.concept_id} has no descendants in this release"
            yield Finding(span_of(item) or span, message, "look for a wider concept, or remove `with descendants`")


def idle_exclusions(reading: Reading) -> Iterator[Finding]:
    """Exclusions that take nothing away."""
    for visit in walk(reading.cohort):
        if isinstance(visit.value, ConceptSet) and visit.value.excluded:
            included = set(reading.ids(ConceptSet(included=visit.value.included)))
            for item in visit.value.excluded:
                if included.isdisjoint(reading.ids(ConceptSet(included=(item,)))):
                    place = span_of(item) or visit.span
                    yield Finding(place, "this excludes nothing that the set includes", "remove it, or correct it")


def same_ids(reading: Reading) -> Iterator[Finding]:
    """Names that say different things and stand for the same concepts."""
    said = Sayings(reading.cohort)
    first: dict[ConceptIds, tuple[str, object]] = {}
    for let in reading.cohort.lets:
        ids = reading.ids(let.concepts)
        name, words = first.setdefault(ids, (let.name, said(let.concepts)))
        if ids and name != let.name and words != said(let.concepts):
            message = f"in this release `{let.name}` holds the same concepts as `{name}`"
            yield Finding(span_of(let), message, f"write `{name}`, or correct one of the two")


def eras_of_products(reading: Reading) -> Iterator[Finding]:
    """Drug eras of concepts that are no ingredients."""
    for visit in walk(reading.cohort):
        match visit.value:
            case EventQuery(domain=Domain.DRUG_ERA | Domain.DOSE_ERA as domain, concepts=ConceptSet() as concepts):
                kinds = reading.kinds(concepts)
                if kinds and all(kind.concept_class and kind.concept_class != _INGREDIENT for kind in kinds):
                    message = f"a {domain.words} is of an ingredient, and the set holds none"
                    yield Finding(visit.span, message, "list the ingredients, or write `drug in …`")
            case _:
                pass


_METFORMIN = 'let metformin = code RxNorm:"6809"\n'
_FIRST = "index first ever condition in t2dm"

RULES = (
    MeaningRule(
        code="unknown-set",
        severity=Severity.WARNING,
        meaning="The release's vocabulary has no concept of a set, so nothing is in it.",
        example="let t2dm = concept 999999999\nindex first ever condition in t2dm",
        fixed="let t2dm = concept 201826\nindex first ever condition in t2dm",
        find=unknown_sets,
    ),
    MeaningRule(
        code="other-domain",
        severity=Severity.WARNING,
        meaning="All concepts of a set belong to another domain than the events or the field they are compared with, "
        "as a set of conditions with measurements. No event has them.",
        example="let t2dm = concept 201826\nindex first ever measurement in t2dm",
        fixed="let t2dm = concept 201826\nindex first ever condition in t2dm",
        find=other_domains,
    ),
    MeaningRule(
        code="not-standard",
        severity=Severity.WARNING,
        meaning="A concept of a set is not a standard concept, or is a class that only groups others. Events carry "
        "standard concepts; the concept of the source code is tested with `coded in`.",
        example="let metformin = concept 21600744\nindex first ever drug in metformin",
        fixed="let metformin = concept 21600744 with descendants\nindex first ever drug in metformin",
        find=source_concepts,
    ),
    MeaningRule(
        code="no-descendants",
        severity=Severity.INFO,
        meaning="The only concept of a set is asked for with descendants and has none in this release: a narrower "
        "concept was picked than was meant, perhaps.",
        example="let metformin = concept 40163924 with descendants\nindex first ever drug in metformin",
        fixed="let metformin = concept 1503297 with descendants\nindex first ever drug in metformin",
        find=leaves_with_descendants,
    ),
    MeaningRule(
        code="idle-exclusion",
        severity=Severity.INFO,
        meaning="What a set excludes is not among what it includes.",
        example=f"let t2dm = concept 201826 excluding concept 255573\n{_FIRST}",
        fixed=f"let t2dm = concept 201826\n{_FIRST}",
        find=idle_exclusions,
    ),
    MeaningRule(
        code="same-in-release",
        severity=Severity.INFO,
        meaning="Two sets are written differently and hold the same concepts in this release.",
        example=f"{_METFORMIN}let biguanides = concept 1503297\nindex first ever drug in metformin\n"
        'include "again" when any drug in biguanides after index',
        fixed=f'{_METFORMIN}index first ever drug in metformin\ninclude "again" when any drug in metformin after index',
        find=same_ids,
    ),
    MeaningRule(
        code="era-of-product",
        severity=Severity.WARNING,
        meaning="Drug eras and dose eras are of ingredients, and a set holds none.",
        example="let metformin = concept 40163924\nindex first ever drug era in metformin",
        fixed="let metformin = concept 1503297\nindex first ever drug era in metformin",
        find=eras_of_products,
    ),
)
