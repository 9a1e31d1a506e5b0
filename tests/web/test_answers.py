"""Answers in a real browser: asking, following, reading, taking along, finding again and sharing."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

import api.client
from api.auth import open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.policies import strict_policy
from tests.web.conftest import serving
from tests.web.lib import open_workbench, serious_faults, type_at_end, write

expect = pytest.importorskip("playwright.sync_api").expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

TEXT = 'cohort "Women seen"\nindex first visit\ninclude "woman" when sex is female\ncount by sex, age(20)\n'
YOUNGER = 'cohort "Adults"\nindex first visit where age >= 20\n'
OLDER = 'cohort "Elders"\nindex first visit where age >= 50\n'

SignInAs = Callable[..., tuple[str, str]]


@pytest.fixture
def as_(site: tuple[str, str], site_root: Path) -> SignInAs:
    """The site with a token of somebody: `as_(user, project, tier)`."""

    def signed(user: str, project: str = "answers", tier: AccessTier = AccessTier.CONTROLLED) -> tuple[str, str]:
        principal = Principal(user=user, project=project, institution="here", tier=tier)
        return site[0], open_local_tokens(site_root / "state").issue(principal, hours=1)

    return signed


def run(page: "Page", text: str) -> None:
    write(page, text)
    page.wait_for_selector("#verdict.good")
    before = page.url
    page.click("#run")
    page.wait_for_url(lambda address: address != before)
    until_done(page)


def until_done(page: "Page") -> None:
    page.wait_for_selector("#share:visible")
    expect(page.locator("#receipt")).not_to_be_empty()


def step(page: "Page", kind: str, place: int = 0) -> "Locator":
    return page.locator(f".step[data-kind={kind}]").nth(place)


def cells(found: "Locator") -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in found.locator("tbody tr").all()]


def copied(page: "Page", found: "Locator", words: str) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    found.get_by_text(words, exact=True).click()
    expect(found.locator(".said")).to_have_text("Copied.")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_asking_gives_words_pictures_and_tables_that_stay(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("main"))
    run(page, TEXT)
    count = page.inner_text("#count")
    assert re.fullmatch(r"[\d,]+ ± 42 persons", count)
    low, high = re.findall(r"[\d,]+(?= (?:and|in))", page.inner_text("#meaning"))[:2]
    numbers = [int(each.replace(",", "")) for each in (*re.findall(r"[\d,]+", count), low, high)]
    assert numbers[2:] == [numbers[0] - numbers[1], numbers[0] + numbers[1]]
    for kind in ("attrition", "breakdown"):
        assert step(page, kind).locator("svg.kohort-picture > title").count() == 1
    names = [row[0] for row in cells(step(page, "attrition"))]
    assert names == ["everyone in the release", "consents and has an index event", "include woman"]
    assert "yearly budget" in page.inner_text("#receipt")
    assert "institution" in page.inner_text("#budget")
    where = page.url
    assert re.search(r"#run=[0-9a-f]{32}$", where)
    page.reload()
    expect(page.locator("#count")).to_have_text(count)
    expect(step(page, "breakdown", 1).locator("svg.kohort-picture")).to_be_visible()
    assert page.url == where
    expect(page.locator("#stale")).to_be_hidden()
    type_at_end(page, "# later")
    expect(page.locator("#stale")).to_be_visible()


def test_every_answer_can_be_taken_along(page: "Page", as_: SignInAs, tmp_path: Path) -> None:
    address, token = as_("taker")
    open_workbench(page, (address, token))
    run(page, TEXT)
    found, files = step(page, "attrition"), {}
    for words, form in (("CSV", "csv"), ("Parquet", "parquet"), ("PNG", "png"), ("SVG", "svg")):
        with page.expect_download() as download:
            found.get_by_text(words, exact=True).click()
        assert download.value.suggested_filename == f"kohort-1-2-attrition.{form}"
        download.value.save_as(tmp_path / form)
        files[form] = (tmp_path / form).read_bytes()
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert [row["step"] for row in rows] == [row[0] for row in cells(found)]
    assert [f"{int(row['persons']):,}" for row in rows] == [row[1].split(" ±")[0] for row in cells(found)]
    assert files["parquet"][:4] == b"PAR1" and files["png"][1:4] == b"PNG" and files["svg"][:4] == b"<svg"
    environment = {**os.environ, "KOHORT_TOKEN": token}
    command = copied(page, found, "Copy curl")
    assert token not in command
    if shutil.which("curl"):
        reply = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=True)
        assert [f"{each['left']['value']:,}" for each in json.loads(reply.stdout)["steps"]] == [
            row[1].split(" ±")[0] for row in cells(found)[1:]
        ]


@pytest.mark.parametrize("kind", ["count", "breakdown", "prevalence", "genotypes", "overlap", "comparison"])
def test_the_python_of_an_answer_gives_its_numbers(
    whole_run: tuple[str, str, str],
    page: "Page",
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, token, id = whole_run
    page.goto(f"{address}/?lang=en#token={token}")
    page.wait_for_selector("#verdict.good")
    page.evaluate("id => { location.hash = `run=${id}`; }", id)
    until_done(page)
    script = copied(page, step(page, kind), "Copy Python")
    assert token not in script
    monkeypatch.setitem(sys.modules, "kohort_client", api.client)
    monkeypatch.setenv("KOHORT_TOKEN", token)
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "snippet", "exec"), {})
    said = capsys.readouterr().out
    if kind == "count":
        assert said.strip() == page.inner_text("#count")
    elif kind == "comparison":
        assert (tmp_path / "comparison.svg").read_text().startswith("<svg")
    else:
        shown = [cell for row in cells(step(page, kind)) for cell in row if "±" in cell]
        assert shown[0].split(" ±")[0].replace(",", "") in said


@pytest.fixture(scope="module")
def whole_run(site: tuple[str, str], site_root: Path) -> tuple[str, str, str]:
    """Address, token and id of a run with a question of every kind."""
    principal = Principal(user="whole", project="whole", institution="here", tier=AccessTier.CONTROLLED)
    token = open_local_tokens(site_root / "state").issue(principal, hours=1)
    years = {"first_day": "2012-01-01", "last_day": "2016-12-31"}
    parts = [
        {"kind": "count"},
        {"kind": "attrition"},
        {"kind": "breakdown", "by": ["sex", "age(20)"]},
        {"kind": "prevalence", **years, "by": ["sex"]},
        {"kind": "genotypes", "variants": ["rs671"]},
        {"kind": "overlap", "others": [{"text": YOUNGER}, {"text": OLDER}]},
        {"kind": "comparison", "other": {"text": OLDER}, "by": ["sex"]},
    ]
    headers = {"authorization": f"Bearer {token}"}
    body = {"text": TEXT, "parts": parts}
    id = httpx2.post(f"{site[0]}/v1/runs", json=body, headers=headers).json()["id"]
    assert "event: done" in httpx2.get(f"{site[0]}/v1/runs/{id}/events", headers=headers, timeout=60).text
    return site[0], token, id


BEGINS = {"CSV": b"", "Parquet": b"PAR1", "PNG": b"\x89PNG", "SVG": b"<svg"}
PICTURES = ("attrition", "breakdown", "prevalence", "genotypes", "overlap", "comparison")


@pytest.mark.parametrize("kind", PICTURES)
def test_every_picture_is_a_table_too_and_four_files(page: "Page", whole_run: tuple[str, str, str], kind: str) -> None:
    address, token, id = whole_run
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/?lang=ko#token={token}")
    page.wait_for_selector("#verdict.good")
    page.evaluate("id => { location.hash = `run=${id}`; }", id)
    until_done(page)
    found = step(page, kind)
    expect(found.locator("svg.kohort-picture")).to_be_visible()
    assert len(cells(found)) >= 2
    for form, first in BEGINS.items():
        with page.expect_download() as download:
            found.get_by_text(form, exact=True).click()
        content = download.value.path().read_bytes()
        assert content.startswith(first)
        assert len(content) > 100


def test_everything_the_form_offers_is_asked_at_once(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("all"))
    for name in ("attrition", "pyramid", "breakdown"):
        page.uncheck(f"#with-{name}")
    for text in (YOUNGER, OLDER, OLDER.replace("50", "70").replace("Elders", "Oldest")):
        run(page, text)
    for name in ("attrition", "pyramid", "breakdown"):
        page.check(f"#with-{name}")
    page.click("#more summary")
    page.fill("#by", "region")
    page.check("#with-trend")
    page.fill("#variants", "rs671")
    for place in (1, 2, 3):
        page.select_option(f"#overlap-{place}", index=place)
    page.select_option("#comparison", index=2)
    run(page, TEXT)
    answered = page.locator(".step[data-state=answered]").evaluate_all("all => all.map(each => each.dataset.kind)")
    others = ["prevalence", "genotypes", "overlap", "comparison"]
    assert answered == ["count", "attrition", "breakdown", "breakdown", "breakdown", *others]
    overlap = cells(step(page, "overlap"))
    assert len(overlap) == 15 + 4
    assert [row[0] for row in overlap[-4:]] == [
        f"{name} (total)" for name in ("Women seen", "Oldest", "Elders", "Adults")
    ]


def test_what_cannot_be_asked_is_said_beside_its_fields(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("beside"))
    for name in ("attrition", "pyramid", "breakdown"):
        page.uncheck(f"#with-{name}")
    run(page, YOUNGER)
    where = page.url
    page.click("#more summary")
    page.fill("#by", ", ".join(["sex"] * 9))
    page.fill("#variants", ", ".join(f"rs{number}" for number in range(1, 102)))
    page.click("#run")
    expect(page.locator("#by-wrong")).to_contain_text("At most 8 names")
    expect(page.locator("#variants-wrong")).to_contain_text("At most 100 names")
    assert page.get_attribute("#variants", "aria-invalid") == "true"
    assert page.url == where
    page.fill("#by", "")
    expect(page.locator("#by-wrong")).to_be_empty()
    assert page.get_attribute("#by", "aria-invalid") == "false"
    page.fill("#variants", "")
    page.select_option("#overlap-2", index=1)
    run(page, YOUNGER)
    expect(page.locator("#overlap-wrong")).to_contain_text("two of the cohorts mean the same")
    expect(page.locator("#by-wrong")).to_be_empty()
    assert page.get_attribute("#overlap-1", "aria-invalid") == "true"


def test_an_address_of_no_run_says_so(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("astray"))
    run(page, YOUNGER)
    page.evaluate("() => { location.hash = 'run=cut'; }")
    expect(page.locator("#failed")).to_contain_text("no such run")
    assert not page.is_visible("#answer")
    page.reload()
    expect(page.locator("#failed")).to_contain_text("no such run")
    page.go_back()
    expect(page.locator("#about")).to_have_text("Adults")
    expect(page.locator("#failed")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_answers_can_be_read_by_everybody(
    page: "Page", whole_run: tuple[str, str, str], language: str, width: int, scheme: str
) -> None:
    address, token, id = whole_run
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 860})
    page.goto(f"{address}/?lang={language}#token={token}")
    page.wait_for_selector("#verdict.good")
    page.evaluate("id => { location.hash = `run=${id}`; }", id)
    until_done(page)
    expect(page.locator(".step svg.kohort-picture")).to_have_count(6)
    page.click("#history summary")
    page.click("#more summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_faults(page, "#answers") == []
    assert serious_faults(page, "#ask") == []
    for hidden in page.locator("#read").get_by_text(re.compile(r"\bkind_|\bstate_|\bprogress_")).all():
        raise AssertionError(f"words are missing: {hidden.inner_text()}")


def test_cohorts_of_earlier_runs_are_overlapped_and_compared(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("several"))
    page.uncheck("#with-attrition")
    page.uncheck("#with-pyramid")
    page.uncheck("#with-breakdown")
    run(page, YOUNGER)
    run(page, OLDER)
    page.click("#more summary")
    page.select_option("#overlap-1", label="1 · Adults")
    page.select_option("#comparison", label="1 · Adults")
    page.fill("#comparison-by", "")
    write(page, TEXT)
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    expect(page.locator("#comparison-wrong")).to_contain_text("at least one dimension")
    page.fill("#comparison-by", "sex")
    run(page, TEXT)
    names = [row[0] for row in cells(step(page, "overlap"))]
    assert names == ["Women seen", "Adults", "Women seen & Adults", "Women seen (total)", "Adults (total)"]
    assert [row[0] for row in cells(step(page, "comparison"))] == ["male", "female", "unknown", "total"]
    page.go_back()
    expect(page.locator("#about")).to_have_text("Elders")
    page.go_forward()
    expect(page.locator("#about")).to_have_text("Women seen")
    page.click("#history summary")
    page.locator("#runs button.link", has_text="Adults").click()
    expect(page.locator("#about")).to_have_text("Adults")
    assert page.evaluate("sessionStorage.getItem('kohort-draft')") == YOUNGER
    page.locator("#runs li", has_text="Adults").get_by_text("Delete").click()
    expect(page.locator("#runs li")).to_have_count(2)
    expect(page.locator("#waiting")).to_be_visible()


def test_what_is_refused_says_why_in_its_place(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("refused"))
    page.uncheck("#with-attrition")
    page.uncheck("#with-pyramid")
    page.click("#more summary")
    page.fill("#variants", "hello")
    page.check("#with-trend")
    page.fill("#first-year", "2020")
    write(page, TEXT)
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    expect(page.locator("#trend-wrong")).to_contain_text("the earlier one first")
    assert page.get_attribute("#first-year", "aria-invalid") == "true"
    page.fill("#first-year", "2015")
    run(page, TEXT)
    expect(step(page, "genotypes").locator(".failed")).to_contain_text("is no name of a variant")
    expect(step(page, "prevalence").locator("svg.kohort-picture")).to_be_visible()


def test_a_link_works_in_the_project_and_nowhere_else(page: "Page", as_: SignInAs) -> None:
    open_workbench(page, as_("ann"))
    run(page, TEXT)
    count, link = page.inner_text("#count"), page.url
    opened_by(page, as_("bob"), link)
    expect(page.locator("#failed")).to_contain_text("no such run")
    opened_by(page, as_("ann"), link)
    expect(page.locator("#count")).to_have_text(count)
    page.click("#share")
    expect(page.locator("#share-said")).to_contain_text(link)
    opened_by(page, as_("eve", "elsewhere"), link)
    expect(page.locator("#failed")).to_contain_text("no such run")
    opened_by(page, as_("bob"), link)
    expect(page.locator("#colleague")).to_contain_text("ann asked this")
    assert not page.is_visible("#answer")
    page.click("#ask-too")
    until_done(page)
    expect(page.locator("#count")).to_have_text(count)


def opened_by(page: "Page", site: tuple[str, str], link: str) -> None:
    """Somebody else opens a link in a tab of their own, and signs in."""
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    page.fill("#token", site[1])
    page.click("#signin-form button")
    page.wait_for_selector("#verdict.good")


@pytest.fixture(scope="module")
def punctual(site: tuple[str, str], site_root: Path) -> Iterator[str]:
    """A second server over the same release, where each question takes its second, as it is for researchers, and
    registered ones may ask ten in a day: a minute could end in the middle of a test."""
    policy = strict_policy(site_root, tier="registered", questions='"10/day"', lookups='"600/minute"')
    with serving(site_root, fixed_deadlines=True, policy=policy) as address:
        yield address


def test_what_waits_is_cancelled_and_costs_nothing(page: "Page", punctual: str, as_: SignInAs) -> None:
    open_workbench(page, (punctual, as_("hasty")[1]))
    write(page, TEXT)
    page.wait_for_selector("#verdict.good")
    page.click("#run")
    expect(step(page, "breakdown")).to_contain_text("Waiting for its turn")
    page.click("#cancel")
    expect(step(page, "breakdown")).to_contain_text("it costs nothing")
    expect(page.locator("#progress")).to_have_text("Cancelled.")
    assert "free" in page.locator(".step .notice", has_text="after it had begun").inner_text()
    page.click("#history summary")
    expect(page.locator("#runs li").first).to_contain_text("cancelled")


def test_who_asks_too_often_is_told_when_to_ask_again(page: "Page", punctual: str, as_: SignInAs) -> None:
    address, token = punctual, as_("eager", tier=AccessTier.REGISTERED)[1]
    headers = {"authorization": f"Bearer {token}"}
    while httpx2.post(f"{address}/v1/cohorts/count", json={"text": "nonsense"}, headers=headers).status_code != 429:
        pass  # a question that cannot be read counts as one, and is refused at once
    open_workbench(page, (address, token))
    page.click("#run")
    expect(page.locator("#failed")).to_contain_text("10 times a day")
    expect(page.locator("#failed")).to_contain_text(re.compile(r"Ask again in \d+ seconds"))
