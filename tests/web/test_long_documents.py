"""Long documents stay quick to change: one card is drawn for a change of one card, and the server is asked once."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cohort_dsl import parse, print_cohort, to_document
from tests.web.lib import open_workbench, type_at_end, until_written, written
from tests.web.test_builder import TEXT, key, random_documents, show

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from cohort_dsl import ast

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

RULE = 'include "LDL {0}" when any measurement in ldl where value > {0} within {0} days before index\n'
LONG = print_cohort(
    parse(
        'cohort "Long"\nlet ldl = code LOINC:"13457-7"\nindex first visit\n'
        + "".join(RULE.format(number) for number in range(1, 61))
    )
)

MARK = "() => document.querySelectorAll('#builder .card-of').forEach((card) => { card.isMarked = true; })"
NEW = "() => [...document.querySelectorAll('#builder .card-of')].filter((card) => !card.isMarked).length"


def test_one_card_is_drawn_for_a_change_of_one(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, LONG)
    page.evaluate(MARK)
    page.fill(key(page, "rules/30/criterion/windows/0/lower/offset/count"), "77")
    page.press(key(page, "rules/30/criterion/windows/0/lower/offset/count"), "Tab")
    until_written(page, "within 77 days before index")
    expect(page.locator(key(page, "rules/30/criterion/windows/0/lower/offset/count"))).to_have_value("77")
    assert page.evaluate(NEW) == 1
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+z")
    until_written(page, "within 31 days before index")
    expect(page.locator(key(page, "rules/30/criterion/windows/0/lower/offset/count"))).to_have_value("31")
    assert page.evaluate(NEW) == 1


def test_a_change_of_one_rule_sends_one_rule(page: "Page", site: tuple[str, str]) -> None:
    """The first as every other, and another name too; the text is the one that the whole document would have."""
    open_workbench(page, site)
    show(page, LONG)
    sent: list[int] = []
    page.on("request", lambda each: each.url.endswith("/tree") and sent.append(len(each.post_data or "")))
    for rule, days in ((10, 71), (30, 72), (10, 73), (59, 74)):
        field = key(page, f"rules/{rule}/criterion/windows/0/lower/offset/count")
        page.fill(field, str(days))
        page.press(field, "Tab")
        until_written(page, f"within {days} days before index")
        expect(page.locator(field)).to_have_value(str(days))
    name = key(page, "rules/10/name")
    page.fill(name, "another name")
    page.press(name, "Tab")
    text = until_written(page, "another name")
    assert text == print_cohort(parse(text))
    assert len(sent) == 5
    assert max(sent) < len(json.dumps(to_document(parse(LONG)))) / 10
    page.wait_for_load_state("networkidle")
    page.fill(name, "LDL 20")
    page.press(name, "Tab")
    expect(page.locator("#builder .wrong")).to_have_text("another rule has this name")
    assert written(page) == text


def test_parts_of_a_rule_that_was_sent_alone_are_edited_in_their_places(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, LONG)
    for days in (1234, 12345, 7):
        field = key(page, "rules/2/criterion/windows/0/lower/offset/count")
        page.fill(field, str(days))
        page.press(field, "Tab")
        until_written(page, f"within {days} days before index")
    for rule in (2, 3):
        card = page.locator("#builder .card-of.include").nth(rule).locator(".criterion").first
        card.locator("> .acts").get_by_role("button", name="Edit as text").click()
        area = card.locator("textarea")
        days = 7 if rule == 2 else 4
        expect(area).to_have_value(f"any measurement in ldl where value > {rule + 1} within {days} days before index")
        area.fill(f"age at index >= {50 + rule}")
        card.get_by_role("button", name="Apply").click()
        until_written(page, f'include "LDL {rule + 1}" when age at index >= {50 + rule}')


def test_what_was_begun_in_another_card_stays(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    card = page.locator("#builder .card-of", has=page.locator('[data-key="rules/1/name"]')).locator(".criterion").first
    card.locator("> .acts").get_by_role("button", name="Edit as text").click()
    card.locator("textarea").fill("age at index >= 70")
    page.select_option(key(page, "rules/0/kind"), "exclude")
    until_written(page, 'exclude "LDL high"')
    expect(card.locator("textarea")).to_have_value("age at index >= 70")
    card.get_by_role("button", name="Apply").click()
    until_written(page, 'include "reasons" when age at index >= 70')


def test_a_refusal_is_gone_with_the_next_change(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.fill(key(page, "rules/1/name"), "LDL high")
    page.press(key(page, "rules/1/name"), "Tab")
    expect(page.locator("#builder .wrong")).to_have_count(1)
    page.select_option(key(page, "rules/0/kind"), "exclude")
    expect(page.locator("#builder .wrong")).to_have_count(0)
    expect(page.locator(key(page, "rules/1/name"))).to_have_value("reasons")


def test_many_changes_of_one_field_are_asked_together(page: "Page", site: tuple[str, str]) -> None:
    """The first is sent at once, and of those that come while it is on its way the last alone."""
    open_workbench(page, site)
    show(page, TEXT)
    expect(page.locator("#said-words")).to_contain_text("LDL high")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.evaluate(
        """key => {
          const field = document.querySelector(`#builder [data-key="${key}"]`);
          for (let value = 1; value <= 20; value += 1) {
            field.value = value;
            field.dispatchEvent(new Event("change", { bubbles: true }));
          }
        }""",
        "rules/0/criterion/windows/0/lower/offset/count",
    )
    until_written(page, "within 20 years before index")
    expect(page.locator("#said-words")).to_contain_text("in the 20 years before")
    assert asked.count("tree") == 1
    assert asked.count("validate") == 1 and asked.count("paraphrase") == 1


def test_cards_that_stayed_are_those_that_would_be_drawn(page: "Page", site: tuple[str, str]) -> None:
    """From each random document to the next, cards are kept where they say the same; a page loaded anew draws all."""
    open_workbench(page, site)
    page.check("#view input[value=both]", force=True)

    def is_the_same(_: "ast.Cohort", text: str) -> None:
        changed = print_cohort(replace(parse(text), name="changed"))
        show(page, changed)
        page.wait_for_load_state("networkidle")
        kept = page.inner_html("#builder")
        page.reload()
        page.wait_for_function("() => document.querySelector('#builder [data-key=name]')?.value === 'changed'")
        page.wait_for_load_state("networkidle")
        assert page.inner_html("#builder") == kept

    random_documents(page, 12, is_the_same)


def test_words_stand_beside_the_document_and_nothing_moves(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    words = page.locator("#said-words")
    expect(words).to_contain_text("LDL high")
    place = "() => document.getElementById('verdict').getBoundingClientRect().top"
    before = page.evaluate(place)
    type_at_end(page, 'include "adults" when age at index >= 19')
    expect(words).to_contain_text("19")
    assert page.evaluate(place) == before
    type_at_end(page, " nonsense")
    expect(page.locator("#said-age")).to_have_text("as it last could be read")
    expect(words).to_contain_text("19")
    assert page.evaluate(place) == before
    page.click("#said summary")
    page.reload()
    expect(page.locator("#verdict")).not_to_be_empty()
    expect(words).to_be_hidden()
    assert "nonsense" in written(page)
