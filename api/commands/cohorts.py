"""Commands about one cohort document, from reading it to its numbers."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

import engine
from api.commands.answering import print_answer
from api.commands.asking import Asker, Place, Question
from api.commands.console import (
    out,
    print_json,
    print_lints,
    print_model,
    print_notes,
    print_unmatched,
    reporting,
    table_of,
    value_text,
)
from api.commands.execution import print_execution
from api.commands.grouped import grouped
from api.commands.options import AsJson, By, DocumentFile, Library, PrecisionOption, Reason, Tier
from api.commands.reading import read_document_file, read_file
from api.documents import dimension_text, format_text, read_dimensions
from api.envelope import attrition_answer, breakdown_answer, count_answer
from api.problems import about
from api.statistics import execution_answer
from api.understanding import completions, explanation_answer, formatted_document, validation_answer
from cohort_dsl import to_json
from schemas.policy import AccessTier
from schemas.wire import AttritionAnswer, BreakdownAnswer, Completions, CountAnswer, Estimate

app = typer.Typer()


class Spelling(Enum):
    """The spellings a document can be printed in."""

    TEXT = "text"
    JSON = "json"


@app.command()
@grouped
def validate(
    file: DocumentFile,
    library: Library = [],  # noqa: B006 - typer copies it
    *,
    place: Place,
    tier: Tier = AccessTier.INTERNAL,
    as_json: AsJson = False,
) -> None:
    """Read a document and look its names up; nothing is counted."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        with place.session() as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, tier)
            lints = session.lints(document.cohort)
            answer = validation_answer(session, document, found, lints)
        if as_json:
            print_json(answer)
            return
        print_notes(document.notes)
        print_unmatched(answer.unmatched)
        print_lints(lints, document.text)
        out().print(
            Text(f"{document.cohort.name}: can be answered ({answer.cost_class.value}, {answer.leaves} criteria)")
        )


@app.command("format")
def format_document(
    file: DocumentFile,
    to: Annotated[Spelling, typer.Option("--to", help="Spelling to print.")] = Spelling.TEXT,
    as_json: AsJson = False,
) -> None:
    """Print the document as the formatter writes it."""
    with reporting(as_json=as_json):
        document = read_document_file(file, [])
        if as_json:
            print_json(formatted_document(document))
        else:
            typer.echo((to_json(document.cohort) if to is Spelling.JSON else format_text(document)).rstrip("\n"))


@app.command()
@grouped
def count(question: Question, precision: PrecisionOption = None, as_json: AsJson = False) -> None:
    """Count the persons of a cohort."""
    with reporting(as_json=as_json):
        found = question.found(engine.count, precision=precision)
        answer = count_answer(found.safe, found.query_hash, found.unmatched)
        print_answer(answer, _count_parts(found.name, answer), as_json=as_json)


def _count_parts(name: str, answer: CountAnswer) -> Iterator[RenderableType]:
    yield Text.assemble((value_text(answer.count), "bold"), f" persons in {name}")


@app.command()
@grouped
def breakdown(by: By = [], *, question: Question, precision: PrecisionOption = None, as_json: AsJson = False) -> None:  # noqa: B006
    """Count the persons of a cohort by sex, age, region, race, year, a survey question or genotype."""
    with reporting(as_json=as_json):
        dimensions = read_dimensions(by)
        found = question.found(engine.breakdown, precision=precision, dimensions=dimensions)
        words = [dimension_text(dimension) for dimension in dimensions or found.document.cohort.count_by]
        answer = breakdown_answer(found.safe, found.query_hash, found.unmatched, words)
        print_answer(answer, _breakdown_parts(found.name, answer), as_json=as_json)


def _breakdown_parts(name: str, answer: BreakdownAnswer) -> Iterator[RenderableType]:
    rows = [[*cell.label, value_text(cell.count)] for cell in answer.cells]
    rows.append(["total", *[""] * (len(answer.dimensions) - 1), value_text(answer.total)])
    yield table_of(name, [*answer.dimensions, "persons"], rows, right=1)
    for each in answer.summaries:
        lower, median, upper = map(_estimate_text, each.quartiles)
        mean = _estimate_text(each.mean)
        yield Text(f"{each.dimension}: mean {mean}; median {median}; quartiles {lower} and {upper}")


def _estimate_text(estimate: Estimate) -> str:
    return f"{estimate.value:g} ({estimate.low:g} to {estimate.high:g})"


@app.command()
@grouped
def attrition(question: Question, precision: PrecisionOption = None, as_json: AsJson = False) -> None:
    """Count how many persons are left after each rule."""
    with reporting(as_json=as_json):
        found = question.found(engine.attrition, precision=precision)
        answer = attrition_answer(found.safe, found.query_hash, found.unmatched)
        print_answer(answer, _attrition_parts(found.name, answer), as_json=as_json)


def _attrition_parts(name: str, answer: AttritionAnswer) -> Iterator[RenderableType]:
    rows = [["everyone in the release", f"{answer.population:,}"]]
    rows += [[step.name, value_text(step.left)] for step in answer.steps]
    yield table_of(name, ["step", "persons left"], rows, right=1)


@app.command()
@grouped
def explain(
    file: DocumentFile,
    library: Library = [],  # noqa: B006
    *,
    place: Place,
    target: Annotated[
        str | None, typer.Option("--target", help="Engine to plan for: kernels, duckdb or polars.", hidden=True)
    ] = None,
    analyze: Annotated[
        bool, typer.Option("--analyze", help="Run it too, and show what each step was thought to take and took.")
    ] = False,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Show how a document is understood and computed: text, logical and physical plan, SQL."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        with place.session() as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, AccessTier.INTERNAL)
            if analyze:
                request = Asker(reason=reason).request(document)
                ran = execution_answer(engine.explain_analyzed(session, request), found.query_hash, found.unmatched)
                print_execution(document.cohort.name, ran, as_json=as_json)
                return
            explanation = engine.explain(session, document.cohort, document.library, target)
            answer = explanation_answer(session, found, explanation, has_plan=True)
        if as_json:
            print_json(answer)
            return
        parts = [("document", answer.text), ("logical plan", answer.logical), ("physical plan", explanation.physical)]
        parts += [(f"SQL {number}", sql) for number, sql in enumerate(explanation.sql, 1)]
        for heading, text in parts:
            out().print(Text(heading, style="bold"))
            typer.echo(text.rstrip("\n") + "\n")
        print_unmatched(answer.unmatched)


@app.command("complete")
def complete_text(
    file: DocumentFile,
    position: Annotated[int | None, typer.Option("--position", min=0, help="Character; the end if absent.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what may come next at a place of a text."""
    with reporting(as_json=as_json):
        text = read_file(file)
        found = completions(text, len(text) if position is None else position)
        print_model(found, _completion_parts(found), as_json=as_json)


def _completion_parts(found: Completions) -> Iterator[RenderableType]:
    yield table_of(None, ["next", "kind"], [[item.insert, item.kind] for item in found.items])
