"""The dashboards of somebody with several projects: they choose one by a form, and the server checks the choice."""

import re

import pytest
from starlette.testclient import TestClient

from api.identity.people import Entry, add_entry
from schemas.policy import AccessTier
from tests.identity.world import World
from tests.lib.waiting import until

OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def browser(several_projects: TestClient, served_world: World) -> TestClient:
    """A browser that alice signed in with."""
    token = served_world.token(*served_world.researcher(), served_world.grant())
    several_projects.post("/dashboards/sign-in", data={"token": token}, headers=OWN)
    return several_projects


def choose(browser: TestClient, project: str, **headers: str) -> str:
    return browser.post(
        "/dashboards/project", data={"project": project, "board": "survey"}, headers={**OWN, **headers}
    ).text


def ask(browser: TestClient, **fields: str) -> str:
    """The page of somebody who asks how many people there are, once the answer has come and is paid for."""
    asked = {"board": "people", "panel": "people-everybody", **fields}
    page = browser.post("/dashboards/ask", data=asked, headers=OWN).text
    if " data-waiting" not in page:
        return page

    def answered() -> str | None:
        later = browser.get("/dashboards", params={"board": "people"}).text
        return None if " data-waiting" in later else later

    return until(answered)


def in_use(page: str) -> str:
    found = re.search(r'id="project-in-use">([^<]*)</strong> · ([a-z]+) access', page)
    return " ".join(found.groups()) if found else ""


def offered(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]+)"', page)


def test_the_reader_s_own_project_is_in_use_until_one_is_chosen(browser: TestClient) -> None:
    page = browser.get("/dashboards").text
    own, *others = offered(page)
    assert own.startswith("personal:u-") and others == ["T2DM-14", "OPEN-1"]
    assert in_use(page) == "your own project registered"
    assert "Your project has 100 % left." in page


def test_a_project_that_is_chosen_is_used_and_paid_from(browser: TestClient) -> None:
    page = choose(browser, "T2DM-14")
    assert in_use(page) == "T2DM-14 controlled" and "<h2>Survey answers</h2>" in page
    assert "Your project has 100 % left." not in ask(browser)
    own = offered(page)[0]
    back = choose(browser, own)
    assert in_use(back) == "your own project registered" and "Your project has 100 % left." in back


def test_the_project_that_a_page_showed_pays_whatever_another_tab_has_chosen_since(browser: TestClient) -> None:
    page = choose(browser, "T2DM-14")
    (shown,) = set(re.findall(r'name="project" value="([^"]+)"', page))
    own = choose(browser, offered(page)[0])
    after = ask(browser, project=shown)
    assert in_use(own) == "your own project registered" and in_use(after) == "T2DM-14 controlled"
    assert "Your project has 100 % left." not in after
    assert "Your project has 100 % left." in choose(browser, offered(page)[0])


def test_a_form_that_names_a_project_of_others_asks_nothing(browser: TestClient) -> None:
    page = ask(browser, project="NOBODYS-1")
    assert "That project is not open to you" in page
    assert "Your project has 100 % left." in browser.get("/dashboards").text


@pytest.mark.parametrize("project", ["NOBODYS-1", "", "personal:u-someone", "../x", "a\r\nb"])
def test_a_project_of_others_is_refused_and_nothing_changes(browser: TestClient, project: str) -> None:
    choose(browser, "OPEN-1")
    page = choose(browser, project)
    assert "That project is not open to you" in page
    assert in_use(page) == "OPEN-1 registered"


def test_a_cookie_that_somebody_made_opens_nothing(browser: TestClient) -> None:
    browser.cookies.set("kohort-dashboards-project", "NOBODYS-1", domain="kohort.example", path="/dashboards")
    page = browser.get("/dashboards")
    assert page.url.query == b"refused=project" and "That project is not open to you" in page.text
    assert in_use(page.text) == "your own project registered"


def test_the_choice_is_sent_to_these_pages_alone(browser: TestClient) -> None:
    answer = browser.post("/dashboards/project", data={"project": "OPEN-1"}, headers=OWN, follow_redirects=False)
    kept = answer.headers["set-cookie"].lower()
    assert all(each in kept for each in ("httponly", "samesite=strict", "path=/dashboards", "secure"))
    foreign = browser.post("/dashboards/project", data={"project": "T2DM-14"}, headers={"sec-fetch-site": "cross-site"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "form-origin")
    assert in_use(browser.get("/dashboards").text) == "OPEN-1 registered"


def test_a_project_that_is_stopped_is_said_to_be_and_no_more_offered(browser: TestClient, served_world: World) -> None:
    choose(browser, "OPEN-1")
    add_entry(served_world.people, Entry("stopped", {"project": "OPEN-1"}))
    page = browser.get("/dashboards").text
    assert "That project is not open to you, or no longer" in page
    assert in_use(page) == "your own project registered" and offered(page)[1:] == ["T2DM-14"]


def test_who_cannot_ask_in_their_own_chooses_another(browser: TestClient, served_world: World) -> None:
    own = offered(browser.get("/dashboards").text)[0]
    add_entry(served_world.people, Entry("stopped", {"project": own}))
    page = browser.get("/dashboards").text
    assert "Your own project is closed at present" in page and in_use(page) == ""
    assert offered(page) == ["T2DM-14", "OPEN-1"]
    assert in_use(choose(browser, "OPEN-1")) == "OPEN-1 registered"


def test_signing_in_again_and_out_forgets_the_choice(browser: TestClient, served_world: World) -> None:
    choose(browser, "T2DM-14")
    browser.post("/dashboards/sign-out", data={"a": "b"}, headers=OWN)
    assert not browser.cookies
    token = served_world.token(*served_world.researcher())
    page = browser.post("/dashboards/sign-in", data={"token": token}, headers=OWN).text
    assert in_use(page) == "your own project registered"
    assert offered(page)[1:] == ["OPEN-1"], "without a committee's grant the controlled project is not offered"


def test_the_choice_is_not_taken_for_who_brings_a_token_in_a_header(browser: TestClient, served_world: World) -> None:
    choose(browser, "T2DM-14")
    token = served_world.token(*served_world.researcher(), served_world.grant())
    found = browser.get("/dashboards", headers={"authorization": f"Bearer {token}"}).text
    assert in_use(found) == "your own project registered"


def test_a_verifier_lists_projects_as_it_opens_them(world: World) -> None:
    token = world.token(*world.researcher(), world.grant())
    verifier = world.verifier()
    for principal in verifier.projects(token):
        assert verifier.principal(token, principal.project) == principal
    assert [each.tier for each in verifier.projects(token)] == [
        AccessTier.REGISTERED, AccessTier.CONTROLLED, AccessTier.REGISTERED,
    ]  # fmt: skip
