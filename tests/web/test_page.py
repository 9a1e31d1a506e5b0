"""The page in a real browser: what a researcher does in the first minutes."""

from typing import TYPE_CHECKING

import pytest

from tests.web.lib import open_workbench

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_without_a_token_the_page_says_how_to_get_one(page: "Page", site: tuple[str, str]) -> None:
    address, token = site
    page.goto(address)
    assert "kohort token" in page.inner_text("#signin")
    assert not page.is_visible("#signed-in")
    page.fill("#token", "nonsense")
    page.click("#signin-form button")
    page.wait_for_selector("#signin-reason:has-text('no longer')")
    page.fill("#token", token)
    page.click("#signin-form button")
    page.wait_for_selector("#verdict.good")
    assert not page.is_visible("#signin")


def test_the_token_leaves_the_address_and_stays_in_the_tab(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    assert page.url == f"{site[0]}/"
    page.reload()
    page.wait_for_selector("#verdict.good")
    assert "registered tier" in page.inner_text("#caller")


def test_the_page_holds_without_scrolling_sideways_on_a_phone(page: "Page", site: tuple[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    open_workbench(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
