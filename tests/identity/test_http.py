"""A server that trusts issuers: from a passport over HTTP to a protected answer in the right tier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import open_service
from api.auth import open_local_tokens
from api.identity.people import Entry, add_entry
from api.listener import Listener
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import DataProblem
from schemas.policy import AccessTier
from schemas.policy_file import DEFAULT_FILE
from tests.identity.world import APPROVED, LOGIN, World
from tests.lib.servers import application

ADULTS = {"text": 'cohort "Adults"\nindex first visit where age >= 20\n', "precision": "coarse"}
FINE = {**ADULTS, "precision": "fine"}


@pytest.fixture
def server(served_world: World, releases: Path, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(application(made(served_world, releases, tmp_path)), raise_server_exceptions=False) as client:
        yield client


def made(world: World, releases: Path, folder: Path, projects: str | None = APPROVED) -> ServerSettings:
    """A server that trusts the world's issuers, with a registry of projects unless there is none."""
    registry = folder / "projects.toml"
    if projects is not None:
        registry.write_text(projects)
    return ServerSettings(
        releases=releases, state=folder / "state", fixed_deadlines=False, identity=world.rules, local_issuer=False,
        host="0.0.0.0", projects=None if projects is None else registry,
    )  # fmt: skip


def test_without_the_registry_of_projects_nobody_is_served(served_world: World, releases: Path, tmp_path: Path) -> None:
    """Approved projects would otherwise be answered for their tier's usual purpose, which nobody approved."""
    settings = made(served_world, releases, tmp_path, projects=None)
    with pytest.raises(DataProblem, match="projects-missing: the controlled tier"):
        open_service(settings)
    policy = tmp_path / "open.toml"
    policy.write_text(DEFAULT_FILE.read_text().replace("needs_project = true", "needs_project = false"))
    open_service(settings.model_copy(update={"policy": policy})).session.close()
    internal = settings.model_copy(update={"state": tmp_path / "internal"})
    open_service(internal, Listener.INTERNAL).session.close()


def test_a_project_that_is_not_in_the_registry_asks_nothing(
    served_world: World, releases: Path, tmp_path: Path
) -> None:
    token = served_world.token(*served_world.researcher(), served_world.grant())
    with TestClient(application(made(served_world, releases, tmp_path, projects=""))) as server:
        refused = server.post("/v1/cohorts/count", json=FINE, headers=bearer(token, "T2DM-14"))
        assert (refused.status_code, refused.json()["code"]) == (403, "project-not-approved")
        assert server.post("/v1/cohorts/count", json=ADULTS, headers=bearer(token)).status_code == 200


def bearer(token: str, project: str | None = None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", **({"kohort-project": project} if project else {})}


def test_a_researcher_counts_in_their_tier_and_project(server: TestClient, served_world: World) -> None:
    token = served_world.token(*served_world.researcher(), served_world.grant())
    own = server.post("/v1/cohorts/count", json=ADULTS, headers=bearer(token))
    assert own.status_code == 200
    assert server.post("/v1/cohorts/count", json=FINE, headers=bearer(token)).json()["code"] == "precision-not-allowed"
    project = server.post("/v1/cohorts/count", json=FINE, headers=bearer(token, "T2DM-14"))
    assert project.status_code == 200
    refused = server.post("/v1/cohorts/count", json=ADULTS, headers=bearer(token, "T2DM-15"))
    assert (refused.status_code, refused.json()["code"]) == (403, "project-refused")


def test_every_bad_token_gets_the_same_answer(server: TestClient, served_world: World, tmp_path: Path) -> None:
    world = served_world
    me = Principal(user="me", project="p", institution="i", tier=AccessTier.INTERNAL)
    local = open_local_tokens(tmp_path / "state").issue(me, hours=1)
    tokens = [
        "x",
        local,
        world.token(exp=1),
        world.token(aud="x"),
        world.token(header={"jku": "https://evil.example"}),
        "x" * 31_000,
    ]
    answers = [server.get("/v1/budget", headers=bearer(token)) for token in tokens]
    assert {answer.status_code for answer in answers} == {401}
    assert len({(answer.text, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_a_denial_holds_from_the_next_request(server: TestClient, served_world: World) -> None:
    headers = bearer(served_world.token(*served_world.researcher()))
    assert server.get("/v1/budget", headers=headers).status_code == 200
    add_entry(served_world.people, Entry("denied", {"issuer": LOGIN, "subject": "alice"}))
    assert server.get("/v1/budget", headers=headers).status_code == 401
    served_world.people.write_text("[[")
    answer = server.get("/v1/budget", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "identity-file")


def test_a_passport_without_the_visas_is_known_and_not_let_in(server: TestClient, served_world: World) -> None:
    answer = server.get("/v1/budget", headers=bearer(served_world.token()))
    assert (answer.status_code, answer.json()["code"]) == (403, "access-not-granted")
    large = {"text": "# " + "x" * 100_000}
    assert server.post("/v1/cohorts/validate", json=large, headers=bearer(served_world.token())).status_code == 413


def test_keys_are_fetched_once_for_many_requests(server: TestClient, served_world: World) -> None:
    for _ in range(3):
        assert (
            server.get("/v1/budget", headers=bearer(served_world.token(*served_world.researcher()))).status_code == 200
        )
    assert len(served_world.fetched) == len(set(served_world.fetched)) == 2
