"""The cards in a real browser: they and the text are one document, and nothing is lost between the two."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from api.examples import read_examples
from api.settings import EXAMPLES
from cohort_dsl import ast, canonical_hash, parse, print_cohort, to_document
from tests.lib.cohort_strategies import cohorts
from tests.web.lib import open_workbench, type_at_end, until_written, write, written

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

TEXT = print_cohort(
    parse("""cohort "Statin starters"

let statins = code ATC:"C10AA" with descendants
let ldl = code LOINC:"13457-7"

index first ever drug in statins where age >= 40
  observed 365 days before

include "LDL high" when any measurement in ldl where value > 160 within 1 year before index
include "reasons" when at least 1 of (
  survey smoking.status in ("current"),
  carries variant rs671,
  age at index >= 65
)

end 2 years after start
count by sex, age(10)
""")
)

TOUCH = """async () => {
  const controls = () => [...document.querySelectorAll("#builder input[data-key], #builder select[data-key]")].filter(
    (each) => !each.classList.contains("add"));
  const keys = controls().map((each) => each.dataset.key);
  for (const key of keys) {
    const control = controls().find((each) => each.dataset.key === key);
    control.dispatchEvent(new Event("change", { bubbles: true }));
    const until = Date.now() + 30000;
    while (control.isConnected && Date.now() < until) {
      const wrong = document.querySelector("#builder .wrong");
      if (wrong) return [`${key}: ${wrong.textContent}`];
      await new Promise((done) => setTimeout(done, 3));
    }
    if (control.isConnected) return [`${key}: nothing happened`];
  }
  return keys;
}"""


CHOOSE_THE_NEXT = """async () => {
  const controls = () => [...document.querySelectorAll("#builder select[data-key]:not(.add)")];
  const keys = controls().map((each) => each.dataset.key);
  for (const key of keys) {
    const control = controls().find((each) => each.dataset.key === key);
    if (!control || control.options.length < 2) continue;
    control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
    control.dispatchEvent(new Event("change", { bubbles: true }));
    const until = Date.now() + 30000;
    while (control.isConnected && !control.hasAttribute("aria-invalid")) {
      document.querySelector("dialog[open]")?.close();
      if (Date.now() > until) return `${key}: nothing happened`;
      await new Promise((done) => setTimeout(done, 3));
    }
  }
  return "";
}"""


def show(page: "Page", text: str) -> None:
    write(page, text)
    name = parse(text).name
    page.wait_for_function("name => document.querySelector('#builder [data-key=name]')?.value === name", arg=name)
    page.wait_for_function("() => !document.getElementById('builder').inert")


def key(page: "Page", name: str) -> str:
    return f'#builder [data-key="{name}"]'


CONTROLS = """() => [...document.querySelectorAll(
  "#builder input[data-key], #builder select[data-key]:not(.add), #builder .chip button[data-key]"
)].map((control) => control.dataset.key.split(":")[0])"""


def without_control(page: "Page", cohort: ast.Cohort) -> list[str]:
    """The places of values of the document that no field, choice or chip of the cards is bound to, nor to what holds
    them. A survey question is said by its card, and the kind of a variant by its name."""
    bound = set(page.evaluate(CONTROLS))
    leaves = [place for place in leaves_of(to_document(cohort)["cohort"], ()) if place[-1] not in ("is", "question")]
    return ["/".join(place) for place in leaves if not bound & set(_binding(place))]


def _binding(place: tuple[str, ...]) -> Iterator[str]:
    """The keys of controls that a value may be changed with: its own, those of what holds it, the choice of which node
    it belongs to, and for the kind of a variant its name's."""
    yield from ("/".join(place[: end + 1]) for end in range(len(place)))
    yield "/".join((*place[:-1], "is"))
    if place[-1] == "kind":
        yield "/".join((*place[:-1], "name"))


def leaves_of(value: object, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of the plain values of a JSON value."""
    match value:
        case dict():
            for key, part in value.items():
                yield from leaves_of(part, (*place, key))
        case list():
            for number, part in enumerate(value):
                yield from leaves_of(part, (*place, str(number)))
        case _:
            yield place


def test_using_every_control_without_changing_it_changes_nothing(page: "Page", site: tuple[str, str]) -> None:
    """Over every third example: what the cards write back is the document they were drawn from."""
    open_workbench(page, site)
    for number, example in enumerate(read_examples(EXAMPLES)[::3]):
        text = print_cohort(replace(parse(example.text), name=f"example {number}"))
        show(page, text)
        touched = page.evaluate(TOUCH)
        assert len(touched) > 5, touched
        assert written(page) == text


def test_a_last_day_counted_from_the_first_stays_so(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    text = print_cohort(parse('cohort "c"\nindex drug spanning 7 days after start to 30 days after start\n'))
    show(page, text)
    assert len(page.evaluate(TOUCH)) > 5
    assert written(page) == text


def random_documents(page: "Page", number: int, examine: Callable[[ast.Cohort, str], None]) -> None:
    """Show so many documents of everything that the language can say, each under a name of its own, and examine them
    with their text."""
    shown = count(1)

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # making a failing document smaller would take minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(cohorts())
    def each(cohort: ast.Cohort) -> None:
        named = parse(print_cohort(replace(cohort, name=f"number {next(shown)}")))
        text = print_cohort(named)
        show(page, text)
        examine(named, text)

    each()


def test_random_documents_survive_the_cards(page: "Page", site: tuple[str, str]) -> None:
    """Whatever the language can say is drawn, and every control of it used: the text comes back the same."""
    open_workbench(page, site)

    def survives(cohort: ast.Cohort, text: str) -> None:
        touched = page.evaluate(TOUCH)
        assert len(touched) > 5, touched
        assert canonical_hash(parse(written(page))) == canonical_hash(cohort)
        assert written(page) == text

    random_documents(page, 6, survives)


def test_nothing_of_random_documents_is_without_a_control(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)

    def is_whole(cohort: ast.Cohort, text: str) -> None:
        assert without_control(page, cohort) == []
        assert written(page) == text

    random_documents(page, 40, is_whole)


def test_whatever_is_chosen_of_random_documents_can_be_read(page: "Page", site: tuple[str, str]) -> None:
    """Of every choice the next, one after the other: each is made or refused beside it, and the text stays the
    printer's."""
    open_workbench(page, site)

    def is_readable(_: ast.Cohort, text: str) -> None:
        assert page.evaluate(CHOOSE_THE_NEXT) == ""
        assert written(page) != text
        assert print_cohort(parse(written(page))) == written(page)

    random_documents(page, 4, is_readable)


def test_a_change_of_a_card_is_a_change_of_the_text(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, f"# said first\n{TEXT}")
    page.fill(key(page, "index/observed_before/count"), "180")
    page.press(key(page, "index/observed_before/count"), "Tab")
    until_written(page, "observed 180 days before")
    page.select_option(key(page, "index/observed_before/unit"), "month")
    until_written(page, "observed 180 months before")
    page.select_option(key(page, "rules/0/kind"), "exclude")
    until_written(page, 'exclude "LDL high"')
    page.select_option(key(page, "rules/1/criterion/kind"), "any of")
    until_written(page, " or carries")
    page.locator("#builder .answers label", has_text="Used to smoke").click()
    until_written(page, 'in ("current", "former")')
    page.select_option(key(page, "rules/1/criterion/parts/1/zygosity"), "homozygous")
    until_written(page, "carries homozygous variant rs671")
    page.fill(key(page, "rules/1/criterion/parts/2/test/value"), "70")
    page.press(key(page, "rules/1/criterion/parts/2/test/value"), "Tab")
    text = until_written(page, "age at index >= 70")
    assert text.startswith("# said first\ncohort")
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+z")
    until_written(page, "age at index >= 65")
    expect(page.locator(key(page, "rules/1/criterion/parts/2/test/value"))).to_have_value("65")


def test_a_change_of_the_text_is_a_change_of_the_cards(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    type_at_end(page, "nonsense")
    expect(page.locator("#builder-notice")).to_contain_text("The text has problems")
    assert page.evaluate("document.getElementById('builder').inert")
    write(page, TEXT.replace("end 2 years", 'exclude "young" when age at index < 18\n\nend 2 years'))
    expect(page.locator("#builder .card-of.exclude")).to_have_count(1)
    expect(page.locator(key(page, "rules/2/criterion/test/value"))).to_have_value("18")
    expect(page.locator("#builder-notice")).to_be_hidden()


def test_a_window_is_drawn_and_edited_as_numbers(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    window = "rules/0/criterion/windows/0"
    drawing = page.locator("#builder .card-of.include .timeline").first
    expect(drawing).to_have_attribute(
        "aria-label", "The event's start lies from 1 years before index to the day of index"
    )
    before = drawing.locator(".reach").bounding_box()
    page.fill(key(page, f"{window}/lower/offset/count"), "90")
    page.press(key(page, f"{window}/lower/offset/count"), "Tab")
    until_written(page, "within 90 years before index")
    page.select_option(key(page, f"{window}/lower/offset/unit"), "day")
    until_written(page, "within 90 days before index")
    after = page.locator("#builder .card-of.include .timeline .reach").first.bounding_box()
    assert before is not None and after is not None and after["width"] < before["width"]
    page.select_option(key(page, f"{window}/upper:choose"), "open")
    until_written(page, "from 90 days before index to any time after")
    page.select_option(key(page, f"{window}/lower:choose"), "open")
    until_written(page, "to any time after")
    page.click("#builder .card-of.include button[aria-label^='Remove Window of time']")
    page.wait_for_function("() => !sessionStorage.getItem('kohort-draft').includes('any time')")


def test_concepts_are_found_and_become_chips(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.click(key(page, "lets/1/concepts:add"))
    page.fill("#search-text", "당뇨")
    page.locator("#search-results button", has_text="Type 2 diabetes mellitus").first.click()
    until_written(page, 'concept 201826 "Type 2 diabetes mellitus" with descendants')
    page.click("#builder button[aria-label^='with descendants: Type 2 diabetes mellitus (201826)']")
    page.wait_for_function("() => !sessionStorage.getItem('kohort-draft').includes('mellitus\" with')")
    page.click("#builder button[aria-label^='Remove LOINC 13457-7']")
    text = until_written(page, 'let ldl = concept 201826 "Type 2 diabetes mellitus"\n')
    assert "LOINC" not in text


def test_rules_are_added_moved_and_taken_away(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, 'cohort "Plain"\n\nindex everyone\n')
    for kind in ("age", "sex", "group", "event"):
        page.select_option("#builder .add-rule select >> nth=0", kind)
        expect(page.locator("#builder .card-of.include")).to_have_count(
            1 + ("age", "sex", "group", "event").index(kind)
        )
    page.select_option("#builder .add-rule select >> nth=1", "answer")
    page.fill("#search-text", "smoking.status")
    page.locator("#search-results button").first.click()
    text = until_written(page, 'exclude "survey answer"')
    assert [rule.name for rule in parse(text).rules] == ["age", "sex", "group of criteria", "event", "survey answer"]
    page.click("#builder button[aria-label^='Move sex up']")
    page.wait_for_function("() => /sex[^]*age/.test(sessionStorage.getItem('kohort-draft'))")
    page.click("#builder button[aria-label^='Remove group of criteria']")
    page.wait_for_function("() => !sessionStorage.getItem('kohort-draft').includes('group of criteria')")
    page.select_option("#builder .card-of.count .add", "region")
    until_written(page, "count by region")


def test_a_part_can_be_edited_as_text_in_its_card(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(
        page,
        'cohort "Burden"\n\nindex everyone\n\ninclude "two" when carries at least 2 variants in gene LDLR where lof\n',
    )
    card = page.locator("#builder .card-of.include .criterion")
    card.get_by_role("button", name="Edit as text").click()
    expect(card.locator("textarea")).to_have_value("carries at least 2 variants in gene LDLR where lof")
    card.locator("textarea").fill("carries nonsense")
    card.get_by_role("button", name="Apply").click()
    expect(card.locator(".wrong")).to_contain_text("expected")
    assert "nonsense" not in written(page)
    card.locator("textarea").fill("carries variant rs671 or sex is female")
    card.get_by_role("button", name="Apply").click()
    until_written(page, "rs671")
    assert parse(written(page)).rules[0].criterion == parse(
        'cohort "x" index everyone include "y" when carries variant rs671 or sex is female'
    ).rules[0].criterion  # fmt: skip


def test_a_refusal_stands_beside_what_was_typed(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.fill(key(page, "rules/1/name"), "LDL high")
    page.press(key(page, "rules/1/name"), "Tab")
    wrong = page.locator("#builder .card-of.include .wrong")
    expect(wrong).to_be_visible()
    expect(page.locator(key(page, "rules/1/name"))).to_have_attribute("aria-invalid", "true")
    page.fill(key(page, "index/observed_before/count"), "-3")
    page.press(key(page, "index/observed_before/count"), "Tab")
    expect(page.locator("#builder .card-of.index .wrong")).to_have_text("Enter a whole number, 0 or more.")
    assert written(page) == TEXT


def test_comments_inside_are_not_lost_but_moved(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    write(page, TEXT.replace("end 2 years", "# why so long\nend 2 years").replace("let ldl", "# of the blood\nlet ldl"))
    expect(page.locator("#builder-notice")).to_contain_text("comments inside")
    assert page.evaluate("document.getElementById('builder').inert")
    page.click("#builder-notice button")
    text = until_written(page, "# of the blood\n# why so long\ncohort")
    assert text == f"# of the blood\n# why so long\n{TEXT}"
    page.wait_for_function("() => !document.getElementById('builder').inert")


@pytest.mark.parametrize("pause", [0, 1], ids=["before it is sent", "while it is on its way"])
def test_what_is_typed_stays_when_a_card_was_changed(page: "Page", site: tuple[str, str], pause: int) -> None:
    """The text is the reader's own; the change of a card that it overtakes is left out."""
    open_workbench(page, site)
    show(page, TEXT)
    typed = TEXT.replace("Statin starters", "Typed meanwhile")
    page.evaluate(
        """async ([typed, pause]) => {
          const control = document.querySelector("#builder [data-key=keep]");
          control.value = "first";
          control.dispatchEvent(new Event("change", { bubbles: true }));
          if (pause) await new Promise((done) => setTimeout(done, 0));
          document.dispatchEvent(new CustomEvent("kohort:open", { detail: { text: typed } }));
        }""",
        [typed, pause],
    )
    expect(page.locator(key(page, "name"))).to_have_value("Typed meanwhile")
    expect(page.locator(key(page, "keep"))).to_have_value("all")
    page.select_option(key(page, "keep"), "last")
    assert until_written(page, "keep last") == typed.replace("\nend 2 years", "\nkeep last entry\nend 2 years")


def test_the_focus_stays_when_cards_are_drawn_anew(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.focus(key(page, "keep"))
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => sessionStorage.getItem('kohort-draft').includes('keep first')")
    page.wait_for_function("() => document.activeElement.dataset.key === 'keep'")
