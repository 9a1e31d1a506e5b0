"""Join three unrelated open data sets into one small resource, to try the whole path on real files.

The OMOP set (Synthea patients), the VCF (1000 Genomes samples) and the survey have nothing to do with each other, so
people are paired with samples in the order of their ids, and the answers to the two-question survey are made up here
from the person id alone. Counts over the result test software; they say nothing about anybody.

    python examples/real_data/link.py OMOP_FOLDER VCF OUTPUT_FOLDER
"""

import argparse
import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
from cyvcf2 import VCF

QUESTIONS = (
    ("smoking.status", "demo", "choice", "Do you smoke?", "담배를 피우십니까?", ""),
    ("sleep.hours", "demo", "number", "How many hours do you sleep a night?", "하루에 몇 시간 주무십니까?", "h"),
)
OPTIONS = (
    ("smoking.status", "never", 1, "Never", "피운 적 없음"),
    ("smoking.status", "former", 2, "Not any more", "과거에 피움"),
    ("smoking.status", "current", 3, "Yes", "현재 피움"),
)
SHARES = (("never", 0.55), ("former", 0.75), ("current", 0.93))
"""Cumulative shares of the answers; the rest declines."""


def main() -> None:
    """Write the sample map, the survey and the consents."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("omop", "vcf", "output"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    persons = read_person_ids(arguments.omop)
    samples = VCF(str(arguments.vcf)).samples
    output: Path = arguments.output
    write(output / "samples.csv", ("sample_id", "person_id"), zip(samples, persons, strict=False))
    write(
        output / "survey" / "question.csv",
        ("question_id", "survey_id", "kind", "label", "label_ko", "unit"),
        QUESTIONS,
    )
    write(output / "survey" / "option.csv", ("question_id", "answer", "position", "label", "label_ko"), OPTIONS)
    header = ("question_id", "person_id", "answered_on", "answer", "value", "missing_reason")
    write(output / "survey" / "answer.csv", header, (row for person in persons for row in answers(person)))
    write(
        output / "consent.csv",
        ("person_id", "permission", "granted_on", "withdrawn_on"),
        ((person, "GRU", "2010-01-01", "2018-01-01" if draw(person, "withdrawn") < 0.01 else "") for person in persons),
    )
    print(f"{min(len(samples), len(persons)):,} samples linked to {len(persons):,} persons in {output}")  # noqa: T201


def read_person_ids(omop: Path) -> list[int]:
    """Person ids of an OMOP folder, ascending."""
    query = "SELECT person_id FROM read_parquet($file) ORDER BY person_id"
    return [row[0] for row in duckdb.execute(query, {"file": str(omop / "person.parquet")}).fetchall()]


def answers(person: int) -> Iterable[Sequence[object]]:
    """The answers of one person, the same every time."""
    share = draw(person, "smoking")
    answer = next((word for word, limit in SHARES if share < limit), "")
    yield "smoking.status", person, "2015-06-01", answer, "", "" if answer else "declined"
    yield "sleep.hours", person, "2015-06-01", "", 4 + round(8 * draw(person, "sleep")) / 2, ""


def draw(person: int, topic: str) -> float:
    """A number from 0 to 1 that depends on the arguments alone."""
    return int.from_bytes(hashlib.sha256(f"{topic}:{person}".encode()).digest()[:4]) / 2**32


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file with a header; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
