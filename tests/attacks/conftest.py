"""An arena for the fast runs."""

import pytest

from tests.attacks.kit.arena import Arena


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    """Releases are written once; each attack opens services of its own over them."""
    return Arena(folder=tmp_path_factory.mktemp("arena"))
