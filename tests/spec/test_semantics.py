"""Every example of docs/reference/semantics, on every target.

An example is a fence of tables, a fence of text, and a fence with the cohort's rows; or a fence of tables and a fence of
criteria with the people of whom each is true and unknown. Tables before the first example of a section (`##`) are those of
all its examples. Every person mentioned is observed from 2000-01-01 to 2020-12-31 unless the example gives observation
periods.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
from tests.lib.written_genotypes import calls_of, persons_in

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "semantics"
FENCE = re.compile(
    r"^(?P<level>##+) (?P<title>.+?)$|^```(?P<kind>tables|kohort|library|cohort|criteria)\n(?P<body>.*?)^```",
    re.M | re.S,
)
CELL_END = re.compile(r" \|(?= |$)")
"""A bar within a cell, as in the call `0|1`, has no space before it."""
COLUMNS = {table.name: {column.name: column.type for column in table.columns} for table in RELEASE_TABLES}
DEFAULT_PERIOD = {"start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 12, 31)}
BORN = datetime.date(1970, 6, 15)
ASKED_ON = datetime.date(2010, 1, 1)


Stay = tuple[int, datetime.date, datetime.date]


@dataclass(frozen=True)
class Example:
    """One executable example of the reference."""

    title: str
    tables: dict[str, list[dict[str, object]]]
    library: Mapping[str, str]
    asked: list[tuple[str, list[Stay]]]
    """Documents, each with the rows of its cohort."""


def examples() -> list[Example]:
    return [example for path in sorted(FOLDER.glob("*.md")) for example in read_examples(path)]


def read_examples(path: Path) -> list[Example]:
    found: list[Example] = []
    title, tables, shared, library, text = "", {}, {}, {}, ""
    for match in FENCE.finditer(path.read_text()):
        body = match["body"]
        match match["kind"]:
            case None if match["level"] == "##":
                title, tables, shared = "", {}, {}
            case None:
                title, tables, library, text = match["title"], shared, {}, ""
            case "tables" if not title:
                shared = read_tables(body)
            case "tables":
                tables = shared | read_tables(body)
            case "library":
                library = {re.search(r'cohort "(.+?)"', body)[1]: body}
            case "kohort":
                text = body
            case "cohort":
                rows = [row.split("|") for row in body.strip().splitlines()[1:]]
                expected = [(int(p), day(s.strip()), day(e.strip())) for p, s, e in rows]
                found.append(Example(f"{path.stem}: {title}", tables, library, [(text, expected)]))
            case "criteria":
                found.append(Example(f"{path.stem}: {title}", tables, library, list(asked_of_everyone(body))))
    return found


def asked_of_everyone(body: str) -> Iterator[tuple[str, list[Stay]]]:
    """Documents that ask of whom each criterion is true, and of whom it is unknown."""
    for line in body.splitlines()[1:]:
        true, unknown, criterion = (cell.strip() for cell in CELL_END.split(line))
        for people, asked in ((true, criterion), (unknown, f"unknown ({criterion})")):
            text = (
                f'cohort "people"\nindex everyone on {ASKED_ON}\ninclude "asked" when {asked}\nend 0 days after start'
            )
            yield text, [(int(person), ASKED_ON, ASKED_ON) for person in people.split()]


def read_tables(body: str) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = {}
    for block in body.strip().split("\n\n"):
        lines = [[cell.strip() for cell in CELL_END.split(line)] for line in block.splitlines()]
        name, columns = lines[0][0], lines[0][1:]
        tables[name] = [
            {c: value(name, c, cell) for c, cell in zip(columns, line[1:], strict=True) if cell} for line in lines[1:]
        ]
    return tables


def value(table: str, column: str, cell: str) -> object:
    if table == "genotypes":
        return cell
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
    genotypes = tables.pop("genotypes", None)
    samples = persons_in(genotypes) if genotypes else []
    people = {int(row["person"]) for rows in tables.values() for row in rows if "person" in row}
    count = max(people.union(samples)) + 1
    given = {row["person"]: row for row in tables.get("person", [])}
    tables["person"] = [
        {"gender_concept_id": 0, "birth_date": BORN, "year_of_birth": BORN.year, "person": n} | given.get(n, {})
        for n in range(count)
    ]
    if "observation_period" not in tables:
        tables["observation_period"] = [{"person": n, **DEFAULT_PERIOD} for n in range(count)]
    ids = range(1, 100)
    tables.setdefault("concept", [{"concept_id": n, "vocabulary_id": "TEST", "concept_code": str(n)} for n in ids])
    if genotypes is None:
        return write_release(root, tables)
    sexes = {row["person"]: row["sex"] for row in tables.get("sample", [])}
    tables["sample"] = [{"person": person, "sex": sexes.get(person)} for person in samples]
    genes = sorted({variant["gene"] for variant in tables["variant"] if "gene" in variant})
    tables.setdefault("gene", [{"gene": gene, "contig": "1"} for gene in genes])
    return write_release(root, tables, calls=calls_of(genotypes))


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_every_target_gives_the_rows_of_the_example(example: Example, tmp_path: Path) -> None:
    world = World(release_of(example, tmp_path))
    dictionaries = Dictionaries(
        vocabulary=Vocabulary(world.database),
        questions=load_questions(world.database),
        genes=frozenset(gene.gene for gene in world.genotypes.genes(limit=100)),
        panels=world.genotypes.panels,
        scores=frozenset(world.genotypes.scores),
    )
    library = {name: parse(text) for name, text in example.library.items()}
    for text, expected in example.asked:
        plan = analyze(parse(text), dictionaries, library).plan
        assert rows(world.reference(plan)) == expected, f"reference: {text}"
        for target in TARGETS:
            assert rows(world.answer(plan, target)) == expected, f"{target}: {text}"


def rows(result: CohortResult) -> list[Stay]:
    epoch = datetime.date(1970, 1, 1)
    return [
        (person, epoch + datetime.timedelta(days=start), epoch + datetime.timedelta(days=end))
        for person, start, end in zip(
            result.rows.person.tolist(), result.rows.start.tolist(), result.rows.end.tolist(), strict=True
        )
    ]


def test_the_reference_has_examples() -> None:
    assert len(examples()) >= 120
