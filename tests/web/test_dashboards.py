"""Published numbers and ready-made questions in a browser: without scripts, at every width, for everybody."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import engine
from api.auth import open_local_tokens
from engine import EngineSettings, Principal
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.identity.conftest import serving_keys
from tests.identity.world import APPROVED
from tests.web.conftest import _wait, serving
from tests.web.lib import serious_faults
from tests.web.test_accessibility import LOOKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def published(site: tuple[str, str], site_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a public process over the cube of the site's release, drawn on a ledger of its own."""
    state = tmp_path_factory.mktemp("published")
    settings = EngineSettings(releases=site_root / "releases", state=state)
    engine.build_cube(settings, DEFAULT_POLICY, state / "cubes", user="browser", progress=lambda step, share: None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "api.published", "--cubes", str(state / "cubes"), "--port", str(port)]
    with subprocess.Popen(words, env=dict(os.environ)) as process:
        yield _wait(f"http://127.0.0.1:{port}")
        process.terminate()


@pytest.fixture(scope="module")
def tabled(
    site: tuple[str, str], site_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Address of a researchers' server over the site's release that has published tables, and a token of it."""
    state = site_root / "tabled"
    settings = EngineSettings(releases=site_root / "releases", state=state)
    engine.build_cube(settings, DEFAULT_POLICY, state / "cubes", user="browser", progress=lambda step, share: None)
    me = Principal(user="me", project="boards", institution="here", tier=AccessTier.REGISTERED)
    root = tmp_path_factory.mktemp("tabled")
    (root / "releases").symlink_to(site_root / "releases")
    (root / "state").symlink_to(state)
    token = open_local_tokens(state).issue(me, hours=1)
    with serving(root, fixed_deadlines=False) as address:
        yield address, token


@pytest.fixture(scope="module")
def several(
    site: tuple[str, str], site_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Address of a server over the site's release that trusts an identity provider, and a passport of somebody with a
    project of each tier beside their own."""
    root = tmp_path_factory.mktemp("several")
    (root / "releases").symlink_to(site_root / "releases")
    (root / "projects.toml").write_text(APPROVED)
    with serving_keys(root) as world, pytest.MonkeyPatch.context() as environment:
        environment.setenv("KOHORT_IDENTITY", str(world.rules))
        environment.setenv("KOHORT_PROJECTS", str(root / "projects.toml"))
        environment.delenv("KOHORT_LOCAL_ISSUER", raising=False)
        with serving(root, fixed_deadlines=False) as address:
            yield address, world.token(*world.researcher(), world.grant())


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_every_page_is_for_everybody(page: "Page", published: str, language: str, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    for path in (
        "/public?", "/public/list?family=conditions&measure=share&", "/public/list?family=survey&page=x&order=y&",
        "/public/list?family=measurements&", "/public/category?family=resource&code=records&view=region&", "/public/category?family=resource&code=records&measure=share&",
        "/public/category?family=resource&code=everybody&view=race&", "/public/category?family=conditions&code=I10&view=year&",
        "/public/category?family=survey&code=smoking.status=never&view=year&",
    ):  # fmt: skip
        page.goto(f"{published}{path}lang={language}")
        assert serious_faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        expect(page.locator(".drawn svg:visible")).to_have_count(1)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_allele_frequencies_are_for_everybody(
    page: "Page", published: str, language: str, scheme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{published}/public/variants?lang={language}")
    page.fill("#search", "aldh2")
    page.click("#find button")
    expect(page.locator("#variants tbody tr")).to_have_count(1)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def signed_in(browser: "Browser", address: str, token: str, language: str, scheme: str, width: int) -> "Page":
    """The dashboards as a browser without scripts shows them to the token's holder."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 860}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{address}/dashboards?lang={language}")
    page.fill("#token", token)
    page.click("#sign-in button")
    return page


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_dashboard_is_read_and_paid_without_scripts(
    browser: "Browser", tabled: tuple[str, str], language: str, scheme: str, width: int
) -> None:
    """A panel is asked by a form and comes by itself; the address of the page has no token."""
    address, token = tabled
    page = signed_in(browser, address, token, language, scheme, width)
    assert page.url == f"{address}/dashboards"
    page.locator(".boards-nav a").nth(1).click()
    panel = page.locator(".panel").filter(has=page.locator("form")).first
    name = panel.get_attribute("id")
    panel.locator("form button").click()
    expect(page.locator(f"#{name} table").first).to_be_attached(timeout=60_000)
    expect(page.locator(f"#{name} form")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_who_is_signed_in_to_the_tab_is_signed_in_to_the_dashboards(
    page: "Page", tabled: tuple[str, str], language: str, scheme: str, width: int
) -> None:
    address, token = tabled
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/dashboards?lang={language}#token={token}")
    expect(page.locator(".panel").first).to_be_visible(timeout=20_000)
    assert token not in page.url
    for board in (
        "people", "conditions", "observations", "deaths", "survey", "survey&search=smoking.status=", "genotypes"
    ):  # fmt: skip
        page.goto(f"{address}/dashboards?board={board}")
        expect(page.locator(".panel").first).to_be_visible()
        assert serious_faults(page) == [], board
        assert page.evaluate("document.documentElement.scrollWidth") <= width, board
    page.click(".who button")
    expect(page.locator("#sign-in")).to_be_visible()
    assert serious_faults(page) == []


def test_an_answer_comes_while_something_else_is_read(page: "Page", tabled: tuple[str, str]) -> None:
    """The page is not loaded again: what is open stays open, and the focus stays."""
    address, token = tabled
    page.goto(f"{address}/dashboards#token={token}")
    expect(page.locator(".panel").first).to_be_visible(timeout=20_000)
    page.goto(f"{address}/dashboards?board=drugs")
    asked = page.locator(".panel").filter(has=page.locator("form")).last
    name = asked.get_attribute("id")
    before = page.locator("#balances").inner_text()
    asked.locator("form button").click()
    expect(page.locator(f"#{name}[data-waiting]")).to_be_visible()
    other = page.locator(f".panel:not(#{name})").first.locator("summary").last
    other.click()
    page.evaluate("window.isTheSamePage = true")
    expect(page.locator(f"#{name} table").first).to_be_attached(timeout=60_000)
    expect(page.locator("#waiting")).to_have_text("All answers have come.")
    expect(page.locator("#balances")).not_to_have_text(before)
    expect(other).to_be_focused()
    expect(page.locator("details[open]").filter(has=page.locator("pre")).first).to_be_visible()
    assert page.evaluate("window.isTheSamePage")
    assert serious_faults(page) == []


def test_an_answer_is_found_on_its_dashboard_and_asked_without_scripts(
    browser: "Browser", tabled: tuple[str, str]
) -> None:
    """From a question to its answers by a link; the search stays in the address while an answer is asked and comes."""
    address, token = tabled
    page = signed_in(browser, address, token, "en", "light", 1280)
    page.locator(".boards-nav a", has_text="Survey answers").click()
    page.locator("#survey-smoking-status").get_by_role("link", name="Each answer by itself").click()
    expect(page.locator(".panel")).to_have_count(3)
    expect(page.locator("#search")).to_have_value("smoking.status=")
    panel = page.locator("#survey-smoking-status-never")
    panel.locator("form button").click()
    expect(panel.locator("table").first).to_be_attached(timeout=60_000)
    expect(panel.locator(":scope > details > summary", has_text="index year")).to_have_count(1)
    expect(page.locator(".panel")).to_have_count(3)
    page.context.close()


def test_a_category_is_found_and_turned_around_without_scripts(browser: "Browser", published: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(published)
    page.select_option("#family", "resource")
    page.fill("#search", "records")
    page.click("#find button")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.click("#rows a")
    page.select_option("#view", "region")
    page.select_option("#measure", "share")
    page.click("#choose button")
    assert page.url.endswith("/public/category?family=resource&code=records&view=region&measure=share")
    rows = page.locator("#cells tbody tr").count()
    page.click("#languages a[lang=ko]")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#cells tbody tr")).to_have_count(rows)
    with page.expect_download() as download:
        page.click("#csv")
    assert len(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()) == rows + 1
    context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_ready_question_is_asked_at_its_price(
    page: "Page", site: tuple[str, str], language: str, scheme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site[0]}/questions?lang={language}")
    expect(page.locator("#ldl .ask")).to_be_disabled()
    page.goto(f"{site[0]}/questions?lang={language}#token={site[1]}")
    page.reload()  # an address that differs in its fragment only is not loaded anew
    page.click("#ldl .ask")
    expect(page.locator("#ldl .step[data-state=answered]")).to_have_count(3, timeout=60_000)
    expect(page.locator("#ldl .step table")).to_have_count(2)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("#glucose .ask")).to_be_enabled()
    page.click("#ldl .again")
    page.wait_for_url("**/#run=*")
    expect(page.locator("#steps .step[data-state=answered]")).to_have_count(3, timeout=30_000)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_project_is_chosen_without_scripts(
    browser: "Browser", several: tuple[str, str], language: str, scheme: str, width: int
) -> None:
    """Somebody of three projects sees the one in use and what is left of its budget, and chooses another."""
    address, token = several
    page = signed_in(browser, address, token, language, scheme, width)
    expect(page.locator("#project option")).to_have_count(3)
    page.locator(".boards-nav a").nth(1).click()
    page.select_option("#project", "T2DM-14")
    page.click("#choose-project button")
    assert page.url == f"{address}/dashboards?board=conditions"
    expect(page.locator("#project-in-use")).to_have_text("T2DM-14")
    expect(page.locator(".who")).to_contain_text({"en": "has 100 % left", "ko": "100 %"}[language])
    page.context.close()
    seen = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)
    page = seen.new_page()
    page.goto(f"{address}/dashboards?lang={language}#token={token}")
    expect(page.locator("#project-in-use")).to_be_visible()
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    seen.close()
