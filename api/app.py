"""The HTTP application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from anyio import to_thread
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api.auth import open_local_tokens
from api.capacity import Capacity
from api.examples import read_examples
from api.problems import add_problem_schema, install_problem_handlers
from api.routes import circe, cohorts, dictionaries, public
from api.service import Service, deny_by_default
from api.settings import ServerSettings
from api.shield import Shield
from engine import EngineSettings, Session

_DESCRIPTION: Final = (
    "State a cohort in one document and get back how many people match, with breakdowns and attrition. "
    "Row-level data never leaves; every number that leaves is protected and charged to a privacy budget."
)


def create_app(settings: ServerSettings, opened: Service | None = None) -> FastAPI:
    """The application over a service, which is opened when the application starts unless `opened` is given.

    It is closed with the application.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = opened or await to_thread.run_sync(open_service, settings)
        app.state.service = service
        try:
            yield
        finally:
            service.session.close()

    app = _KohortAPI(
        title="Kohort",
        version="1",
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(deny_by_default)],
        # Its own logs and traces would hold what callers sent; nothing leaves unless an operator sets it up.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    install_problem_handlers(app)
    for router in (public.router, dictionaries.router, cohorts.router, circe.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=public.WEB / "static"), name="static")
    app.add_middleware(Shield)
    return app


class _KohortAPI(FastAPI):
    """FastAPI whose OpenAPI document also describes its problems."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = add_problem_schema(super().openapi())
        return self.openapi_schema


def open_service(settings: ServerSettings) -> Service:
    """Open the release, warm it up and read keys and examples; raises `DataProblem`."""
    examples = read_examples(settings.examples)
    verifier = open_local_tokens(settings.state)
    session = Session.open(
        EngineSettings(
            releases=settings.releases,
            state=settings.state,
            release_id=settings.release_id,
            threads=settings.threads,
            memory_limit=settings.memory_limit,
        )
    )
    session.warm()
    return Service(
        settings=settings,
        session=session,
        verifier=verifier,
        capacity=Capacity(running=settings.running, waiting=settings.waiting, share=settings.project_share),
        examples=examples,
    )
