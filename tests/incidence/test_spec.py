"""Every example of docs/reference/semantics/9-incidence.md, on every target.

An example is a fence of tables, a fence of text and a fence of numbers; several texts may follow one fence of tables.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cohort_dsl import parse
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.logical.analyze import analyze
from tests.lib.incidence import Counts, DayByDay, answered
from tests.lib.targets import TARGETS, World
from tests.spec.test_semantics import Example as Tables
from tests.spec.test_semantics import read_tables, release_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "semantics" / "9-incidence.md"
FENCE = re.compile(r"^### (?P<title>.+?)$|^```(?P<kind>tables|kohort|incidence)\n(?P<body>.*?)^```", re.M | re.S)


@dataclass(frozen=True)
class Example:
    """One executable example of the page."""

    title: str
    tables: dict[str, list[dict[str, object]]]
    text: str
    expected: dict[str, Counts]


def examples() -> list[Example]:
    found: list[Example] = []
    title, tables, text = "", {}, ""
    for match in FENCE.finditer(PAGE.read_text()):
        match match["kind"]:
            case None:
                title = match["title"]
            case "tables":
                tables = read_tables(match["body"])
            case "kohort":
                text = match["body"]
            case "incidence":
                found.append(Example(f"{title} ({name_in(text)})", tables, text, read_counts(match["body"])))
    return found


def name_in(text: str) -> str:
    return text.partition('"')[2].partition('"')[0]


def read_counts(body: str) -> dict[str, Counts]:
    rows = [[cell.strip() for cell in line.split("|")] for line in body.strip().splitlines()[1:]]
    return {name: tuple(map(int, numbers)) for name, *numbers in rows}


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_every_target_gives_the_numbers_of_the_example(example: Example, tmp_path: Path) -> None:
    world = World(release_of(Tables("", example.tables, {}, []), tmp_path))
    dictionaries = Dictionaries(Vocabulary(world.database), load_questions(world.database), frozenset())
    analysis = analyze(parse(example.text), dictionaries, {})
    assert analysis.incidence is not None
    assert DayByDay(world).incidence(analysis.plan, analysis.incidence) == example.expected
    for target in TARGETS:
        assert answered(world, analysis.plan, analysis.incidence, target) == example.expected, target


def test_the_page_has_examples() -> None:
    assert len(examples()) >= 7
