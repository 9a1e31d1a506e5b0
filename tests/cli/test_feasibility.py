"""`kohort feasibility`, `kohort verify` and `kohort report-key`, and that a report can be checked far from its service."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def report(folders: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "adults.kohort").write_text('cohort "Adults"\nindex first visit where age >= 20\n')
    words = ["--tier", "registered", "--project", "cli", "--language", "ko", "--by", "sex, age(20)", "--by", "sex"]
    made = CliRunner().invoke(
        app, ["feasibility", str(folder / "adults.kohort"), "--out", str(folder / "out"), *words], env=folders
    )
    assert made.exit_code == 0, made.output
    return folder / "out"


def test_three_files_are_written(report: Path) -> None:
    assert sorted(path.name for path in report.iterdir()) == ["report.html", "report.json", "report.pdf"]
    found = json.loads((report / "report.json").read_text())["report"]
    assert [table["dimensions"] for table in found["breakdowns"]] == [["sex", "age(20)"], ["sex"]]
    assert found["language"] == "ko"
    assert (report / "report.pdf").read_bytes().startswith(b"%PDF")


def test_it_is_genuine_where_it_was_made_and_with_its_keys_elsewhere(
    report: Path, run: Run, folders: dict[str, str], tmp_path: Path
) -> None:
    here = run("verify", str(report / "report.json"))
    assert here.exit_code == 0, here.output
    assert "genuine" in here.output
    keys = Path(folders["KOHORT_STATE"]) / "report-keys.json"
    signer = json.loads((report / "report.json").read_text())["signature"]["key_name"]
    (one,) = (each["key"] for each in json.loads(keys.read_text())["keys"] if each["key"].startswith(f"{signer}+"))
    for key in (str(keys), one):
        nowhere = {"KOHORT_STATE": str(tmp_path / "none"), "KOHORT_RELEASES": str(tmp_path / "none")}
        far = CliRunner().invoke(app, ["verify", str(report / "report.json"), "--key", key], env=nowhere)
        assert far.exit_code == 0, far.output


def test_a_changed_report_is_not_and_says_what_was_checked(report: Path, run: Run) -> None:
    changed = (report / "report.json").read_text().replace('"Adults"', '"Adulte"', 1)
    found = run("verify", "-", text=changed)
    assert found.exit_code == 1
    assert "NOT genuine" in found.output
    as_json = json.loads(run("verify", "-", "--json", text=changed).stdout)
    assert as_json["genuine"] is False
    assert [check["name"] for check in as_json["checks"]] == ["form", "key", "signature"]


def test_without_keys_it_says_where_to_get_them(report: Path, tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["verify", str(report / "report.json"), "--state", str(tmp_path)])
    assert found.exit_code == 2
    assert "report-key" in found.output
    assert "/v1/feasibility/keys" in found.output


def test_exact_numbers_do_not_go_into_a_report(run: Run, adults: str, tmp_path: Path) -> None:
    found = run("feasibility", adults, "--tier", "internal", "--out", str(tmp_path / "out"))
    assert found.exit_code == 2
    assert "report-exact" in found.output
    assert not (tmp_path / "out").exists()


def test_a_key_is_replaced_and_old_reports_stay_genuine(report: Path, run: Run) -> None:
    before = run("report-key", "list").output.count("kohort-report/")
    rotated = run("report-key", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert rotated.output.count("kohort-report/") == before + 1
    assert run("verify", str(report / "report.json")).exit_code == 0
