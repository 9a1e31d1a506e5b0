"""What a running server holds, and the one dependency that says who is asking."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final, ParamSpec, TypeVar

from anyio import to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import TokenRefused, TokenVerifier
from api.capacity import Capacity
from api.examples import Example
from api.settings import ServerSettings
from engine import Principal, Session
from schemas.policy import AccessTier, CostClass

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PUBLIC_PATHS: Final = frozenset({"/", "/health", "/v1/release", "/openapi.json"})
"""Everything that answers without a token, the files of the page aside; a test reads this list."""

_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="`kohort token` makes one for this machine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One per server: the opened release, who may ask, and how many at a time."""

    settings: ServerSettings
    session: Session
    verifier: TokenVerifier
    capacity: Capacity
    examples: tuple[Example, ...]

    async def run(
        self, project: str, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Do work of the engine in a thread, within the server's capacity."""
        async with self.capacity.place(project):
            return await to_thread.run_sync(partial(work, *args, **kwargs))

    def deadline(self, tier: AccessTier, cost_class: CostClass) -> float | None:
        """Seconds after which an answer is given, absent when at once."""
        if not self.settings.fixed_deadlines:
            return None
        return self.session.policy.of(tier).deadline(cost_class)


def get_service(request: Request) -> Service:
    """The service of the application a request came to."""
    service: Service = request.app.state.service
    return service


def get_principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Principal:
    """Who is asking; raises `TokenRefused`."""
    if credentials is None:
        raise TokenRefused
    return get_service(request).verifier.principal(credentials.credentials)


async def is_signed_in(request: Request) -> bool:
    """Whether the request carries an acceptable token."""
    try:
        get_principal(request, await _BEARER(request))
    except TokenRefused:
        return False
    return True


async def deny_by_default(request: Request) -> None:
    """Stands before every route: what is not listed as public needs a token, whether or not it asks who it is."""
    if request.scope["route"].path not in PUBLIC_PATHS:
        get_principal(request, await _BEARER(request))


SIGNED_IN: Final = Depends(get_principal)
"""For a router's `dependencies`, so that the OpenAPI document says a token is needed."""

Caller = Annotated[Principal, Depends(get_principal)]
Here = Annotated[Service, Depends(get_service)]
