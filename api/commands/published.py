"""Serving the public cube, and drawing it for the commands that do."""

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

import engine
from api.commands.addresses import check_free
from api.commands.console import reporting
from api.commands.options import Cubes, PolicyFile, ReleaseId
from api.settings import ServerSettings
from engine import Cube, EngineSettings
from schemas.policy import DisclosurePolicy

app = typer.Typer()


def build_cube(settings: ServerSettings, policy: DisclosurePolicy, progress: Callable[[str, float], None]) -> Cube:
    """The cube of the settings' release; raises what `engine.build_cube` does."""
    inside = EngineSettings(
        releases=settings.releases,
        state=settings.state,
        release_id=settings.release_id,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
    )
    return engine.build_cube(inside, policy, settings.cube_folder(), user=getpass.getuser(), progress=progress)


@app.command("serve-public")
def serve_public(
    host: Annotated[
        str, typer.Option("--host", envvar="KOHORT_PUBLIC_HOST", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", envvar="KOHORT_PUBLIC_PORT", min=0, max=65535, help="Port to listen on.")
    ] = 8002,
    cubes: Cubes = None,
    release: ReleaseId = None,
    policy: PolicyFile = None,
) -> None:
    """Serve the published tables, by a process that needs the folder of cubes and no data at all."""
    with reporting():
        check_free(host, port)
        folder = cubes or ServerSettings().cube_folder()
    options: list[tuple[str, str | Path | int | None]] = [
        ("--host", host),
        ("--port", port),
        ("--cubes", folder),
        ("--release", release),
        ("--policy", policy),
    ]
    words = [word for name, value in options if value is not None for word in (name, str(value))]
    # This process has imported the engine. The one that serves must not be able to open a release, so it is another.
    os.execv(sys.executable, [sys.executable, "-m", "api.published", *words])  # noqa: S606
