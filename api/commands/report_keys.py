"""`kohort report-key`: the keys feasibility reports are signed with."""

import typer
from rich.text import Text

from api.commands.console import confirm, out, reporting
from api.commands.options import DEFAULT_STATE, Agreed, State
from api.feasibility.publishing import publish_keys
from api.settings import ServerSettings
from engine import ReportKeys, open_report_keys, rotate_report_key, today_in_korea

app = typer.Typer(no_args_is_help=True)


@app.callback()
def report_key() -> None:
    """The keys feasibility reports are signed with: list them, and make a new one."""


@app.command("list")
def list_keys(state: State = DEFAULT_STATE) -> None:
    """List the public keys and the days they were in use; the first is made if there is none."""
    with reporting():
        _print(open_report_keys(state, today=today_in_korea()))


@app.command()
def rotate(state: State = DEFAULT_STATE, agreed: Agreed = False) -> None:
    """Sign with a new key from now on; the old secret is deleted, and its public key goes on checking old reports."""
    with reporting():
        confirm(f"Delete the secret key in {state} and sign with a new one from now on?", is_agreed=agreed)
        keys = rotate_report_key(state, today=today_in_korea())
        publish_keys(keys, ServerSettings(state=state).cube_folder())
        _print(keys)


def _print(keys: ReportKeys) -> None:
    for each in keys.known:
        use = f"in use since {each.first}" if each.last is None else f"in use {each.first} to {each.last}"
        out().print(Text(f"{each.key}  {use}"), soft_wrap=True)
