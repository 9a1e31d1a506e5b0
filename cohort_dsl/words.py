"""The words of the language as tables: what is reserved, and the phrases that spell domains and fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from schemas.fields import FIELDS, Field, PersonField, VariantField
from schemas.omop import Domain

T = TypeVar("T")

STATEMENTS = ("cohort", "let", "index", "include", "exclude", "keep", "end", "count")
"""The words a statement starts with."""

# fmt: off
KEYWORDS = frozenset((
    "cohort", "let", "index", "include", "exclude", "keep", "end", "count", "after", "all", "and", "any",
    "at", "before", "by", "call", "carries", "code", "concept", "contains", "descendants", "distinct",
    "ending", "ends", "entries", "entry", "ever", "everyone", "exactly", "excluding", "first", "from", "gene",
    "heterozygous", "hgvs", "homozygous", "ignoring", "in", "is", "last", "least", "mapped", "missing",
    "most", "no", "none", "not", "observed", "of", "on", "or", "region", "start", "starting", "starts",
    "survey", "time", "to", "unanswered", "unit", "unknown", "variant", "when", "where", "with", "within",
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
    """Phrases of one or more words and what each means; `silent` ones are understood but not offered."""

    meaning: Mapping[tuple[str, ...], T]
    silent: frozenset[tuple[str, ...]] = frozenset()


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
PERSON_FIELD_WORDS = _phrases({field.value: field for field in PersonField})


@cache
def fields_of(domain: Domain) -> frozenset[Field]:
    """The fields that events of the domain have."""
    return frozenset(field for field, spec in FIELDS.items() if domain in spec.domains)


SEXES = ("female", "male")
"""What `sex is` may be followed by; a sex the source does not say is unknown, not a value."""
