"""Choose how callers are known: by a file of trusted issuers, or by this machine's own key for development."""

import time
from collections.abc import Callable
from pathlib import Path

from api.auth import TokenVerifier, open_local_tokens
from api.identity.addresses import is_loopback
from api.identity.configuration import read_rules
from api.identity.fetching import Fetch, fetch
from api.identity.keys import KeySource
from api.identity.people import PeopleFile
from api.identity.sessions import Sessions
from api.identity.verifier import ProviderTokens
from api.identity.visas import VisaChecker
from api.settings import ServerSettings
from schemas.errors import DataProblem


def open_verifier(settings: ServerSettings) -> TokenVerifier:
    """The one way callers are known on this server; raises `DataProblem`."""
    check_setup(settings)
    if settings.identity is not None:
        return open_provider_tokens(settings.identity)
    return open_local_tokens(settings.state)


def check_setup(settings: ServerSettings) -> None:
    """Exactly one way is set, and safe where the server listens; raises `DataProblem`.

    The development issuer gives any tier to whoever can run a command here. So it is never a default, never beside a
    configured issuer, and never on an address that others can reach.
    """
    if settings.local_issuer and settings.identity is not None:
        raise _wrong("the development issuer is never on beside trusted issuers", "remove KOHORT_LOCAL_ISSUER")
    if settings.local_issuer and not is_loopback(settings.host):
        raise _wrong(
            "the development issuer is for this machine alone, and the server listens to others",
            "listen on 127.0.0.1, or set up trusted issuers in KOHORT_IDENTITY",
        )
    if not settings.local_issuer and settings.identity is None:
        raise _wrong(
            "nobody could sign in: no issuer is trusted",
            "give a file of trusted issuers in KOHORT_IDENTITY; to try things on this machine, use --local-issuer",
        )


def open_provider_tokens(
    path: Path,
    *,
    fetcher: Fetch = fetch,
    clock: Callable[[], float] = time.time,
    cache_clock: Callable[[], float] = time.monotonic,
) -> ProviderTokens:
    """The verifier of a file of trusted issuers; raises `DataProblem`. Keys are fetched when first needed."""
    rules = read_rules(path)
    people = PeopleFile(path.parent / rules.people)
    people.now()
    addresses = {one.keys for one in rules.sign_in} | {one.address for one in rules.visa_issuers}
    sources = {address: KeySource(address, fetcher=fetcher, clock=cache_clock) for address in addresses}
    return ProviderTokens(
        rules=rules,
        people=people,
        providers={one.issuer: (one, sources[one.keys]) for one in rules.sign_in},
        visas=VisaChecker({one.issuer: (one, sources[one.address]) for one in rules.visa_issuers}),
        sessions=Sessions(),
        clock=clock,
    )


def _wrong(message: str, hint: str) -> DataProblem:
    return DataProblem("identity-setup", message, hint=hint)
