"""Protected answers as files: CSV, Parquet, SVG, and a table in words as JSON; what was answered, and nothing else."""

import csv
import io
import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, assert_never

import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import Response

from api.client.pictures import PictureUnsuited, picture
from api.client.tables import Table, TableCell, table
from api.runs.shown import shown_table
from schemas.errors import NotAllowed
from schemas.language import Language
from schemas.wire import BreakdownAnswer, CountAnswer
from schemas.wire.pictures import ComparedCohorts, PictureKind
from schemas.wire.runs import Run, RunAnswer, RunStep

_ARROW: Final = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_FORMULA: Final = re.compile(r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What begins a formula, in full width too, as Korean and Japanese spreadsheets read it."""


class AnswerFormat(Enum):
    """How a file is written."""

    CSV = "csv"
    PARQUET = "parquet"
    SVG = "svg"
    JSON = "json"
    """The table in words, for pages."""

    @property
    def media_type(self) -> str:
        """What the file is said to be."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    AnswerFormat.CSV: "text/csv",
    AnswerFormat.PARQUET: "application/vnd.apache.parquet",
    AnswerFormat.SVG: "image/svg+xml",
    AnswerFormat.JSON: "application/json",
}


def answer_file(run: Run, step: RunStep, form: AnswerFormat, *, language: Language, width: int) -> Response:
    """A step's answer as a file, named after its run; raises `NotAllowed` when it has no picture."""
    if step.answer is None:
        raise no_answer()
    match form:
        case AnswerFormat.CSV:
            content = csv_of(table(step.answer)).encode()
        case AnswerFormat.PARQUET:
            content = parquet_of(table(step.answer), _about(run, step))
        case AnswerFormat.SVG:
            content = answer_picture(step.answer, language=language, width=width).encode()
        case AnswerFormat.JSON:
            content = shown_table(step.answer, language).model_dump_json().encode()
        case _:
            assert_never(form)
    name = f"kohort-{run.number}-{step.number}-{step.kind}.{form.value}"
    return Response(
        content, media_type=form.media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def csv_of(found: Table) -> str:
    """The table as CSV (RFC 4180), with absent cells empty. A text that a spreadsheet would run as a formula gets an
    apostrophe before it: names in it are what somebody wrote."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_plain(name) for name in found.columns])
    writer.writerows([_plain(cell) for cell in row] for row in found.rows)
    return text.getvalue()


def parquet_of(found: Table, about: Mapping[bytes | str, bytes | str]) -> bytes:
    """The table as Parquet, whose schema carries what the numbers are of."""
    fields = [pa.field(name, _ARROW[of]) for name, of in zip(found.columns, found.types, strict=True)]
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    made = pa.Table.from_pylist(rows, schema=pa.schema(fields, metadata=dict(about)))
    buffer = io.BytesIO()
    pq.write_table(made, buffer)
    return buffer.getvalue()


def picture_kind(answer: RunAnswer) -> PictureKind | None:
    """How an answer is drawn; a single count is not."""
    match answer:
        case CountAnswer():
            return None
        case ComparedCohorts():
            return "comparison"
        case BreakdownAnswer(dimensions=dimensions):
            return _breakdown_kind(dimensions)
        case _:
            return _KINDS[type(answer).__name__]


_KINDS: Final[dict[str, PictureKind]] = {
    "AttritionAnswer": "attrition",
    "PrevalenceAnswer": "trend",
    "GenotypesAnswer": "genotypes",
    "OverlapAnswer": "overlap",
}


def _breakdown_kind(dimensions: list[str]) -> PictureKind:
    """By sex and age it is a pyramid, by year alone a line."""
    words = sorted(dimension.partition("(")[0] for dimension in dimensions)
    if words == ["age", "sex"]:
        return "pyramid"
    return "trend" if words == ["index year"] else "breakdown"


def answer_picture(answer: RunAnswer, *, language: Language, width: int) -> str:
    """An answer as SVG; raises `NotAllowed` for a single count, which has none."""
    kind = picture_kind(answer)
    if kind is None or isinstance(answer, CountAnswer):
        raise NotAllowed("run-answer-none", "a single count has no picture", hint="take it as `csv` or `parquet`")
    try:
        return picture(kind, answer, language=language, width=width)
    except PictureUnsuited:
        return picture("breakdown", answer, language=language, width=width)


def _about(run: Run, step: RunStep) -> dict[bytes | str, bytes | str]:
    return {
        "kohort.release": run.release,
        "kohort.policy": run.policy_version,
        "kohort.policy_sha256": run.policy_sha256,
        "kohort.query": run.query,
        "kohort.asked": run.asked,
        "kohort.question": step.asked.model_dump_json(exclude_none=True),
        "kohort.margin": "the true number lies within persons ± margin in 95 of 100 answers",
    }


def _plain(cell: TableCell) -> TableCell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def no_answer() -> NotAllowed:
    """The run has no such answer, or has it not yet."""
    return NotAllowed("run-answer-none", "the run has no answer of this number", hint="wait until it is answered")
