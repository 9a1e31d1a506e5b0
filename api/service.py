"""What a running server holds, and the one dependency that says who is asking."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Final, ParamSpec, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import ProjectRefused, TokenRefused, TokenVerifier
from api.capacity import Capacity
from api.dashboards.signing_in import cookie_project, cookie_token
from api.deadlines import Clock, Deadline
from api.examples import Example
from api.listener import REASON_HEADER, Listener, read_reason
from api.rates import KnownTokens, Rates, TooOften, address_key
from api.settings import ServerSettings
from engine import Principal, Rereading, Session, Settling
from schemas.errors import DataProblem, NotAllowed
from schemas.policy import AccessTier, CostClass

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PUBLIC_PATHS: Final = frozenset(
    {"/", "/precision", "/health", "/v1/release", "/v1/policy", "/v1/precision", "/openapi.json"}
    | {"/operations", "/ready", "/metrics", "/verify", "/v1/feasibility/keys", "/v1/feasibility/verify"}
    | {"/v1/public", "/v1/public/tables", "/v1/public/tables/{family}", "/v1/public/tables/{family}/category"}
    | {"/v1/public/variants"}
    | {"/public", "/public/list", "/public/category", "/public/variants", "/public/table.csv", "/questions"}
    | {"/dashboards", "/dashboards/sign-in", "/dashboards/sign-out", "/dashboards/project"}
)
"""Everything that answers without a token, the files of the page aside; a test reads this list."""

UNCOUNTED_PATHS: Final = frozenset({"/health", "/ready"})
"""Asked by what watches over the server, as often as it likes; nothing is worked out for the answer."""

CHEAP_POSTS: Final = frozenset(
    {
        *(
            f"/v1/cohorts/{name}"
            for name in ("validate", "format", "tree", "paraphrase", "complete", "explain", "import", "export")
        ),
        *(f"/v1/exports/{{export}}/{name}" for name in ("release", "refuse")),
        "/v1/pictures/{kind}",
        *(f"/v1/feasibility/{name}" for name in ("html", "pdf")),
        *(f"/v1/runs/{{run}}{name}" for name in ("", "/cancel", "/share")),
        *(f"/dashboards/{name}" for name in ("sign-in", "sign-out", "project")),
    }
)
"""What is sent and is no question: these count as look-ups, as every GET does. A new route counts as a question."""

PROJECTS_PATH: Final = "/v1/projects"
"""Answers for every caller with a project that is open, be the one that the request names closed."""

PROJECT_HEADER: Final = "Kohort-Project"
"""Names the project a caller asks in, among several of theirs."""

BEARER: Final = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="Of a trusted provider; with the development issuer, `kohort token` makes one",
)
_PRINCIPAL: Final = "kohort.principal"
_REFUSED: Final = "kohort.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One per server: the opened release, who may ask, and how much is worked out at a time.

    `capacity` has the places of questions, `lookups` those of all else: a look-up that waited for a question would tell
    when its counting ends. `threads` are those that questions are answered in, also while they wait to be charged.
    """

    settings: ServerSettings
    session: Session
    verifier: TokenVerifier
    capacity: Capacity
    lookups: Capacity
    threads: CapacityLimiter
    examples: tuple[Example, ...]
    rereading: Rereading
    listener: Listener = Listener.RESEARCHERS
    rates: Rates = field(default_factory=Rates)
    known: KnownTokens = field(default_factory=KnownTokens)
    clock: Clock = field(default_factory=Clock)

    async def run(
        self, project: str, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Do work of the engine that counts nobody in a thread, within the server's capacity for look-ups.

        Raises `Busy`, and `DataProblem` when the release turned out to be damaged since the server started.
        """
        self.rereading.require()
        async with self.lookups.place(project):
            return await to_thread.run_sync(partial(work, *args, **kwargs))

    async def answer(self, project: str, deadline: Deadline, ask: Callable[[Settling], Result]) -> Result:
        """The answer to a question, or its problem, at its deadline; raises as `run`.

        `ask` gets what it has to wait for between counting and charging, which gives up its place to be counted in.
        Once a question with a deadline is taken in it is counted and charged, whether or not its caller leaves.
        """
        return await deadline.answer(partial(self._answer, project, deadline, ask))

    async def _answer(self, project: str, deadline: Deadline, ask: Callable[[Settling], Result]) -> Result:
        self.rereading.require()
        loop = asyncio.get_running_loop()
        # Were a place in line given up, its price would tell whether those before had been counted by then.
        with _to_the_end(is_meant=bool(deadline.seconds)):
            async with self.capacity.place(project) as leave:

                async def counted() -> None:
                    leave()
                    await deadline.settling()

                def settling() -> None:
                    asyncio.run_coroutine_threadsafe(counted(), loop).result()

                return await to_thread.run_sync(ask, settling, limiter=self.threads)

    def deadline(self, tier: AccessTier, cost_class: CostClass, *, started: float) -> Deadline:
        """When a question that came at `started`, by the service's clock, is charged and answered."""
        rules = self.session.policy.of(tier)
        seconds = rules.deadline(cost_class) if self.settings.fixed_deadlines else None
        return Deadline(started=started, seconds=seconds, clock=self.clock)


@contextmanager
def _to_the_end(*, is_meant: bool) -> Iterator[None]:
    """Go on with what is within although the caller leaves, where that is meant."""
    with CancelScope(shield=is_meant):
        yield


def get_service(request: Request) -> Service:
    """The service of the application a request came to."""
    service: Service = request.app.state.service
    return service


async def find_principal(request: Request) -> Principal:
    """Who is asking, worked out once a request and off the event loop, since keys may have to be fetched.

    Raises `TokenRefused` and others of `NotAllowed`, `TooOften` when too many tokens of the address were refused, and
    `DataProblem`.
    """
    if _REFUSED in request.scope:
        raise request.scope[_REFUSED]
    if _PRINCIPAL not in request.scope:
        try:
            request.scope[_PRINCIPAL] = await find_in_project(request, _project(request))
        except (NotAllowed, TooOften) as refused:
            request.scope[_REFUSED] = refused
            raise
    principal: Principal = request.scope[_PRINCIPAL]
    return principal


async def find_in_project(request: Request, project: str | None) -> Principal:
    """Who is asking, were they to ask in `project`, or else in their own; raises as `find_principal`.

    The token is not looked at when too many others of the address were refused and this one was not accepted before.
    """
    token = await _token(request)
    service = get_service(request)
    limit, who = service.session.policy.failed_sign_ins, ("sign-in", _address(request))
    if token not in service.known:
        await service.rates.check(limit, *who)
    try:
        found = _as_listened_to(request, await to_thread.run_sync(service.verifier.principal, token, project))
    except TokenRefused:
        await service.rates.count(limit, *who)
        raise
    service.known.add(token)
    return found


async def find_anywhere(request: Request) -> Principal:
    """Who is asking; in the first of their projects that is open where the one meant is not. Raises as
    `find_principal`."""
    try:
        return await find_principal(request)
    except ProjectRefused:
        for each in await find_projects(request):
            return each
        raise


async def find_projects(request: Request) -> tuple[Principal, ...]:
    """The holder of a token that was accepted, in each project they may ask in; raises as `TokenVerifier.projects`."""
    service = get_service(request)
    found = await to_thread.run_sync(service.verifier.projects, await _token(request))
    return tuple(each for each in found if service.listener.admits(each.tier))


async def _token(request: Request) -> str:
    credentials = await BEARER(request)
    token = credentials.credentials if credentials else cookie_token(request)
    if token is None:
        raise TokenRefused
    return token


def _project(request: Request) -> str | None:
    """The project that a request names; a browser's choice goes with its token, and with no other."""
    named = request.headers.get(PROJECT_HEADER)
    return named if named is not None or "authorization" in request.headers else cookie_project(request)


def _address(request: Request) -> str:
    return address_key(request.client.host if request.client else None)


def _as_listened_to(request: Request, principal: Principal) -> Principal:
    """The principal with what the log keeps of the request; a good token at the wrong door is a bad one."""
    listener = get_service(request).listener
    if not listener.admits(principal.tier):
        raise TokenRefused
    reason = read_reason(request.headers.get(REASON_HEADER)) if listener is Listener.INTERNAL else None
    return replace(principal, reason=reason, address=request.client.host if request.client else None)


async def get_principal(
    request: Request,
    _credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    _project: Annotated[str | None, Header(alias=PROJECT_HEADER, description="One of your approved projects.")] = None,
) -> Principal:
    """Who is asking, for routes; the parameters are those that the OpenAPI document shows. Raises as the above."""
    return await find_principal(request)


async def is_signed_in(request: Request) -> bool:
    """Whether the request carries an acceptable token."""
    try:
        await find_principal(request)
    except (NotAllowed, TooOften, DataProblem):
        return False
    return True


async def deny_by_default(request: Request) -> None:
    """Stands before every route: what is not listed as public needs a token, whether or not it asks who it is.

    Each request is counted, for its caller or else its address, before anything is done for it.
    """
    path = request.scope["route"].path
    if path in UNCOUNTED_PATHS:
        return
    if path in PUBLIC_PATHS and cookie_token(request) and await is_signed_in(request):
        await _count(request, await find_principal(request), path)
        return
    if path in PUBLIC_PATHS or "authorization" not in request.headers:
        service = get_service(request)
        anybody = service.session.policy.of(AccessTier.PUBLIC)
        await service.rates.count(anybody.lookups, "anybody", _address(request))
    if path not in PUBLIC_PATHS:
        find = find_anywhere if path == PROJECTS_PATH else find_principal
        await _count(request, await find(request), path)


async def _count(request: Request, caller: Principal, path: str) -> None:
    service = get_service(request)
    rules = service.session.policy.of(caller.tier)
    is_question = request.method != "GET" and path not in CHEAP_POSTS and rules.is_interactive
    kind, rates = ("question", rules.questions) if is_question else ("look-up", rules.lookups)
    await service.rates.count(rates, kind, caller.tier.value, caller.user)


SIGNED_IN: Final = Depends(get_principal)
"""For a router's `dependencies`, so that the OpenAPI document says a token is needed."""

Caller = Annotated[Principal, Depends(get_principal)]
Here = Annotated[Service, Depends(get_service)]
