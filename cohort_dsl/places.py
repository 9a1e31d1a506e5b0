"""Where in its text each part of a document stands, by the part's place in the JSON form."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from cohort_dsl.ast import NO_SPAN, Cohort
from cohort_dsl.json_read import Place
from schemas.errors import Span


def places_of(cohort: Cohort) -> Iterator[tuple[str, Span]]:
    """JSON Pointers into the value of `cohort` in the document's JSON form, and the characters each part was read from.

    Parts without a place of their own, as every part of a document made from JSON, are left out.
    """
    yield from _places(cohort, Place())


def _places(value: object, place: Place) -> Iterator[tuple[str, Span]]:
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _places(part, place.child(number))
    if not is_dataclass(value):
        return
    span = getattr(value, "span", NO_SPAN)
    if isinstance(span, Span) and span != NO_SPAN:
        yield "" if not place.steps else str(place), span
    for part in fields(value):
        if part.name != "span":
            yield from _places(getattr(value, part.name), place.child(part.name))
