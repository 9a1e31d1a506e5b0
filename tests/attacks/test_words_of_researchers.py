"""What researchers write comes into files and logs that others read: nothing of it may be more than words."""

import logging
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.cli import app
from api.client.tables import Table
from api.runs.files import csv_of
from api.settings import ServerSettings
from tests.api.conftest import SignIn

UNSEEN = ("\u202e", "\x1b[31m", "\x00", "\r\nfour", "\u2028", "\u2066")
"""Turns the words around it, colours a terminal, ends a text or a line."""
EVERYONE = 'cohort "{}"\nindex everyone\n'


@pytest.fixture
def researcher(sign_in: SignIn) -> TestClient:
    return sign_in(project="words", user="words")


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_name_beside_a_document_changes_what_a_report_looks_like(researcher: TestClient, unseen: str) -> None:
    """A signed report prints the cohorts sent along under their names, whether or not anything refers to them."""
    body = {"text": EVERYONE.format("mine"), "library": {f"theirs{unseen}": EVERYONE.format("theirs")}}
    for path in ("/v1/feasibility", "/v1/cohorts/validate", "/v1/cohorts/count"):
        answer = researcher.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "unprintable-text"), path


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_title_of_a_run_changes_what_a_list_of_runs_looks_like(researcher: TestClient, unseen: str) -> None:
    """Colleagues read it once the run is shared, and nothing is kept of a run that is refused."""
    body = {"text": EVERYONE.format("mine"), "title": f"theirs{unseen}", "parts": [{"kind": "count"}]}
    answer = researcher.post("/v1/runs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprintable-text")
    assert researcher.get("/v1/runs").json()["runs"] == []


def test_what_a_font_lacks_is_not_logged(researcher: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The library that writes PDF would log the letters as they are."""
    signed = researcher.post("/v1/feasibility", json={"text": EVERYONE.format("a\u200b\uffffz"), "breakdowns": []})
    assert signed.status_code == 200
    with caplog.at_level(logging.WARNING):
        assert researcher.post("/v1/feasibility/pdf", json=signed.json()).status_code == 200
    assert [record.name for record in caplog.records if record.name.startswith("fpdf")] == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_of_a_file_begins_a_formula(start: str) -> None:
    """In full width as well: that is how spreadsheets of Korea and Japan read it."""
    written = csv_of(Table(columns=("name",), types=(str,), rows=((f"{start}1+1",),)))
    assert f"'{start}1+1" in written


def test_no_name_is_markup_of_the_terminal(settings: ServerSettings, tmp_path: Path) -> None:
    """Words in square brackets would be links and colours, or end the command after its answer was paid."""
    name = "mine [/] [link=http://example.invalid]press[/link]"
    document = tmp_path / "mine.kohort"
    document.write_text(f'cohort "{name}"\nindex everyone\ninclude "{name}" when sex is female\n')
    place = ["--releases", str(settings.releases), "--state", str(tmp_path / "state"), "--reason", "a test of names"]
    done = CliRunner().invoke(app, ["attrition", str(document), *place])
    assert done.exit_code == 0
    assert " ".join(done.output.split()).count(name) == 2
