"""The page about ± in a real browser: both languages, with and without scripts, on a phone, in the dark."""

import re
from typing import TYPE_CHECKING

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_main_page_leads_to_it(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/?lang=en")
    page.click("text=What ± means")
    expect(page.locator("h1")).to_have_text("What a number with ± means")


def test_numbers_follow_what_is_typed(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/precision?lang=en")
    expect(page.locator("#summary")).to_contain_text("For 120 people")
    page.fill("#size", "600")
    expect(page.locator("#summary")).to_contain_text("For 600 people")
    page.select_option("#tier", "controlled")
    expect(page.locator("figure.noise")).to_have_count(4)
    assert re.search(r"size=600.*tier=controlled", page.url)
    page.click("text=한국어")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#size")).to_have_value("600")
    expect(page.locator("figure.noise")).to_have_count(4)
    page.fill("#size", "")
    page.click("#calculator button")
    assert page.evaluate("document.activeElement.id") == "size"


def test_it_works_without_scripts(page: "Page", site: tuple[str, str]) -> None:
    assert page.context.browser is not None
    plain = page.context.browser.new_context(java_script_enabled=False, locale="ko-KR").new_page()
    plain.goto(f"{site[0]}/precision")
    expect(plain.locator("html")).to_have_attribute("lang", "ko")
    plain.fill("#size", "90")
    plain.press("#size", "Enter")
    expect(plain.locator("#summary")).to_contain_text("90명")
    assert "size=90" in plain.url


def test_it_can_be_used_by_keyboard_alone(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/precision?lang=en")
    reached = []
    for _ in range(17):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert reached[:16] == [
        *("Skip to the content", "Kohort", "Workbench", "Ready questions", "Dashboards", "Published numbers"),
        *("What ± means", "Check a report", "English", "한국어", "theme"),
        *("size", "cells", "steps", "tier", "Calculate"),
    ]
    assert page.evaluate("document.activeElement.className") == "scroll"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_holds_without_scrolling_sideways_on_a_phone(page: "Page", site: tuple[str, str], language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site[0]}/precision?lang={language}&tier=controlled&size=1000000")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(page: "Page", site: tuple[str, str], scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 between text and what is behind it."""
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site[0]}/precision?lang=ko&size=abc")
    found = page.evaluate(
        """() => {
          const light = (colour) => {
            const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
              .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
          };
          const behind = (element) => {
            for (let at = element; at; at = at.parentElement) {
              const colour = getComputedStyle(at).backgroundColor;
              if (!/, 0\\)$|transparent/.test(colour)) return colour;
            }
            return getComputedStyle(document.body).backgroundColor;
          };
          return [...document.querySelectorAll("p, small, th, td, a, label, h1, h2, h3, li, button, text, figcaption")]
            .map((element) => {
              const style = getComputedStyle(element);
              const ink = element.tagName === "text" ? style.fill : style.color;
              const pair = [light(ink), light(behind(element))].sort((a, b) => b - a);
              return [(pair[0] + 0.05) / (pair[1] + 0.05), element.textContent.trim().slice(0, 40)];
            });
        }"""
    )
    assert found and [text for ratio, text in found if ratio < 4.5] == []
