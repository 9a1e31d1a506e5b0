"""Commands about several cohorts at once."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from api.commands.answering import print_answer
from api.commands.asking import Asker
from api.commands.console import reporting, table_of, value_text
from api.commands.grouped import grouped
from api.commands.options import AsJson, DocumentFile, PrecisionOption
from api.several import ask_overlap, ask_profile, overlap_answer, profile_answer, validate_all
from schemas.wire import OverlapAnswer, ProfileAnswer

app = typer.Typer()


@app.command()
@grouped
def overlap(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="2 to 4 cohort documents.")],
    *,
    asker: Asker,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count the persons in every combination of cohorts."""
    with reporting(as_json=as_json):
        documents = [asker.document(file) for file in files]
        requests = [asker.request(document, precision=precision) for document in documents]
        with asker.session() as session:
            found = validate_all(session, documents, asker.tier)
            safe = ask_overlap(session, requests)
        answer = overlap_answer(safe, documents, found)
        print_answer(answer, _overlap_parts(answer), as_json=as_json)


def _overlap_parts(answer: OverlapAnswer) -> Iterator[RenderableType]:
    """Each cohort, then each region: a number for those its persons are in."""
    for number, cohort in enumerate(answer.cohorts, 1):
        yield Text.assemble(f"{number}  {cohort.name}: ", (value_text(cohort.count), "bold"))
    rows = [
        [" and ".join(str(position + 1) for position in region.cohorts), value_text(region.count)]
        for region in answer.regions
    ]
    yield table_of(None, ["in these cohorts and no others", "persons"], rows, right=1)


@app.command()
@grouped
def profile(
    file: DocumentFile,
    group: Annotated[list[str], typer.Option("--group", help="Another cohort document; may be repeated.")],
    most: Annotated[int, typer.Option("--most", min=1, help="Groups a person is counted in at most.")] = 1,
    *,
    asker: Asker,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count the persons of a cohort that are in each of several groups."""
    with reporting(as_json=as_json):
        documents = [asker.document(each) for each in (file, *group)]
        first, *others = [asker.request(each, precision=precision) for each in documents]
        with asker.session() as session:
            found = validate_all(session, documents, asker.tier)
            safe = ask_profile(session, first, others, most)
        answer = profile_answer(safe, documents, found)
        print_answer(answer, _profile_parts(documents[0].cohort.name, answer), as_json=as_json)


def _profile_parts(name: str, answer: ProfileAnswer) -> Iterator[RenderableType]:
    rows = [[each.name, value_text(each.count)] for each in answer.groups]
    rows.append(["total", value_text(answer.total)])
    yield table_of(name, ["in group", "persons"], rows, right=1)
    if answer.most is not None:
        yield Text(f"each person is counted in at most {answer.most} of the groups", style="dim")
