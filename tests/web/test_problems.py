"""What a problem says on a page in Korean: a sentence of its code, and beside it the server's own, told in Korean."""

import json
from typing import TYPE_CHECKING

import pytest

from api.pages import WEB
from tests.web.lib import open_workbench, serious_faults, write
from tests.web.test_exchange import DEFINITION

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

UNDEFINED = 'cohort "x"\nlet statins = code ATC:"C10AA"\nindex first drug in statin\n'
SPARE = 'cohort "x"\nlet spare = concept 201826\nindex first ever visit\n'


def test_a_problem_of_the_document_is_explained_where_it_is(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site, "ko")
    write(page, UNDEFINED)
    entry = page.locator("#messages li.problem")
    expect(entry.locator("button")).to_have_text(
        "3행 21열: 이 이름의 개념 집합이 없습니다. let으로 정의하거나 철자를 고치십시오."
    )
    expect(entry.locator("small").first).to_have_text("`statin`: 이런 이름의 개념 집합이 없습니다.")
    expect(entry.locator("small").last).to_have_text("혹시 `statins` 아닙니까?")
    page.hover(".cm-lintRange-error")
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("이 이름의 개념 집합이 없습니다")
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("`statin`: 이런 이름의 개념 집합이 없습니다.")
    assert serious_faults(page) == []


def test_a_lint_is_explained(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site, "ko")
    write(page, SPARE)
    entry = page.locator("#messages li.warning")
    expect(entry.locator("button")).to_contain_text("아무 데서도 쓰지 않는 개념 집합입니다.")
    expect(entry.locator("small").first).to_have_text("쓰지 않는 이름: `spare`")
    expect(entry.locator("small").last).to_have_text("다음을 지우십시오: `let spare = …`")


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("ko", "이 코드의 개념도, 이 코드에서 연결되는 개념도 없습니다."),
        ("en", "no concept has or maps from this code"),
    ],
)
def test_the_hint_of_a_name_that_is_not_there_is_in_the_page_s_language(
    page: "Page", site: tuple[str, str], language: str, hint: str
) -> None:
    open_workbench(page, site, language)
    write(page, 'cohort "x"\nindex first drug in code ATC:"Z99ZZ99"\n')
    expect(page.locator("#messages li.unmatched small")).to_have_text(hint)
    page.click("#run")
    expect(page.locator(".step[data-kind=count] .notice")).to_contain_text(hint)


def test_a_refused_question_is_explained_in_its_place(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site, "ko")
    page.click("#more summary")
    page.fill("#variants", "hello")
    write(page, 'cohort "x"\nindex first visit\n')
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    refused = page.locator(".step[data-kind=genotypes] .failed")
    expect(refused.locator("p").first).to_contain_text("변이의 이름을 읽을 수 없습니다.")
    expect(refused.locator("p").nth(1)).to_have_text("`hello`: 변이의 이름이 아닙니다.")


def test_a_refusal_in_a_dialog_is_explained(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site, "ko")
    page.click("#open-import")
    page.fill("#import-text", '{"ConceptSets": 3}')
    page.click("#import-form button")
    expect(page.locator("#import-problem")).to_contain_text("JSON 값의 종류가 자리에 맞지 않습니다")
    expect(page.locator("#import-problem")).to_contain_text("ConceptSets")


EXACT = 'cohort "x"\nmode circe-exact\nindex first ever visit\ninclude "a" when carries variant rs671\n'


def test_what_has_no_words_in_korean_is_said_in_english(page: "Page", site: tuple[str, str]) -> None:
    known = json.loads((WEB / "static" / "problems.ko.json").read_text(encoding="utf-8"))
    left = {english: told for english, told in known["sayings"].items() if not english.startswith("Circe cannot say")}
    page.route("**/problems.ko.json", lambda route: route.fulfill(json={**known, "sayings": left}))
    open_workbench(page, site, "ko")
    write(page, EXACT)
    said = page.locator("#messages li", has_text="Circe로 나타낼 수 없는").first.locator("small")
    expect(said.first).to_have_attribute("lang", "en")
    expect(said.last).to_contain_text("다음을 지우거나")


def test_a_sentence_that_holds_another_is_told_in_korean(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site, "ko")
    write(page, EXACT)
    said = page.locator("#messages li", has_text="Circe로 나타낼 수 없는").first.locator("small").first
    expect(said).to_have_text("Circe로 나타낼 수 없어 똑같이 맞출 대상이 없습니다: 보유한 변이")
    expect(said).not_to_have_attribute("lang", "en")


def test_what_an_import_and_an_export_say_is_told(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site, "ko")
    page.click("#open-import")
    for given, said in (
        ('{"a": 1,\n "b" 2}', "JSON이 아닙니다. 2행"),
        ('{"items": []}', "코호트 정의가 아니라 개념 집합입니다."),
        ('{"kohort": 1, "cohort": {"name": 3}}', "빠진 키: `index`"),
        (json.dumps({**DEFINITION, "Extra": 1}), "/: Circe에서 이 자리에 쓸 수 없는 키: `Extra`"),
    ):
        page.fill("#import-text", given)
        page.click("#import-form button")
        expect(page.locator("#import-problem")).to_contain_text(said)
    rule = {"name": "r", "description": "why", "expression": {"Type": "ALL", "CriteriaList": [], "Groups": []}}
    page.fill("#import-text", json.dumps({**DEFINITION, "InclusionRules": [rule]}))
    page.click("#import-form button")
    expect(page.locator("#notes")).to_contain_text("규칙에는 설명이 없으므로 뺐습니다.")
    write(page, EXACT)
    page.click("#open-export")
    page.click("#export [data-form=circe]")
    expect(page.locator("#export-problem")).to_contain_text("규칙 `a`: Circe로 나타낼 수 없는 부분: 유전형에 대한 조건")


def test_without_the_sentences_the_server_s_words_are_left(page: "Page", site: tuple[str, str]) -> None:
    page.route("**/problems.ko.json", lambda route: route.abort())
    open_workbench(page, site, "ko")
    write(page, UNDEFINED)
    expect(page.locator("#messages li.problem button")).to_have_text("3행 21열: no concept set is named `statin`")


def test_a_page_that_is_not_there_says_so_in_korean(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/nowhere?lang=ko")
    expect(page.locator("#problem")).to_contain_text("이 주소에는 아무것도 없습니다.")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert serious_faults(page) == []
