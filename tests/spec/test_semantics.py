"""Every example of docs/reference/semantics, on every target.

An example is a fence of tables, a fence of text, and a fence with the cohort's rows. Every person mentioned is
observed from 2000-01-01 to 2020-12-31 unless the example gives observation periods.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cohort_dsl import parse
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.logical.analyze import analyze
from engine.physical.entries import CohortResult
from schemas.release import RELEASE_TABLES
from schemas.tables import ColumnType
from tests.lib.releases import write_release
from tests.lib.targets import TARGETS, World

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "semantics"
FENCE = re.compile(r"^### (?P<title>.+?)$|^```(?P<kind>tables|kohort|library|cohort)\n(?P<body>.*?)^```", re.M | re.S)
COLUMNS = {table.name: {column.name: column.type for column in table.columns} for table in RELEASE_TABLES}
DEFAULT_PERIOD = {"start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 12, 31)}
BORN = datetime.date(1970, 6, 15)


@dataclass(frozen=True)
class Example:
    """One executable example of the reference."""

    title: str
    tables: dict[str, list[dict[str, object]]]
    text: str
    library: Mapping[str, str]
    expected: list[tuple[int, datetime.date, datetime.date]]


def examples() -> list[Example]:
    return [example for path in sorted(FOLDER.glob("*.md")) for example in read_examples(path)]


def read_examples(path: Path) -> list[Example]:
    found: list[Example] = []
    title, tables, library, text = "", {}, {}, ""
    for match in FENCE.finditer(path.read_text()):
        body = match["body"]
        match match["kind"]:
            case None:
                title, tables, library, text = match["title"], {}, {}, ""
            case "tables":
                tables = read_tables(body)
            case "library":
                library = {re.search(r'cohort "(.+?)"', body)[1]: body}
            case "kohort":
                text = body
            case "cohort":
                rows = [row.split("|") for row in body.strip().splitlines()[1:]]
                expected = [(int(p), day(s.strip()), day(e.strip())) for p, s, e in rows]
                found.append(Example(f"{path.stem}: {title}", tables, text, library, expected))
    return found


def read_tables(body: str) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = {}
    for block in body.strip().split("\n\n"):
        lines = [[cell.strip() for cell in line.split("|")] for line in block.splitlines()]
        name, columns = lines[0][0], lines[0][1:]
        tables[name] = [
            {c: value(name, c, cell) for c, cell in zip(columns, line[1:], strict=True) if cell} for line in lines[1:]
        ]
    return tables


def value(table: str, column: str, cell: str) -> object:
    if table == "calls":
        return int(cell)
    match COLUMNS[table][column]:
        case ColumnType.TEXT:
            return cell
        case ColumnType.DATE:
            return day(cell)
        case ColumnType.FLOAT64:
            return float(cell)
        case _:
            return int(cell)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def release_of(example: Example, root: Path):
    tables = dict(example.tables)
    calls = tables.pop("calls", None)
    people = sorted({int(row["person"]) for rows in tables.values() for row in rows if "person" in row})
    count = max(people) + 1
    given = {row["person"]: row for row in tables.get("person", [])}
    tables["person"] = [
        {"gender_concept_id": 0, "birth_date": BORN, "year_of_birth": BORN.year, "person": n} | given.get(n, {})
        for n in range(count)
    ]
    if "observation_period" not in tables:
        tables["observation_period"] = [{"person": n, **DEFAULT_PERIOD} for n in range(count)]
    ids = range(1, 100)
    tables.setdefault("concept", [{"concept_id": n, "vocabulary_id": "TEST", "concept_code": str(n)} for n in ids])
    if "variant" not in tables:
        return write_release(root, tables)
    tables.setdefault("gene", [{"gene": g, "contig": "1"} for g in sorted({v["gene"] for v in tables["variant"]})])
    matrix = np.array([[call["call"] for call in calls if call["variant"] == n] for n in range(len(tables["variant"]))])
    return write_release(root, tables, calls=matrix.astype(np.int8))


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_every_target_gives_the_rows_of_the_example(example: Example, tmp_path: Path) -> None:
    world = World(release_of(example, tmp_path))
    genes = frozenset(gene.gene for gene in world.genotypes.genes(limit=100))
    dictionaries = Dictionaries(Vocabulary(world.database), load_questions(world.database), genes)
    library = {name: parse(text) for name, text in example.library.items()}
    plan = analyze(parse(example.text), dictionaries, library).plan
    assert rows(world.reference(plan)) == example.expected, "reference"
    for target in TARGETS:
        assert rows(world.answer(plan, target)) == example.expected, target


def rows(result: CohortResult) -> list[tuple[int, datetime.date, datetime.date]]:
    epoch = datetime.date(1970, 1, 1)
    return [
        (person, epoch + datetime.timedelta(days=start), epoch + datetime.timedelta(days=end))
        for person, start, end in zip(
            result.rows.person.tolist(), result.rows.start.tolist(), result.rows.end.tolist(), strict=True
        )
    ]


def test_the_reference_has_examples() -> None:
    assert len(examples()) >= 120
