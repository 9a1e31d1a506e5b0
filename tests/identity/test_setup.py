"""Which way callers are known: the development issuer is asked for, alone, and only on this machine."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.auth import LocalTokens
from api.cli import app
from api.identity.opening import open_verifier
from api.identity.verifier import ProviderTokens
from api.settings import ServerSettings
from schemas.errors import DataProblem
from tests.identity.world import World
from tests.lib.ports import free_port


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOCAL_ISSUER", "IDENTITY", "HOST", "STATE", "RELEASES"):
        monkeypatch.delenv(f"KOHORT_{name}", raising=False)


def test_nothing_set_is_no_way_in(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="nobody could sign in"):
        open_verifier(ServerSettings(state=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_each_way_alone(world: World, tmp_path: Path) -> None:
    assert isinstance(open_verifier(ServerSettings(state=tmp_path / "state", local_issuer=True)), LocalTokens)
    assert isinstance(open_verifier(ServerSettings(identity=world.rules, host="0.0.0.0")), ProviderTokens)


def test_both_ways_are_refused_together(world: World, tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="beside trusted issuers"):
        open_verifier(ServerSettings(state=tmp_path / "state", local_issuer=True, identity=world.rules))
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "kohort.example", "", "127.0.0.1.evil.example"])
def test_the_development_issuer_is_for_this_machine_alone(tmp_path: Path, host: str) -> None:
    with pytest.raises(DataProblem, match="listens to others"):
        open_verifier(ServerSettings(state=tmp_path, local_issuer=True, host=host))


@pytest.mark.parametrize(
    ("command", "environment", "told"),
    [
        (["serve"], {}, "nobody could sign in"),
        (["serve", "--local-issuer", "--host", "0.0.0.0"], {}, "listens to others"),
        (["serve"], {"KOHORT_LOCAL_ISSUER": "true", "KOHORT_IDENTITY": "x.toml"}, "beside trusted issuers"),
        (["demo", "--host", "0.0.0.0"], {}, "listens to others"),
        (["demo"], {"KOHORT_IDENTITY": "x.toml"}, "beside trusted issuers"),
        (["serve", "--identity", "nowhere.toml"], {}, "cannot be read"),
    ],
    ids=str,
)  # fmt: skip
def test_a_server_does_not_start_with_a_wrong_setup(
    tmp_path: Path, command: list[str], environment: dict[str, str], told: str
) -> None:
    folders = {"KOHORT_RELEASES": str(tmp_path / "releases"), "KOHORT_STATE": str(tmp_path / "state")}
    result = CliRunner().invoke(app, [*command, "--port", str(free_port())], env={**folders, **environment})
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "releases").exists()
