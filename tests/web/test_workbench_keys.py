"""Cards by keyboard: parts are added, moved between groups and taken away, and the focus goes where the part went."""

from typing import TYPE_CHECKING

import pytest

from cohort_dsl import parse, print_cohort
from tests.web.lib import open_workbench, until_written, written
from tests.web.test_builder import TEXT, key, show

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def document(*criteria: str) -> str:
    """A document of one rule, which is any of these."""
    return print_cohort(parse(f'cohort "Groups" index everyone include "any" when any of ({", ".join(criteria)})'))


A, B, C, D = (f"age at index >= {age}" for age in (30, 40, 50, 60))
PARTS = "rules/0/criterion/parts"


def press(page: "Page", part: str, way: str, expected: str) -> None:
    """Press the button that moves a part, by keyboard, and wait for the text."""
    page.focus(key(page, f"{part}:Move criterion {way}"))
    page.keyboard.press("Enter")
    page.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=expected)


def until_focused(page: "Page", place: str) -> None:
    page.wait_for_function("place => document.activeElement.dataset.key?.startsWith(place)", arg=place)


def test_a_part_is_moved_past_others_into_groups_and_out(page: "Page", site: tuple[str, str]) -> None:
    """As in an outline; each press goes on from where the last one left the part."""
    open_workbench(page, site)
    show(page, document(A, f"all of ({B}, {C})", D))
    press(page, f"{PARTS}/0", "down", document(f"all of ({A}, {B}, {C})", D))
    until_focused(page, f"{PARTS}/0/parts/0:Move criterion down")
    page.keyboard.press("Enter")
    until_written(page, document(f"all of ({B}, {A}, {C})", D))
    until_focused(page, f"{PARTS}/0/parts/1:Move criterion down")
    page.keyboard.press("Enter")
    until_written(page, document(f"all of ({B}, {C}, {A})", D))
    until_focused(page, f"{PARTS}/0/parts/2:Move criterion down")
    page.keyboard.press("Enter")
    until_written(page, document(f"all of ({B}, {C})", A, D))
    until_focused(page, f"{PARTS}/1:Move criterion down")
    press(page, f"{PARTS}/2", "up", document(f"all of ({B}, {C})", D, A))
    press(page, f"{PARTS}/1", "up", document(f"all of ({B}, {C}, {D})", A))
    until_focused(page, f"{PARTS}/0/parts/2:Move criterion up")


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_group_that_is_left_empty_is_gone(page: "Page", site: tuple[str, str], way: str) -> None:
    open_workbench(page, site)
    before = document(A, f"all of ({B})", C)
    show(page, before)
    press(page, f"{PARTS}/1/parts/0", way, document(A, B, C))
    until_focused(page, f"{PARTS}/1")
    page.keyboard.press("Control+z")
    page.wait_for_function("text => sessionStorage.getItem('kohort-draft') === text", arg=before)


def test_parts_at_an_end_have_nowhere_to_go(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, document(A, f"not any of ({B}, {C})"))
    names = page.locator("#builder button[aria-label^='Move criterion']").evaluate_all(
        "all => all.map((each) => each.dataset.key)"
    )
    inside = f"{PARTS}/1/part/parts"
    assert names == [
        f"{PARTS}/0:Move criterion down",
        f"{inside}/0:Move criterion down",
        f"{inside}/1:Move criterion up",
        f"{PARTS}/1:Move criterion up",
    ]


def test_the_focus_follows_a_rule_that_is_moved(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.focus("#builder button[aria-label^='Move LDL high down']")
    page.keyboard.press("Enter")
    page.wait_for_function("() => /reasons[^]*LDL high/.test(sessionStorage.getItem('kohort-draft'))")
    until_focused(page, "rules/1")
    assert page.evaluate("document.activeElement.closest('.card-of').querySelector('input').value") == "LDL high"


def test_what_was_added_has_the_focus(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.focus("#builder .add-rule select >> nth=0")
    page.select_option("#builder .add-rule select >> nth=0", "age")
    until_written(page, 'include "age"')
    until_focused(page, "rules/2/")
    page.focus(key(page, "rules/1/criterion/parts:add"))
    page.select_option(key(page, "rules/1/criterion/parts:add"), "sex")
    until_written(page, "sex is")
    assert written(page).count("include") == 3
    until_focused(page, "rules/1/criterion/parts/3/")


def test_a_button_that_is_pressed_twice_takes_one_part_away(page: "Page", site: tuple[str, str]) -> None:
    """Before the first was answered: the second would take what comes after."""
    open_workbench(page, site)
    show(page, document(A, B, C, D))
    page.evaluate(
        """place => {
          const away = (number) => document.querySelector(`[data-key="${place}/${number}:Remove criterion"]`);
          away(0).click();
          away(0).click();
          away(1).click();
        }""",
        PARTS,
    )
    until_written(page, document(B, C, D))
    page.wait_for_load_state("networkidle")
    assert written(page) == document(B, C, D)


def test_an_arrow_opens_a_menu_and_chooses_nothing_yet(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, document(A))
    page.focus(key(page, f"{PARTS}:add"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert written(page) == document(A)
    page.keyboard.press("Enter")
    until_focused(page, f"{PARTS}/1")
    assert len(parse(written(page)).rules) == 1
