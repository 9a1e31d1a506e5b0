"""Two tabs of one browser: each has a document, a project and a place of its own; signing out and runs are of both."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.auth import open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.web.lib import open_workbench, until_written, written
from tests.web.test_builder import TEXT, key, show
from tests.web.test_dashboards import several  # noqa: F401  a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

EVERYBODY = 'cohort "Everybody"\n\nindex everyone\n'


@pytest.fixture
def other(page: "Page") -> Iterator["Page"]:
    """A second tab of the same browser."""
    other = page.context.new_page()
    faults: list[str] = []
    other.on("pageerror", lambda error: faults.append(str(error)))
    yield other
    assert faults == []


def test_each_tab_keeps_its_own_document(page: "Page", other: "Page", site: tuple[str, str]) -> None:
    for tab, text in ((page, TEXT), (other, EVERYBODY)):
        open_workbench(tab, site)
        show(tab, text)
    page.fill(key(page, "rules/0/name"), "LDL raised")
    page.press(key(page, "rules/0/name"), "Tab")
    until_written(page, "LDL raised")
    assert written(other) == EVERYBODY
    for tab in (page, other):
        tab.reload()
        tab.wait_for_selector("#verdict.good")
    assert written(page) == TEXT.replace("LDL high", "LDL raised")
    assert written(other) == EVERYBODY
    expect(page.locator(key(page, "rules/0/name"))).to_have_value("LDL raised")


def test_what_one_tab_asks_the_other_lists(page: "Page", other: "Page", site: tuple[str, str]) -> None:
    for tab in (page, other):
        open_workbench(tab, site)
        show(tab, EVERYBODY)
        tab.click("#history summary")
        tab.wait_for_load_state("networkidle")
    before = other.locator("#runs li").count()
    left = other.inner_text("#cost")
    page.click("#run")
    expect(other.locator("#runs li")).to_have_count(before + 1)
    expect(other.locator("#cost")).not_to_have_text(left)
    expect(other.locator("#answer")).to_be_hidden()
    page.locator("#runs [data-act=delete]").first.click()
    expect(other.locator("#runs li")).to_have_count(before)


def test_to_sign_out_is_to_sign_out_of_all_tabs(page: "Page", other: "Page", site: tuple[str, str]) -> None:
    for tab in (page, other):
        open_workbench(tab, site)
        show(tab, EVERYBODY)
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#signin")).to_be_visible()
    expect(other.locator("#signed-in")).to_be_hidden()
    expect(other.locator("#caller")).to_be_hidden()
    expect(other.locator("#signin-reason")).to_contain_text("signed out in another tab")
    assert other.evaluate("sessionStorage.getItem('kohort-token')") is None
    for tab in (other, page):
        tab.fill("#token", site[1])
        tab.press("#token", "Enter")
        expect(tab.locator("#verdict")).to_have_class("good")
        assert written(tab) == EVERYBODY


def test_somebody_else_in_another_tab_stays(
    page: "Page", other: "Page", site: tuple[str, str], site_root: Path
) -> None:
    you = Principal(user="you", project="browser", institution="here", tier=AccessTier.REGISTERED)
    open_workbench(page, site)
    open_workbench(other, (site[0], open_local_tokens(site_root / "state").issue(you, hours=1)))
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#signin")).to_be_visible()
    other.click("#run")
    expect(other.locator("#count")).not_to_be_empty()
    expect(other.locator("#signed-in")).to_be_visible()


def test_each_tab_asks_in_its_own_project(page: "Page", other: "Page", several: tuple[str, str]) -> None:  # noqa: F811
    for tab in (page, other):
        open_workbench(tab, several)
        expect(tab.locator("#project option")).to_have_count(3)
    page.select_option("#project", "T2DM-14")
    expect(page.locator("#caller")).to_contain_text("T2DM-14")
    other.reload()
    expect(other.locator("#caller")).to_contain_text("your own project")
    page.reload()
    expect(page.locator("#caller")).to_contain_text("T2DM-14")
    page.wait_for_selector("#verdict.good")
    show(page, EVERYBODY)
    page.click("#run")
    expect(page.locator("#runs li")).to_have_count(1)
    expect(other.locator("#runs li")).to_have_count(0)
