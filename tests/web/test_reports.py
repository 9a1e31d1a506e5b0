"""Reports in a real browser: made in the workbench, checked on the page for everybody; and the operators' page."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from api.auth import open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.web.lib import open_workbench, serious_faults, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

DOCUMENT = 'cohort "Adults"\nindex first visit where age >= 20\ninclude "women" when sex is female\ncount by sex\n'
LOOKS = [("en", "light", 1280), ("ko", "dark", 390)]


@pytest.fixture(scope="module")
def signed(site: tuple[str, str]) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {site[1]}"}
    reply = httpx2.post(f"{site[0]}/v1/feasibility", json={"text": DOCUMENT}, headers=headers, timeout=60)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_genuine_report_is_told_so(
    page: "Page", site: tuple[str, str], signed: dict[str, Any], tmp_path: Path, language: str, scheme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site[0]}/verify?lang={language}")
    file = tmp_path / "report.json"
    file.write_text(json.dumps(signed, indent=1), encoding="utf-8")
    page.set_input_files("#file", file)
    expect(page.locator("#verdict")).to_have_attribute("data-genuine", "true")
    expect(page.locator("#verdict li[data-passed=true]")).to_have_count(5)
    expect(page.locator("#verdict")).to_contain_text("Adults")
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_changed_byte_is_a_clear_no(page: "Page", site: tuple[str, str], signed: dict[str, Any]) -> None:
    page.goto(f"{site[0]}/verify?lang=en")
    page.fill("#text", json.dumps(signed).replace('"Adults"', '"Adulte"', 1))
    page.click("#check button")
    expect(page.locator("#verdict h2")).to_have_text("Not genuine: do not rely on this report.")
    expect(page.locator("#verdict li[data-passed=false]")).to_have_count(1)
    expect(page.locator("#verdict dl")).to_have_count(0)
    page.fill("#text", json.dumps(signed))
    expect(page.locator("#verdict")).to_be_hidden()


def test_what_cannot_be_checked_is_told_beside_the_field(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/verify?lang=en")
    page.click("#check button")
    expect(page.locator("#wrong")).to_contain_text("paste the text")
    page.fill("#text", "x" * 270_000)
    page.click("#check button")
    expect(page.locator("#wrong")).to_contain_text("kohort verify")
    page.fill("#text", "no report")
    page.click("#check button")
    expect(page.locator("#verdict li[data-passed=false]")).to_contain_text("not a signed feasibility report")


def test_a_report_is_checked_without_scripts(
    browser: "Browser", site: tuple[str, str], signed: dict[str, Any], tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{site[0]}/verify")
    file = tmp_path / "report.json"
    file.write_text(json.dumps(signed, indent=1), encoding="utf-8")
    page.set_input_files("#file", file)
    page.click("#check button")
    expect(page.locator("#verdict")).to_have_attribute("data-genuine", "true")
    expect(page.locator("#verdict dd").first).to_have_text("Adults")
    page.fill("#text", json.dumps(signed).replace('"Adults"', '"Adulte"', 1))
    page.click("#check button")
    expect(page.locator("#verdict h2")).to_have_text("진본이 아닙니다. 이 보고서를 믿지 마십시오.")
    page.click("#check button")
    expect(page.locator("#wrong")).to_contain_text("먼저 파일을 고르거나")
    context.close()


def test_a_report_is_made_in_the_workbench(page: "Page", site: tuple[str, str], tmp_path: Path) -> None:
    open_workbench(page, site)
    write(page, DOCUMENT)
    page.wait_for_selector("#verdict.good")
    expect(page.locator("#said-words")).to_contain_text("People enter with the first visit")
    page.click("#report summary")
    page.select_option("#report-language", "ko")
    page.click("#report-make")
    expect(page.locator("#report-files button")).to_have_count(3, timeout=60_000)
    assert serious_faults(page) == []
    for name, beginning in (("JSON", b"{"), ("HTML", b"<!doctype html>"), ("PDF", b"%PDF")):
        with page.expect_download() as download:
            page.click(f"#report-files button:has-text('{name}')")
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(beginning)
    page.goto(f"{site[0]}/verify?lang=en")
    page.set_input_files("#file", tmp_path / "JSON")
    expect(page.locator("#verdict")).to_have_attribute("data-genuine", "true")
    alone = page.context.new_page()  # the file brings its style along, which the server's own pages may not
    alone.set_content((tmp_path / "HTML").read_text(encoding="utf-8"))
    expect(alone.locator("h1")).to_have_text("Adults")
    assert serious_faults(alone) == []


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_operators_see_the_state_of_the_service(
    page: "Page", site: tuple[str, str], site_root: Path, language: str, scheme: str, width: int
) -> None:
    operator = Principal(user="operator", project="operations", institution="here", tier=AccessTier.REGISTERED)
    token = open_local_tokens(site_root / "state").issue(operator, hours=1)
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site[0]}/operations?lang={language}#token={token}")
    expect(page.locator("#audit .good")).to_be_visible()
    expect(page.locator("#releases tbody tr")).to_have_count(1)
    title = {"en": "clinical and public-health records", "ko": "임상 기록과 공공 보건 기록"}[language]
    expect(page.locator("#state")).to_contain_text(title)
    expect(page.locator("#rules tr.group")).to_have_count(4)
    opening = page.locator("#rules tbody").nth(1).locator("tr").last
    expect(opening).to_contain_text({"en": "people, diagnoses, medicines", "ko": "참여자, 진단, 약물"}[language])
    assert page.locator("#rules .scroll").evaluate("part => part.scrollWidth <= part.clientWidth")
    assert "token" not in page.url
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nobody_else_does(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/operations?lang=en")
    expect(page.locator("#notice")).to_contain_text("Sign in")
    page.goto(f"{site[0]}/precision")
    page.goto(f"{site[0]}/operations?lang=en#token={site[1]}")
    expect(page.locator("#notice")).to_contain_text("neither of the committee nor an operator")
    expect(page.locator("#state")).to_be_hidden()
