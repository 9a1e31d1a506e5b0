"""The public process: `python -m api.published`, which `kohort serve-public` becomes.

It is a program of its own so that nothing it imports is able to open a release, the ledger or a key.
"""

from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from rich.text import Text

from api.commands.console import out, reporting
from api.commands.options import PolicyFile
from api.published.app import create_public_app
from api.published.content import Published
from api.rates import IN_PROCESS, Rates
from engine import REPORT_KEYS_FILE, open_cube
from schemas.policy import DEFAULT_POLICY
from schemas.policy_file import read_policy

_HEADER_BYTES: Final = 32_768


def serve(
    cubes: Annotated[Path, typer.Option("--cubes", envvar="KOHORT_CUBES")],
    release: Annotated[str | None, typer.Option("--release", envvar="KOHORT_RELEASE_ID")] = None,
    host: Annotated[str, typer.Option("--host", envvar="KOHORT_PUBLIC_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", envvar="KOHORT_PUBLIC_PORT", min=0, max=65535)] = 8002,
    policy: PolicyFile = None,
    report_keys: Annotated[Path | None, typer.Option("--report-keys", envvar="KOHORT_REPORT_KEYS")] = None,
    rate_store: Annotated[str, typer.Option("--rate-store", envvar="KOHORT_RATE_STORE")] = IN_PROCESS,
) -> None:
    """Serve published tables. It needs the folder of cubes and, if it is not the built-in one, the policy."""
    with reporting():
        rules = DEFAULT_POLICY if policy is None else read_policy(policy)
        cube = open_cube(cubes, release)
        app = create_public_app(
            Published(rules, cube), Rates(rate_store), report_keys=report_keys or cubes / REPORT_KEYS_FILE
        )
        place = f"http://{host}:{port}/public"
        out().print(Text(f"publishing release {cube.manifest.release_id} at {place} (Ctrl+C stops)"))
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=_HEADER_BYTES,
        )


if __name__ == "__main__":
    typer.run(serve)
