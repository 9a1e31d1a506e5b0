"""Dashboards of researchers: what they have, whom they let in, and that only what is asked is paid, and only once."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.dashboards.boards import Board
from api.dashboards.signing_in import LONGEST_TOKEN
from api.settings import ServerSettings
from engine import EngineSettings, Principal, build_cube
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.lib.policies import strict_policy, wide_policy
from tests.lib.servers import application
from tests.lib.waiting import until

OWN = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def site(settings: ServerSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server over the same release and state, with its published tables in a folder apart."""
    root = tmp_path_factory.mktemp("boards")
    inside = EngineSettings(releases=settings.releases, state=root / "state")
    build_cube(inside, DEFAULT_POLICY, root / "cubes", user="steward", progress=lambda step, share: None)
    with TestClient(
        application(settings.model_copy(update={"cubes": root / "cubes"})), raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def enter(site: TestClient, tokens: LocalTokens):
    """A browser that signed in by the form: `enter(tier, project)`."""

    def enter_(tier: AccessTier, project: str) -> TestClient:
        me = Principal(user=f"user of {project}", project=project, institution=project, tier=tier)
        browser = TestClient(
            site.app, base_url="http://127.0.0.1", raise_server_exceptions=False, follow_redirects=False
        )
        browser.portal = site.portal  # one event loop: what a request begins goes on after it
        answer = browser.post("/dashboards/sign-in", content=f"token={tokens.issue(me, hours=1)}", headers=OWN)
        assert (answer.status_code, answer.headers["location"]) == (303, "/dashboards")
        return browser

    return enter_


def spent(browser: TestClient) -> int:
    """What the project has spent, from the bearer's own budget."""
    token = browser.cookies["kohort-dashboards"]
    budget = browser.get("/v1/budget", headers={"authorization": f"Bearer {token}"}).json()
    return next(each["spent"] for each in budget["remaining_budget"] if each["account"] == "project")


def ask(browser: TestClient, board: str, panel: str, search: str = "", **headers: str):
    sent = {"board": board, "panel": panel, "search": search}
    return browser.post("/dashboards/ask", data=sent, headers={**OWN, **headers})


def answered(browser: TestClient, board: str, search: str = "") -> str:
    """The page once nothing of it is under way."""

    def found() -> str | None:
        page = browser.get("/dashboards", params={"board": board, "search": search}).text
        return None if 'http-equiv="refresh"' in page else page

    return until(found)


def cards(page: str) -> dict[str, str]:
    """The panels of a page, by what their button asks for or else their place."""
    return {
        match[1]: match[0]
        for match in re.finditer(r'<section class="card panel" id="([^"]+)".*?</section>', page, re.DOTALL)
    }


def test_who_is_not_signed_in_sees_how_to_and_no_number(site: TestClient) -> None:
    page = site.get("/dashboards")
    assert page.status_code == 200 and 'action="/dashboards/sign-in"' in page.text
    assert cards(page.text) == {} and re.findall(r"\d ± ", page.text) == []
    assert page.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert site.post("/dashboards/ask", data={"board": "people", "panel": "x"}, headers=OWN).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {},
    ],
)
@pytest.mark.parametrize("place", ["sign-in", "sign-out", "ask"])
def test_forms_of_other_sites_do_nothing(enter, headers: dict[str, str], place: str) -> None:
    browser = enter(AccessTier.REGISTERED, "boards foreign")
    kept = browser.cookies["kohort-dashboards"]
    kind = {"content-type": OWN["content-type"]}
    answer = browser.post(
        f"/dashboards/{place}", content="board=people&panel=people-everybody&token=x", headers=headers | kind
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "form-origin")
    assert browser.cookies["kohort-dashboards"] == kept and spent(browser) == 0


def test_a_form_of_this_host_by_an_older_browser_is_taken(enter) -> None:
    browser = enter(AccessTier.REGISTERED, "boards older")
    headers = {"origin": "http://127.0.0.1", "content-type": OWN["content-type"]}
    assert browser.post("/dashboards/sign-out", content="a=b", headers=headers).status_code == 303
    assert "kohort-dashboards" not in browser.cookies


@pytest.mark.parametrize("body", ["token", "=", "a=b&" * 9 + "a=b", "%ff", "token=\xff".encode("latin-1")])
def test_a_form_that_cannot_be_read_is_a_problem_that_repeats_nothing(site: TestClient, body: str | bytes) -> None:
    answer = site.post("/dashboards/sign-in", content=body, headers=OWN, follow_redirects=False)
    assert answer.status_code in (303, 400) and "token" not in answer.text


@pytest.mark.parametrize("token", ["", "x" * (LONGEST_TOKEN + 1), "a b", "a;b=c", "한글"])
def test_what_is_no_token_is_not_kept(site: TestClient, token: str) -> None:
    answer = TestClient(site.app).post(
        "/dashboards/sign-in", data={"token": token}, headers=OWN, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboards?refused=token")
    assert "set-cookie" not in answer.headers


def test_the_cookie_is_of_these_pages_alone(site: TestClient, tokens: LocalTokens) -> None:
    me = Principal(user="cookie", project="boards cookie", institution="x", tier=AccessTier.REGISTERED)
    browser = TestClient(site.app, follow_redirects=False)  # a proxy ended TLS, and says nothing of it
    token = tokens.issue(me, hours=1)
    kept = browser.post("/dashboards/sign-in", content=f"token={token}", headers=OWN).headers["set-cookie"].lower()
    assert all(each in kept for each in ("httponly", "samesite=strict", "path=/dashboards", "secure"))
    elsewhere = {"cookie": f"kohort-dashboards={token}"}
    assert browser.get("/v1/budget", headers=elsewhere).status_code == 401
    assert browser.post("/v1/runs", json={}, headers=elsewhere).status_code == 401
    assert browser.get("/dashboardsx", headers=elsewhere).status_code in (401, 404)


@pytest.mark.parametrize("token", ["x", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_is_not_accepted_is_forgotten(site: TestClient, token: str) -> None:
    page = TestClient(site.app).get("/dashboards", headers={"cookie": f"kohort-dashboards={token}"})
    assert 'action="/dashboards/sign-in"' in page.text
    assert 'kohort-dashboards=""' in page.headers["set-cookie"]


def test_readers_behind_one_address_do_not_use_up_each_others_rate(
    settings: ServerSettings, tokens: LocalTokens, tmp_path: Path
) -> None:
    """Who is signed in is counted as themselves, and a cookie that is not accepted as the address it comes from."""
    policy = strict_policy(tmp_path, tier="public", questions="", lookups='"3/minute"')
    me = Principal(user="often", project="boards often", institution="x", tier=AccessTier.REGISTERED)
    cookies = {"cookie": f"kohort-dashboards={tokens.issue(me, hours=1)}"}, {"cookie": "kohort-dashboards=x"}
    with TestClient(application(settings.model_copy(update={"policy": policy}))) as client:
        own, strange = ([client.get("/dashboards", headers=each).status_code for _ in range(5)] for each in cookies)
    assert own == [200] * 5
    assert strange == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("tier", [AccessTier.PUBLIC])
def test_a_tier_that_asks_no_questions_has_no_dashboards(enter, tier: AccessTier) -> None:
    browser = enter(tier, f"boards {tier.value}")
    page = browser.get("/dashboards").text
    assert cards(page) == {} and "published tables and no questions of its own" in page
    assert ask(browser, "people", "people-everybody").json()["code"] == "dashboard-question-unknown"


@pytest.mark.parametrize(
    ("tier", "tables"),
    [
        (AccessTier.REGISTERED, ["by sex, age(10)", "by age(5)", "by sex, region", "by sex, race"]),
        (AccessTier.CONTROLLED, ["by sex, age(5)", "by region, age(10)", "by race, age(10)"]),
    ],
)
def test_cells_are_as_fine_as_the_tier_may_ask(enter, tier: AccessTier, tables: list[str]) -> None:
    page = enter(tier, f"boards fine {tier.value}").get("/dashboards").text
    everybody, ancestry = cards(page).values()
    assert re.findall(r"^by .*?(?=$|<)", everybody + ancestry, re.MULTILINE) == tables
    assert "not genetic ancestry" in ancestry


def test_what_a_phase_has_not_opened_is_not_asked_and_cells_are_no_finer(
    settings: ServerSettings, tokens: LocalTokens, tmp_path: Path
) -> None:
    """The same release, of which registered researchers may use persons by twenty years of age, and nothing else."""
    text = wide_policy(tmp_path).read_text()
    before, phase, after = text.partition("[[phase]]\nnumber = 0\n")
    _, later, rest = after.partition("[[phase]]")
    grants = "".join(
        _GRANT.format(tier=tier, width=width)
        for tier, width in (("registered", 20), ("controlled", 5), ("internal", 1))
    )
    policy = tmp_path / "narrow.toml"
    policy.write_text(f'{before}{phase}title = "test data"\n{grants}\n{later}{rest}')
    me = Principal(user="narrow", project="boards narrow", institution="x", tier=AccessTier.REGISTERED)
    cookie = {"cookie": f"kohort-dashboards={tokens.issue(me, hours=1)}"}
    narrow = settings.model_copy(update={"policy": policy})
    with TestClient(application(narrow), headers=cookie, follow_redirects=False) as browser:
        people = "".join(cards(browser.get("/dashboards").text).values())
        tables = ["by sex, age(20)", "by sex, region", "by sex, race"]
        assert re.findall(r"^by .*?(?=$|<)", people, re.MULTILINE) == tables
        survey = cards(browser.get("/dashboards?board=survey").text)
        assert all("not open for this release" in card and "<form" not in card for card in survey.values())
        answer = browser.post(
            "/dashboards/ask", data={"board": "survey", "panel": "survey-smoking.status"}, headers=OWN
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "dashboard-question-unknown")
        assert (
            browser.get("/v1/runs", headers={"authorization": f"Bearer {tokens.issue(me, hours=1)}"}).json()["runs"]
            == []
        )


_GRANT = """
  [[phase.grant]]
  tier = "{tier}"
  domains = ["persons"]
  dates = "year"
  age_width = {width}
  regions = "province"
  variants = "none"
  temporal = false
  free_text = false
"""


@pytest.mark.parametrize("board", Board)
def test_opening_a_page_costs_nothing_and_every_price_is_said(enter, board: Board) -> None:
    browser = enter(AccessTier.CONTROLLED, f"boards open {board.value}")
    found = cards(browser.get(f"/dashboards?board={board.value}").text)
    assert found
    for card in found.values():
        assert re.search(r"Ask for [0-9.]+ % of the budget", card)
    assert spent(browser) == 0


@pytest.mark.parametrize("tier", [AccessTier.REGISTERED, AccessTier.CONTROLLED])
@pytest.mark.parametrize("board", Board)
def test_the_first_panel_is_answered_paid_at_its_price_and_then_free(enter, board: Board, tier: AccessTier) -> None:
    browser = enter(tier, f"boards {board.value} {tier.value}")
    page = browser.get(f"/dashboards?board={board.value}").text
    name = re.findall(r'name="panel" value="([^"]+)"', page)[0].replace("&amp;", "&")
    (said, *_) = re.findall(r"Ask for ([0-9.]+) % of the budget", page)
    answer = ask(browser, board.value, name)
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"/dashboards?board={board.value}#")
    card = next(iter(cards(answered(browser, board.value)).values()))
    assert "Ask for" not in card and "<table" in card and 'role="alert"' not in card
    if "Published for everybody" in card:  # what the cube counts is what is asked, so neither is hidden
        assert re.search(r"Published for everybody: [0-9,]+ ± ", card)
        assert re.search(r'<td class="number">[0-9,]+ ± ', card)
    cap = DEFAULT_POLICY.of(tier).budget.project
    paid = spent(browser)
    assert f"{100 * paid / cap:.3g}" == said
    again = next(iter(cards(answered(browser, board.value)).values()))
    assert again == card and spent(browser) == paid
    ask(browser, board.value, name)
    answered(browser, board.value)
    assert spent(browser) == paid


AGES = {AccessTier.REGISTERED: ["by sex, age(10)", "by age(5)"], AccessTier.CONTROLLED: ["by sex, age(5)"]}
PLACES = {AccessTier.REGISTERED: ["by sex, region"], AccessTier.CONTROLLED: ["by region, age(10)"]}
YEARS = {AccessTier.REGISTERED: ["by index year"], AccessTier.CONTROLLED: ["by sex, index year"]}
ANSWERS = {
    AccessTier.REGISTERED: ["by survey activity.level, age(10)"],
    AccessTier.CONTROLLED: ["by survey activity.level, sex, age(10)", "by survey activity.level, region"],
}
RS671 = "genotype of variant rs671"
GENOTYPES = {
    AccessTier.REGISTERED: [f"by {RS671}, age(20)", f"by {RS671}, sex"],
    AccessTier.CONTROLLED: [f"by {RS671}, sex, age(20)", f"by {RS671}, region"],
}


@pytest.mark.parametrize("tier", [AccessTier.REGISTERED, AccessTier.CONTROLLED])
@pytest.mark.parametrize("board", Board)
def test_cells_are_finer_than_those_published(enter, board: Board, tier: AccessTier) -> None:
    """Everybody may read each list by sex and ten years of age, by region and by year, and genotypes in all."""
    page = enter(tier, f"boards finer {board.value} {tier.value}").get(f"/dashboards?board={board.value}").text
    asked = re.findall(r"^by .*?(?=<|$)", next(iter(cards(page).values())), re.MULTILINE)
    match board:
        case Board.PEOPLE:
            assert asked == [*AGES[tier], *PLACES[tier]]
        case Board.SURVEY:
            assert asked == ANSWERS[tier]
        case Board.GENOTYPES:
            assert asked == GENOTYPES[tier]
        case _:
            assert asked == [*AGES[tier], *PLACES[tier], *YEARS[tier]]


def test_any_published_category_is_found_and_asked(enter) -> None:
    """Not only the most frequent ones; the word stays with the page while it is asked."""
    browser = enter(AccessTier.REGISTERED, "boards found")
    first = cards(browser.get("/dashboards?board=conditions").text)
    assert len(first) == 10 and "conditions-g20" not in first
    found = cards(browser.get("/dashboards?board=conditions&search=G20").text)
    assert list(found) == ["conditions-g20"]
    answer = ask(browser, "conditions", "conditions-G20", "G20")
    assert answer.headers["location"] == "/dashboards?board=conditions&search=G20#conditions-g20"
    assert "Asked on" in cards(answered(browser, "conditions", "G20"))["conditions-g20"]
    assert ask(browser, "conditions", "conditions-G20").json()["code"] == "dashboard-question-unknown"
    nothing = browser.get("/dashboards?board=conditions&search=<b>zzz").text
    assert cards(nothing) == {} and "Nothing fits" in nothing and "<b>zzz" not in nothing


def test_an_answer_by_itself_has_its_year_and_the_number_that_is_published(enter) -> None:
    """Who answered so last is who the cube counts, so both numbers are of the same people."""
    browser = enter(AccessTier.CONTROLLED, "boards answer")
    questions = browser.get("/dashboards?board=survey").text
    assert 'href="/dashboards?board=survey&amp;search=smoking.status%3D"' in questions
    assert len(cards(browser.get("/dashboards?board=survey&search=smoking.status%3D").text)) == 3
    found = cards(browser.get("/dashboards?board=survey&search=smoking.status=never").text)
    (card,) = found.values()
    assert "index last answer to smoking.status" in card and "by sex, index year" in card
    assert ask(browser, "survey", "survey-smoking.status=never", "smoking.status=never").status_code == 303
    (card,) = cards(answered(browser, "survey", "smoking.status=never")).values()
    published, margin = re.findall(r"Published for everybody: ([0-9,]+) ± ([0-9,]+)", card)[0]
    counted, spread = re.findall(r'<td class="number">([0-9,]+) ± ([0-9,]+)', card)[0]
    apart = abs(int(published.replace(",", "")) - int(counted.replace(",", "")))
    assert apart <= 3 * (int(margin) + int(spread))


def test_answers_are_the_readers_own(enter, site: TestClient, tokens: LocalTokens) -> None:
    browser = enter(AccessTier.REGISTERED, "boards own")
    ask(browser, "people", "people-everybody")
    answered(browser, "people")
    for other in (enter(AccessTier.REGISTERED, "boards other"), enter(AccessTier.CONTROLLED, "boards own controlled")):
        assert "Ask for" in other.get("/dashboards").text
    same_person_of_a_higher_tier = Principal(
        user="user of boards own", project="boards own", institution="boards own", tier=AccessTier.CONTROLLED
    )
    cookie = {"cookie": f"kohort-dashboards={tokens.issue(same_person_of_a_higher_tier, hours=1)}"}
    assert "Ask for" in TestClient(site.app).get("/dashboards", headers=cookie).text


@pytest.mark.parametrize(
    ("board", "panel"),
    [
        ("people", "conditions-E11"),
        ("genomes", "people-everybody"),
        ("", ""),
        ("survey", "survey-none"),
        ("people", "'; drop"),
    ],
)
def test_only_what_a_board_has_is_asked(enter, board: str, panel: str) -> None:
    browser = enter(AccessTier.REGISTERED, "boards strange")
    answer = ask(browser, board, panel)
    assert (answer.status_code, answer.json()["code"]) == (404, "dashboard-question-unknown")
    assert spent(browser) == 0


def test_a_wrong_address_is_said_and_nothing_of_it_is_repeated(enter) -> None:
    browser = enter(AccessTier.REGISTERED, "boards wrong")
    page = browser.get("/dashboards", params={"board": "<b>x</b>", "refused": "<i>y"})
    assert page.status_code == 404 and "There is no such dashboard" in page.text
    assert "<b>x" not in page.text and "<i>y" not in page.text


def test_pages_are_in_both_languages_and_have_no_script_of_their_own(enter) -> None:
    browser = enter(AccessTier.REGISTERED, "boards korean")
    page = browser.get("/dashboards?board=survey&lang=ko").text
    assert '<html lang="ko">' in page and "설문 응답" in page and "예산" in page
    assert re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))|<style|\sstyle=|\son\w+=", page) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []


def test_a_token_that_is_not_accepted_is_said_beside_its_field(site: TestClient) -> None:
    cookie = {"cookie": "kohort-dashboards=x"}
    page = TestClient(site.app).get("/dashboards?lang=en", headers=cookie).text
    assert "This token is not accepted: it has expired" in page and 'aria-describedby="token-wrong"' in page
    assert "받아들일 수 없는 토큰입니다" in TestClient(site.app).get("/dashboards?lang=ko", headers=cookie).text
    assert 'id="token-wrong"' not in TestClient(site.app).get("/dashboards?lang=en").text


def test_why_something_was_not_asked_is_said_and_not_only_its_code(enter) -> None:
    browser = enter(AccessTier.REGISTERED, "boards refused")
    address = "/dashboards?board=people&refused=budget-exhausted"
    english = browser.get(f"{address}&lang=en").text
    assert "nothing was paid. The answer costs more privacy budget than one of your accounts has left" in english
    korean = browser.get(f"{address}&lang=ko").text
    assert "올해 남은 예산보다 비용이 큰 질의입니다" in korean and "The answer costs" not in korean
    assert "nothing was paid. no-such-code" in browser.get("/dashboards?refused=no-such-code&lang=en").text


def test_what_a_price_buys_is_said_beside_its_button(enter) -> None:
    browser = enter(AccessTier.REGISTERED, "boards buying")
    assert "You get: how many people · By sex, age(10) · By age(5) · By sex, region" in browser.get("/dashboards").text
    assert "답변 내용: 인원 · 성, 나이(10세 단위)별" in browser.get("/dashboards?lang=ko").text
    assert "· Genotypes" in browser.get("/dashboards?board=genotypes&lang=en").text


def test_a_question_that_the_server_left_unfinished_is_said_to_be_and_asked_again_for_nothing(
    enter, settings: ServerSettings
) -> None:
    browser = enter(AccessTier.REGISTERED, "boards cut off")
    ask(browser, "people", "people-everybody")
    answered(browser, "people")
    paid = spent(browser)
    token = browser.cookies["kohort-dashboards"]
    (run,) = browser.get("/v1/runs", headers={"authorization": f"Bearer {token}"}).json()["runs"]
    left = "update step set state = 'interrupted', answer = null where run = ? and number > 1"
    with closing(sqlite3.connect(settings.state / "runs" / "runs.sqlite")) as runs, runs:
        runs.execute(left, (run["id"],))  # as a process leaves it that dies on the way
    page = browser.get("/dashboards?lang=en").text
    assert "The server stopped before everything was answered" in page
    assert "Ask again: what was paid is free" in page
    assert "모두 답하기 전에 서버가 멈췄습니다" in browser.get("/dashboards?lang=ko").text
    ask(browser, "people", "people-everybody")
    assert "The server stopped" not in answered(browser, "people")
    assert spent(browser) == paid > 0
