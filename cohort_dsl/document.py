"""Reading a whole document: size, then shape, then what it says."""

from cohort_dsl.ast import Cohort
from cohort_dsl.check import check
from cohort_dsl.json_form import parse_json
from cohort_dsl.limits import check_length, check_size
from cohort_dsl.parser import parse_text
from cohort_dsl.tree import walk
from schemas.errors import Problem, Problems


def parse(text: str) -> Cohort:
    """The cohort a text defines; `Problems` holds everything that is wrong with it."""
    check_length(text)
    return validate(parse_text(text))


def from_json(text: str) -> Cohort:
    """The cohort a JSON text defines; `Problems` holds what is wrong with it."""
    try:
        cohort = parse_json(text)
    except Problem as problem:
        raise Problems([problem]) from None
    return validate(cohort)


def validate(cohort: Cohort) -> Cohort:
    """The same cohort when it is within the limits and can be meant; else `Problems`."""
    visits = tuple(walk(cohort))
    problems = check_size(visits) or check(cohort, visits)
    if problems:
        raise Problems(problems)
    return cohort
