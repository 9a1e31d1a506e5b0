"""Every example of the reference reads, formats and reads back; together they show every construct."""

import re
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path

import pytest

import cohort_dsl
from cohort_dsl import ast, canonical_hash, from_json, parse, print_cohort, to_json
from cohort_dsl.tree import walk
from schemas.errors import Problems, problems_of

REFERENCE = Path(cohort_dsl.__file__).with_name("reference.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```kohort\n(.*?)^```", REFERENCE, re.DOTALL | re.MULTILINE)


def titles(text: str) -> str:
    return text.splitlines()[0]


@pytest.mark.parametrize("text", EXAMPLES, ids=titles)
def test_example_round_trips(text: str) -> None:
    try:
        cohort = parse(text)
    except Problems as problems:
        pytest.fail("\n".join(cohort_dsl.render_problem(text, problem) for problem in problems_of(problems)))
    formatted = print_cohort(cohort)
    assert parse(formatted) == cohort == from_json(to_json(cohort))
    assert print_cohort(parse(formatted)) == formatted
    assert canonical_hash(parse(formatted)) == canonical_hash(cohort)


def _in_examples() -> list[object]:
    return [visit.value for text in EXAMPLES for visit in walk(parse(text))]


def test_examples_show_every_node() -> None:
    classes = [cls for cls in vars(ast).values() if isinstance(cls, type) and is_dataclass(cls)]
    nodes = {cls for cls in classes if cls.__module__.startswith(ast.__name__)}
    assert nodes - {type(value) for value in _in_examples()} == set()


def test_examples_show_every_word_of_the_syntax_tree() -> None:
    enums = [cls for cls in vars(ast).values() if isinstance(cls, type) and issubclass(cls, Enum)]
    members = {member for cls in enums if cls.__module__.startswith(ast.__name__) for member in cls}
    assert members - {value for value in _in_examples() if isinstance(value, Enum)} == set()
