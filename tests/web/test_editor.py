"""The editor in a real browser: colours, problems, completion, names, Hangul, and what is left without its library."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.lib import open_workbench, type_at_end, until_written, write, written

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

WRONG = 'cohort "한국 🎉"\nindex first conditoin\n'
MOMENT = 200
"""Milliseconds, more than those in which a list that has just opened takes no key, so that nothing is taken by mistake."""


def selected(page: "Page") -> str:
    return str(page.evaluate("getSelection().toString()"))


def test_words_of_the_language_have_colours(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, 'cohort "x"  # said\nlet a = code KCD7:"E11"\nindex first ever condition in a where age >= 40\n')
    for kind, word in (("statement", "index"), ("keyword", "ever"), ("domain", "condition"), ("field", "age")):
        expect(page.locator(f".cm-line .word-{kind}", has_text=re.compile(f"^{word}$")).first).to_be_visible()
    expect(page.locator(".word-text").first).to_have_text('"x"')
    expect(page.locator(".word-comment")).to_have_text("# said")
    assert page.locator(".word-statement").all_inner_texts() == ["cohort", "let", "index"]


def test_errors_are_underlined_where_they_are(page: "Page", site: tuple[str, str]) -> None:
    """Behind a character of two UTF-16 units, too."""
    open_workbench(page, site)
    write(page, WRONG)
    expect(page.locator(".cm-lintRange-error")).to_have_text("conditoin")
    assert "line 2, column 13" in page.inner_text("#messages")
    assert page.is_disabled("#run")
    page.click("#messages button")
    assert selected(page) == "conditoin"
    page.hover(".cm-lintRange-error")
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("did you mean")


def test_what_was_probably_not_meant_is_marked_and_can_be_run(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, 'cohort "x"\nlet spare = concept 201826\nindex first ever visit\n')
    expect(page.locator("#messages li.warning")).to_contain_text("line 2, column 1: nothing uses `spare`")
    assert "remove" in page.inner_text("#messages li.warning small")
    assert page.locator(".cm-lintRange-warning").count() > 0
    assert not page.is_disabled("#run")


def test_names_that_match_nothing_are_marked(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, 'cohort "x"\nindex first condition in code KCD7:"Z99999"\n')
    page.wait_for_selector("#messages li.unmatched")
    assert "matches nobody" in page.inner_text("#messages")


def complete(page: "Page", text: str) -> None:
    write(page, text)
    page.wait_for_selector("#verdict.good, #verdict.bad")
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+End")
    page.clock.install()
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".cm-tooltip-autocomplete li")
    page.clock.fast_forward(MOMENT)


def test_completion_is_offered_and_taken_by_keyboard(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    complete(page, 'cohort "x"\nindex first cond')
    page.keyboard.press("Enter")
    assert until_written(page, "condition ") == 'cohort "x"\nindex first condition '


def test_the_list_opens_while_typing_and_is_left_by_escape(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, 'cohort "x"\nindex ')
    type_at_end(page, "everyo")
    page.wait_for_selector(".cm-tooltip-autocomplete li")
    assert page.inner_text(".cm-tooltip-autocomplete li") == "everyone"
    page.keyboard.press("Escape")
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    assert written(page).endswith("index everyo")


@pytest.mark.parametrize(
    ("before", "word", "label", "after"),
    [
        ('cohort "x"\nindex first condition in ', "당뇨", "Diabetes mellitus", 'concept 201820 "Diabetes mellitus" with'),
        ('cohort "x"\nindex everyone\ninclude "y" when survey ', "흡연", "smok", "survey smoking."),
        ('cohort "x"\nindex everyone\ninclude "y" when carries variant in gene ', "PCS", "PCSK9", "in gene PCSK9"),
        ('cohort "x"\nindex everyone\ninclude "y" when carries variant ', "rs671", "rs671", "variant rs671"),
        ('cohort "x"\nindex everyone\ninclude "y" when carries variant in panel ', "Cardio", "Cardio", 'panel "Cardiomyopathy"'),
    ],
    ids=["concept", "question", "gene", "variant", "panel"],
)  # fmt: skip
def test_names_are_found_while_typing(
    page: "Page", site: tuple[str, str], before: str, word: str, label: str, after: str
) -> None:
    open_workbench(page, site)
    write(page, before)
    page.clock.install()
    type_at_end(page, word)
    row = page.locator(".cm-tooltip-autocomplete li", has_text=label).first
    row.wait_for()
    page.clock.fast_forward(MOMENT)
    row.click()
    assert after in until_written(page, after)


def test_answers_are_offered_inside_the_brackets_of_a_question(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    complete(page, 'cohort "x"\nindex everyone\ninclude "y" when survey smoking.status in (')
    assert page.locator(".cm-tooltip-autocomplete li").all_inner_texts()
    page.locator(".cm-tooltip-autocomplete li", has_text="current").click()
    until_written(page, 'in ("current"')


def test_hangul_can_be_put_together_in_the_editor(page: "Page", site: tuple[str, str]) -> None:
    """Composition as an input method does it: the unfinished syllable is replaced until it is committed."""
    open_workbench(page, site)
    write(page, 'cohort "')
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+End")
    keys, done = page.context.new_cdp_session(page), 'cohort "'
    for word in (("ㄷ", "다", "당"), ("ㄴ", "뇨"), ("ㅂ", "벼", "병")):
        for part in word:
            keys.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
            until_written(page, done + part)
        keys.send("Input.insertText", {"text": word[-1]})
        done += word[-1]
    page.keyboard.type(' 환자"\nindex everyone\n')
    page.wait_for_selector("#verdict.good")
    assert 'cohort "당뇨병 환자"' in written(page)


def test_formatting_and_looking_up_change_the_text(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, 'cohort "x" index   first visit')
    page.click("#format")
    assert until_written(page, "\n\n") == 'cohort "x"\n\nindex first visit\n'
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+z")
    until_written(page, "index   first")
    page.click("#lookup summary")
    page.fill("#lookup-text", "당뇨")
    page.click("#lookup-form button")
    page.wait_for_selector("#lookup-results button")
    assert "당뇨병" in page.inner_text("#lookup-results")
    page.locator("#lookup-results button").first.click()
    until_written(page, 'concept 201820 "Diabetes mellitus"')


def test_variants_panels_and_scores_can_be_looked_up(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    page.click("#lookup summary")
    said = "the reference at 12:111803962 is G"
    for kind, text, shown, inserted, judged in (
        ("variants", "ALDH2:p.(E504K)", "rs671", "carries variant rs671", "Can be answered"),
        ("variants", "12-111803962-C-A", said, 'carries variant "12-111803962-C-A"', "1 problem"),  # a tier's limit
        ("panels", "cardio", "8", 'carries variant in panel "Cardiomyopathy"', "Can be answered"),
        ("scores", "diabetes", "29 variants", "score type_2_diabetes percentile >= 95", "Can be answered"),
    ):
        write(page, 'cohort "x"\nindex everyone\ninclude "y" when ')
        type_at_end(page, " ")
        page.select_option("#lookup-kind", kind)
        page.fill("#lookup-text", text)
        page.click("#lookup-form button")
        expect(page.locator("#lookup-results")).to_contain_text(shown)
        page.locator("#lookup-results button").first.click()
        assert until_written(page, inserted).endswith(inserted)
        expect(page.locator("#verdict.good, #verdict.bad")).to_contain_text(judged)
    page.select_option("#lookup-kind", "variants")
    page.fill("#lookup-text", "hg19 1-5-A-C")
    page.click("#lookup-form button")
    expect(page.locator("#lookup-results .failed")).to_contain_text("not of GRCh38")


def test_reload_and_back_lose_nothing(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    text = 'cohort "mine"\n\nindex everyone\n'
    write(page, text)
    page.wait_for_selector("#verdict.good")
    page.reload()
    page.wait_for_selector("#verdict.good")
    assert written(page) == text
    page.click("#navigation a[href='/precision']")
    page.go_back()
    page.wait_for_selector("#verdict.good")
    expect(page.locator(".cm-line").first).to_have_text('cohort "mine"')


def test_without_the_library_the_text_area_serves(page: "Page", site: tuple[str, str]) -> None:
    page.route("**/vendor/codemirror.js", lambda route: route.abort())
    open_workbench(page, site)
    page.fill("#text", WRONG)
    expect(page.locator("#messages")).to_contain_text("line 2, column 13")
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    page.click("#messages button")
    assert page.evaluate("(([a, b], t) => t.slice(a, b))([text.selectionStart, text.selectionEnd], text.value)") == (
        "conditoin"
    )
    page.fill("#text", 'cohort "x" index   first visit')
    page.click("#format")
    expect(page.locator("#text")).to_have_value('cohort "x"\n\nindex first visit\n')
    page.wait_for_selector("#verdict.good")


def test_ctrl_enter_runs(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    page.evaluate("document.addEventListener('kohort:run', (event) => (window.ran = event.detail))")
    write(page, 'cohort "Women"\nindex everyone\ninclude "w" when sex is female\n')
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => window.ran")
    assert page.evaluate("ran.title") == "Women"
    assert page.evaluate("ran.text") == written(page)
    assert page.evaluate("ran.precision") == "standard"
