"""Where a command looked is told at the command line, as an absolute path, and to nobody who asks over HTTP."""

import json
import os
import pickle
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.problems import document_of, problem_response
from api.settings import ServerSettings
from schemas.errors import DataProblem, Problems, located
from tests.api.conftest import (  # noqa: F401 - fixtures
    internal_server,
    researcher,
    server,
    settings,
    sign_in,
    tokens,
)
from tests.cli.conftest import ADULTS, Run

PLACE = Path("/srv/state of the service")
LOOKING = (
    (("release", "use", "other"), "release-unknown", "releases"),
    (("count", "-", "--release", "other"), "release-unknown", "releases"),
    (("ledger", "backup", "copy", "--without-keys", "--state", "nothing"), "backup-source", "nothing"),
    (("ledger", "rebuild", "--reason", "a test", "--state", "nothing"), "backup-source", "nothing"),
    (("audit", "verify", "--state", "nothing"), "audit-unreadable", "nothing"),
    (("audit", "key", "--state", "nothing"), "audit-unreadable", "nothing/audit-verifier-key"),
    (("ledger", "check", "."), "backup-damaged", "."),
    (("count", "nothing.kohort"), "file-missing", "nothing.kohort"),
    (("policy", "show", "--policy", "nothing.toml"), "policy-unreadable", "nothing.toml"),
    (("consent", "projects", "nothing.toml"), "projects-unreadable", "nothing.toml"),
    (("ingest", "--omop", "nothing", "--id", "new"), "source-missing", "nothing"),
    (("ingest", "--omop", ".", "--id", "new"), "source-missing-table", "."),
    (
        ("ingest", "--omop", ".", "--id", "new", "--variants", "calls.vcf", "--sample-map", "map.tsv"),
        "variants-unreadable",
        "calls.vcf",
    ),
)


@pytest.mark.parametrize(("arguments", "code", "place"), LOOKING, ids=str)
def test_a_command_says_where_it_looked_and_what_to_do(
    run: Run, folders: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], code: str, place: str
) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        shown = run(*arguments, text=ADULTS)
    finally:
        os.chdir(before)
    looked_at = Path(folders["KOHORT_RELEASES"]) if place == "releases" else tmp_path / place
    assert shown.exit_code == 2
    assert shown.stderr.startswith(f"{code}: ")
    assert f"\n  looked at: {looked_at}\n" in shown.stderr


def test_an_unknown_release_is_told_with_those_there_are(run: Run, tmp_path: Path) -> None:
    assert "\n  expected: small\n  hint: name one of these, or" in run("release", "use", "other").stderr
    nowhere = run("release", "use", "other", "--releases", str(tmp_path / "nothing")).stderr
    assert f"looked at: {tmp_path / 'nothing'}\n  hint: this folder has none: make one with `kohort ingest`" in nowhere


def test_programs_are_told_the_place(run: Run, tmp_path: Path) -> None:
    name = str(tmp_path / "nothing.kohort")
    (told,) = json.loads(run("count", name, "--json").stdout)["problems"]
    assert (told["code"], told["place"]) == ("file-missing", name)


def test_a_place_is_in_no_answer_over_http() -> None:
    problem = DataProblem("ledger-unavailable", "there is no ledger", place=PLACE)
    for each in (problem, Problems([problem, problem])):
        assert str(PLACE) not in document_of(each).model_dump_json()
        assert str(PLACE) not in str(each)
    assert str(PLACE) not in bytes(problem_response(problem).body).decode()


def test_a_server_that_lost_its_files_tells_no_place(researcher: TestClient, settings: ServerSettings) -> None:  # noqa: F811
    withdrawals = settings.state / "withdrawals.tsv"
    withdrawals.write_text("no withdrawal\n")
    try:
        refused = researcher.post("/v1/cohorts/count", json={"text": ADULTS})
    finally:
        withdrawals.unlink()
    assert (refused.status_code, refused.json()["code"]) == (503, "withdrawals-form")
    assert str(settings.state) not in refused.text


def test_the_first_place_told_is_kept_and_crosses_processes() -> None:
    with pytest.raises(DataProblem) as met, located(Path("/far")), located(PLACE):
        raise DataProblem("key-damaged", "the key is short")
    assert met.value.place == PLACE
    assert pickle.loads(pickle.dumps(met.value)).place == PLACE


def test_why_a_ledger_cannot_be_used_is_told_here(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 100)
    shown = run("ledger", "rebuild", "--reason", "a test", "--state", str(tmp_path)).stderr
    assert shown.startswith("ledger-unavailable: ")
    assert f"\n  looked at: {tmp_path}\n  because: file is not a database\n" in shown
