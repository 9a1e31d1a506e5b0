"""OHDSI's definitions in the cards: what is changed there and set back leaves the document as it was imported."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cohort_dsl import parse, print_cohort
from cohort_dsl.circe import from_circe
from tests.circe.definitions import concept_set, corpus
from tests.web.lib import open_workbench, written

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

SHAPES = (800518, 801016, 900014, 800235, 255)
"""Of the corpus, those that together say most of what Circe can."""

WINDOW = {"Start": {"Days": 30, "Coeff": -1}, "End": {"Days": 0, "Coeff": 1}, "UseEventEnd": False}
GROUP = {
    "Type": "AT_LEAST",
    "Count": 1,
    "CriteriaList": [
        {
            "Criteria": {"Measurement": {"CodesetId": 1, "ValueAsNumber": {"Value": 6.5, "Op": "gt"}}},
            "StartWindow": WINDOW,
            "Occurrence": {"Type": 2, "Count": 2, "IsDistinct": True},
        },
        {
            "Criteria": {"DrugExposure": {"CodesetId": 0, "First": True}},
            "StartWindow": WINDOW,
            "Occurrence": {"Type": 0, "Count": 0},
            "RestrictVisit": True,
        },
    ],
    "DemographicCriteriaList": [{"Age": {"Value": 18, "Extent": 65, "Op": "bt"}, "Gender": [{"CONCEPT_ID": 8532}]}],
    "Groups": [],
}
DEFINITION: dict[str, Any] = {
    "ConceptSets": [concept_set(0, "drugs", 1, 2), concept_set(1, "results", 3)],
    "PrimaryCriteria": {
        "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0, "CorrelatedCriteria": GROUP}}],
        "ObservationWindow": {"PriorDays": 365, "PostDays": 30},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "AdditionalCriteria": GROUP,
    "QualifiedLimit": {"Type": "Last"},
    "ExpressionLimit": {"Type": "First"},
    "InclusionRules": [{"name": "one", "expression": GROUP}, {"name": "other", "expression": {**GROUP, "Type": "ANY"}}],
    "EndStrategy": {"CustomEra": {"DrugCodesetId": 0, "GapDays": 30, "Offset": 7}},
    "CensoringCriteria": [{"Death": {}}],
    "CollapseSettings": {"CollapseType": "ERA", "EraPad": 10},
    "CensorWindow": {"StartDate": "2010-01-01", "EndDate": "2020-12-31"},
}

THERE_AND_BACK = """async (most) => {
  const controls = () => [...document.querySelectorAll(
    "#builder :is(input, select)[data-key]:not(.add, [data-key$=':choose'])")];
  const shapes = new Map(controls().map(({ dataset: { key } }) => [key.replace(/[0-9]+/g, "#"), key]));
  const find = (key) => controls().find((each) => each.dataset.key === key);
  const next = (control) => {
    if (control.matches("select")) return control.options[(control.selectedIndex + 1) % control.options.length].value;
    if (control.type === "number") return String(Number(control.value) + 1);
    return control.type === "date" ? "2011-03-04" : `${control.value}x`;
  };
  const put = async (key, value) => {
    const control = find(key);
    const name = control.type === "checkbox" ? "checked" : "value";
    control[name] = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
    const until = Date.now() + 30000;
    while (control.isConnected && !control.hasAttribute("aria-invalid")) {
      if (Date.now() > until) throw new Error(`${key}: nothing happened`);
      await new Promise((done) => setTimeout(done, 3));
    }
    return control.isConnected ? control : null; // still there: the other value is refused
  };
  const changed = [];
  for (const key of [...shapes.values()].slice(0, most)) {
    const control = find(key);
    if (!control) continue; // a choice that took other fields with it brought them back as new ones
    const isTick = control.type === "checkbox";
    const before = isTick ? control.checked : control.value;
    const refused = await put(key, isTick ? !before : next(control));
    if (!refused) changed.push(key);
    if (refused) refused.removeAttribute("aria-invalid");
    await put(key, before);
  }
  return changed;
}"""


def there_and_back(page: "Page", definition: str, mode: str) -> None:
    """Import a definition, change fields of each shape and set each back, and compare the texts."""
    page.click("#open-import")
    page.fill("#import-text", definition)
    page.check(f"#import input[value={mode}]")
    before = written(page)
    page.click("#import-form button")
    expect(page.locator("#import")).to_be_hidden()
    page.wait_for_function("before => sessionStorage.getItem('kohort-draft') !== before", arg=before)
    imported = written(page)
    name = parse(imported).name
    page.wait_for_function("name => document.querySelector('#builder [data-key=name]')?.value === name", arg=name)
    changed = page.evaluate(THERE_AND_BACK, 40)
    assert len(changed) > 4
    assert written(page) in (imported, print_cohort(parse(imported)))
    assert parse(written(page)) == parse(imported)


@pytest.mark.parametrize("mode", ["circe-exact", "corrected"])
def test_a_definition_of_many_parts(page: "Page", site: tuple[str, str], mode: str) -> None:
    open_workbench(page, site)
    page.check("#view input[value=cards]", force=True)
    there_and_back(page, json.dumps(DEFINITION), mode)
    page.click("#open-export")
    with page.expect_download() as download:
        page.click("#export [data-form=circe]")
    exported = Path(download.value.path()).read_text(encoding="utf-8")
    assert parse(print_cohort(from_circe(exported).cohort)).rules == parse(written(page)).rules


def test_definitions_of_the_corpus(page: "Page", site: tuple[str, str], shared: Path) -> None:
    open_workbench(page, site)
    page.check("#view input[value=cards]", force=True)
    for number in SHAPES:
        there_and_back(page, corpus(shared)[number], "circe-exact")
