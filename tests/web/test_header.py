"""The header: whole at every width, one line at desktop width for whoever signed in, and the way to the state of the
service by role."""

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
WIDTHS = (320, 360, 390, 768, 1024, 1120, 1279, 1280, 1920)
PAGES = (
    "/questions",
    "/dashboards",
    "/public",
    "/public/list?family=conditions",
    "/precision",
    "/verify",
    "/operations",
)

FAULTS = """() => {
  const header = document.querySelector("header.site");
  const seen = [...header.querySelectorAll("a, button, #caller span")].filter((each) => each.getClientRects().length);
  const box = (each) => each.getBoundingClientRect();
  const name = (each) => `${each.textContent} (${each.id || each.localName})`;
  const isCut = (each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1;
  const isBroken = (each) => each.localName !== "span" && box(each).height > 2 * parseFloat(getComputedStyle(each).lineHeight);
  const isSmall = (each) => each.localName !== "span" && Math.min(box(each).width, box(each).height) < 24;
  const isOutside = (each) => box(each).left < 0 || box(each).right > innerWidth || box(each).bottom > box(header).bottom;
  const meets = (one, other) => box(one).left < box(other).right && box(other).left < box(one).right
    && box(one).top < box(other).bottom && box(other).top < box(one).bottom;
  return [
    ...Object.entries({ isCut, isBroken, isSmall, isOutside }).flatMap(([fault, test]) =>
      seen.filter(test).map((each) => `${name(each)} ${fault}`)),
    ...seen.flatMap((one, place) => seen.slice(place + 1).filter((other) => meets(one, other)).map((other) =>
      `${name(one)} meets ${name(other)}`)),
    ...(document.documentElement.scrollWidth > innerWidth ? ["the page is scrolled sideways"] : []),
  ];
}"""


def faults_by_width(page: "Page") -> dict[int, list[str]]:
    """What is cut, broken over lines, too small to touch, outside or over something else; for each width that has any."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        found[width] = page.evaluate(FAULTS)
    return {width: faults for width, faults in found.items() if faults}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_is_cut_at_any_width(page: "Page", site: tuple[str, str], site_root: Path, language: str) -> None:
    """On every page, for those who are shown the most; a long name has as many lines as it needs beside a desktop's."""
    me = Principal(user="operator", project="browser", institution="here", tier=AccessTier.REGISTERED)
    open_workbench(page, (site[0], open_local_tokens(site_root / "state").issue(me, hours=1)), language)
    assert faults_by_width(page) == {}
    for path in PAGES:
        page.goto(f"{site[0]}{path}")
        expect(page.locator("#nav-operations")).to_be_visible()
        assert faults_by_width(page) == {}, path
    page.goto("about:blank")
    long = Principal(user=LONG, project="a-project-of-a-long-name", institution="here", tier=AccessTier.REGISTERED)
    open_workbench(page, (site[0], open_local_tokens(site_root / "state").issue(long, hours=1)), language)
    assert {width: faults for width, faults in faults_by_width(page).items() if width < 1280} == {}


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
        "[...document.querySelectorAll('#home, #navigation, #caller, #languages, #theme')]"
        ".map(each => each.getBoundingClientRect().toJSON())"
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
