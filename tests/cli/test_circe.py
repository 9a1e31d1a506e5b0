"""OHDSI's cohort definitions on the command line: as documents, in and out."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.wire import CountAnswer, ImportedDefinition, ValidationAnswer
from tests.circe.definitions import correlated, definition, group
from tests.cli.conftest import ADULTS, Run

RULE = {"name": "r", "description": "why", "expression": group("ALL", correlated())}
CIRCE: dict[str, Any] = json.loads(definition(Title="Some condition", InclusionRules=[RULE]))
ENVELOPE = {"id": 7, "name": "Some condition", "expression": json.dumps(CIRCE)}


@pytest.fixture
def exported(tmp_path: Path) -> str:
    """A definition in a file, as ATLAS exports it."""
    path = tmp_path / "definition.json"
    path.write_text(json.dumps(CIRCE, indent=2))
    return str(path)


def test_a_file_of_atlas_is_a_document(run: Run, exported: str) -> None:
    text = run("circe", "import", exported).stdout
    asked = CountAnswer.model_validate_json(run("count", "-", "--json", text=text).stdout)
    for given in (run("count", exported, "--json"), run("count", "-", "--json", text=json.dumps(ENVELOPE))):
        assert CountAnswer.model_validate_json(given.stdout).query == asked.query
    assert run("format", exported).stdout == text


def test_a_library_may_hold_a_definition(run: Run, exported: str) -> None:
    text = 'cohort "x"\nindex first cohort "Some condition"\n'
    assert run("count", "-", "--library", exported, text=text).exit_code == 0


def test_validation_shows_the_notes_of_a_definition(run: Run, exported: str) -> None:
    assert "note: /InclusionRules/0/description: " in run("validate", exported).stderr
    answer = ValidationAnswer.model_validate_json(run("validate", exported, "--json").stdout)
    assert [note.place for note in answer.notes] == ["/InclusionRules/0/description"]


def test_an_import_as_json_has_text_notes_and_lints(run: Run, exported: str) -> None:
    answer = ImportedDefinition.model_validate_json(run("circe", "import", exported, "--json").stdout)
    assert answer.text.startswith('cohort "Some condition"\nmode circe-exact\n')
    assert len(answer.notes) == 1
    assert "unused-concept-set" in {item.code for item in answer.lints}
    assert run("circe", "import", "-", text=json.dumps(ENVELOPE)).stdout.strip() == answer.text.strip()


def test_a_bad_definition_is_refused_with_the_json_pointer(run: Run) -> None:
    bad = json.dumps(CIRCE | {"InclusionRules": [{"name": "x"}]})
    for command in (("count", "-"), ("circe", "import", "-")):
        shown = run(*command, text=bad)
        assert shown.exit_code == 2
        assert "json-missing-key: /InclusionRules/0: " in shown.stderr


def test_what_is_exported_comes_back(run: Run) -> None:
    text = 'cohort "Adults"\nindex first ever visit where age >= 20\n'
    written = run("circe", "export", "-", text=text).stdout
    assert "PrimaryCriteria" in json.loads(written)
    back = run("circe", "import", "-", "--mode", "corrected", text=written).stdout
    assert back.strip() == run("format", "-", text=text).stdout.strip()
    refused = run("circe", "export", "-", text=ADULTS)
    assert (refused.exit_code, "circe-cannot-say" in refused.stderr) == (2, True)
