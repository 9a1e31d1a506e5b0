"""The projects somebody may choose from, told to a page or a program: also where the one meant is closed."""

import pytest
from starlette.testclient import TestClient

from api.identity.people import Entry, add_entry
from tests.identity.test_http import bearer
from tests.identity.world import World


@pytest.fixture
def server(several_projects: TestClient) -> TestClient:
    return several_projects


def offered(server: TestClient, token: str, project: str | None = None) -> list[tuple[str, str]]:
    answer = server.get("/v1/projects", headers=bearer(token, project))
    assert answer.status_code == 200
    return [(each["project"].partition("u-")[0], each["tier"]) for each in answer.json()["projects"]]


def test_their_own_comes_first(server: TestClient, served_world: World) -> None:
    token = served_world.token(*served_world.researcher(), served_world.grant())
    assert offered(server, token) == [
        ("personal:", "registered"),
        ("T2DM-14", "controlled"),
        ("OPEN-1", "registered"),
    ]
    assert offered(server, served_world.token(*served_world.researcher())) == [
        ("personal:", "registered"),
        ("OPEN-1", "registered"),
    ]


def test_they_are_told_whichever_is_named(server: TestClient, served_world: World) -> None:
    token = served_world.token(*served_world.researcher(), served_world.grant())
    assert offered(server, token, "T2DM-14") == offered(server, token, "SOMEBODY-ELSES") == offered(server, token)


def test_a_closed_project_is_not_among_them(server: TestClient, served_world: World) -> None:
    token = served_world.token(*served_world.researcher(), served_world.grant())
    own = server.get("/v1/budget", headers=bearer(token)).json()["project"]
    add_entry(served_world.people, Entry("stopped", {"project": own}))
    assert server.get("/v1/budget", headers=bearer(token)).json()["code"] == "project-refused"
    assert offered(server, token) == [("T2DM-14", "controlled"), ("OPEN-1", "registered")]
    for each in ("T2DM-14", "OPEN-1"):
        add_entry(served_world.people, Entry("stopped", {"project": each}))
    refused = server.get("/v1/projects", headers=bearer(token))
    assert (refused.status_code, refused.json()["code"]) == (403, "project-refused")
