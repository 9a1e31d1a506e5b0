"""Windows of time are moved by pointer, touch and keys: the drawing, the numbers and the text say the same at once."""

from typing import TYPE_CHECKING

import pytest

from tests.web.lib import open_workbench, serious_faults, until_written, written
from tests.web.test_builder import TEXT, key, show

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

WINDOW = "rules/0/criterion/windows/0"
LOWER, UPPER = f"{WINDOW}/lower:grip", f"{WINDOW}/upper:grip"
TWO_MORE = [("en", "light", 1280), ("ko", "dark", 390)]


@pytest.fixture
def cards(page: "Page", site: tuple[str, str]) -> "Page":
    open_workbench(page, site)
    show(page, TEXT)
    return page


def middle(grip: "Locator") -> tuple[float, float]:
    grip.scroll_into_view_if_needed()
    box = grip.locator(".tab").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_an_end_is_dragged_and_taken_back(cards: "Page") -> None:
    """While it is held, drawing, numbers and text follow; one Ctrl+Z in the editor takes a short drag back."""
    grip = cards.locator(key(cards, LOWER))
    expect(grip).to_have_attribute("aria-valuetext", "1 years before index")
    x, y = middle(grip)
    cards.mouse.move(x, y)
    cards.mouse.down()
    cards.mouse.move(x + 58, y, steps=4)
    expect(grip).to_have_attribute("aria-valuetext", "14 days before index")
    expect(cards.locator(key(cards, f"{WINDOW}/lower/offset/count"))).to_have_value("14")
    expect(cards.locator(key(cards, f"{WINDOW}/lower/offset/unit"))).to_have_value("day")
    until_written(cards, "within 14 days before index")
    cards.mouse.up()
    cards.wait_for_function("key => document.activeElement.dataset.key === key", arg=LOWER)
    expect(cards.locator("#builder .card-of.include .timeline").first).to_have_attribute(
        "aria-label", "The event's start lies from 14 days before index to the day of index"
    )
    cards.focus("#editor .cm-content")
    cards.keyboard.press("Control+z")
    until_written(cards, "within 1 year before index")
    expect(cards.locator(key(cards, LOWER))).to_have_attribute("aria-valuenow", "-365")


def test_a_long_drag_is_one_step_back(cards: "Page") -> None:
    """However often the text followed meanwhile, and whichever way it is taken back."""
    grip = cards.locator(key(cards, LOWER))
    x, y = middle(grip)
    cards.mouse.move(x, y)
    cards.mouse.down()
    seen = set()
    for by in range(10, 70, 10):
        cards.mouse.move(x + by, y, steps=2)
        cards.wait_for_timeout(400)
        seen.add(written(cards))
    cards.mouse.up()
    assert len(seen) > 2
    cards.wait_for_load_state("networkidle")
    moved = written(cards)
    cards.click("#undo")
    until_written(cards, "within 1 year before index")
    assert written(cards) == TEXT
    cards.click("#redo")
    cards.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=moved)
    grip.focus()
    cards.keyboard.press("Control+z")
    cards.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=TEXT)
    expect(grip).to_have_attribute("aria-valuetext", "1 years before index")
    expect(grip).to_be_focused()


def test_two_drags_are_two_steps_back(cards: "Page") -> None:
    texts = [TEXT]
    for by in (20, 40):
        x, y = middle(cards.locator(key(cards, LOWER)))
        cards.mouse.move(x, y)
        cards.mouse.down()
        cards.mouse.move(x + by, y, steps=3)
        cards.mouse.up()
        cards.wait_for_function("text => sessionStorage.getItem('kohort-draft') !== text", arg=texts[-1])
        cards.wait_for_load_state("networkidle")
        texts.append(written(cards))
    cards.focus("#editor .cm-content")
    for text in reversed(texts[:-1]):
        cards.keyboard.press("Control+z")
        cards.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=text)


def test_a_key_held_down_is_one_step_back(cards: "Page") -> None:
    cards.locator(key(cards, LOWER)).focus()
    for _ in range(30):
        cards.keyboard.down("ArrowLeft")
        cards.wait_for_timeout(20)
    cards.keyboard.up("ArrowLeft")
    until_written(cards, "within 395 days before index")
    cards.keyboard.press("Control+z")
    cards.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=TEXT)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (-26, r"\d+ years before"),
        (10, r"\d+ months before"),
        (40, r"\d+ weeks before"),
        (70, r"\d+ days before"),
        (-600, "any time before"),
        (600, "the day of index"),
    ],
)
def test_what_is_far_away_is_counted_in_longer_units(cards: "Page", by: int, said: str) -> None:
    """Past the edge an end is open; past the other end it stops."""
    grip = cards.locator(key(cards, LOWER))
    x, y = middle(grip)
    cards.mouse.move(x, y)
    cards.mouse.down()
    cards.mouse.move(x + by, y, steps=3)
    cards.mouse.up()
    assert cards.wait_for_function(
        "([key, said]) => new RegExp(said).test(document.querySelector(`[data-key='${key}']`).ariaValueText)",
        arg=[LOWER, said],
    )


def test_an_end_is_moved_by_keys(cards: "Page") -> None:
    grip = cards.locator(key(cards, UPPER))
    for attribute, value in {
        "role": "slider",
        "tabindex": "0",
        "aria-label": "End of the window",
        "aria-valuemin": "-7300",
        "aria-valuemax": "7300",
        "aria-valuenow": "0",
        "aria-valuetext": "the day of index",
    }.items():
        expect(grip).to_have_attribute(attribute, value)
    grip.focus()
    for pressed, now in [
        ("ArrowRight", "1"), ("ArrowUp", "2"), ("ArrowLeft", "1"), ("PageUp", "31"), ("ArrowDown", "30"), ("PageDown", "0"),
        ("PageUp", "30"),
    ]:  # fmt: skip
        cards.keyboard.press(pressed)
        expect(grip).to_have_attribute("aria-valuenow", now)
    until_written(cards, "from 1 year before index to 30 days after index")
    cards.wait_for_function("key => document.activeElement.dataset.key === key", arg=UPPER)
    cards.keyboard.press("End")
    expect(grip).to_have_attribute("aria-valuetext", "any time after")
    until_written(cards, "from 1 year before index to any time after")
    cards.keyboard.press("Home")
    expect(grip).to_have_attribute("aria-valuetext", "1 years before index")
    cards.fill(key(cards, f"{WINDOW}/lower/offset/count"), "9")
    cards.press(key(cards, f"{WINDOW}/lower/offset/count"), "Tab")
    expect(cards.locator(key(cards, LOWER))).to_have_attribute("aria-valuetext", "9 years before index")


def test_keys_held_down_lose_no_step(cards: "Page") -> None:
    cards.locator(key(cards, LOWER)).focus()
    for _ in range(40):
        cards.keyboard.press("ArrowLeft", delay=15)
    until_written(cards, "within 405 days before index")


def test_a_window_that_may_not_be_is_refused_beside_its_drawing(cards: "Page") -> None:
    """A day counted from elsewhere may lie further than the language reaches."""
    cards.route(
        "**/v1/cohorts/tree",
        lambda route: route.continue_(
            post_data=route.request.post_data_buffer.replace(b'"count":-366', b'"count":-366000000')
        ),
    )
    cards.locator(key(cards, LOWER)).focus()
    cards.keyboard.press("ArrowLeft")
    wrong = cards.locator("#builder .window .wrong")
    expect(wrong).to_contain_text("years")
    expect(cards.locator(key(cards, LOWER))).to_have_attribute("aria-invalid", "true")
    assert written(cards) == TEXT


IS_LARGE = """place => {
  const { width = 0, height = 0 } = document.querySelector(place)?.getBoundingClientRect() ?? {};
  return Math.min(width, height) >= 24;
}"""
"""Whether what a finger has to hit is large enough (WCAG 2.2, 2.5.8)."""


@pytest.mark.parametrize(("language", "scheme", "width"), TWO_MORE)
def test_an_end_is_moved_by_touch(
    browser: "Browser", site: tuple[str, str], language: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 860}, has_touch=True, color_scheme=scheme)
    page = context.new_page()
    open_workbench(page, site, language)
    page.check("#view input[value=cards]", force=True)
    show(page, TEXT)
    grip = page.locator(key(page, LOWER))
    x, y = middle(grip)
    touch = context.new_cdp_session(page)
    for kind, places in (("Start", [0]), ("Move", [10, 20, 30, 40]), ("End", [None])):
        for by in places:
            at = [] if by is None else [{"x": x + by, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
    page.wait_for_function("() => !sessionStorage.getItem('kohort-draft').includes('within 1 year before')")
    page.wait_for_load_state("networkidle")
    page.click("#undo")
    page.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=TEXT)
    page.wait_for_function(IS_LARGE, arg=f"{key(page, LOWER)} .around")  # the cards are drawn after the text is there
    assert page.evaluate("scrollX") == 0 and page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_faults(page, "#builder") == []
    context.close()
