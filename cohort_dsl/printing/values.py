"""Numbers, dates, ranges, durations and lists of texts."""

import datetime

from cohort_dsl.ast import AnswerIn, Between, Compare, Duration, RangeTest
from cohort_dsl.lexer import escape
from cohort_dsl.printing.layout import Doc, bracketed
from cohort_dsl.words import is_bare_question

_LARGEST_WHOLE = 1e15


def number_text(value: float) -> str:
    """The shortest spelling that reads back as the same number."""
    if value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    return repr(value)


def percent_text(value: float) -> str:
    """`0.1%` for 0.001; the decimal point is moved in the text, so that nothing is rounded."""
    text = repr(value)
    if "e" in text or not 0 < value < 1:
        return number_text(value)
    digits = text.removeprefix("0.")
    whole, fraction = digits[:2].ljust(2, "0").lstrip("0") or "0", digits[2:]
    return f"{whole}.{fraction}%" if fraction else f"{whole}%"


def limit_text(value: float | datetime.date, *, percent: bool = False) -> str:
    """A number or a date."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return percent_text(value) if percent else number_text(value)


def range_text(test: RangeTest, *, percent: bool = False) -> str:
    """`>= 40`, `in 40..79`."""
    match test:
        case Compare(operator=operator, value=value):
            return f"{operator.value} {limit_text(value, percent=percent)}"
        case Between(low=low, high=high):
            sides = ("" if side is None else limit_text(side, percent=percent) for side in (low, high))
            return f"in {'..'.join(sides)}"


def duration_text(duration: Duration) -> str:
    """`30 days`; the sign is left to the words around it."""
    count = abs(duration.count)
    return f"{count} {duration.unit.value}{'' if count == 1 else 's'}"


def days_text(first: datetime.date | None, last: datetime.date | None) -> str:
    """`2010-01-01..2019-12-31`, either side left open."""
    return "..".join("" if day is None else day.isoformat() for day in (first, last))


def question_text(question: str) -> str:
    """The name of a survey question, quoted when it has to be."""
    return question if is_bare_question(question) else escape(question)


def answer_doc(test: AnswerIn | RangeTest) -> tuple[Doc, ...]:
    """What an answer must be: `is "current"`, `in ("current", "former")`, `>= 3`."""
    return choice_doc(test.values) if isinstance(test, AnswerIn) else (range_text(test),)


def texts_doc(texts: tuple[str, ...]) -> Doc:
    """`("current", "former")`."""
    return bracketed(escape(text) for text in texts)


def choice_doc(texts: tuple[str, ...]) -> tuple[Doc, ...]:
    """`is "current"`, `in ("current", "former")`."""
    if len(texts) == 1:
        return (f"is {escape(texts[0])}",)
    return ("in ", texts_doc(texts))
