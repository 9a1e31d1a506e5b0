"""Every kind of part as a card with controls: sequences, eras, gaps, clauses, genotypes, scores, persons, ends."""

from typing import TYPE_CHECKING

import pytest

from cohort_dsl import parse, print_cohort
from tests.web.lib import open_workbench, serious_faults, until_written, written
from tests.web.test_builder import key, show

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

TEXT = print_cohort(
    parse("""cohort "All kinds"

let statins = code ATC:"C10AA" with descendants
let ldl = code LOINC:"13457-7"

index first condition in concept 4329847 then drug in statins within 30 days then procedure
  or era of drug in statins with gaps of at most 30 days
  or 2nd gap of at least 60 days in drug in statins
  or last answer to smoking.status in ("current", "former")
  or entry of cohort "Others"

include "where" when any measurement in ldl where (value > 6.5 unit "mg/dL" or age < 40) and source text is "x" before index
include "having" when any drug spanning 7 days before start to end covering 2010-01-01..2014-12-31
  having (any procedure within 1 day of it and its age >= 18)
include "trend" when any measurement in ldl rising by at least 20 within 2 years
include "burden" when carries at least 2 variants in gene LDLR where lof and external af < 0.1%
include "cis" when carries variant rs429358 in cis with variant rs7412
include "score" when score ldl_cholesterol percentile >= 95
include "person" when region in ("Seoul", "Busan") and race in concept 8515
include "survey" when survey smoking.status is unanswered

end 7 days after exposure to statins with gaps of at most 30 days, or at death
incidence of first condition in concept 4329847 per year
""")
)
WHERE = "rules/0/criterion/events/where"
HAVING = "rules/1/criterion/events"

CHANGES = [
    ("index/events/0/steps/0/within/count", "45", "within 45 days"),
    ("index/events/0/steps/1/within:choose", "within", "then procedure within 30 days"),
    ("index/events/0/steps/1/events/domain", "visit", "then visit"),
    ("index/events/1/gap/unit", "week", "with gaps of at most 30 weeks"),
    ("index/events/1/is:choose", "gaps", "or gap of at least 60 days in drug in statins"),
    ("index/events/2/ordinal/position", "3", "3rd gap of at least 60 days"),
    ("index/events/2/ordinal/from_end", True, "3rd last gap of at least 60 days"),
    ("index/events/2/ordinal:choose", "last", "last gap of at least 60 days"),
    ("index/events/3/test:choose", "any", "last answer to smoking.status\n"),
    ("index/events/4/name", "Another", 'entry of cohort "Another"'),
    (f"{WHERE}/is:choose", "predicate any", "value > 6.5 unit"),
    (f"{WHERE}/parts/0/parts/0/test:choose", "between", "value in 6.5..6.5"),
    (f"{WHERE}/parts/0/parts/0/test/high", "9.25", "value in 6.5..9.25"),
    (f"{WHERE}/parts/0/parts/0/unit", "mmol/L", 'unit "mmol/L"'),
    (f"{WHERE}/parts/0/parts/0:choose", "date", "date >= 2015-01-01"),
    (f"{WHERE}/parts/0/parts/1/test:choose", "missing", "age is missing"),
    (f"{WHERE}/parts/1/relation:choose", "is like", 'source text is like "x"'),
    (f"{WHERE}/parts/1/text", "4548%", 'source text is like "4548%"'),
    (f"{HAVING}/spanning/end:choose", "after", "spanning 7 days before start to 1 day after end"),
    (f"{HAVING}/spanning/start/edge", "end", "spanning 7 days before end"),
    (f"{HAVING}/covering/last", "2015-12-31", "covering 2010-01-01..2015-12-31"),
    (f"{HAVING}/having/parts/1/test/value", "21", "its age >= 21"),
    (f"{HAVING}/having/parts/0/windows/0/upper:choose", "on", "within 1 day before it"),
    ("rules/2/criterion/events/trend/direction", "falling", "falling by at least 20"),
    ("rules/2/criterion/events/trend/by", "0.5", "falling by at least 0.5"),
    ("rules/3/criterion/number", "3", "carries at least 3 variants in gene LDLR"),
    ("rules/3/criterion/is:choose", "burden_alleles", "carries at least 3 alleles of variants in gene LDLR"),
    ("rules/3/criterion/variants/region", "chr19:11,089,463-11,133,820", "in region 19:11089463-11133820"),
    ("rules/3/criterion/variants/where/parts/1/test/value", "0.05", "external af < 5%"),
    ("rules/3/criterion/variants/panels:new", "Cardiomyopathy", 'or panel "Cardiomyopathy"'),
    ("rules/3/criterion/variants/where/parts/0/values:new", "LC", 'lof in ("HC", "LC")'),
    ("rules/3/criterion/is:choose", "pair_biallelic", "carries biallelic variants in gene LDLR"),
    ("rules/4/criterion/second/name", "RS671", "in cis with variant rs671"),
    ("rules/4/criterion/is:choose", "phase_trans", "in trans with variant rs671"),
    ("rules/4/criterion/is:choose", "no_call", "no call at variant in (rs429358, rs671)"),
    ("rules/5/criterion/score", "type_2_diabetes", "score type_2_diabetes percentile"),
    ("rules/5/criterion/test:choose", "<", "percentile < 95"),
    ("rules/6/criterion/parts/0/values:new", "Jeju", '"Jeju"'),
    ("rules/6/criterion/parts/1/field:choose", "birth year", "birth year >= 1970"),
    ("rules/7/criterion/test:choose", "answers", 'survey smoking.status is "never"'),
    ("rules/2/criterion/count/distinct:choose", "dates", "distinct date"),
    ("exit/exposure/gap", "14", "with gaps of at most 14 days"),
    ("exit/exposure/supply", "28", "and supply of 28 days"),
    ("exit/offset:choose", "before", "1 year before start"),
    ("incidence/per", "month", "per month"),
    ("lets/0/name", "statin_drugs", "let statin_drugs = "),
]
"""A control by its key, what is put into it, and what the text says then. Each follows on those before."""

REFUSED = [
    ("rules/3/criterion/number", "17", "Enter a whole number from 1 to 16.", "1부터 16까지의 정수를 입력하십시오."),
    (
        "rules/3/criterion/variants/region",
        "chr19",
        "Write a region as 19:11089463-11133820.",
        "19:11089463-11133820처럼",
    ),
    ("rules/2/criterion/events/trend/by", "", "Enter a number.", "숫자를 입력하십시오."),
    ("index/events/0/steps/0/within/count", "0", "Enter a whole number, 1 or more.", "1 이상의 정수"),
    ("index/events/4/name", "", "Enter a text.", "내용을 입력하십시오."),
    ("rules/4/criterion/first/name", "nonsense", "no name of a variant", "변이의 이름이 아닙니다"),
    ("lets/1/name", "index", "a name is a letter", "이름은 글자나 _로 시작하는"),
]
"""What cannot be, and what is said beside the field in English and in Korean; what the server refuses is English."""


def put(page: "Page", control: str, value: str | bool) -> None:
    """As somebody would: choose, tick, or type and leave the field."""
    place = page.locator(key(page, control))
    if isinstance(value, bool):
        place.set_checked(value)
    elif place.evaluate("element => element.tagName") == "SELECT":
        place.select_option(value)
    else:
        place.fill(value)
        place.press("Tab")


def test_every_part_is_edited_by_its_controls(page: "Page", site: tuple[str, str]) -> None:
    """The text is always what the printer writes for what was changed."""
    open_workbench(page, site)
    show(page, TEXT)
    for control, value, said in CHANGES:
        put(page, control, value)
        text = until_written(page, said)
        assert print_cohort(parse(text)) == text, control
    assert "in statin_drugs" in text and "statins" not in text


def test_clauses_and_parts_are_added_and_taken_away(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, 'cohort "Plain"\n\nindex measurement\n')
    added = (
        ("source", "coded in none"),
        ("spanning", "spanning start to end"),
        ("where", "where age >= 18"),
        ("covering", "covering 2015-01-01.."),
        ("having", "having (its age >= 18)"),
        ("trend", "rising by at least 1 within 1 year"),
    )
    for clause, said in added:
        page.select_option("#builder .card-of.index select.add", clause)
        until_written(page, said)
    expect(page.locator("#builder .card-of.index select.add option")).to_have_count(1)
    page.click("#builder .card-of.index >> text=+ or …")
    until_written(page, "where age >= 18 or age >= 18")
    page.locator("#builder .card-of.index button[aria-label^='Remove condition']").first.click()
    page.wait_for_function("() => !sessionStorage.getItem('kohort-draft').includes(' or ')")
    for name in ("coded in", "with other days", "where", "covering the days", "of which is true", "with a trend"):
        page.click(f"#builder .card-of.index button[aria-label^='Remove {name}']")
    until_written(page, "index measurement\n")
    page.select_option(key(page, "index/events/0/is:choose"), "sequence")
    until_written(page, "index measurement then drug within 30 days")
    page.click("#builder >> text=+ then …")
    until_written(page, "then drug within 30 days then drug within 30 days")
    page.click("#builder button[aria-label^='Remove step 2']")
    page.wait_for_function("() => !/then.*then/.test(sessionStorage.getItem('kohort-draft'))")
    for name, said in (
        ("+ which entries qualify", "qualify when age at index >= 18"),
        ("+ end of exposure", "exposure to none with gaps of at most 30 days"),
        ("+ incidence", "incidence of first condition per year"),
    ):
        page.click(f"#builder >> text={name}")
        until_written(page, said)


def test_a_sequence_is_drawn(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    drawing = page.locator("#builder .timeline.sequence")
    expect(drawing).to_have_attribute("aria-label", "condition → ≤ 30 days → drug → any time → procedure")
    expect(drawing.locator("line.end")).to_have_count(1)
    expect(drawing.locator("line.observed")).to_have_count(1)


def test_variants_are_named_and_found(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, 'cohort "Plain"\n\nindex everyone\n')
    page.select_option("#builder .add-rule select >> nth=0", "burden")
    page.fill("#search-text", "LDLR")
    page.locator("#search-results button").first.click()
    until_written(page, "carries at least 2 variants in gene LDLR where lof")
    page.click("#builder >> text=Find a gene")
    page.fill("#search-text", "PCSK9")
    page.locator("#search-results button").first.click()
    until_written(page, "in gene (LDLR, PCSK9)")
    page.select_option(key(page, "rules/0/criterion/variants:choose"), "named")
    page.keyboard.press("Escape")
    expect(page.locator(key(page, "rules/0/criterion/variants:choose"))).to_have_value("where")
    page.select_option(key(page, "rules/0/criterion/variants:choose"), "named")
    page.fill("#search-text", "rs671")
    page.locator("#search-results button").first.click()
    until_written(page, "carries at least 2 variant rs671")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_refusal_stands_beside_its_field(page: "Page", site: tuple[str, str], language: str) -> None:
    """And is told to who hears the page; the document stays as it was."""
    open_workbench(page, site, language)
    show(page, TEXT)
    for control, value, *said in REFUSED:
        put(page, control, value)
        field = page.locator(key(page, control))
        expect(field).to_have_attribute("aria-invalid", "true")
        wrong = page.locator(f"[id='{field.get_attribute('aria-describedby')}']")
        expect(wrong).to_contain_text(said[language == "ko"])
        assert field.evaluate(
            "(field, id) => field.closest('label, .duration').nextElementSibling.id === id", wrong.get_attribute("id")
        )
    assert written(page) == TEXT


def test_cards_are_used_by_keyboard_alone(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    show(page, TEXT)
    page.focus(key(page, "rules/3/criterion/variants/genes:new"))
    page.keyboard.type("PCSK9")
    page.keyboard.press("Enter")
    until_written(page, "in gene (LDLR, PCSK9)")
    page.wait_for_function("() => document.activeElement.dataset.key === 'rules/3/criterion/variants/genes:new'")
    page.focus("#builder button[aria-label^='Remove LDLR']")
    page.keyboard.press("Enter")
    until_written(page, "in gene PCSK9")
    page.wait_for_function("() => document.activeElement.dataset.key?.startsWith('rules/3/criterion/variants/genes')")


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("ko", "dark", 390)])
def test_cards_are_usable_by_all(page: "Page", site: tuple[str, str], language: str, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    open_workbench(page, site, language)
    page.check("#view input[value=cards]", force=True)
    show(page, TEXT)
    assert serious_faults(page, "#builder") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
