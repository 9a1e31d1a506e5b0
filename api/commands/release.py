"""Commands about published releases: which there are, which is current, whether it is whole, what its people permit."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.console import confirm, out, print_json, progress_bar, reporting, table_of
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    Agreed,
    AsJson,
    Cubes,
    PolicyFile,
    ReleaseId,
    Releases,
    State,
)
from api.commands.reports import ReleaseEntries, ReleaseEntry, release_entry
from api.settings import ServerSettings
from schemas.consent import PERMISSION_CODES
from schemas.policy import NANO_RHO
from schemas.policy_file import read_policy
from schemas.wire import ConsentClassInfo, Wire

app = typer.Typer(help="List, choose and check releases.", no_args_is_help=True)

ReleaseArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a release.")]


class ConsentOfRelease(Wire):
    """What `kohort release consent --json` prints."""

    release: str
    persons: int
    consent: list[ConsentClassInfo]


@app.command("list")
def list_releases(releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """List the published releases."""
    with reporting(as_json=as_json):
        ids = engine.release_ids(releases)
        current = engine.current_release_id(releases) if ids else None
        entries = [
            release_entry(engine.read_manifest(releases / release_id), is_current=release_id == current)
            for release_id in ids
        ]
        if as_json:
            print_json(ReleaseEntries(releases=entries))
            return
        if not entries:
            hint = "make one with `kohort synth` or `kohort ingest`, or name another folder with --releases"
            out().print(Text(f"there are no releases in {releases.absolute()}; {hint}"), soft_wrap=True)
            return
        rows = [
            ["*" if entry.is_current else "", entry.release, entry.created, str(entry.phase), f"{entry.persons:,}"]
            for entry in entries
        ]
        out().print(table_of(None, ["current", "release", "created", "phase", "persons"], rows, right=2))


@app.command("use")
def use(release_id: ReleaseArgument, releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """Make a release the current one, after checking every byte of it."""
    with reporting(as_json=as_json):
        _print_release(
            release_entry(engine.use_release(releases, release_id).manifest, is_current=True), as_json, "is current"
        )


@app.command("verify")
def verify(release_id: ReleaseArgument, releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """Read every byte of a release and of its indexes, and compare it with its checksum."""
    with reporting(as_json=as_json):
        opened = engine.verify_release(releases, release_id)
        files = len(opened.manifest.files)
        _print_release(_entry(opened, releases), as_json, f"is whole: {files} files match, and so do its indexes")


@app.command("index")
def index(release_id: ReleaseArgument, releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """Build the indexes of a release anew; one that is absent is built by itself when the release is opened."""
    with reporting(as_json=as_json):
        with progress_bar(quiet=as_json) as bar:
            opened = engine.index_release(releases, release_id, progress=bar)
        size = engine.measure_release(opened)
        what = f"has indexes of {size.derived_bytes:,} bytes"
        _print_release(_entry(opened, releases), as_json, what)


@app.command("cube")
def make_cube(
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    cubes: Cubes = None,
    policy: PolicyFile = None,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Threads that count.")] = 2,
    agreed: Agreed = False,
    as_json: AsJson = False,
) -> None:
    """Draw the tables that everybody may read of a release, or give those that were drawn: a release has one cube."""
    from api.commands.published import build_cube  # all that answers a question, as below
    from api.published.content import Published, overview

    with reporting(as_json=as_json):
        settings = ServerSettings(releases=releases, state=state, release_id=release, cubes=cubes, threads=threads)
        rules = settings.rules() if policy is None else read_policy(policy)
        named = release or engine.current_release_id(releases)
        question = f"What is drawn cannot be drawn anew. Publish tables of release {named} by policy {rules.version}?"
        confirm(question, is_agreed=agreed)
        with progress_bar(quiet=as_json) as bar:
            made = build_cube(settings, rules, bar)
        found = overview(Published(rules, made))
        if as_json:
            print_json(found)
            return
        rows = [[each.name.value, each.rule, f"{each.categories:,}", str(each.most)] for each in found.families]
        out().print(table_of(None, ["published", "categories from", "categories", "of one person"], rows, right=2))
        told = f"rho {found.rules.charged / NANO_RHO:g} of {found.rules.budget / NANO_RHO:g}"
        out().print(Text(f"cube {made.edition} tells {told} of a person"))


def _entry(release: engine.Release, releases: Path) -> ReleaseEntry:
    return release_entry(release.manifest, is_current=engine.current_release_id(releases) == release.id)


@app.command()
def consent(
    release: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of a release; the current one.")] = None,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """List what people of a release permit, and how many permit exactly that; small classes are joined."""
    from api.commands.reading import open_session  # all that answers a question, which no other command here needs

    with reporting(as_json=as_json):
        with open_session(releases, state, release) as session:
            overview = session.overview()
        found = [ConsentClassInfo(permissions=list(one.permissions), persons=one.persons) for one in overview.consent]
        if as_json:
            print_json(ConsentOfRelease(release=overview.release_id, persons=overview.persons, consent=found))
            return
        rows = [[" ".join(one.permissions) or "nothing", _says(one.permissions), f"{one.persons:,}"] for one in found]
        out().print(table_of(f"consent in release {overview.release_id}", ["permits", "", "persons"], rows, right=1))


def _print_release(entry: ReleaseEntry, as_json: bool, what: str) -> None:
    if as_json:
        print_json(entry)
    else:
        out().print(Text(f"release {entry.release} {what}"))


def _says(permissions: Sequence[str]) -> str:
    codes = [
        PERMISSION_CODES[each.partition(":")[0]] for each in permissions if each.partition(":")[0] in PERMISSION_CODES
    ]
    return "; ".join(each.says for each in codes)
