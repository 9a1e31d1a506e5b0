"""What a running server holds, and the one dependency that says who is asking."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Final, ParamSpec, TypeVar

from anyio import to_thread
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import TokenRefused, TokenVerifier
from api.capacity import Capacity
from api.examples import Example
from api.listener import REASON_HEADER, Listener, read_reason
from api.settings import ServerSettings
from engine import Principal, Session
from schemas.errors import DataProblem, NotAllowed
from schemas.policy import AccessTier, CostClass

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PUBLIC_PATHS: Final = frozenset({"/", "/health", "/v1/release", "/v1/policy", "/openapi.json"})
"""Everything that answers without a token, the files of the page aside; a test reads this list."""

PROJECT_HEADER: Final = "Kohort-Project"
"""Names the project a caller asks in, among several of theirs."""

_BEARER = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="Of a trusted provider; with the development issuer, `kohort token` makes one",
)
_PRINCIPAL: Final = "kohort.principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One per server: the opened release, who may ask, and how many at a time."""

    settings: ServerSettings
    session: Session
    verifier: TokenVerifier
    capacity: Capacity
    examples: tuple[Example, ...]
    listener: Listener = Listener.RESEARCHERS

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


async def find_principal(request: Request) -> Principal:
    """Who is asking, worked out once a request and off the event loop, since keys may have to be fetched.

    Raises `TokenRefused` and others of `NotAllowed`, and `DataProblem`.
    """
    if _PRINCIPAL not in request.scope:
        credentials = await _BEARER(request)
        if credentials is None:
            raise TokenRefused
        verify, project = get_service(request).verifier.principal, request.headers.get(PROJECT_HEADER)
        found = await to_thread.run_sync(verify, credentials.credentials, project)
        request.scope[_PRINCIPAL] = _as_listened_to(request, found)
    principal: Principal = request.scope[_PRINCIPAL]
    return principal


def _as_listened_to(request: Request, principal: Principal) -> Principal:
    """The principal with what the log keeps of the request; a good token at the wrong door is a bad one."""
    listener = get_service(request).listener
    if not listener.admits(principal.tier):
        raise TokenRefused
    reason = read_reason(request.headers.get(REASON_HEADER)) if listener is Listener.INTERNAL else None
    return replace(principal, reason=reason, address=request.client.host if request.client else None)


async def get_principal(
    request: Request,
    _credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    _project: Annotated[str | None, Header(alias=PROJECT_HEADER, description="One of your approved projects.")] = None,
) -> Principal:
    """Who is asking, for routes; the parameters are those that the OpenAPI document shows. Raises as the above."""
    return await find_principal(request)


async def is_signed_in(request: Request) -> bool:
    """Whether the request carries an acceptable token."""
    try:
        await find_principal(request)
    except (NotAllowed, DataProblem):
        return False
    return True


async def deny_by_default(request: Request) -> None:
    """Stands before every route: what is not listed as public needs a token, whether or not it asks who it is."""
    if request.scope["route"].path not in PUBLIC_PATHS:
        await find_principal(request)


SIGNED_IN: Final = Depends(get_principal)
"""For a router's `dependencies`, so that the OpenAPI document says a token is needed."""

Caller = Annotated[Principal, Depends(get_principal)]
Here = Annotated[Service, Depends(get_service)]
