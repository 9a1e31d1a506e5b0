"""Nothing that somebody types is lost: while a change is on its way, without a network, and when the page is left."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cohort_dsl import parse, print_cohort
from tests.web.lib import open_workbench, type_at_end, until_written, written
from tests.web.test_builder import TEXT, key, show

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

WOULD_ASK = """() => !dispatchEvent(new Event("beforeunload", { cancelable: true }))"""


@contextmanager
def held(page: "Page", path: str) -> Iterator[Callable[[], None]]:
    """Requests to a path wait until what this gives is called, which lets go one of them."""
    waiting: list[Route] = []
    page.route(path, lambda route: waiting.append(route))

    def let_go() -> None:
        until = time.monotonic() + 30
        while not waiting and time.monotonic() < until:
            page.wait_for_timeout(10)
        waiting.pop(0).continue_()

    yield let_go
    page.unroute(path)


@pytest.fixture
def cards(page: "Page", site: tuple[str, str]) -> "Page":
    open_workbench(page, site)
    show(page, TEXT)
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("leave", ["Tab", "Enter"])
def test_what_is_typed_while_a_change_is_on_its_way_stays(cards: "Page", leave: str) -> None:
    """The card is drawn anew around the field: what was typed goes on there, and gets into the document."""
    name = cards.locator(key(cards, "rules/0/name"))
    with held(cards, "**/v1/cohorts/tree") as let_go:
        cards.select_option(key(cards, "rules/0/kind"), "exclude")
        name.focus()
        cards.keyboard.press("End")
        cards.keyboard.type(" ind")
        let_go()
        until_written(cards, 'exclude "LDL high"')
        expect(cards.locator("#builder .card-of.exclude")).to_have_count(1)
        expect(name).to_be_focused()
        expect(name).to_have_value("LDL high ind")
        if leave == "Enter":
            cards.keyboard.type("eed")
        cards.keyboard.press(leave)
        let_go()
        until_written(cards, 'exclude "LDL high indeed"' if leave == "Enter" else 'exclude "LDL high ind"')


def test_what_was_typed_for_a_part_that_is_gone_goes_into_no_other(cards: "Page") -> None:
    with held(cards, "**/v1/cohorts/tree") as let_go:
        cards.click("#builder button[aria-label^='Remove LDL high']")
        cards.focus(key(cards, "rules/0/name"))
        cards.keyboard.type("ours")
        let_go()
        expect(cards.locator(key(cards, "rules/0/name"))).to_have_value("reasons")
    assert "ours" not in written(cards)


def test_a_press_counts_though_the_card_is_drawn_meanwhile(cards: "Page") -> None:
    """To press a button leaves the field that was typed into, so its change is on its way while the button is down."""
    cards.fill(key(cards, "rules/0/name"), "LDL")
    button = cards.locator("#builder button[aria-label^='Move LDL high down']")
    button.scroll_into_view_if_needed()
    button.hover()
    cards.mouse.down()
    until_written(cards, 'include "LDL" when')
    cards.wait_for_timeout(200)
    cards.mouse.up()
    cards.wait_for_function("() => /reasons[^]*LDL/.test(sessionStorage.getItem('kohort-draft'))")
    expect(cards.locator(key(cards, "rules/1/name"))).to_have_value("LDL")


def test_a_page_is_not_left_while_something_typed_is_not_in_the_document(cards: "Page") -> None:
    assert not cards.evaluate(WOULD_ASK)
    cards.focus(key(cards, "rules/0/name"))
    cards.keyboard.type("X")
    assert cards.evaluate(WOULD_ASK)
    with held(cards, "**/v1/cohorts/tree") as let_go:
        cards.keyboard.press("Tab")
        assert cards.evaluate(WOULD_ASK)
        let_go()
        until_written(cards, "X")
    cards.wait_for_function(f"() => !({WOULD_ASK})()")
    criterion = cards.locator("#builder .card-of.include .criterion").first
    criterion.locator("> .acts").get_by_role("button", name="Edit as text").click()
    assert not cards.evaluate(WOULD_ASK)
    criterion.locator("textarea").press_sequentially("age")
    assert cards.evaluate(WOULD_ASK)


def test_an_emptied_document_stays_empty(cards: "Page") -> None:
    cards.focus("#editor .cm-content")
    cards.keyboard.press("Control+a")
    cards.keyboard.press("Delete")
    cards.wait_for_function("() => sessionStorage.getItem('kohort-draft') === ''")
    cards.reload()
    expect(cards.locator("#verdict")).not_to_be_empty()
    assert written(cards) == ""
    expect(cards.locator("#editor .cm-content")).to_have_text("")


def test_what_is_asked_besides_stays_before_its_field_is_left(cards: "Page") -> None:
    cards.click("#more summary")
    cards.focus("#by")
    cards.keyboard.type("region")
    cards.reload()
    expect(cards.locator("#by")).to_have_value("region")


def test_after_the_network_was_away_the_text_is_judged_again(cards: "Page") -> None:
    """Without another change; what was typed meanwhile is in the cards, too."""
    cards.context.set_offline(True)
    type_at_end(cards, 'include "adults" when age at index >= 19')
    expect(cards.locator("#verdict")).to_have_class("bad")
    expect(cards.locator("#run")).to_be_disabled()
    cards.context.set_offline(False)
    expect(cards.locator("#verdict")).to_have_class("good")
    expect(cards.locator("#run")).to_be_enabled()
    expect(cards.locator(key(cards, "rules/2/name"))).to_have_value("adults")


def test_a_run_is_followed_again_after_the_network_was_away(cards: "Page") -> None:
    tries = []

    def lose_two(route: "Route") -> None:
        tries.append(route)
        if len(tries) <= 2:
            route.abort()
        else:
            route.continue_()

    cards.route("**/v1/runs/*/events", lose_two)
    cards.click("#run")
    expect(cards.locator("#progress")).to_have_text("No connection to the server: trying again.")
    expect(cards.locator("#progress")).to_have_text("Done.")
    expect(cards.locator("#count")).not_to_be_empty()
    expect(cards.locator("#failed")).to_be_hidden()


def test_the_other_rules_stay_as_they_were_typed(cards: "Page") -> None:
    """A change of one rule is sent and written alone, also right after typing, and as another name."""
    typed = TEXT.replace("count by sex, age(10)", "count   by sex,age(10)").replace(
        "  survey smoking", "      survey smoking"
    )
    assert print_cohort(parse(typed)) == TEXT
    show(cards, typed.replace("Statin starters", "Starters"))
    cards.wait_for_load_state("networkidle")
    sent: list[str] = []
    cards.on("request", lambda each: each.url.endswith("/tree") and sent.append(each.post_data or ""))
    cards.fill(key(cards, "rules/0/name"), "high LDL")
    cards.press(key(cards, "rules/0/name"), "Tab")
    text = until_written(cards, 'include "high LDL"')
    assert text == typed.replace("Statin starters", "Starters").replace("LDL high", "high LDL")
    assert len(sent) == 1
    assert "reasons" not in sent[0]
