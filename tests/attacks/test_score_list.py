"""The list of scores, in two worlds: a carrier brings a rare variant into the release, and nobody outside sees that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.auth import open_local_tokens
from api.listener import REASON_HEADER, Listener
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.releases import write_release
from tests.lib.servers import application

WEIGHTS = (1.5, 4.0)
EXTERNAL = (0.3, 0.0001)
PERSONS = 6


def world(root: Path, *, has_carrier: bool) -> ServerSettings:
    """A release as ingest would write it: of the score's two variants it has those that somebody carries."""
    kept = range(2 if has_carrier else 1)
    calls = np.array([[0, 1, 2, 1, 0, 1], [1, 0, 0, 0, 0, 0]], np.int8)
    tables = {
        "person": [{}] * PERSONS,
        "sample": [{"person": person} for person in range(PERSONS)],
        "variant": [
            {"contig": "1", "position": 50_000_000 + v, "ref": "A", "alt": "G", "af_external": EXTERNAL[v]}
            for v in kept
        ],
        "gene": [],
        "score": [{"score": "ldl", "constant": 0.5, "listed": 2, "matched": len(kept)}],
        "score_weight": [{"score": "ldl", "variant": v, "weight": WEIGHTS[v]} for v in kept],
    }
    write_release(root / "releases", tables, calls=calls[list(kept)])
    return ServerSettings(releases=root / "releases", state=root / "state", fixed_deadlines=False)


@contextmanager
def asking(made: ServerSettings, tier: AccessTier) -> Iterator[TestClient]:
    door = Listener.INTERNAL if tier is AccessTier.INTERNAL else Listener.RESEARCHERS
    token = open_local_tokens(made.state).issue(Principal(user="u", project="p", institution="i", tier=tier), hours=1)
    headers = {"authorization": f"Bearer {token}", REASON_HEADER: "a test"}
    with TestClient(application(made, listener=door), headers=headers, raise_server_exceptions=False) as client:
        yield client


def listed(made: ServerSettings, tier: AccessTier) -> bytes:
    with asking(made, tier) as client:
        answer = client.get("/v1/scores")
        assert answer.status_code == 200
        return answer.content


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[ServerSettings, ServerSettings]:
    return (
        world(tmp_path_factory.mktemp("with"), has_carrier=True),
        world(tmp_path_factory.mktemp("without"), has_carrier=False),
    )


@pytest.mark.parametrize("tier", [AccessTier.REGISTERED, AccessTier.CONTROLLED])
def test_the_list_does_not_tell_that_somebody_carries_a_variant(
    worlds: tuple[ServerSettings, ServerSettings], tier: AccessTier
) -> None:
    one, other = (listed(made, tier) for made in worlds)
    assert one == other


def test_inside_the_trusted_environment_it_does(worlds: tuple[ServerSettings, ServerSettings]) -> None:
    one, other = (listed(made, AccessTier.INTERNAL) for made in worlds)
    assert one != other
