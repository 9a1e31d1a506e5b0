"""Every operation of both listeners, asked in every way its OpenAPI document allows and forbids, by every tier.

A finding prints the request that shows it. `make fuzz` asks 500 ways an operation and tier instead of a few.
"""

import os
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.listener import REASON_HEADER
from engine import Principal
from schemas.policy import AccessTier
from tests.contract.exploration import PROJECT, explore

IS_FUZZ = "KOHORT_FUZZ_EXAMPLES" in os.environ


@pytest.mark.parametrize("tier", [None, AccessTier.REGISTERED, AccessTier.CONTROLLED], ids=str)
def test_the_listener_of_researchers_does_what_its_document_says(
    server: TestClient, tokens: LocalTokens, tier: AccessTier | None
) -> None:
    # What bounds cover is the same for all tiers; `make test` asks it as one of them.
    covers = IS_FUZZ or tier is AccessTier.REGISTERED
    assert explore(server.app, headers(tokens, tier), covers=covers) == {}


def test_the_internal_listener_does_what_its_document_says(internal_server: TestClient, tokens: LocalTokens) -> None:
    assert explore(internal_server.app, headers(tokens, AccessTier.INTERNAL), covers=IS_FUZZ) == {}


def headers(tokens: LocalTokens, tier: AccessTier | None) -> dict[str, str]:
    if tier is None:
        return {}
    principal = Principal(user="explorer", project=PROJECT, institution="explorers", tier=tier)
    reason = {REASON_HEADER: quote("exploring")} if tier is AccessTier.INTERNAL else {}
    return {"Authorization": f"Bearer {tokens.issue(principal, hours=1)}", **reason}
