"""Commands that show a policy, and explain what it lets a tier do on a date and why a document would be refused."""

import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.asking import Asker
from api.commands.console import out, print_json, reporting, table_of
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    Library,
    PolicyFile,
    ReleaseId,
    Releases,
    State,
)
from api.commands.reading import open_session, read_document_file
from api.policy_info import access_words, policy_info, tier_words
from api.problems import about
from engine import today_in_korea
from schemas.access import Access, AccessTier
from schemas.errors import DataProblem, Problems
from schemas.policy import DEFAULT_POLICY, NANO_RHO, DisclosurePolicy
from schemas.policy_file import read_policy

app = typer.Typer(help="Show the disclosure policy, and explain what it allows.", no_args_is_help=True)

On = Annotated[
    datetime.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Day to explain, as in 2027-03-01; today if absent."),
]


@app.command()
def show(policy: PolicyFile = None, on: On = None, as_json: AsJson = False) -> None:
    """Check a policy and print it: tiers, phases, and what opens when."""
    with reporting(as_json=as_json):
        rules = _policy(policy)
        if as_json:
            print_json(policy_info(rules, on=_day(on)))
            return
        out().print(Text(f"policy {rules.version}, SHA-256 {rules.sha256}"))
        out().print(
            Text(f"All noisy answers together tell at most rho {rules.person_cap / NANO_RHO:g} of a person a year.")
        )
        for tier in rules.tiers:
            _print_section(tier.tier.value, list(tier_words(tier)))
        for each in rules.sensitive:
            codes = [f"{vocabulary}:{code}…" for vocabulary, code in each.codes]
            below = [f"below concept {concept}" for concept in each.concepts]
            _print_section(f"sensitive: {each.name}", [", ".join((*below, *codes))])
        out().print(table_of("phases", ["phase", "what it brings"], [[str(p.number), p.title] for p in rules.phases]))
        rows = [
            [
                str(grant.phase),
                grant.tier.value,
                str(grant.start or "always"),
                grant.dates.value,
                grant.variants.value,
                str(len(grant.domains)),
            ]
            for grant in rules.grants
        ]
        out().print(table_of("grants", ["phase", "tier", "from", "dates by", "variants", "domains"], rows, right=1))


@app.command()
def explain(
    tier: Annotated[AccessTier, typer.Option("--tier", help="Tier to explain.")],
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="Document to explain the refusals of.")] = None,
    on: On = None,
    phase: Annotated[
        int | None, typer.Option("--phase", min=0, help="Phase to explain; for a document, else the release's own.")
    ] = None,
    library: Library = [],  # noqa: B006 - typer copies it
    policy: PolicyFile = None,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
) -> None:
    """Say in plain words what a tier may do on a day, phase by phase; for a document, why it would be refused.

    A document is checked against the release in use and its phase. Nothing is counted and nothing charged.
    """
    with reporting():
        rules, day = _policy(policy), _day(on)
        if file is None:
            _explain_tier(rules, tier, day, phase)
            return
        document = read_document_file(file, library)
        with open_session(releases, state, release, policy=rules, today=lambda: day) as session, about(document.text):
            asked_phase = session.release.manifest.phase if phase is None else phase
            request = Asker(tier=tier, project="policy").request(document)
            if found := engine.why_refused(session, request, phase=asked_phase):
                raise Problems(found)
        out().print(Text(f"The {tier.value} tier may ask this of a release of phase {asked_phase} on {day}."))


def _explain_tier(policy: DisclosurePolicy, tier: AccessTier, day: datetime.date, only: int | None) -> None:
    numbers = [phase.number for phase in policy.phases]
    if only is not None and only not in numbers:
        raise DataProblem("policy-phase", f"policy {policy.version} has no phase {only}", expected=map(str, numbers))
    out().print(Text(f"The {tier.value} tier on {day}, by policy {policy.version}"))
    for line in tier_words(policy.of(tier)):
        out().print(Text(f"  {line}"), soft_wrap=True)
    for phase in policy.phases:
        if only not in (None, phase.number):
            continue
        access = policy.access(tier, phase=phase.number, on=day)
        lines = _open_lines(policy, access)
        lines += [
            f"From {change.start} on it changes: {', '.join(domain.value for domain in change.domains)}."
            for change in policy.changes(tier, phase=phase.number, after=day)
        ]
        _print_section(f"releases of phase {phase.number} ({phase.title})", lines)


def _open_lines(policy: DisclosurePolicy, access: Access | None) -> list[str]:
    """What a grant opens: data to ask about, or tables to read."""
    if access is None:
        return ["Not open."]
    if policy.of(access.tier).is_interactive:
        return list(access_words(access))
    tables = [each.family.value for each in policy.cube.families if access.may_use(each.family.domain)]
    return [f"Published: {', '.join(tables) or 'nothing'}."]


def _print_section(title: str, lines: list[str]) -> None:
    out().print(Text(f"\n{title}", style="bold"))
    for line in lines:
        out().print(Text(f"  {line}"), soft_wrap=True)


def _policy(path: Path | None) -> DisclosurePolicy:
    return DEFAULT_POLICY if path is None else read_policy(path)


def _day(on: datetime.datetime | None) -> datetime.date:
    return today_in_korea() if on is None else on.date()
