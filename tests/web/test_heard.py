"""The workbench for who hears it: each control says what it does and to what, and news is told once."""

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from cohort_dsl import parse, print_cohort
from tests.web.heard import Control, controls, heard, listen
from tests.web.lib import open_workbench, type_at_end, write
from tests.web.test_accessibility import MIXED
from tests.web.test_builder import key, show
from tests.web.test_builder_parts import TEXT as EVERY_KIND

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

ALIKE = print_cohort(
    parse("""cohort "Alike"

let statins = code ATC:"C10AA" with descendants
let others = code ATC:"C10AA" with descendants excluding code ATC:"C10AA01"

index first ever drug in statins or first ever drug in statins
qualify when age at index >= 18

include "one" when any of (
  any measurement where not value > 1 within 1 year before index starting before index,
  any measurement where value > 1 within 1 year before index,
  unknown (survey smoking.status in ("current")),
  not all of (age at index >= 40, age at index >= 40),
  carries variant in (rs671, rs1229984)
)
exclude "two" when survey smoking.status in ("current")

end 2 years after start or at death
""")
)


def alike(found: list[Control]) -> list[object]:
    """Controls that who hears the page cannot tell apart: buttons of one name, which are also met alone, as in a list of
    buttons; and other controls of one name in the same groups."""
    names = [(each.role, "" if each.role == "button" else each.groups, each.name) for each in found]
    return [name for name, times in Counter(names).items() if times > 1]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_two_controls_say_the_same(page: "Page", site: tuple[str, str], language: str) -> None:
    """A button alone, as in a list of buttons; a field with the groups around it."""
    open_workbench(page, site, language)
    page.check("#view input[value=both]", force=True)
    for text in (MIXED, EVERY_KIND, ALIKE):
        show(page, text)
        page.wait_for_load_state("networkidle")
        found = controls(page)
        assert [each for each in found if not each.name] == []
        assert alike(found) == []


WOMEN = 'cohort "Women"\n\nindex first visit\n\ninclude "woman" when sex is female\n\ncount by sex\n'


def ask(page: "Page") -> None:
    before = page.url
    page.focus("#run")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: address != before)
    expect(page.locator("#run")).to_be_enabled()
    expect(page.locator("#receipt")).not_to_be_empty()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_two_controls_of_answers_history_and_report_say_the_same(
    page: "Page", site: tuple[str, str], language: str
) -> None:
    open_workbench(page, site, language)
    show(page, WOMEN)
    page.click("#history summary")
    page.click("#report summary")
    for _ in range(2):  # two runs of one name
        before = page.locator("#runs li").count()
        ask(page)
        expect(page.locator("#runs li")).to_have_count(before + 1)
    expect(page.locator("#steps .take")).to_have_count(4)
    page.click("#report-make")
    expect(page.locator("#report-files button")).to_have_count(3)
    found = controls(page)
    assert [each for each in found if not each.name] == []
    assert alike(found) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_two_controls_of_the_dashboards_say_the_same(page: "Page", site: tuple[str, str], language: str) -> None:
    open_workbench(page, site, language)
    page.goto(f"{site[0]}/dashboards?lang={language}")
    page.locator("form[action='/dashboards/ask'] button").first.click()
    expect(page.locator(".panel table").first).to_be_attached()
    found = controls(page)
    assert len([each for each in found if each.role == "DisclosureTriangle"]) > 2
    assert [each for each in found if not each.name] == []
    assert alike(found) == []


def test_news_is_told_once(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, WOMEN)
    page.wait_for_load_state("networkidle")
    listen(page)
    type_at_end(page, 'include "adult" when age at index >= 19')
    expect(page.locator(key(page, "rules/1/name"))).to_have_value("adult")
    page.wait_for_load_state("networkidle")
    assert heard(page) == []  # it was right, and is
    for more in ("0 foo", "o"):
        with page.expect_response("**/v1/cohorts/validate"):
            type_at_end(page, more)
        expect(page.locator("#verdict")).to_have_class("bad")
    page.wait_for_load_state("networkidle")
    problem, cards = sorted(heard(page))  # whichever comes first
    assert problem == "1 problem" and "The cards show the document as it last could be read" in cards
    show(page, WOMEN)
    page.wait_for_selector("#verdict.good")
    assert heard(page) == ["Can be answered."]


def test_an_answer_is_told_once_and_that_it_is_of_another_text(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, WOMEN)
    page.wait_for_load_state("networkidle")
    listen(page)
    for _ in range(2):  # the same number is told again
        ask(page)
        count = page.inner_text("#count")
        assert heard(page) == ["Asking…", f"Done. {count} 4 of 4 answered"]
        assert page.evaluate("document.activeElement.id") == "run"
    for more in ('include "adult" when age at index >= 19', "0"):
        type_at_end(page, more)
        page.wait_for_load_state("networkidle")
    assert [each for each in heard(page) if "has changed" in each] == [page.inner_text("#stale")]


def test_what_is_wrong_is_tied_to_its_field(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, WOMEN)
    page.wait_for_load_state("networkidle")
    listen(page)
    page.fill(key(page, "rules/0/name"), "")
    page.press(key(page, "rules/0/name"), "Tab")
    expect(page.locator(key(page, "rules/0/name"))).to_have_accessible_description("Enter a text.")
    expect(page.locator(key(page, "rules/0/name"))).to_have_attribute("aria-invalid", "true")
    page.click("#more summary")
    page.check("#with-trend")
    page.fill("#first-year", "2020")
    page.click("#run")
    expect(page.locator("#first-year")).to_have_accessible_description(re.compile("Give two years"))
    page.click("#open-import")
    page.fill("#import-text", "{")
    page.click("#import-form button")
    expect(page.locator("#import-text")).to_have_accessible_description(re.compile("not JSON"))
    expect(page.locator("#import-text")).to_have_attribute("aria-invalid", "true")
    assert [each.split(".")[0] for each in heard(page)] == [
        "Enter a text",
        "Give two years, the earlier one first, at most 120 apart",
        "This is not JSON",
    ]
    page.keyboard.press("Escape")
    editor = page.locator("#editor .cm-content")
    expect(editor).to_have_attribute("aria-invalid", "false")
    write(page, 'cohort "x"\nindex first conditoin\n')
    expect(editor).to_have_attribute("aria-invalid", "true")
    expect(editor).to_have_attribute("aria-errormessage", "verdict")


def test_the_focus_is_not_lost(page: "Page", site: tuple[str, str]) -> None:
    """Where a part, a run or a form goes, it is at what stands nearest."""
    open_workbench(page, site)
    show(page, ALIKE)
    edit = page.locator("[data-key='rules/0/criterion:text']")
    for leave in ("Escape", "Cancel", "Apply"):
        edit.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#builder textarea")).to_be_focused()
        if leave == "Escape":
            page.keyboard.press(leave)
        else:
            page.get_by_role("button", name=f"{leave}: rule 1").focus()
            page.keyboard.press("Enter")
        expect(edit).to_be_focused()
    for part, then in (
        ("rules/0/criterion/parts/0/windows/0:Remove Window of time", "rules/0/criterion/parts/0/"),
        ("rules/0/criterion/parts/1:Remove criterion", "rules/0/criterion/parts/1"),
        ("rules/1:Remove two", "rules/0"),
        ("lets/1:Remove others", "lets/0"),
    ):
        button = page.locator(f'[data-key="{part}"]')
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("then => document.activeElement.dataset.key?.startsWith(then)", arg=then)


def test_the_focus_stays_in_the_list_of_runs(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, WOMEN)
    ask(page)
    page.click("#history summary")
    left = page.locator("#runs li").count()
    page.locator("#runs [data-act=delete]").last.focus()
    while left:
        page.keyboard.press("Enter")
        left -= 1
        expect(page.locator("#runs li")).to_have_count(left)
        page.wait_for_function("() => document.getElementById('history').contains(document.activeElement)")
        assert page.evaluate("document.activeElement.dataset.act") == ("delete" if left else None)
