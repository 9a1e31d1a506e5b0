"""The public process's application: routes and pages over a cube, no session, release, ledger or token behind them."""

from pathlib import Path
from typing import Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from api.dashboards import routes as dashboards
from api.feasibility import checking
from api.pages import WEB
from api.problems import add_problem_schema, install_problem_handlers
from api.published import routes
from api.published.content import Published
from api.rates import Rates, address_key
from api.routes.responses import PUBLIC_PROBLEMS
from api.shield import Shield
from schemas.policy import AccessTier
from schemas.wire import Health

_DESCRIPTION: Final = "Published tables of the resource. Every number is protected; no row of data can be reached."
_BODY_SECONDS: Final = 10.0

NAVIGATION: Final = (("dashboard", dashboards.HOME), ("verify", "/verify"))
"""The pages this process has."""


def create_public_app(published: Published, rates: Rates, *, report_keys: Path) -> FastAPI:
    """The application over what is published; `report_keys` is the file that reports are checked with."""

    async def count(request: Request) -> None:
        """Each request is counted for its address, before anything is done for it."""
        rules = published.policy.of(AccessTier.PUBLIC)
        await rates.count(rules.lookups, "anybody", address_key(request.client.host if request.client else None))

    app = _PublicAPI(
        title="Kohort, published tables",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.published = published
    install_problem_handlers(app)
    app.state.report_keys_file = report_keys
    app.state.navigation = NAVIGATION
    for router in (routes.router, dashboards.pages, checking.router, checking.pages):
        app.include_router(router, dependencies=[Depends(count)])
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    app.add_api_route("/health", health, responses=PUBLIC_PROBLEMS, tags=["public"])
    app.add_api_route("/", home, include_in_schema=False)
    app.add_middleware(Shield, body_seconds=_BODY_SECONDS, is_signed_in=_nobody)
    return app


async def health() -> Health:
    """The server answers."""
    return Health(status="ok")


async def home() -> RedirectResponse:
    """Published numbers are all that there is here."""
    return RedirectResponse(dashboards.HOME)


class _PublicAPI(FastAPI):
    """FastAPI whose OpenAPI document also describes its problems."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = add_problem_schema(super().openapi())
        return self.openapi_schema


async def _nobody(_: Request) -> bool:
    """Nobody signs in here."""
    return False
