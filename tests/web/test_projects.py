"""Somebody of several projects chooses one: budget, runs and links follow it, over reload and back."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.lib import open_workbench, serious_faults, until_written, write
from tests.web.test_accessibility import LOOKS
from tests.web.test_dashboards import several  # noqa: F401  a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

EVERYBODY = 'cohort "Everybody"\nindex everyone\n'
HERE = "#project=T2DM-14"


@pytest.fixture
def member(page: "Page", several: tuple[str, str]) -> "Page":  # noqa: F811
    """The workbench of somebody who has a project of each tier beside their own."""
    open_workbench(page, several)
    expect(page.locator("#project option")).to_have_count(3)
    return page


def choose(page: "Page", project: str) -> None:
    page.select_option("#project", project)
    expect(page.locator("#caller")).to_contain_text(project)


def ask(page: "Page") -> None:
    """Ask for the count of everybody alone, and wait for it."""
    write(page, EVERYBODY)
    for part in ("attrition", "pyramid", "breakdown"):
        page.uncheck(f"#with-{part}")
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    expect(page.locator("#steps .step[data-state=answered]")).to_have_count(1)


def test_the_choice_is_kept_and_the_document_with_it(member: "Page") -> None:
    expect(member.locator("#caller")).to_contain_text("your own project · registered tier")
    expect(member.locator("#precision option")).to_have_count(2)
    write(member, EVERYBODY)
    until_written(member, "Everybody")
    choose(member, "T2DM-14")
    assert member.url.endswith(HERE)
    expect(member.locator("#precision option")).to_have_count(4)
    member.reload()
    expect(member.locator("#caller")).to_contain_text("T2DM-14")
    expect(member.locator("#project")).to_have_value("T2DM-14")
    until_written(member, "Everybody")
    member.click("#navigation a[href='/questions']")
    expect(member.locator("#caller")).to_contain_text("T2DM-14")


def test_each_project_has_its_own_runs_and_the_address_knows_whose(member: "Page") -> None:
    own = member.locator("#project option").first.get_attribute("value")
    choose(member, "T2DM-14")
    ask(member)
    assert re.search(r"#run=[0-9a-f]{32}&project=T2DM-14$", member.url)
    expect(member.locator("#runs li")).to_have_count(1)
    member.select_option("#project", own)
    expect(member.locator("#answer")).to_be_hidden()
    expect(member.locator("#runs li")).to_have_count(0)
    member.go_back()
    expect(member.locator("#steps .step[data-state=answered]")).to_have_count(1)
    expect(member.locator("#project")).to_have_value("T2DM-14")
    member.click("#share")
    expect(member.locator("#share-said")).to_contain_text(re.search(r"#run=.*", member.url)[0])  # type: ignore[index]


def test_the_copied_call_asks_in_the_same_project(member: "Page") -> None:
    member.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(member, "T2DM-14")
    ask(member)
    for button, said in (("curl", 'Kohort-Project: T2DM-14"'), ("Python", 'project="T2DM-14"')):
        member.get_by_role("button", name=f"Copy {button}").click()
        expect(member.locator(".take .said")).not_to_be_empty()
        member.wait_for_function("async said => (await navigator.clipboard.readText()).includes(said)", arg=said)


def test_a_link_to_a_project_of_others_says_so(page: "Page", several: tuple[str, str]) -> None:  # noqa: F811
    open_workbench(page, several)
    page.goto(f"{several[0]}/?lang=en#project=SOMEBODY-ELSES")
    expect(page.locator("#project-said")).to_contain_text("not open to you")
    expect(page.locator("#caller")).to_contain_text("your own project")
    assert page.url == f"{several[0]}/"


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_choice_is_for_everybody(
    page: "Page",
    several: tuple[str, str],  # noqa: F811
    language: str,
    scheme: str,
    width: int,
) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    open_workbench(page, several, language)
    expect(page.locator("#project")).to_be_visible()
    assert serious_faults(page, "#project-choice") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_has_one_project_is_not_asked(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#project-choice")).to_be_hidden()
