"""Commands about trusted issuers: check the files, explain a token, deny one, stop a project."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.commands.console import out, reporting, table_of
from api.identity.configuration import IdentityRules, read_rules
from api.identity.fetching import fetch
from api.identity.keys import read_keys
from api.identity.opening import open_provider_tokens
from api.identity.people import Entry, PeopleFile, add_entry
from api.identity.refusal import Unacceptable
from api.identity.verifier import ProviderTokens, user_id
from api.identity.visas import Visa
from schemas.errors import NotAllowed

app = typer.Typer(name="identity", help="Trusted issuers, projects and denials.", no_args_is_help=True)

RulesFile = Annotated[
    Path,
    typer.Option("--identity", envvar="KOHORT_IDENTITY", help="File of trusted issuers.", show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for those who read the file later.")]


@app.command()
def check(
    identity: RulesFile,
    fetch_keys: Annotated[bool, typer.Option("--fetch", help="Also fetch every issuer's keys.")] = False,
) -> None:
    """Check the file of trusted issuers and the file of projects beside it."""
    with reporting():
        rules = read_rules(identity)
        people = PeopleFile(identity.parent / rules.people).now()
        rows = [
            (issuer, use, _keys_at(address) if fetch_keys else "not fetched")
            for issuer, use, address in _issuers(rules)
        ]
        out().print(table_of(None, ("issuer", "trusted for", "keys"), rows))
        out().print(f"{len(people.projects)} projects, {len(people.denied)} denials, {len(people.stopped)} stopped")


@app.command()
def explain(identity: RulesFile) -> None:
    """Say what a token, read from standard input, opens, and why each of its visas counts or does not."""
    with reporting():
        verifier = open_provider_tokens(identity)
        token = sys.stdin.read().strip()
        try:
            _explain(verifier, token)
        except Unacceptable as refused:
            out().print(Text(f"refused: {refused.reason}"))
            raise typer.Exit(1) from None


@app.command()
def deny(
    identity: RulesFile,
    issuer: Annotated[str, typer.Option("--issuer", help="Whose tokens and visas.")],
    subject: Annotated[str | None, typer.Option("--subject", help="Those of this person.")] = None,
    jti: Annotated[str | None, typer.Option("--jti", help="The one with this id.")] = None,
    reason: Reason = "",
) -> None:
    """Deny tokens and visas from the next request on."""
    fields = {"issuer": issuer, "subject": subject, "jti": jti, "reason": reason}
    with reporting():
        _add(identity, Entry("denied", {name: value for name, value in fields.items() if value}))


@app.command()
def stop(
    identity: RulesFile,
    project: Annotated[str, typer.Argument(help="Project that may ask nothing more.")],
    reason: Reason = "",
) -> None:
    """Stop a project from the next request on."""
    with reporting():
        _add(identity, Entry("stopped", {"project": project, "reason": reason}))


def _add(identity: Path, entry: Entry) -> None:
    path = identity.parent / read_rules(identity).people
    add_entry(path, entry)
    out().print(Text(f"added to {path.name}; remove the entry to undo it"))


def _issuers(rules: IdentityRules) -> list[tuple[str, str, str]]:
    """Issuer, what it is trusted for, and the address of its keys."""
    use = "staff signing in" if rules.internal else "signing in"
    return [(one.issuer, use, one.keys) for one in rules.sign_in] + [
        (one.issuer, ", ".join(one.types), one.address) for one in rules.visa_issuers
    ]


def _keys_at(address: str) -> str:
    try:
        return f"{len(read_keys(fetch(address)))} usable"
    except Unacceptable as refused:
        return refused.reason


def _explain(verifier: ProviderTokens, token: str) -> None:
    now, people = time.time(), verifier.people.now()
    signed = verifier.verify_token(token, now)
    if verifier.rules.internal is None:
        checked = verifier.check_visas(signed, people, now)
        believed = verifier.sign_in(token, people).rights
        rows = [_visa_row(number, one, believed.visas if believed else ()) for number, one in enumerate(checked, 1)]
        out().print(table_of(None, ("visa", "type", "counts"), rows))
    try:
        principal = verifier.principal(token)
        out().print(Text(f"{principal.tier.value}, user {principal.user}, institution {principal.institution}"))
    except NotAllowed as problem:
        out().print(Text(f"{user_id(signed.identity)}: {problem}"))


def _visa_row(number: int, checked: Visa | Unacceptable, believed: tuple[Visa, ...]) -> tuple[str, str, str]:
    match checked:
        case Unacceptable(reason=reason):
            return str(number), "", f"no: {reason}"
        case Visa(type=kind) if checked in believed:
            return str(number), kind, "yes"
        case Visa(type=kind):
            return str(number), kind, "no: of another identity that is not linked, or its conditions are not met"
