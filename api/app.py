"""The HTTP application, put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, assert_never

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api.capacity import Capacity
from api.dashboards import board_page, question_page
from api.dashboards import routes as dashboards
from api.examples import read_examples
from api.exports import ExportStore
from api.feasibility import checking
from api.feasibility.publishing import publish_keys
from api.identity.opening import open_verifier
from api.listener import Listener, tell_of_reason
from api.operations.drain import Drain
from api.operations.metrics import Metrics
from api.operations.room import Room
from api.operations.state import Oversight
from api.operations.watch import Watch
from api.pages import WEB
from api.problems import add_problem_schema, install_problem_handlers
from api.published import routes as published
from api.published.content import Published
from api.rates import Rates
from api.routes import (
    circe,
    cohorts,
    dictionaries,
    exports,
    feasibility,
    operations,
    paraphrase,
    pictures,
    policy,
    precision,
    projects,
    public,
    runs,
    several,
)
from api.runs.runner import Runs
from api.runs.store import open_runs
from api.service import Service, deny_by_default, is_signed_in
from api.settings import ServerSettings
from api.shield import Shield
from cohort_dsl import parse
from engine import (
    REPORT_KEYS_FILE,
    EngineSettings,
    Rereading,
    Session,
    has_cube,
    open_cube,
    open_report_keys,
    warm,
)
from schemas.errors import DataProblem
from schemas.policy import DisclosurePolicy

_DESCRIPTION: Final = (
    "State a cohort in one document and get back how many people match, with breakdowns and attrition. "
    "Row-level data never leaves; every number that leaves is protected and charged to a privacy budget."
)

_SIGNING_SECONDS: Final = 600.0


_ALWAYS: Final = (
    public.router,
    policy.router,
    precision.router,
    dictionaries.router,
    projects.router,
    cohorts.router,
    several.router,
    circe.router,
    pictures.router,
    paraphrase.router,
    operations.router,
    operations.watched,
)
_RESEARCHERS: Final = (
    public.pages,
    precision.pages,
    published.router,
    dashboards.pages,
    question_page.pages,
    board_page.pages,
    feasibility.router,
    checking.router,
    checking.pages,
    operations.pages,
    runs.router,
)


def create_app(
    settings: ServerSettings, opened: Service | None = None, *, listener: Listener = Listener.RESEARCHERS
) -> FastAPI:
    """The application over a service for one `listener`, which is opened when the application starts unless `opened`
    is given.

    It is closed with the application. An opened service knows its listener.
    """
    listener = opened.listener if opened else listener
    told = [Depends(tell_of_reason)] if listener is Listener.INTERNAL else []
    app = _KohortAPI(
        title="Kohort",
        version="1",
        description=_DESCRIPTION,
        lifespan=lambda app: _serving(app, settings, opened, listener),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(deny_by_default), *told],
        # Its own logs and traces would hold what callers sent; nothing leaves unless an operator sets it up.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.drain, app.state.metrics, app.state.room = Drain(), Metrics(), Room(settings.state)
    install_problem_handlers(app)
    _include(app, listener)
    app.add_middleware(Shield, body_seconds=settings.body_seconds, is_signed_in=is_signed_in)
    app.add_middleware(Watch, metrics=app.state.metrics, drain=app.state.drain, listener=listener.value)
    return app


def _include(app: FastAPI, listener: Listener) -> None:
    """The routes of a listener."""
    match listener:
        case Listener.RESEARCHERS:
            routers = (*_ALWAYS, *_RESEARCHERS)
            app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
        case Listener.INTERNAL:
            routers = (*_ALWAYS, exports.router)
        case _:
            assert_never(listener)
    for router in routers:
        app.include_router(router)


@asynccontextmanager
async def _serving(
    app: FastAPI, settings: ServerSettings, opened: Service | None, listener: Listener
) -> AsyncIterator[None]:
    """From start to stop: the service, and what a listener keeps beside it."""
    service = opened or await to_thread.run_sync(open_service, settings, listener)
    app.openapi()  # FastAPI works its routes out when they are first needed, which is not to be a caller's wait
    app.state.service = service
    app.state.oversight = Oversight(service)
    try:
        async with _stores(app, service, settings, listener):
            signing = asyncio.create_task(_sign_regularly(service))
            service.rereading.start()
            app.state.oversight.start()
            try:
                yield
            finally:
                signing.cancel()
                service.rereading.stop()
                await to_thread.run_sync(app.state.oversight.stop)
    finally:
        service.session.close()


@asynccontextmanager
async def _stores(app: FastAPI, service: Service, settings: ServerSettings, listener: Listener) -> AsyncIterator[None]:
    """What one listener keeps: exports inside; published tables, report keys and runs for researchers."""
    if listener is Listener.INTERNAL:
        app.state.exports = await to_thread.run_sync(ExportStore, settings.state)
        try:
            yield
        finally:
            app.state.exports.close()
        return
    app.state.published = await to_thread.run_sync(open_published, service)
    app.state.report_keys_file = await to_thread.run_sync(_open_report_keys, service)
    app.state.runs = Runs(await to_thread.run_sync(open_runs, settings.state), app.state.drain)
    try:
        yield
    finally:
        await app.state.runs.close()


class _KohortAPI(FastAPI):
    """FastAPI whose OpenAPI document also describes its problems."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = add_problem_schema(super().openapi())
        return self.openapi_schema


async def _sign_regularly(service: Service) -> None:
    """Sign the log in time also when nobody asks, so that no entry stays unsigned for long."""
    while True:
        await asyncio.sleep(_SIGNING_SECONDS)
        with contextlib.suppress(DataProblem):  # a ledger that cannot be written to answers nothing either
            await to_thread.run_sync(service.session.sign_log)


def open_service(settings: ServerSettings, listener: Listener = Listener.RESEARCHERS) -> Service:
    """Open the release, warm it up and read keys and examples; raises `DataProblem`.

    Only the internal listener's session is able to give exact numbers.
    """
    examples = read_examples(settings.examples)
    verifier, policy = open_verifier(settings), settings.rules()
    _check_projects(settings, policy, listener)
    rates = Rates(settings.rate_store)
    session = Session.open(
        EngineSettings(
            releases=settings.releases,
            state=settings.state,
            release_id=settings.release_id,
            projects=settings.projects,
            threads=settings.threads,
            memory_limit=settings.memory_limit,
            kept_bytes=settings.kept_bytes,
            query_seconds=settings.query_seconds,
            gives_exact=listener is Listener.INTERNAL,
        ),
        policy,
    )
    warm(session, [parse(example.text) for example in examples])
    return Service(
        settings=settings,
        session=session,
        verifier=verifier,
        capacity=Capacity(running=settings.running, waiting=settings.waiting, share=settings.project_share),
        lookups=Capacity(running=settings.running, waiting=settings.waiting, share=settings.project_share),
        threads=CapacityLimiter(settings.running + settings.waiting),
        examples=examples,
        rereading=Rereading(session.release),
        listener=listener,
        rates=rates,
    )


def open_published(service: Service) -> Published:
    """What is published of the release in service; raises `DataProblem` when it is damaged."""
    cubes, release_id = service.settings.cube_folder(), service.session.release.id
    found = open_cube(cubes, release_id) if has_cube(cubes, release_id) else None
    return Published(service.session.policy, found)


def _open_report_keys(service: Service) -> Path:
    """The file of public keys of feasibility reports, made with the first key; also where published tables lie."""
    settings = service.settings
    publish_keys(open_report_keys(settings.state, today=service.session.today()), settings.cube_folder())
    return settings.state / REPORT_KEYS_FILE


def _check_projects(settings: ServerSettings, policy: DisclosurePolicy, listener: Listener) -> None:
    """Where callers come from trusted issuers, a tier that needs approved projects needs their registry: without it
    their questions would be answered for the tier's usual purpose, which nobody approved."""
    needing = [rules.tier.value for rules in policy.tiers if rules.needs_project and listener.admits(rules.tier)]
    if needing and settings.identity is not None and settings.projects is None:
        raise DataProblem(
            "projects-missing",
            f"the {' and '.join(needing)} tier asks in approved projects, and there is no registry of them",
            hint="give the registry in KOHORT_PROJECTS, or a policy where no tier has `needs_project`",
        )
