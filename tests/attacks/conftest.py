"""An arena for the fast runs, and the servers of tests/api."""

import pytest

from tests.api.conftest import internal_server, server, settings, sign_in, tokens
from tests.attacks.kit.arena import Arena

__all__ = ["internal_server", "server", "settings", "sign_in", "tokens"]


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    """Releases are written once; each attack opens services of its own over them."""
    return Arena(folder=tmp_path_factory.mktemp("arena"))
