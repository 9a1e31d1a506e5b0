"""Nothing that somebody types is lost: while a change is on its way, without a network, and when the page is left."""

import re
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
    """Requests to a path wait until what this gives is called, which lets go one of them; at the end all are."""
    waiting: list[Route] = []
    page.route(path, lambda route: waiting.append(route))

    def let_go() -> None:
        until = time.monotonic() + 30
        while not waiting and time.monotonic() < until:
            page.wait_for_timeout(10)
        waiting.pop(0).continue_()

    yield let_go
    while waiting:
        waiting.pop(0).continue_()
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


def test_a_part_that_is_opened_as_text_while_a_change_of_it_is_on_its_way_stays_open(cards: "Page") -> None:
    """It shows what the part says once the change has come."""
    card = cards.locator("#builder .card-of.include .criterion").first
    with held(cards, "**/v1/cohorts/tree") as let_go:
        field = cards.locator(key(cards, "rules/0/criterion/windows/0/lower/offset/count"))
        field.fill("77")
        field.press("Tab")
        card.locator("> .acts").get_by_role("button", name="Edit as text").click()
        expect(card.locator("textarea")).to_be_visible()
        let_go()
        until_written(cards, "77")
        expect(card.locator("textarea")).to_have_value(re.compile(r"\b77\b"))
    card.get_by_role("button", name="Cancel").click()
    expect(card.locator("textarea")).to_have_count(0)


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


Act = tuple[str, str]
"""A control's key, and what it gets: a choice or a text; of a button or a tick nothing."""

VALUE = "rules/0/criterion/events/where/test"
CASES: dict[str, tuple[Act, Act, str]] = {
    "a set is renamed, and another added": (("lets/0/name", "drugs"), ("lets:Add a concept set", ""), "let set_3 = "),
    "two answers are ticked": (
        ("rules/1/criterion/parts/0/test/values:never", ""),
        ("rules/1/criterion/parts/0/test/values:former", ""),
        'smoking.status in ("current", "never", "former")',
    ),
    "a value is typed, and compared otherwise": ((f"{VALUE}/value", "170"), (f"{VALUE}:choose", ">="), "value >= 170"),
    "a value is typed, and another field chosen": (
        (f"{VALUE}/value", "170"),
        ("rules/0/criterion/events/where:choose", "range low"),
        "range low > 170",
    ),
    "a length is typed, and turned round": (
        ("exit/offset/count", "3"),
        ("exit/offset:choose", "before"),
        "end 3 years before start",
    ),
    "it is turned round, and typed": (
        ("exit/offset:choose", "before"),
        ("exit/offset/count", "3"),
        "end 3 years before start",
    ),
    "a value is typed, and its events become eras": (
        ("index/events/0/where/test/value", "50"),
        ("index/events/0/is:choose", "eras"),
        "era of drug in statins where age >= 50",
    ),
    "a window is changed, and another added": (
        ("rules/0/criterion/windows/0/lower/offset/count", "2"),
        ("rules/0/criterion/windows:+ window of time", ""),
        "starting within 2 years before index",
    ),
    "a width is typed, and a dimension added": (
        ("count_by/1/width", "20"),
        ("count_by:add", "region"),
        "age(20), region",
    ),
}


def use(page: "Page", act: Act) -> None:
    control, value = page.locator(key(page, act[0])), act[1]
    if control.evaluate("each => each.tagName") == "SELECT":
        control.select_option(value)
    elif value:
        control.fill(value)
        control.dispatch_event("change")
    else:
        control.click()


@pytest.mark.parametrize("case", CASES)
def test_a_change_keeps_the_one_before_it_that_is_on_its_way(cards: "Page", case: str) -> None:
    """What the cards say is older than the document by then."""
    first, second, both = CASES[case]
    with held(cards, "**/v1/cohorts/tree") as let_go:
        use(cards, first)
        cards.wait_for_timeout(50)  # the first is asked for
        use(cards, second)
        let_go()
    assert both in until_written(cards, both)
    expect(cards.locator("#builder .wrong")).to_have_count(0)


@pytest.mark.parametrize("other", ["rules/0/kind", "rules/0/criterion/events/domain", "rules/0:Move LDL high down"])
def test_a_part_edited_as_text_goes_on_though_its_card_is_drawn_anew(cards: "Page", other: str) -> None:
    criterion = cards.locator("#builder .card-of.include .criterion").first
    criterion.locator("> .acts").get_by_role("button", name="Edit as text").click()
    area = cards.locator("#builder .text-form textarea")
    area.fill("age at index >= 33")
    use(cards, (other, {"kind": "exclude", "domain": "observation"}.get(other.split("/")[-1], "")))
    cards.wait_for_function("text => sessionStorage.getItem('kohort-draft') !== text", arg=TEXT)
    expect(area).to_have_value("age at index >= 33")
    expect(area).to_have_count(1)
    area.press("Control+Enter")
    text = until_written(cards, "age at index >= 33")
    assert 'LDL high" when age at index >= 33' in text
    assert 'reasons" when\n  at least 1 of' in text
    expect(area).to_have_count(0)


def test_a_change_that_typing_in_the_text_overtook_is_said_to_be_left_out(cards: "Page") -> None:
    with held(cards, "**/v1/cohorts/tree") as let_go:
        cards.select_option(key(cards, "keep"), "first")
        type_at_end(cards, 'include "adults" when age at index >= 19')
        let_go()
    expect(cards.locator("#builder-notice")).to_contain_text("left out")
    assert "adults" in written(cards)


def test_the_last_answer_stays_ticked_and_says_why(cards: "Page") -> None:
    tick = cards.locator(key(cards, "rules/1/criterion/parts/0/test/values:current"))
    tick.click()
    expect(cards.locator("#builder .wrong")).to_have_text("At least one answer must be ticked.")
    expect(tick).to_be_checked()
    assert written(cards) == TEXT


def test_a_new_set_has_a_name_of_its_own(cards: "Page") -> None:
    cards.fill(key(cards, "lets/0/name"), "set_3")
    cards.press(key(cards, "lets/0/name"), "Tab")
    until_written(cards, "let set_3")
    cards.click(key(cards, "lets:Add a concept set"))
    until_written(cards, "let set_4")
