"""Commands that serve, and that make tokens for whoever asks the server."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

import engine
from api.app import create_app, open_service
from api.auth import open_local_tokens
from api.commands.addresses import check_free
from api.commands.console import out, print_json, progress_bar, reporting
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    Identity,
    LocalIssuer,
    ReleaseId,
    Releases,
    State,
)
from api.commands.published import build_cube
from api.commands.tokens import TokenMade
from api.identity.opening import check_setup
from api.incoming import MOST_HEADER_BYTES
from api.listener import Listener
from api.operations.logs import log_as_json
from api.operations.serving import serve_until_stopped
from api.patience import PatientProtocol
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier

app = typer.Typer()

DEMO_ID: Final = "synthetic"
DEMO_PERSONS: Final = 20_000
_CONNECTIONS: Final = 1_000

Host = Annotated[str, typer.Option("--host", envvar="KOHORT_HOST", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", envvar="KOHORT_PORT", min=0, max=65535, help="Port to listen on.")]
InternalHost = Annotated[
    str, typer.Option("--host", envvar="KOHORT_INTERNAL_HOST", help="Address only the trusted environment reaches.")
]
InternalPort = Annotated[
    int, typer.Option("--port", envvar="KOHORT_INTERNAL_PORT", min=0, max=65535, help="Port to listen on.")
]
InternalIdentity = Annotated[
    Path | None, typer.Option("--identity", envvar="KOHORT_INTERNAL_IDENTITY", help="File of the staff's issuer.")
]
Reviewers = Annotated[
    str, typer.Option("--reviewers", envvar="KOHORT_REVIEWERS", help="Users who may release exports, blanks between.")
]


@app.command()
def token(
    tier: Annotated[AccessTier, typer.Option("--tier", help="Tier of the holder.")] = AccessTier.REGISTERED,
    project: Annotated[str, typer.Option("--project", help="Approved project.")] = "demo",
    user: Annotated[str, typer.Option("--user", help="Who holds it.")] = "me",
    institution: Annotated[str, typer.Option("--institution", help="Where they work.")] = "local",
    hours: Annotated[float, typer.Option("--hours", help="How long it is valid.")] = 12.0,
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Make an access token with this machine's key, for a server that runs with --local-issuer."""
    with reporting(as_json=as_json):
        principal = Principal(user=user, project=project, institution=institution, tier=tier)
        made = open_local_tokens(state).issue(principal, hours=hours)
        if as_json:
            print_json(TokenMade(token=made, tier=tier, hours=hours))
        else:
            typer.echo(made)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    identity: Identity = None,
    local_issuer: LocalIssuer = False,
) -> None:
    """Serve the API and the page."""
    with reporting():
        settings = ServerSettings(
            releases=releases,
            state=state,
            release_id=release,
            host=host,
            identity=identity,
            local_issuer=local_issuer,
        )
        _serve(settings, port)


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    persons: Annotated[int, typer.Option("--persons", min=1, help="Persons of the synthetic release.")] = DEMO_PERSONS,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
) -> None:
    """Build a synthetic release unless there is one, print a link that signs you in, and serve."""
    with reporting():
        settings = ServerSettings(releases=releases, state=state, release_id=DEMO_ID, host=host, local_issuer=True)
        check_setup(settings)
        check_free(host, port)
        if DEMO_ID not in engine.release_ids(releases):
            out().print(Text(f"making a release of {persons:,} made-up people"))
            with progress_bar() as bar:
                engine.synthesize(releases, DEMO_ID, persons=persons, seed=1, progress=bar)
        if not engine.has_cube(settings.cube_folder(), DEMO_ID):
            out().print(Text("drawing the tables that everybody may see"))
            with progress_bar() as bar:
                build_cube(settings, settings.rules(), bar)
        _serve(settings, port, listening=lambda: _welcome(settings, port))


def _welcome(settings: ServerSettings, port: int) -> None:
    """Print a link that signs in; the server answers by then, so that whoever opens it at once finds the page."""
    principal = Principal(user="visitor", project="demo", institution="demo", tier=AccessTier.REGISTERED)
    made = open_local_tokens(settings.state).issue(principal, hours=12)
    out().print(Text("Open this link; it signs you in as a registered researcher for 12 hours:"))
    typer.echo(f"\n  http://{settings.host}:{port}/#token={made}\n")


@app.command()
def serve_internal(
    host: InternalHost = "127.0.0.1",
    port: InternalPort = 8001,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    identity: InternalIdentity = None,
    local_issuer: LocalIssuer = False,
    reviewers: Reviewers = "",
) -> None:
    """Serve exact numbers to staff inside the trusted environment, by a process and at an address of its own."""
    with reporting():
        settings = ServerSettings(
            releases=releases,
            state=state,
            release_id=release,
            host=host,
            identity=identity,
            local_issuer=local_issuer,
            reviewers=reviewers,
        )
        _serve(settings, port, Listener.INTERNAL)


def _serve(
    settings: ServerSettings,
    port: int,
    listener: Listener = Listener.RESEARCHERS,
    *,
    listening: Callable[[], None] = lambda: None,
) -> None:
    """Open the release before the server starts, so that a problem is told as one."""
    check_free(settings.host, port)
    service = open_service(settings, listener)
    if settings.local_issuer:
        out().print(Text("for development: whoever can run `kohort token` on this machine may ask as any tier"))
    place = f"http://{settings.host}:{port}/"
    out().print(Text(f"serving release {service.session.release.id} at {place} (Ctrl+C stops)"))
    if settings.log_json:
        log_as_json()
    served = create_app(settings, service)
    serve_until_stopped(
        served,
        served.state.drain,
        stop_seconds=settings.stop_seconds,
        listening=listening,
        stopping=lambda: out().print(Text("stopping: what is under way is finished first (Ctrl+C again ends it now)")),
        host=settings.host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        http=PatientProtocol,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        limit_concurrency=_CONNECTIONS,
    )
