"""The page in a real browser: what a researcher does in the first minutes."""

import re
from typing import TYPE_CHECKING

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WRONG = 'cohort "한국 🎉"\nindex first conditoin\n'


def open_page(page: "Page", site: tuple[str, str]) -> None:
    address, token = site
    page.goto(f"{address}/#token={token}")
    page.wait_for_selector("#verdict.good")


def test_without_a_token_the_page_says_how_to_get_one(page: "Page", site: tuple[str, str]) -> None:
    address, token = site
    page.goto(address)
    assert "kohort token" in page.inner_text("#signin")
    assert not page.is_visible("#workbench")
    page.fill("#token", "nonsense")
    page.click("#signin-form button")
    page.wait_for_function("document.getElementById('signin-reason').textContent.includes('no longer')")
    page.fill("#token", token)
    page.click("#signin-form button")
    page.wait_for_selector("#verdict.good")
    assert not page.is_visible("#signin")


def test_the_token_leaves_the_address_and_stays_in_the_tab(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    assert page.url == f"{site[0]}/"
    page.reload()
    page.wait_for_selector("#verdict.good")
    assert "registered tier" in page.inner_text("#caller")


def test_an_example_becomes_numbers_with_their_margin(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", 'cohort "All"\nindex first visit\ninclude "woman" when sex is female\ncount by sex, age(20)\n')
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    page.wait_for_selector("#attrition table")
    page.wait_for_selector("#breakdown table")
    page.wait_for_selector("#run:enabled")
    assert re.fullmatch(r"[\d,]+ ± 44 persons", page.inner_text("#count"))
    assert "include woman" in page.inner_text("#attrition")
    assert page.locator("#breakdown svg .noise").count() > 0
    assert "project's budget" in page.inner_text("#receipt")
    assert "institution" in page.inner_text("#budget")
    page.press("#text", "Control+End")
    page.keyboard.type("# later")
    assert page.is_visible("#stale")


def test_genotypes_become_a_table_with_their_frequency(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", 'cohort "All"\nindex first visit\ncount by genotype of variant rs671\n')
    page.fill("#variants", "rs671; chr12:111,803,962 G>A")
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    page.wait_for_selector("#genotypes table")
    page.wait_for_selector("#breakdown table")
    page.wait_for_selector("#run:enabled")
    assert page.locator("#genotypes table").count() == 2
    assert "Genotypes at 12-111803962-G-A" in page.inner_text("#genotypes")
    assert re.search(r"Allele frequency 0\.\d+ \(95 %: 0\.\d+ to 0\.\d+\)", page.inner_text("#genotypes"))
    heterozygous = page.locator("#genotypes tr", has_text="heterozygous").first.inner_text()
    assert heterozygous == page.locator("#breakdown tr", has_text="heterozygous").first.inner_text()
    page.fill("#variants", "hello")
    page.click("#run")
    page.wait_for_selector("#genotypes .failed")
    page.fill("#variants", "")
    page.click("#run")
    page.wait_for_selector("#run:enabled")
    assert page.inner_text("#genotypes") == ""


def test_errors_are_underlined_where_they_are(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", WRONG)
    page.wait_for_selector("#backdrop mark.problem")
    assert page.inner_text("#backdrop mark.problem") == "conditoin"
    assert "line 2, column 13" in page.inner_text("#messages")
    assert page.is_disabled("#run")
    page.click("#messages button")
    assert page.evaluate("(([a, b], t) => t.slice(a, b))([text.selectionStart, text.selectionEnd], text.value)") == (
        "conditoin"
    )


def test_what_was_probably_not_meant_is_marked_and_can_be_run(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", 'cohort "x"\nlet spare = concept 201826\nindex first ever visit\n')
    page.wait_for_selector("#backdrop mark.warning")
    assert page.inner_text("#backdrop mark.warning") == "let spare = concept 201826"
    assert "line 2, column 1: nothing uses `spare`" in page.inner_text("#messages li.warning")
    assert "remove" in page.inner_text("#messages li.warning small")
    assert not page.is_disabled("#run")


def test_names_that_match_nothing_are_marked(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", 'cohort "x"\nindex first condition in code KCD7:"Z99999"\n')
    page.wait_for_selector("#backdrop mark.unmatched")
    assert "matches nobody" in page.inner_text("#messages")


def test_completion_is_offered_and_taken_by_keyboard(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", 'cohort "x"\nindex first cond')
    page.press("#text", "Control+End")
    page.press("#text", "Control+Space")
    page.wait_for_selector("#completions li")
    page.keyboard.press("Enter")
    assert page.input_value("#text") == 'cohort "x"\nindex first condition '
    assert not page.is_visible("#completions")


def test_formatting_and_looking_up_change_the_text(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.fill("#text", 'cohort "x" index   first visit')
    page.click("#format")
    expect(page.locator("#text")).to_have_value(re.compile("\n"))
    assert page.input_value("#text") == 'cohort "x"\n\nindex first visit\n'
    page.click("#lookup summary")
    page.fill("#lookup-text", "당뇨")
    page.click("#lookup-form button")
    page.wait_for_selector("#lookup-results button")
    assert "당뇨병" in page.inner_text("#lookup-results")
    page.locator("#lookup-results button").first.click()
    assert 'concept 201820 "Diabetes mellitus"' in page.input_value("#text")


def test_variants_panels_and_scores_can_be_looked_up(page: "Page", site: tuple[str, str]) -> None:
    open_page(page, site)
    page.click("#lookup summary")
    for kind, text, shown, inserted in (
        ("variants", "ALDH2:p.(E504K)", "rs671", "carries variant rs671"),
        ("variants", "12-111803962-C-A", "the reference at 12:111803962 is G", 'carries variant "12-111803962-C-A"'),
        ("panels", "cardio", "8 genes", 'carries variant in panel "Cardiomyopathy"'),
        ("scores", "diabetes", "variants are in this release", "score type_2_diabetes percentile >= 95"),
    ):
        page.fill("#text", 'cohort "x"\nindex everyone\ninclude "y" when ')
        page.press("#text", "Control+End")
        page.select_option("#lookup-kind", kind)
        page.fill("#lookup-text", text)
        page.click("#lookup-form button")
        expect(page.locator("#lookup-results")).to_contain_text(shown)
        page.locator("#lookup-results button").first.click()
        assert page.input_value("#text").endswith(inserted)
        page.wait_for_selector("#verdict.good")
    page.select_option("#lookup-kind", "variants")
    page.fill("#lookup-text", "hg19 1-5-A-C")
    page.click("#lookup-form button")
    expect(page.locator("#lookup-results .failed")).to_contain_text("not of GRCh38")


def test_the_page_holds_without_scrolling_sideways_on_a_phone(page: "Page", site: tuple[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    open_page(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
