"""The projects somebody may choose from, told to a page or a program: also where the one meant is closed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.identity.people import Entry, add_entry
from api.settings import ServerSettings
from engine import synthesize
from tests.identity.test_http import bearer
from tests.identity.world import APPROVED, World


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("projects")
    synthesize(folder, "small", persons=300, seed=7, progress=lambda step, share: None)
    return folder


@pytest.fixture
def server(served_world: World, releases: Path, tmp_path: Path) -> Iterator[TestClient]:
    registry = tmp_path / "projects.toml"
    registry.write_text(APPROVED)
    settings = ServerSettings(
        releases=releases, state=tmp_path / "state", fixed_deadlines=False, identity=served_world.rules,
        local_issuer=False, host="0.0.0.0", projects=registry,
    )  # fmt: skip
    with TestClient(create_app(settings), base_url="https://kohort.example", raise_server_exceptions=False) as client:
        yield client


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
