"""`kohort identity`: check the files, explain a token, deny it, stop a project."""

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.identity.world import DAY, LOGIN, World


class Commands:
    def __init__(self, world: World) -> None:
        self._environment = {"KOHORT_IDENTITY": str(world.rules)}

    def __call__(self, *words: str, given: str = "", status: int = 0) -> str:
        result = CliRunner().invoke(app, ["identity", *words], env=self._environment, input=given)
        assert result.exit_code == status, result.output
        return result.output


@pytest.fixture
def identity(served_world: World) -> Commands:
    return Commands(served_world)


def test_check(served_world: World, identity: Commands) -> None:
    world, told = served_world, identity("check")
    assert "https://dac.example" in told
    assert world.fetched == []
    assert identity("check", "--fetch").count("1 usable") == 3
    assert "2 projects, 0 denials, 0 stopped" in told
    world.people.write_text("[[denied")
    assert "people.toml" in identity("check", status=2)


def test_explain_says_what_counts_and_why_the_rest_does_not(served_world: World, identity: Commands) -> None:
    world = served_world
    old = world.status(iat=world.now - 200 * DAY, exp=world.now + DAY)
    visas = (
        *world.researcher(),
        old,
        world.terms(sub="bob"),
        world.grant(conditions=[[{"type": "x", "by": "const:so"}]]),
    )
    told = identity("explain", given=world.token(*visas) + "\n")
    assert told.count("yes") == 4
    assert "the visa is too old" in told
    assert told.count("not linked") == 2
    assert "registered, user u-" in told
    assert "alice" not in told
    assert "access-not-granted" in identity("explain", given=world.token())
    assert "refused: a claim does not hold" in identity("explain", given=world.token(aud="x"), status=1)


def test_deny_and_stop(served_world: World, identity: Commands) -> None:
    identity("deny", "--issuer", LOGIN, "--subject", "alice", "--reason", "left the institute")
    identity("stop", "T2DM-14")
    people = served_world.verifier().people.now()
    assert people.denied[0].reason == "left the institute"
    assert people.is_stopped("T2DM-14")
    assert "refused: denied" in identity("explain", given=served_world.token(*served_world.researcher()), status=1)
    assert "identity-file" in identity("deny", "--issuer", LOGIN, status=2)
