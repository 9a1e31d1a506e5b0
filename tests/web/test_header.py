"""The header: one line at desktop width for whoever signed in, and the way to the state of the service by role."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.auth import open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.web.lib import open_workbench, serious_faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

LONG = "a-person-with-a-very-long-name@hospital-of-a-long-name.example"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("user", ["operator", LONG])
def test_one_line_at_desktop_width(
    page: "Page", site: tuple[str, str], site_root: Path, language: str, user: str
) -> None:
    """However long a name is; the whole of it is told where it is cut."""
    me = Principal(user=user, project="a-project-of-a-long-name", institution="here", tier=AccessTier.REGISTERED)
    token = open_local_tokens(site_root / "state").issue(me, hours=1)
    open_workbench(page, (site[0], token), language)
    boxes = page.evaluate(
        "[...document.querySelectorAll('header.site > :not([hidden])')].map(each => each.getBoundingClientRect().toJSON())"
    )
    middles = [box["top"] + box["height"] / 2 for box in boxes]
    assert max(middles) - min(middles) <= 3, boxes
    rows = page.evaluate(
        "new Set([...document.querySelectorAll('#navigation a:not([hidden])')].map(each => each.getBoundingClientRect().top)).size"
    )
    assert rows == 1
    assert all(one["right"] <= other["left"] for one, other in pairwise(boxes)), boxes
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert user in str(page.get_attribute("#caller span", "title"))
    page.set_viewport_size({"width": 390, "height": 860})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious_faults(page, "header.site") == []


def test_operations_are_shown_to_operators_on_every_page(page: "Page", site: tuple[str, str], site_root: Path) -> None:
    me = Principal(user="operator", project="browser", institution="here", tier=AccessTier.REGISTERED)
    token = open_local_tokens(site_root / "state").issue(me, hours=1)
    open_workbench(page, (site[0], token))
    link = page.locator("#nav-operations")
    expect(link).to_be_visible()
    page.goto(f"{site[0]}/precision?lang=en")
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("#state .card")).to_have_count(5)
    expect(link).to_have_attribute("aria-current", "page")
    page.goto(f"{site[0]}/?lang=en")
    page.click("#caller button")
    expect(page.locator("#signin")).to_be_visible()
    expect(link).to_be_hidden()


def test_operations_are_not_shown_to_others(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    expect(page.locator("#nav-operations")).to_be_hidden()
