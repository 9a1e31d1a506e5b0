"""Documents in and out of the workbench: examples, files, OHDSI's Circe JSON; and what running will take."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cohort_dsl import from_json, parse
from cohort_dsl.circe import from_circe
from tests.web.lib import open_workbench, until_written, write, written

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

DEFINITION = {
    "ConceptSets": [
        {"id": 0, "name": "Type 2 diabetes", "expression": {"items": [{"concept": {"CONCEPT_ID": 201826}}]}}
    ],
    "PrimaryCriteria": {
        "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
        "ObservationWindow": {"PriorDays": 365, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "QualifiedLimit": {"Type": "First"},
    "ExpressionLimit": {"Type": "First"},
}
PLAIN = 'cohort "Plain"\n\nlet t2dm = concept 201826\n\nindex first ever condition in t2dm\n'


def test_examples_say_what_they_are_about(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    page.click("#open-library")
    expect(page.locator("#library-list small").first).to_contain_text("acetaldehyde")
    page.locator("#library-list button", has_text="Smokers treated for COPD").click()
    assert 'cohort "Smokers treated for COPD"' in until_written(page, "COPD")
    assert not page.is_visible("#library")


def test_what_is_pasted_and_looked_up_stays_when_the_page_is_left(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    page.click("#lookup summary")
    page.select_option("#lookup-kind", "genes")
    page.fill("#lookup-text", "PCS")
    page.click("#open-import")
    page.fill("#import-text", "{half")
    page.check("#import input[value=corrected]")
    for leave in ("reload", "back"):
        if leave == "reload":
            page.reload()
        else:
            page.goto(f"{site[0]}/public")
            page.go_back()
        page.wait_for_selector("#verdict.good")
        assert [page.input_value(f"#{field}") for field in ("lookup-kind", "lookup-text")] == ["genes", "PCS"]
        assert page.input_value("#import-text") == "{half"
        assert page.is_checked("#import input[value=corrected]")


def test_an_ohdsi_definition_is_pasted_and_becomes_text(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    before = written(page)
    page.click("#open-import")
    wrong = (("", "Choose a file"), ("{", "not JSON"), ("[1]", "a list"), ('{"ConceptSets": 3}', "ConceptSets"))
    for given, said in wrong:
        page.fill("#import-text", given)
        page.click("#import-form button")
        expect(page.locator("#import-problem")).to_contain_text(said)
    assert written(page) == before
    page.fill("#import-text", json.dumps(DEFINITION))
    page.check("#import input[value=corrected]")
    page.click("#import-form button")
    text = until_written(page, "201826")
    assert "circe-exact" not in text
    assert not page.is_visible("#import")
    page.click("#open-import")
    page.check("#import input[value=circe-exact]")
    page.click("#import-form button")
    until_written(page, "mode circe-exact")


def test_a_file_is_read(page: "Page", site: tuple[str, str], tmp_path: Path) -> None:
    open_workbench(page, site)
    file = tmp_path / "mine.kohort"
    file.write_text(PLAIN, encoding="utf-8")
    page.click("#open-import")
    page.set_input_files("#import-file", file)
    expect(page.locator("#import-text")).to_have_value(PLAIN)
    page.click("#import-form button")
    assert until_written(page, "Plain") == PLAIN


def test_documents_are_saved_in_three_forms(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, PLAIN)
    page.wait_for_selector("#verdict.good")
    page.click("#open-export")
    saved = {}
    for form in ("text", "json", "circe"):
        with page.expect_download() as download:
            page.click(f"#export [data-form={form}]")
        saved[form] = Path(download.value.path()).read_text(encoding="utf-8")
    assert saved["text"] == PLAIN
    assert from_json(saved["json"]) == parse(PLAIN)
    assert from_circe(saved["circe"]).cohort.index.events == parse(PLAIN).index.events
    page.click("#export [data-close]")
    write(page, 'cohort "x"\n\nindex everyone\n\ninclude "y" when carries variant rs671\n')
    page.click("#open-export")
    page.click("#export [data-form=circe]")
    expect(page.locator("#export-problem")).not_to_be_empty()


def test_what_running_takes_is_said_before(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, PLAIN)
    cost = page.locator("#cost")
    expect(cost).to_contain_text("1 of 12 criteria")
    expect(cost).to_contain_text("quick: 1 s after asking")
    expect(cost).to_contain_text("count 0.25 %")
    page.select_option("#precision", "coarse")
    expect(cost).to_contain_text("count 0.04 %")
    expect(cost).to_contain_text("Budget left")
    rules = "\n".join(f'include "r{n}" when age at index >= {n}' for n in range(20))
    write(page, f'cohort "Large"\n\nindex everyone\n\n{rules}\n')
    expect(page.locator("#verdict.bad")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("criteria")
    assert page.is_disabled("#run")
