"""A report with anything in it changed is not genuine."""

import copy
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.feasibility.publishing import publish_keys
from api.feasibility.signing import report_text, sign, verdict
from engine import REPORT_KEYS_FILE, ReportKey, open_report_keys, read_report_keys, report_keys_of, rotate_report_key
from schemas.errors import DataProblem
from schemas.wire.feasibility import FeasibilityReport, SignedReport

TODAY = datetime.date(2026, 11, 30)


@pytest.fixture
def known(settings: Any, server: TestClient) -> tuple[ReportKey, ...]:
    """The keys in the state folder of a server that has started: it makes the first."""
    return read_report_keys(settings.state / REPORT_KEYS_FILE)


def changed(value: Any) -> Iterator[Any]:
    """The value with one thing in it other than it was."""
    match value:
        case dict():
            for key, part in value.items():
                for other in changed(part):
                    yield {**value, key: other}
        case list():
            for place, part in enumerate(value):
                for other in changed(part):
                    yield [*value[:place], other, *value[place + 1 :]]
            yield [*value, value[0] if value else {}]
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"{value}x"
            yield f"{value} "
        case None:
            yield "x"


def test_whatever_field_is_changed_it_is_not_genuine(signed: dict[str, Any], known: tuple[ReportKey, ...]) -> None:
    assert verdict(json.dumps(signed), known)[0].genuine
    others = list(changed(signed))
    assert len(others) > 100
    for other in others:
        found, report = verdict(json.dumps(other), known)
        assert not found.genuine, other
        assert report is None
        assert found.title is None
        assert not found.checks[-1].passed


def test_a_field_left_out_or_added_is_found(signed: dict[str, Any], known: tuple[ReportKey, ...]) -> None:
    for part in ("report", "signature"):
        for field in signed[part]:
            other = copy.deepcopy(signed)
            del other[part][field]
            assert not verdict(json.dumps(other), known)[0].genuine
        other = copy.deepcopy(signed)
        other[part]["more"] = 1
        assert not verdict(json.dumps(other), known)[0].genuine


def test_layout_and_order_are_not_signed(signed: dict[str, Any], known: tuple[ReportKey, ...]) -> None:
    turned = {part: dict(reversed(signed[part].items())) for part in ("signature", "report")}
    assert verdict(json.dumps(turned, indent=4, ensure_ascii=True), known)[0].genuine


@pytest.mark.parametrize(
    "text", ["", "no", "{}", "[]", "null", '{"report": {}, "signature": {}}', "{" * 500, '"\ud800"']
)
def test_what_is_no_report_is_not_genuine_and_raises_nothing(text: str, known: tuple[ReportKey, ...]) -> None:
    found, _ = verdict(text, known)
    assert [(check.name, check.passed) for check in found.checks] == [("form", False)]


def test_a_value_given_twice_is_no_report(signed: dict[str, Any], known: tuple[ReportKey, ...]) -> None:
    text = json.dumps(signed).replace('"title":', '"title": "Another", "title":', 1)
    assert verdict(text, known)[0].checks[-1].name == "form"


def test_a_key_of_somebody_else_is_not_known(signed: dict[str, Any], tmp_path: Path) -> None:
    others = open_report_keys(tmp_path, today=TODAY)
    assert verdict(json.dumps(signed), others.known)[0].checks[-1].name == "key"
    forged = sign(FeasibilityReport.model_validate(signed["report"]), others)
    named = forged.signature.model_copy(update={"key_id": signed["signature"]["key_id"]})
    text = report_text(SignedReport(report=forged.report, signature=named))
    assert verdict(text, others.known)[0].checks[-1].name == "key"


def test_the_name_of_a_known_key_under_another_signature_does_not_pass(
    signed: dict[str, Any], known: tuple[ReportKey, ...], tmp_path: Path
) -> None:
    forged = sign(FeasibilityReport.model_validate(signed["report"]), open_report_keys(tmp_path, today=TODAY))
    own = signed["signature"]
    named = forged.signature.model_copy(update={"key_id": own["key_id"], "key_name": own["key_name"]})
    found, _ = verdict(report_text(SignedReport(report=forged.report, signature=named)), known)
    assert (found.checks[-1].name, found.checks[-1].passed) == ("signature", False)


def test_an_old_report_stays_genuine_after_its_key_was_replaced(signed: dict[str, Any], tmp_path: Path) -> None:
    first = open_report_keys(tmp_path, today=TODAY)
    report = FeasibilityReport.model_validate({**signed["report"], "issued": TODAY.isoformat()})
    old = report_text(sign(report, first))
    later = TODAY + datetime.timedelta(days=30)
    second = rotate_report_key(tmp_path, today=later)
    assert [path.name for path in tmp_path.glob("report-signing-*")] == ["report-signing-2.key"]
    assert second.known[0].last == later
    assert verdict(old, second.known)[0].genuine
    new = sign(report.model_copy(update={"issued": later}), second)
    assert new.signature.key_id != first.known[0].key.id.hex()
    assert verdict(report_text(new), open_report_keys(tmp_path, today=later).known)[0].genuine
    assert not verdict(report_text(new), first.known)[0].genuine


def test_a_report_from_before_or_after_its_key_was_in_use_is_not_genuine(
    signed: dict[str, Any], tmp_path: Path
) -> None:
    keys = open_report_keys(tmp_path, today=TODAY)
    report = FeasibilityReport.model_validate(signed["report"])
    early = sign(report.model_copy(update={"issued": TODAY - datetime.timedelta(days=1)}), keys)
    found, _ = verdict(report_text(early), keys.known)
    assert (found.checks[-1].name, found.checks[-1].passed) == ("period", False)


def test_a_text_that_is_not_the_one_of_the_hash_is_found_even_if_signed(signed: dict[str, Any], tmp_path: Path) -> None:
    keys = open_report_keys(tmp_path, today=TODAY)
    other = {
        **signed["report"],
        "issued": TODAY.isoformat(),
        "document": signed["report"]["document"].replace("20", "30"),
    }
    found, _ = verdict(report_text(sign(FeasibilityReport.model_validate(other), keys)), keys.known)
    assert (found.checks[-1].name, found.checks[-1].passed) == ("document", False)


def test_keys_are_private_and_belong_together(tmp_path: Path) -> None:
    first = open_report_keys(tmp_path, today=TODAY)
    assert open_report_keys(tmp_path, today=TODAY + datetime.timedelta(days=1)).known == first.known
    secret = tmp_path / "report-signing-1.key"
    assert secret.stat().st_mode & 0o077 == 0
    secret.write_bytes(b"x" * 32)
    with pytest.raises(DataProblem, match="not the newest"):
        open_report_keys(tmp_path, today=TODAY)
    secret.chmod(0o644)
    with pytest.raises(DataProblem, match="others than its owner"):
        open_report_keys(tmp_path, today=TODAY)


@pytest.mark.parametrize(
    "text", ["", "x", "{}", '{"keys": 1}', '{"keys": [{"key": "a+b+c", "first": "x", "last": null}]}']
)
def test_a_damaged_file_of_keys_is_told_in_words(text: str) -> None:
    with pytest.raises(DataProblem):
        report_keys_of(text)


def test_public_keys_go_where_tables_are_published(tmp_path: Path) -> None:
    keys = open_report_keys(tmp_path, today=TODAY)
    publish_keys(keys, tmp_path / "cubes")
    assert not (tmp_path / "cubes").exists()
    (tmp_path / "cubes").mkdir()
    publish_keys(keys, tmp_path / "cubes")
    assert read_report_keys(tmp_path / "cubes" / REPORT_KEYS_FILE) == keys.known
    assert [path.name for path in (tmp_path / "cubes").iterdir()] == [REPORT_KEYS_FILE]
