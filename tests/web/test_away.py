"""What nobody asked for waits for a server that is away or asked too often, and comes without the page being reloaded."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.web.lib import open_workbench, write

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

TOO_OFTEN = {"code": "rate-limit", "status": 429, "title": "Asked too often", "detail": "asked too often"}


@contextmanager
def away(page: "Page", path: str) -> Iterator[None]:
    """Nobody answers requests to a path."""
    page.route(path, lambda route: route.abort())
    yield
    page.unroute(path)


def asks_for(part: str) -> "Callable[[Request], bool]":
    return lambda request: part in request.url


@pytest.mark.parametrize("path", ["examples", "policy", "projects", "cohorts/paraphrase"])
def test_what_a_page_begins_with_is_asked_for_again(page: "Page", site: tuple[str, str], path: str) -> None:
    address, token = site
    asked = f"**/v1/{path}*"
    with away(page, asked), page.expect_event("requestfailed", asks_for(f"/v1/{path}")):
        page.goto(f"{address}/?lang=en#token={token}")
    with page.expect_response(asked):
        pass
    expect(page.locator("#verdict")).to_have_class("good")
    expect(page.locator("#cost dt").first).to_be_visible()
    expect(page.locator("#said-words section").first).to_be_visible()


def test_a_run_of_the_address_is_found_later_and_one_that_could_not_be_deleted_stays(
    page: "Page", site: tuple[str, str]
) -> None:
    open_workbench(page, site)
    page.click("#run")
    expect(page.locator("#progress")).to_have_text("Done.")
    run = page.url.partition("#run=")[2]
    with away(page, f"**/v1/runs/{run}*"):
        page.reload()
        expect(page.locator("#progress")).to_have_text("No connection to the server: trying again.")
        expect(page.locator("#failed")).to_be_hidden()
    expect(page.locator("#progress")).to_have_text("Done.")
    page.click("#history > summary")
    listed = page.locator(f"#runs [data-run='{run}']")
    with away(page, f"**/v1/runs/{run}*"):
        listed.locator("[data-act=delete]").click()
        expect(page.locator("#history-failed")).to_have_text("the server does not answer")
    expect(listed).to_be_visible()
    expect(page.locator("#answer")).to_be_visible()
    assert page.url.endswith(f"#run={run}")


def test_a_text_that_was_judged_too_often_is_judged_once_it_may_be(page: "Page", site: tuple[str, str]) -> None:
    open_workbench(page, site)
    path = "**/v1/cohorts/validate"
    page.route(path, lambda route: route.fulfill(status=429, headers={"retry-after": "1"}, body=json.dumps(TOO_OFTEN)))
    write(page, 'cohort "Women" index everyone include "women" when sex is female')
    expect(page.locator("#verdict")).to_have_text("asked too often")
    page.unroute(path)
    expect(page.locator("#verdict")).to_have_class("good")
    expect(page.locator("#run")).to_be_enabled()


def test_sentences_that_could_not_be_had_are_had_with_the_next_problem(page: "Page", site: tuple[str, str]) -> None:
    path = "**/static/problems.ko.json"
    with away(page, path), page.expect_event("requestfailed", asks_for("problems.ko")):
        page.goto(f"{site[0]}/?lang=ko#token={site[1]}")
    write(page, 'cohort "Women" index everyone include "women" when sex is nothing')
    expect(page.locator("#messages button").first).to_have_text(re.compile("[가-힣]{2}.*[가-힣]{2}.*[가-힣]{2}"))


def test_a_report_that_nobody_could_check_is_said_in_the_readers_language(page: "Page", site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/verify?lang=ko")
    with away(page, "**/v1/feasibility/verify"):
        page.fill("#text", "{}")
        page.press("#text", "Tab")
        page.evaluate("document.getElementById('check').requestSubmit()")
        expect(page.locator("#wrong")).to_contain_text("서버가 응답하지 않습니다")
