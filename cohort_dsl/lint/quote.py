"""A part of a document in its own words, short enough for a message."""

from cohort_dsl.lint.places import Literal
from cohort_dsl.printing.criteria import criterion_doc
from cohort_dsl.printing.layout import render

_LONGEST = 70


def quoted(literal: Literal) -> str:
    """What the literal asks for, as the formatter writes it, on one line."""
    words = " ".join(render(criterion_doc(literal.criterion, literal.subject)).split())
    short = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
    return f"`{short}`" if literal.is_wanted else f"`not ({short})`"
