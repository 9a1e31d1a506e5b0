"""Default deny: every route needs a token unless it is on the public list."""

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from api.app import create_app
from api.dashboards import routes as dashboards
from api.feasibility import checking
from api.published import routes as published
from api.routes import (
    circe,
    cohorts,
    dictionaries,
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
from api.service import PUBLIC_PATHS, deny_by_default
from api.settings import ServerSettings

ROUTES = [
    route
    for router in (
        public.router,
        policy.router,
        precision.router,
        published.router,
        dictionaries.router,
        projects.router,
        cohorts.router,
        several.router,
        runs.router,
        circe.router,
        pictures.router,
        paraphrase.router,
        feasibility.router,
        operations.router,
        operations.watched,
        checking.router,
    )
    for route in router.routes
]
PROTECTED = [
    (method, route.path)
    for route in ROUTES
    if isinstance(route, APIRoute) and route.path not in PUBLIC_PATHS
    for method in sorted(route.methods)
]


def test_what_is_public_is_a_short_list() -> None:
    assert {
        "/",
        "/precision",
        "/health",
        "/v1/release",
        "/v1/policy",
        "/v1/precision",
        "/v1/public",
        "/verify",
        "/operations",
        "/ready",
        "/metrics",
        "/v1/feasibility/keys",
        "/v1/feasibility/verify",
        "/v1/public/variants",
        "/v1/public/tables",
        "/v1/public/tables/{family}",
        "/v1/public/tables/{family}/category",
        "/public",
        "/public/list",
        "/public/category",
        "/public/variants",
        "/public/table.csv",
        "/questions",
        "/dashboards",
        "/dashboards/sign-in",
        "/dashboards/sign-out",
        "/dashboards/project",
        "/openapi.json",
    } == PUBLIC_PATHS
    assert {route.path for route in published.router.routes} <= PUBLIC_PATHS
    assert {route.path for route in dashboards.pages.routes} <= PUBLIC_PATHS
    assert {route.path for route in public.router.routes} <= PUBLIC_PATHS
    assert len(PROTECTED) == 43


def test_the_application_has_no_other_routes(server: TestClient) -> None:
    schema = server.get("/openapi.json").json()
    described = set(schema["paths"])
    assert described == {route.path for route in ROUTES if isinstance(route, APIRoute) and route.include_in_schema}
    others = [route for route in create_app(ServerSettings()).routes if isinstance(route, (Route, Mount))]
    assert {route.path for route in others if not isinstance(route, APIRoute)} <= {"/openapi.json", "/static"}


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_a_route_that_is_not_public_needs_a_token(server: TestClient, method: str, path: str) -> None:
    answer = server.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 401
    assert answer.json()["code"] == "token-refused"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_route_that_forgets_to_ask_is_denied_all_the_same(settings: ServerSettings) -> None:
    app = create_app(settings)
    app.add_api_route("/v1/forgotten", lambda: {"secret": 1})
    with TestClient(app) as client:
        assert client.get("/v1/forgotten").status_code == 401


def test_the_openapi_document_says_where_a_token_is_needed(server: TestClient) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    needs = {
        path: all("security" in operation for operation in operations.values()) for path, operations in paths.items()
    }
    assert {path for path, need in needs.items() if not need} == {
        "/health",
        "/v1/release",
        "/v1/policy",
        "/v1/precision",
        "/ready",
        "/metrics",
        "/v1/feasibility/keys",
        "/v1/feasibility/verify",
        *(route.path for route in published.router.routes),
    }


@pytest.mark.parametrize("path", ["/", "/health", "/v1/release", "/static/base.js", "/nowhere"])
def test_every_response_carries_the_security_headers(server: TestClient, path: str) -> None:
    headers = server.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_deny_by_default_is_what_the_application_depends_on() -> None:
    assert any(
        dependency.dependency is deny_by_default for dependency in create_app(ServerSettings()).router.dependencies
    )
