"""`kohort config`: the settings of a server, looked at before it starts."""

import os

import typer
from rich.text import Text

from api.commands.console import out, print_json, reporting
from api.commands.options import AsJson
from api.operations.configuration import check_configuration
from schemas.wire.operations import ConfigurationCheck, ConfigurationChecked

app = typer.Typer(no_args_is_help=True)


@app.callback()
def config() -> None:
    """The settings of a server in the environment: look whether it could start with them."""


@app.command()
def check(as_json: AsJson = False) -> None:
    """Say what is wrong with the settings, where, and what to do; exit code 1 if anything is. No secret is printed."""
    with reporting(as_json=as_json):
        found = check_configuration(os.environ)
        answer = ConfigurationCheck(
            good=all(each.is_good for each in found),
            checked=[
                ConfigurationChecked(about=each.about, good=each.is_good, found=each.found, hint=each.hint or None)
                for each in found
            ],
        )
        if as_json:
            print_json(answer)
        else:
            for each in answer.checked:
                _print(each)
            words = "the server can start with these settings" if answer.good else "something has to be put right first"
            out().print(Text(words, style="bold green" if answer.good else "bold red"))
    if not answer.good:
        raise typer.Exit(1)


def _print(each: ConfigurationChecked) -> None:
    mark, style = ("ok ", "") if each.good else ("BAD", "bold red")
    out().print(Text.assemble((f"{mark} {each.about}: ", style), each.found))
    if not each.good and each.hint:
        out().print(Text(f"      {each.hint}"))
