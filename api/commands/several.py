"""Commands about several cohorts at once."""

from typing import Annotated

import typer
from rich.text import Text

from api.commands.answering import print_footer, request_of
from api.commands.console import out, print_json, reporting, table_of, value_text
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
from api.commands.reading import open_session, read_document_file
from api.several import ask_overlap, ask_profile, overlap_answer, profile_answer, validate_all
from schemas.policy import AccessTier
from schemas.wire import OverlapAnswer

app = typer.Typer()


@app.command()
def overlap(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="2 to 4 cohort documents.")],
    library: Library = [],  # noqa: B006 - typer copies it
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    precision: PrecisionOption = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Count the persons in every combination of cohorts."""
    with reporting(as_json=as_json):
        documents = [read_document_file(file, library) for file in files]
        with open_session(releases, state, release) as session:
            requests = [request_of(document, tier, project, precision, reason=reason) for document in documents]
            found = validate_all(session, documents, tier)
            safe = ask_overlap(session, requests)
        answer = overlap_answer(safe, documents, found)
        if as_json:
            print_json(answer)
            return
        print_overlap(answer)
        print_footer(answer)


@app.command()
def profile(
    file: DocumentFile,
    group: Annotated[list[str], typer.Option("--group", help="Another cohort document; may be repeated.")],
    most: Annotated[int, typer.Option("--most", min=1, help="Groups a person is counted in at most.")] = 1,
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    precision: PrecisionOption = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Count the persons of a cohort that are in each of several groups."""
    with reporting(as_json=as_json):
        documents = [read_document_file(each, library) for each in (file, *group)]
        with open_session(releases, state, release) as session:
            first, *others = [request_of(each, tier, project, precision, reason=reason) for each in documents]
            found = validate_all(session, documents, tier)
            safe = ask_profile(session, first, others, most)
        answer = profile_answer(safe, documents, found)
        if as_json:
            print_json(answer)
            return
        rows = [[each.name, value_text(each.count)] for each in answer.groups]
        rows.append(["total", value_text(answer.total)])
        out().print(table_of(documents[0].cohort.name, ["in group", "persons"], rows, right=1))
        if answer.most is not None:
            out().print(Text(f"each person is counted in at most {answer.most} of the groups", style="dim"))
        print_footer(answer)


def print_overlap(answer: OverlapAnswer) -> None:
    """Each cohort, then each region: a number for those its persons are in."""
    for number, cohort in enumerate(answer.cohorts, 1):
        out().print(Text.assemble(f"{number}  {cohort.name}: ", (value_text(cohort.count), "bold")))
    rows = [
        [" and ".join(str(position + 1) for position in region.cohorts), value_text(region.count)]
        for region in answer.regions
    ]
    out().print(table_of(None, ["in these cohorts and no others", "persons"], rows, right=1))
