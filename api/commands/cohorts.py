"""Commands about one cohort document, from reading it to its numbers."""

from enum import Enum
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.answering import print_footer, request_of
from api.commands.console import (
    out,
    print_json,
    print_lints,
    print_notes,
    print_unmatched,
    reporting,
    table_of,
    value_text,
)
from api.commands.execution import print_execution
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    DocumentFile,
    Library,
    PrecisionOption,
    Project,
    Reason,
    ReleaseId,
    Releases,
    State,
    Tier,
)
from api.commands.reading import open_session, read_document_file, read_file
from api.documents import dimension_text, format_text, read_dimensions
from api.envelope import attrition_answer, breakdown_answer, count_answer, lints_of, notes_of, unmatched_of
from api.problems import about
from api.statistics import execution_answer
from cohort_dsl import canonical_hash, complete, to_document, to_json
from schemas.policy import AccessTier
from schemas.wire import (
    CompletionItem,
    Completions,
    Estimate,
    ExplanationAnswer,
    FormattedDocument,
    ValidationAnswer,
)

app = typer.Typer()


class Spelling(Enum):
    """The spellings a document can be printed in."""

    TEXT = "text"
    JSON = "json"


@app.command()
def validate(
    file: DocumentFile,
    library: Library = [],  # noqa: B006 - typer copies it
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    as_json: AsJson = False,
) -> None:
    """Read a document and look its names up; nothing is counted."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        with open_session(releases, state, release) as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, tier)
            lints = session.lints(document.cohort)
            overview = session.overview()
        answer = ValidationAnswer(
            release=overview.release_id,
            policy_version=overview.policy_version,
            policy_sha256=overview.policy_sha256,
            query=found.query_hash,
            cost_class=found.cost_class,
            leaves=found.leaves,
            depth=found.depth,
            unmatched=unmatched_of(found.unmatched),
            lints=lints_of(lints, document.text),
            notes=notes_of(document.notes),
        )
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
        cohort = document.cohort
        if as_json:
            text = format_text(document)
            wire = FormattedDocument(canonical_hash=canonical_hash(cohort), text=text, cohort=to_document(cohort))
            print_json(wire)
        else:
            typer.echo((to_json(cohort) if to is Spelling.JSON else format_text(document)).rstrip("\n"))


@app.command()
def count(
    file: DocumentFile,
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count the persons of a cohort."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        with open_session(releases, state, release) as session, about(document.text):
            request = request_of(document, tier, project, precision, reason=reason)
            found = engine.validate(session, document.cohort, document.library, tier)
            answer = count_answer(engine.count(session, request), found.query_hash, found.unmatched)
        if as_json:
            print_json(answer)
            return
        out().print(Text.assemble((value_text(answer.count), "bold"), f" persons in {document.cohort.name}"))
        print_footer(answer)


@app.command()
def breakdown(
    file: DocumentFile,
    by: Annotated[list[str], typer.Option("--by", help="Dimension, as after `count by`; may be repeated.")] = [],  # noqa: B006
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count the persons of a cohort by sex, age, region, race, year, a survey question or genotype."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        dimensions = read_dimensions(by)
        with open_session(releases, state, release) as session, about(document.text):
            request = request_of(document, tier, project, precision, dimensions, reason=reason)
            found = engine.validate(session, document.cohort, document.library, tier)
            safe = engine.breakdown(session, request)
        words = [dimension_text(dimension) for dimension in dimensions or document.cohort.count_by]
        answer = breakdown_answer(safe, found.query_hash, found.unmatched, words)
        if as_json:
            print_json(answer)
            return
        rows = [[*cell.label, value_text(cell.count)] for cell in answer.cells]
        rows.append(["total", *[""] * (len(words) - 1), value_text(answer.total)])
        out().print(table_of(document.cohort.name, [*words, "persons"], rows, right=1))
        for each in answer.summaries:
            lower, median, upper = map(_estimate_text, each.quartiles)
            mean = _estimate_text(each.mean)
            out().print(Text(f"{each.dimension}: mean {mean}; median {median}; quartiles {lower} and {upper}"))
        print_footer(answer)


@app.command()
def attrition(
    file: DocumentFile,
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count how many persons are left after each rule."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        with open_session(releases, state, release) as session, about(document.text):
            request = request_of(document, tier, project, precision, reason=reason)
            found = engine.validate(session, document.cohort, document.library, tier)
            answer = attrition_answer(engine.attrition(session, request), found.query_hash, found.unmatched)
        if as_json:
            print_json(answer)
            return
        rows = [["everyone in the release", f"{answer.population:,}"]]
        rows += [[step.name, value_text(step.left)] for step in answer.steps]
        out().print(table_of(document.cohort.name, ["step", "persons left"], rows, right=1))
        print_footer(answer)


@app.command()
def explain(
    file: DocumentFile,
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
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
        with open_session(releases, state, release) as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, AccessTier.INTERNAL)
            if analyze:
                request = request_of(document, AccessTier.INTERNAL, "internal", reason=reason)
                ran = execution_answer(engine.explain_analyzed(session, request), found.query_hash, found.unmatched)
                print_execution(document.cohort.name, ran, as_json=as_json)
                return
            explanation = engine.explain(session, document.cohort, document.library, target)
            overview = session.overview()
        answer = ExplanationAnswer(
            release=overview.release_id,
            policy_version=overview.policy_version,
            policy_sha256=overview.policy_sha256,
            query=found.query_hash,
            text=explanation.text,
            logical=explanation.logical,
            physical=explanation.physical,
            sql=list(explanation.sql),
            unmatched=unmatched_of(explanation.unmatched),
        )
        if as_json:
            print_json(answer)
            return
        parts = [("document", answer.text), ("logical plan", answer.logical), ("physical plan", explanation.physical)]
        parts += [(f"SQL {number}", sql) for number, sql in enumerate(explanation.sql, 1)]
        for heading, text in parts:
            out().print(Text(heading, style="bold"))
            typer.echo(text.rstrip("\n") + "\n")
        print_unmatched(answer.unmatched)


def _estimate_text(estimate: Estimate) -> str:
    return f"{estimate.value:g} ({estimate.low:g} to {estimate.high:g})"


@app.command("complete")
def complete_text(
    file: DocumentFile,
    position: Annotated[int | None, typer.Option("--position", min=0, help="Character; the end if absent.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what may come next at a place of a text."""
    with reporting(as_json=as_json):
        text = read_file(file)
        items = complete(text, len(text) if position is None else position)
        if as_json:
            wire = [CompletionItem(insert=item.text, kind=item.kind.value, start=item.start) for item in items]
            print_json(Completions(items=wire))
            return
        out().print(table_of(None, ["next", "kind"], [[item.text, item.kind.value] for item in items]))
