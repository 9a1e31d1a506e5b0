"""A part of a document in its own words, short enough for a message."""

from cohort_dsl.ast import Criterion, Events
from cohort_dsl.printing.criteria import criterion_doc
from cohort_dsl.printing.events import events_doc
from cohort_dsl.printing.layout import Doc, render

_LONGEST = 70


def quoted(criterion: Criterion, *, is_wanted: bool = True) -> str:
    """The criterion as the formatter writes it, on one line."""
    words = _short(criterion_doc(criterion))
    return f"`{words}`" if is_wanted else f"`not ({words})`"


def quoted_events(events: Events) -> str:
    """The events as the formatter writes them, on one line."""
    return f"`{_short(events_doc(events))}`"


def _short(doc: Doc) -> str:
    words = " ".join(render(doc).split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
