"""The commands about consent."""

import json

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.consent.conftest import GROUPS, PEOPLE, SIZE
from tests.consent.test_projects import REGISTRY


@pytest.fixture
def run(releases, tmp_path):
    environment = {"KOHORT_RELEASES": str(releases), "KOHORT_STATE": str(tmp_path / "state"), "COLUMNS": "200"}
    return lambda *arguments, text=None: CliRunner().invoke(app, list(arguments), env=environment, input=text)


def test_release_consent_lists_classes_of_the_release_as_it_was_made(run):
    def listed() -> dict[str, object]:
        return json.loads(run("release", "consent", "--json").stdout)

    before = listed()
    assert (before["persons"], before["consent"]) == (PEOPLE, [{"permissions": ["other"], "persons": PEOPLE}])
    assert SIZE * len(GROUPS) == PEOPLE
    assert run("consent", "withdraw", "-", text="1000\n1001\n").stdout == "2 withdrawals recorded\n"
    assert listed() == before


def test_a_list_with_anything_but_ids_records_nothing(run, tmp_path):
    for text in ("1000\nkim\n", "1000\n-1\n", "1000\n\n1001\n", "1000\n" + "9" * 19):
        refused = run("consent", "withdraw", "-", text=text)
        assert refused.exit_code == 2
        assert "withdrawals-form" in refused.stderr
        assert "kim" not in refused.stderr
    assert run("consent", "withdraw", "-", "--permission", "NPU", text="1000\n").exit_code == 2
    assert not (tmp_path / "state" / "withdrawals.tsv").exists()


def test_projects_checks_a_registry(run, tmp_path):
    path = tmp_path / "projects.toml"
    path.write_text(REGISTRY)
    shown = run("consent", "projects", str(path))
    assert shown.exit_code == 0
    assert "diabetes" in shown.stdout
    path.write_text(REGISTRY.replace("until = 2027-12-31", "until = 2020-12-31", 1))
    refused = run("consent", "projects", str(path))
    assert (refused.exit_code, "projects-form" in refused.stderr) == (2, True)
