"""The words of the language as tables: what is reserved, and the phrases that spell domains and fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Generic, TypeVar

from cohort_dsl.ast import Anchor, Distinct, PairKind, Phase
from schemas.fields import FIELDS, Field, PersonField, VariantField
from schemas.omop import Domain

T = TypeVar("T")

STATEMENTS = (
    *("cohort", "mode", "let", "index", "qualify", "include", "exclude", "keep", "end"),
    *("join", "study", "count", "incidence"),
)
"""The words a statement starts with, in the order the printer writes them."""

# fmt: off
KEYWORDS = frozenset((
    *STATEMENTS, "after", "all", "and", "any", "at", "before", "by", "call", "carries", "code", "coded", "concept",
    "containing", "contains", "covering", "descendants", "distinct", "during", "earliest", "ending", "ends", "entries",
    "entry", "ever", "everyone", "exactly", "excluding", "falling", "first", "from", "gene", "having",
    "heterozygous", "hgvs", "homozygous", "ignoring", "in", "is", "it", "its", "last", "latest", "least", "mapped",
    "meeting", "met", "missing", "most", "no", "none", "not", "observed", "of", "on", "or", "overlapping", "region",
    "rising", "spanning", "start", "starting", "starts", "survey", "then", "time", "to", "unanswered", "unit",
    "unknown", "variant", "when", "where", "with", "within",
))
# fmt: on
"""Reserved words: they cannot name a concept set. Field and domain words are free."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DOTTED_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")


def is_bare_name(text: str) -> bool:
    """Whether the text can stand as a name without quotes."""
    return NAME.fullmatch(text) is not None and text not in KEYWORDS


def is_bare_question(text: str) -> bool:
    """Whether the text can stand as the name of a survey question without quotes."""
    return DOTTED_NAME.fullmatch(text) is not None and text not in KEYWORDS


@dataclass(frozen=True, slots=True)
class Phrases(Generic[T]):
    """Phrases of one or more words and what each means; `silent` ones are understood but not offered.

    `starting` holds the same by their first words.
    """

    meaning: Mapping[tuple[str, ...], T]
    silent: frozenset[tuple[str, ...]] = frozenset()
    starting: Mapping[str, tuple[tuple[tuple[str, ...], T], ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starting: dict[str, tuple[tuple[tuple[str, ...], T], ...]] = {}
        for words, value in self.meaning.items():
            starting[words[0]] = (*starting.get(words[0], ()), (words, value))
        object.__setattr__(self, "starting", starting)


def _phrases(spelling: Mapping[str, T]) -> Phrases[T]:
    return Phrases({tuple(words.split()): value for words, value in spelling.items()})


def plural(domain: Domain) -> str:
    """`visit details`."""
    return f"{domain.words}s"


_PLURALS = {tuple(plural(domain).split()): domain for domain in Domain}

DOMAINS = Phrases(
    {**{tuple(domain.words.split()): domain for domain in Domain}, **_PLURALS},
    silent=frozenset(_PLURALS),
)
FIELD_WORDS = _phrases({field.value: field for field in Field})
VARIANT_FIELD_WORDS = _phrases({field.value: field for field in VariantField})

PAIR_WORDS = _phrases({kind.value: kind for kind in PairKind})
PHASE_WORDS = _phrases({f"in {phase.value} with": phase for phase in Phase})


class Subject(Enum):
    """What a criterion is about, and so what its windows count from: the value is how the text calls it."""

    INDEX = "index"
    IT = "it"
    """The event that a `having` is about."""


PERSON_WORDS: dict[Subject, dict[PersonField, str]] = {
    Subject.INDEX: {field: field.value for field in PersonField},
    Subject.IT: {field: field.value for field in PersonField}
    | {PersonField.AGE: "its age", PersonField.INDEX_DATE: "its date", PersonField.INDEX_END_DATE: "its end date"},
}
PERSON_FIELD_WORDS = {
    subject: _phrases({words: field for field, words in spelling.items()}) for subject, spelling in PERSON_WORDS.items()
}

ANCHOR_WORDS: dict[Subject, dict[Anchor, str]] = {
    Subject.INDEX: {anchor: anchor.value for anchor in Anchor} | {Anchor.START: "index", Anchor.END: "index end"},
    Subject.IT: {anchor: anchor.value for anchor in Anchor} | {Anchor.START: "it", Anchor.END: "its end"},
}
ANCHOR_PHRASES = {
    subject: _phrases({words: anchor for anchor, words in spelling.items()})
    for subject, spelling in ANCHOR_WORDS.items()
}


def singular(words: str) -> str:
    """`quantity` of `quantities`."""
    return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")


_DISTINCT = {tuple(kind.value.split()): kind for kind in Distinct}
_ONE_DISTINCT = {tuple(singular(kind.value).split()): kind for kind in Distinct}
DISTINCT_WORDS = Phrases({**_DISTINCT, **_ONE_DISTINCT}, silent=frozenset(_ONE_DISTINCT))


class EventKind(Enum):
    """Events that are not simply those of a domain; the value is how they are called."""

    ERA = "era"
    GAP = "gap"
    ANSWER = "answer"
    ENTRY = "entry"


_EVENT_PHRASES = {
    EventKind.ERA: ("era of", "eras of"),
    EventKind.GAP: ("gap of at least", "gaps of at least"),
    EventKind.ANSWER: ("answer to", "answers to"),
    EventKind.ENTRY: ("entry of cohort", "entries of cohort", "cohort"),
}
EVENT_WORDS = Phrases(
    {tuple(words.split()): kind for kind, phrases in _EVENT_PHRASES.items() for words in phrases},
    silent=frozenset(tuple(words.split()) for phrases in _EVENT_PHRASES.values() for words in phrases[1:]),
)


@cache
def fields_of(domain: Domain) -> frozenset[Field]:
    """The fields that events of the domain have."""
    return frozenset(field for field, spec in FIELDS.items() if domain in spec.domains)


_WITH_UNIT_OF_EVENT = (Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH, Field.QUANTITY)


def has_unit(field: Field, domain: Domain) -> bool:
    """Whether a limit of the field may name its unit: that of the domain's events, or of a dose its own."""
    return field is Field.DOSE or (field in _WITH_UNIT_OF_EVENT and Field.UNIT in fields_of(domain))


ABNORMAL_FIELDS = frozenset((Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH, Field.VALUE_CONCEPT))
"""What an event must have to be called `abnormal`."""


SEXES = ("female", "male")
"""What `sex is` may be followed by; a sex the source does not say is unknown, not a value."""
