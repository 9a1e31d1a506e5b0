"""Every example of docs/reference/semantics/11-rates.md, on every target.

An example is a fence of tables, a fence of text and fences of numbers, whose first line is what is asked.
"""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.documents import read_dimensions
from cohort_dsl import parse
from cohort_dsl.ast import Unit
from engine.aggregate.intervals import Window
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.logical.analyze import analyze
from schemas.series import PrevalenceMeasure
from tests.lib.series import Asked, PersonByPerson, incidence, prevalence
from tests.lib.targets import TARGETS, World
from tests.spec.test_semantics import Example as Tables
from tests.spec.test_semantics import read_tables, release_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "semantics" / "11-rates.md"
FENCE = re.compile(
    r"^###? (?P<title>.+?)$|^```(?P<kind>tables|kohort|prevalence|strata)\n(?P<body>.*?)^```", re.M | re.S
)
QUESTION = re.compile(r"(?:(?P<measure>\w+) per (?P<per>\w+), )?(?P<first>\S+) to (?P<last>[\d-]+)(?:, by (?P<by>.+))?")


@dataclass(frozen=True)
class Example:
    """One executable example of the page."""

    title: str
    tables: dict[str, list[dict[str, object]]]
    text: str
    kind: str
    question: str
    expected: dict[tuple[str, ...], tuple[int, ...]]


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
            case kind:
                question, _, *rows = match["body"].strip().splitlines()
                expected = dict(read_row(row, 2 if kind == "prevalence" else 4) for row in rows)
                found.append(Example(title, tables, text, kind, question, expected))
    return found


def read_row(line: str, numbers: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    cells = [cell.strip() for cell in line.split("|")]
    return tuple(cells[:-numbers]), tuple(map(int, cells[-numbers:]))


def asked_in(question: str) -> Asked:
    found = QUESTION.fullmatch(question)
    first, last = (datetime.date.fromisoformat(found[end]) for end in ("first", "last"))
    return Asked(
        window=Window(first=first, last=last, per=Unit(found["per"] or "month")),
        by=read_dimensions(found["by"].split(", ") if found["by"] else None) or (),
        measure=PrevalenceMeasure(found["measure"] or "period"),
    )


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.title}: {example.question}")
def test_every_target_gives_the_numbers_of_the_example(example: Example, tmp_path: Path) -> None:
    world = World(release_of(Tables("", example.tables, {}, []), tmp_path))
    dictionaries = Dictionaries(Vocabulary(world.database), load_questions(world.database), frozenset())
    analysis, asked = analyze(parse(example.text), dictionaries, {}), asked_in(example.question)
    meaning = PersonByPerson(world)
    if example.kind == "prevalence":
        assert meaning.prevalence(analysis.plan, asked) == example.expected
        for target in TARGETS:
            assert prevalence(world, analysis.plan, asked, target) == example.expected, target
    else:
        assert analysis.incidence is not None
        assert meaning.incidence(analysis.plan, analysis.incidence, asked) == example.expected
        for target in TARGETS:
            assert incidence(world, analysis.plan, analysis.incidence, asked, target) == example.expected, target


def test_the_page_has_examples() -> None:
    assert len(examples()) >= 9
