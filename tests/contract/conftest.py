"""The servers of tests/api."""

from tests.api.conftest import internal_server, server, settings, tokens

__all__ = ["internal_server", "server", "settings", "tokens"]
