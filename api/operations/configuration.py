"""Whether a server could start with the settings it would find, and what is wrong if it could not.

What is said names settings and files, never the value of a setting that may hold a secret.
"""

import difflib
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from api.examples import read_examples
from api.identity.opening import check_setup, open_verifier
from api.operations.metrics import read_metrics_token
from api.rates import check_store
from api.settings import ServerSettings
from engine import REPORT_KEYS_FILE, current_release_id, read_manifest, read_report_keys, verifier_key
from schemas.errors import DataProblem, Problem, Problems, problems_of
from schemas.purpose_file import read_projects

PREFIX: Final = "KOHORT_"
_LEEWAY_SECONDS: Final = 60.0
_LEAST_FREE_MB: Final = 64
"""Of the disk with the state folder; an answer that cannot be written down is not given."""

OTHERS: Final = frozenset(
    {"KOHORT_REASON", "KOHORT_SHARED", "KOHORT_PORT", "KOHORT_INTERNAL_HOST", "KOHORT_INTERNAL_PORT"}
    | {"KOHORT_INTERNAL_IDENTITY", "KOHORT_PUBLIC_HOST", "KOHORT_PUBLIC_PORT", "KOHORT_FUZZ_EXAMPLES"}
    | {"KOHORT_REPORT_KEYS", "KOHORT_TOKEN", "KOHORT_URL"}
    | {"KOHORT_HAIL_PYTHON", "KOHORT_HAIL_EXCHANGE", "KOHORT_HAIL_MEMORY", "KOHORT_HAIL_CORES"}
)
"""Variables of the program that are no settings of a server: options of its commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was looked at: a setting or a file, what was found, and what to do where it is wrong."""

    about: str
    is_good: bool
    found: str
    hint: str = ""


def check_configuration(environment: Mapping[str, str]) -> tuple[Checked, ...]:
    """Everything, in the order of what depends on what. Raises nothing that a setting is to blame for."""
    found = [*_unknown(environment)]
    try:
        settings = ServerSettings()
    except ValidationError as error:
        return (*found, *_wrong_values(error))
    return (*found, *_of_settings(settings))


def _unknown(environment: Mapping[str, str]) -> Iterator[Checked]:
    """Variables with the program's prefix that it does not know: most likely misspelt, and so without effect."""
    known = {f"{PREFIX}{name.upper()}" for name in ServerSettings.model_fields} | OTHERS
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "remove it, or see docs/do/operate-a-server.md for the names"
            yield Checked(about=name, is_good=False, found="no such setting, so it has no effect", hint=hint)


def _wrong_values(error: ValidationError) -> Iterator[Checked]:
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        name = f"{PREFIX}{'_'.join(map(str, each['loc'])).upper()}"
        yield Checked(about=name, is_good=False, found=each["msg"].lower(), hint="correct the value")


def _of_settings(settings: ServerSettings) -> Iterator[Checked]:
    yield from _tried("who may ask", lambda: _identity(settings), "KOHORT_IDENTITY")
    yield from _tried("policy", lambda: f"version {settings.rules().version}", "KOHORT_POLICY")
    yield from _tried("projects", lambda: _projects(settings), "KOHORT_PROJECTS")
    yield from _tried("rates", lambda: check_store(settings.rate_store), "KOHORT_RATE_STORE")
    yield from _tried("release", lambda: _release(settings), "KOHORT_RELEASES")
    yield from _tried("examples", lambda: f"{len(read_examples(settings.examples))} documents", "KOHORT_EXAMPLES")
    yield _state(settings.state)
    yield _space(settings.state)
    yield _clock(settings)
    yield from _tried("log of answers", lambda: _log(settings.state), "KOHORT_STATE")
    yield from _tried("report keys", lambda: _report_keys(settings.state), "KOHORT_STATE")
    yield from _tried("metrics", lambda: _metrics(settings), "KOHORT_METRICS_TOKEN")
    yield from _roles(settings)


def _tried(about: str, look: Callable[[], str], setting: str) -> Iterator[Checked]:
    """What a look finds, or its problem in the words that the server would use."""
    try:
        yield Checked(about=about, is_good=True, found=look())
    except (Problem, Problems) as error:
        for problem in problems_of(error):
            place = f" ({problem.place.absolute()})" if problem.place else ""
            hint = problem.hint or f"correct {setting}"
            yield Checked(about=about, is_good=False, found=f"{problem.code}: {problem.message}{place}", hint=hint)


def _identity(settings: ServerSettings) -> str:
    check_setup(settings)
    if settings.identity is None:
        return "the development issuer, on this machine only"
    open_verifier(settings)
    return f"the issuers in {settings.identity}"


def _projects(settings: ServerSettings) -> str:
    if settings.projects is not None:
        return f"{len(read_projects(settings.projects).projects)} approved projects"
    if settings.identity is not None and any(rules.needs_project for rules in settings.rules().tiers):
        hint = "give the registry in KOHORT_PROJECTS, or a policy where no tier has `needs_project`"
        raise DataProblem("projects-missing", "a tier asks in approved projects, and there is no registry", hint=hint)
    return "no registry; every question is asked for its tier's usual purpose"


def _release(settings: ServerSettings) -> str:
    release = settings.release_id or current_release_id(settings.releases)
    manifest = read_manifest(settings.releases / release)
    return f"{release} of {manifest.created[:10]}, phase {manifest.phase}, {manifest.persons:,} persons"


def _state(state: Path) -> Checked:
    """The folder of keys and the ledger: whether it can be written to, and whether others can read it."""
    about = "state folder"
    if not state.exists():
        parent = next(each for each in state.absolute().parents if each.exists())
        found = f"{state} will be made"
        return Checked(about=about, is_good=_is_writable(parent), found=found, hint=f"let the server write to {parent}")
    if not state.is_dir() or not _is_writable(state):
        return Checked(about=about, is_good=False, found=f"{state} cannot be written to", hint="correct KOHORT_STATE")
    if state.stat().st_mode & stat.S_IWOTH:
        return Checked(about=about, is_good=False, found=f"anybody may write to {state}", hint=f"chmod o-w {state}")
    return Checked(about=about, is_good=True, found=str(state))


def _space(state: Path) -> Checked:
    """Room for answers on the disk with the state folder, or with the folder that it will be made in."""
    place = next(each for each in (state, *state.absolute().parents) if each.exists())
    free = shutil.disk_usage(place).free // 1_000_000
    hint = f"free some space at {place}: without it nothing is answered"
    return Checked(about="disk", is_good=free >= _LEAST_FREE_MB, found=f"{free:,} MB free", hint=hint)


def _clock(settings: ServerSettings) -> Checked:
    """Whether it is no earlier than what was written: a clock that was set back opens the budgets of a year gone by."""
    files = (*settings.state.glob("*"), settings.releases / "current")
    written = max((each.stat().st_mtime for each in files if each.is_file()), default=0.0)
    now = time.time()
    found = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    if written <= now + _LEEWAY_SECONDS:
        return Checked(about="clock", is_good=True, found=found)
    late = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(written))
    hint = "set the clock: budgets, tokens and phases go by it"
    return Checked(about="clock", is_good=False, found=f"{found}, and files were written at {late}", hint=hint)


def _is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _log(state: Path) -> str:
    if not (state / "ledger.sqlite").exists():
        return "none yet; it begins with the first answer"
    verifier_key(state)
    return "there, with its key; examine it with `kohort audit verify`"


def _report_keys(state: Path) -> str:
    path = state / REPORT_KEYS_FILE
    if not path.exists():
        return "none yet; the first is made when the server starts"
    return f"{len(read_report_keys(path))}, the newest in use"


def _metrics(settings: ServerSettings) -> str:
    if settings.metrics_token is None:
        return "off; name a token's file in KOHORT_METRICS_TOKEN to have them"
    read_metrics_token(settings.metrics_token)
    if settings.metrics_token.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        hint = f"chmod 600 {settings.metrics_token}"
        raise DataProblem("metrics-token", "others than its owner may read the metrics' token", hint=hint)
    return "given for the token in the file"


def _roles(settings: ServerSettings) -> Iterator[Checked]:
    for about, users in (("committee", settings.committee), ("operators", settings.operators)):
        number = len(users.split())
        found = f"{number} users" if number else "nobody is named, so nobody sees the state of the service"
        yield Checked(about=about, is_good=True, found=found)
