"""The words of the language, for the editor's colours and the cards' choices: derived from the language itself, so that
nothing drifts."""

import re
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Final, TypeVar

from cohort_dsl import ast
from cohort_dsl.words import (
    ABNORMAL_FIELDS,
    ANCHOR_WORDS,
    DISTINCT_WORDS,
    DOMAINS,
    EVENT_WORDS,
    FIELD_WORDS,
    KEYWORDS,
    PAIR_WORDS,
    PERSON_WORDS,
    PHASE_WORDS,
    SEXES,
    STATEMENTS,
    VARIANT_FIELD_WORDS,
    Phrases,
    fields_of,
    has_unit,
)
from schemas.fields import FIELDS, PERSON_FIELDS, VARIANT_FIELDS, Field, Kind, PersonField, VariantField
from schemas.omop import Domain

Meaning = TypeVar("Meaning")

_WORD: Final = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*")
_PARTICLES: Final = frozenset(
    ["a", "abnormal", "alleles", "exposure", "gaps", "panel", "per", "period", "same", "score", "supply", "the"]
)
"""Words of the grammar that are neither reserved nor a phrase of a table."""


@cache
def language_words() -> dict[str, list[str]]:
    """Kinds of word to words, each word under the first kind that has it; `statements` begin a line."""
    fields = {*_words(FIELD_WORDS), *_words(VARIANT_FIELD_WORDS), *_words(DISTINCT_WORDS), *_subjects(), *SEXES}
    others = _PARTICLES | _enum_words() | _words(EVENT_WORDS) | _words(PAIR_WORDS) | _words(PHASE_WORDS)
    kinds: dict[str, set[str]] = {
        "statements": set(STATEMENTS),
        "units": {f"{unit.value}{ending}" for unit in ast.Unit for ending in ("", "s")},
        "domains": _words(DOMAINS),
        "fields": fields - KEYWORDS,
        "keywords": {*others, *KEYWORDS},
    }
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for kind, words in kinds.items():
        found[kind] = sorted(words - seen)
        seen |= words
    return found


@cache
def language_choices() -> dict[str, list[str]]:
    """Every closed choice of the syntax tree by its name, with the words that its JSON form takes."""
    enums = (*_enums(), Domain, Field, PersonField, VariantField)
    return {choice.__name__: [str(member.value) for member in choice] for choice in enums}


@cache
def language_fields() -> dict[str, dict[str, dict[str, str]] | dict[str, list[str]] | list[str]]:
    """What conditions may test: the kind of value each field of an event, a person and a variant is compared with, the
    fields that each domain has, those of them with a unit, and the domains whose events can be `abnormal`."""
    return {
        "kinds": {
            "event": {field.value: _kind(spec.kind) for field, spec in FIELDS.items()},
            "person": {field.value: _kind(kind) for field, (kind, _) in PERSON_FIELDS.items()},
            "variant": {field.value: _kind(kind) for field, (kind, _) in VARIANT_FIELDS.items()},
        },
        "of": {domain.value: [field.value for field in Field if field in fields_of(domain)] for domain in Domain},
        "with_unit": {
            domain.value: [field.value for field in Field if field in fields_of(domain) and has_unit(field, domain)]
            for domain in Domain
        },
        "abnormal": [domain.value for domain in Domain if fields_of(domain) >= ABNORMAL_FIELDS],
    }


def _kind(kind: Kind) -> str:
    return kind.name.lower()


def _words(phrases: Phrases[Meaning]) -> set[str]:
    return {word for phrase in phrases.meaning for word in phrase}


def _subjects() -> set[str]:
    tables = (*PERSON_WORDS.values(), *ANCHOR_WORDS.values())
    return _split(phrase for table in tables for phrase in table.values())


def _enum_words() -> set[str]:
    """Every word that a closed choice of the syntax tree is spelled with."""
    return {word for word in _split(str(member.value) for each in _enums() for member in each) if _WORD.fullmatch(word)}


def _enums() -> list[type[Enum]]:
    return [choice for choice in vars(ast).values() if isinstance(choice, type) and issubclass(choice, Enum)]


def _split(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}
