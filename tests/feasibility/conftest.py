"""A server over the small release of the API's tests, and reports from it."""

from typing import Any

import pytest

from tests.api.conftest import SignIn, internal_server, server, settings, sign_in, tokens

__all__ = ["internal_server", "server", "settings", "sign_in", "tokens"]

DOCUMENT = (
    'cohort "Adults with a diagnosis"\nlet diabetes = code KCD7:"E11" with descendants\n'
    'index first condition where age >= 20\ninclude "women" when sex is female\n'
    'exclude "diabetes" when any condition in diabetes before index\ncount by sex, age(10)\n'
)


@pytest.fixture
def signed(sign_in: SignIn) -> dict[str, Any]:
    """A report as a registered researcher gets it."""
    reply = sign_in(project="feasible").post("/v1/feasibility", json={"text": DOCUMENT})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found
