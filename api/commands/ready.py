"""Asking a server whether it is ready, as health checks do: light, so that it may be asked often."""

import http.client
import json
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Any, Final, NoReturn

import typer

app = typer.Typer()

_NOT_READY: Final = 1


@app.command()
def ready(
    host: Annotated[
        str, typer.Option("--host", envvar="KOHORT_HOST", help="Address that the server listens on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", envvar="KOHORT_PORT", min=1, max=65535, help="Port that it listens on.")
    ] = 8000,
    health: Annotated[
        bool,
        typer.Option("--health", help="Ask only whether it answers at all; the server of published tables tells that."),
    ] = False,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="How long to wait for its answer.")] = 8.0,
) -> None:
    """Ask a server on this machine whether it can answer questions; exit code 1 if it cannot."""
    address, path = _address_of(host), "/health" if health else "/ready"
    place = f"http://{f'[{address}]' if ':' in address else address}:{port}{path}"
    try:
        status, body = _asked(address, port, path, seconds)
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        _refuse(f"not ready: nobody answers at {place} ({why.lower()})")
    if status == 200:
        typer.echo("ready" if path == "/ready" else "the server answers")
        return
    hint = " (a server of published tables is asked with --health)" if status == 404 else ""
    _refuse(f"not ready: {place} answers {status}{_reason(body)}{hint}")


def _address_of(host: str) -> str:
    """Where the server can be asked: one that listens at every address listens at this machine's own."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "::1" if isinstance(address, IPv6Address) else "127.0.0.1"


def _asked(host: str, port: int, path: str, seconds: float) -> tuple[int, bytes]:
    """Status and body. No proxy of the environment is asked: the server is here."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _reason(body: bytes) -> str:
    """The server's own words, where it has some."""
    try:
        problem: Any = json.loads(body)
        return f", {problem['code']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return ""


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_NOT_READY)
