"""A server that is started anew while a page is open: the page says so, loses nothing, and goes on without being reloaded."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.auth import open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.web.conftest import free_port, serving
from tests.web.lib import open_workbench, type_at_end, until_written
from tests.web.test_builder import TEXT, key, show
from tests.web.test_workbench_typing import WOULD_ASK

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

Serve = Callable[[], AbstractContextManager[str]]


@pytest.fixture
def service(site_root: Path, tmp_path: Path) -> tuple[Serve, str]:
    """`serve()` starts a server, each time at the same address and over the same state; and a token of it."""
    (tmp_path / "releases").symlink_to(site_root / "releases")
    me = Principal(user="me", project="restarts", institution="here", tier=AccessTier.REGISTERED)
    token = open_local_tokens(tmp_path / "state").issue(me, hours=1)
    port = free_port()
    return lambda: serving(tmp_path, fixed_deadlines=True, port=port), token


def test_what_is_changed_without_a_server_is_done_when_it_is_back(page: "Page", service: tuple[Serve, str]) -> None:
    serve, token = service
    with serve() as address:
        open_workbench(page, (address, token))
        show(page, TEXT)
        page.wait_for_load_state("networkidle")
    name = page.locator(key(page, "rules/0/name"))
    name.fill("LDL raised")
    name.press("Tab")
    expect(page.locator("#builder-notice")).to_contain_text("Your change is kept")
    page.select_option(key(page, "rules/1/kind"), "exclude")
    expect(name).to_have_value("LDL raised")
    assert page.evaluate(WOULD_ASK)
    with serve():
        until_written(page, 'include "LDL raised"')
        text = until_written(page, 'exclude "reasons"')
        assert text == TEXT.replace("LDL high", "LDL raised").replace('include "reasons"', 'exclude "reasons"')
        expect(page.locator("#builder-notice")).to_be_hidden()
        expect(page.locator("#builder .wrong")).to_have_count(0)
        expect(page.locator("#verdict")).to_have_class("good")
        assert not page.evaluate(WOULD_ASK)


def test_a_change_of_a_card_and_of_the_text_without_a_server_are_both_kept(
    page: "Page", service: tuple[Serve, str]
) -> None:
    serve, token = service
    with serve() as address:
        open_workbench(page, (address, token))
        show(page, TEXT.replace("count by sex, age(10)\n", ""))
        page.wait_for_load_state("networkidle")
    page.fill(key(page, "rules/0/name"), "LDL raised")
    page.press(key(page, "rules/0/name"), "Tab")
    expect(page.locator("#builder-notice")).to_contain_text("Your change is kept")
    type_at_end(page, "count by region\n")
    expect(page.locator("#verdict")).to_have_class("bad")
    expect(page.locator("#verdict")).to_contain_text("does not answer")
    with serve():
        assert "count by region" in until_written(page, 'include "LDL raised"')
        expect(page.locator("#verdict")).to_have_class("good")
        expect(page.locator("#builder .card-of.count .chip")).to_have_text(["region×"])


def test_a_run_that_was_under_way_is_followed_and_asked_again(page: "Page", service: tuple[Serve, str]) -> None:
    """What a server had begun when it was stopped it finishes; the page tells which answers came, and goes on."""
    serve, token = service
    with serve() as address:
        open_workbench(page, (address, token))
        show(page, TEXT)
        page.wait_for_load_state("networkidle")
        page.click("#run")
        page.wait_for_url("**/#run=*")
    with serve():
        expect(page.locator("#run")).to_be_enabled()
        expect(page.locator("#progress")).to_have_text(re.compile(r"^(Done|Interrupted)\.$"))
        asked_again = page.locator("#steps .step[data-state=interrupted]")
        for step in asked_again.all():
            expect(step).to_contain_text("Ask again")
        expect(page.locator("#failed")).to_be_hidden()
        before = page.url
        page.click("#run")
        page.wait_for_url(lambda now: now != before)
        expect(page.locator("#progress")).to_have_text("Done.")
        expect(page.locator("#steps .step[data-state=answered] .take")).to_have_count(3)


def test_a_page_that_came_while_the_server_went_asks_again(page: "Page", service: tuple[Serve, str]) -> None:
    serve, token = service
    gone = []
    with serve() as address:
        page.route("**/v1/budget*", lambda route: route.continue_() if gone else route.abort())
        page.goto(f"{address}/?lang=en#token={token}")
        expect(page.locator("#signin-reason")).to_contain_text("asks again")
        gone.append(True)
        expect(page.locator("#verdict")).to_have_class("good")
        expect(page.locator("#signin")).to_be_hidden()


def test_what_is_left_is_told_once_the_server_tells_it(page: "Page", service: tuple[Serve, str]) -> None:
    """A server that goes once the answers have come: they stand there, nothing has failed, and what they cost follows."""
    serve, token = service
    kept_back = ("**/v1/budget*", "**/v1/runs?*")
    with serve() as address:
        open_workbench(page, (address, token))
        page.wait_for_load_state("networkidle")
        for path in kept_back:
            page.route(path, lambda route: route.abort())
        with page.expect_event("requestfailed", lambda request: "/v1/budget" in request.url):
            page.click("#run")
        expect(page.locator("#progress")).to_have_text("Done.")
        expect(page.locator("#failed")).to_be_hidden()
        for path in kept_back:
            page.unroute(path)
        expect(page.locator("#receipt")).not_to_be_empty()
        expect(page.locator("#runs [data-run]")).to_have_count(1)
        expect(page.locator("#history-failed")).to_be_hidden()
        expect(page.locator("#failed")).to_be_hidden()
