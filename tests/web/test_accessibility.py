"""Every page: no serious fault that axe knows, in both languages and themes, at desktop and phone width."""

from typing import TYPE_CHECKING

import pytest

from tests.web.lib import open_workbench, serious_faults, write

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

MIXED = """cohort "Mixed"

let ldl = code LOINC:"13457-7"

index first ever drug in code ATC:"C10AA" with descendants where age >= 40

include "LDL" when any measurement in ldl within 1 year before index
include "two" when at least 2 of (survey smoking.status in ("current"), carries variant rs671, age at index in 40..60)
exclude "odd" when carries at least 2 variants in gene LDLR where lof

count by sex, age(10)
"""
LOOKS = [("en", "light", 1280), ("ko", "dark", 1280), ("ko", "light", 390), ("en", "dark", 390)]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_workbench(page: "Page", site: tuple[str, str], language: str, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    open_workbench(page, site, language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.check("#view input[value=both]", force=True)
    write(page, MIXED)
    expect(page.locator("#builder .card-of.exclude")).to_have_count(1)
    expect(page.locator("#builder .answers label")).to_have_count(3)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    write(page, 'cohort "x"\nindex first conditoin\n')
    page.wait_for_selector("#verdict.bad")
    assert serious_faults(page) == []


@pytest.mark.parametrize("dialog", ["library", "import", "export"])
def test_dialogs(page: "Page", site: tuple[str, str], dialog: str) -> None:
    open_workbench(page, site)
    page.click(f"#open-{dialog}")
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(f"#{dialog}")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == f"open-{dialog}"


@pytest.mark.parametrize("path", ["/", "/precision", "/verify", "/operations", "/questions", "/public"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_that_need_no_token(page: "Page", site: tuple[str, str], path: str, language: str) -> None:
    page.goto(f"{site[0]}{path}?lang={language}")
    page.wait_for_selector("#theme:visible")
    assert serious_faults(page) == []


def test_the_theme_is_switched_and_kept(page: "Page", site: tuple[str, str]) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{site[0]}/precision?lang=en")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    expect(page.locator("#theme")).to_have_text("Light")


def test_the_language_is_switched_and_kept(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/?lang=en#run=abc")
    page.click("#languages a[lang=ko]")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert page.url.endswith("#run=abc")
    page.goto(f"{site[0]}/")
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_the_whole_workbench_is_reached_by_keyboard(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    page.check("#view input[value=text]", force=True)
    reached = set()
    page.focus("#home a")
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className.split(' ')[0]"))
    assert {"open-library", "open-import", "open-export", "format", "cm-content", "precision", "run"} <= reached
