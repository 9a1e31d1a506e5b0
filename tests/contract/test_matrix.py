"""Who gets what from every route of both listeners: one row a route, one column a caller. A route without a row fails.

`.` stands for: not refused for who the caller is (the request itself may be wrong: 404, 422); other cells are statuses.
"""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from joserfc import jwt
from starlette.testclient import TestClient

from api.auth import AUDIENCE, ISSUER, LocalTokens
from api.listener import REASON_HEADER
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS

CALLERS = ("none", "bad", "expired", "public", "registered", "controlled", "internal", "reviewer")

RESEARCHERS = """
                               none bad expired public registered controlled internal reviewer
GET  /                            .   .       .      .          .          .        .        .
GET  /precision                   .   .       .      .          .          .        .        .
GET  /health                      .   .       .      .          .          .        .        .
GET  /openapi.json                .   .       .      .          .          .        .        .
GET  /v1/release                  .   .       .      .          .          .        .        .
GET  /v1/policy                   .   .       .      .          .          .        .        .
GET  /v1/precision                .   .       .      .          .          .        .        .
GET  /v1/public                     .   .       .      .          .          .        .        .
GET  /v1/public/tables              .   .       .      .          .          .        .        .
GET  /v1/public/tables/{family}     .   .       .      .          .          .        .        .
GET  /v1/public/variants            .   .       .      .          .          .        .        .
GET  /v1/public/tables/{family}/category .  .      .      .          .          .        .        .
GET  /v1/domains                401 401     401      .          .          .      401      401
GET  /v1/concepts               401 401     401      .          .          .      401      401
GET  /v1/vocabularies           401 401     401      .          .          .      401      401
GET  /v1/survey/questions       401 401     401      .          .          .      401      401
GET  /v1/genes                  401 401     401      .          .          .      401      401
GET  /v1/variants               401 401     401      .          .          .      401      401
GET  /v1/panels                 401 401     401      .          .          .      401      401
GET  /v1/scores                 401 401     401    403          .          .      401      401
GET  /v1/budget                 401 401     401      .          .          .      401      401
GET  /v1/projects               401 401     401      .          .          .      401      401
GET  /v1/examples               401 401     401      .          .          .      401      401
POST /v1/cohorts/validate       401 401     401      .          .          .      401      401
POST /v1/cohorts/format         401 401     401      .          .          .      401      401
POST /v1/cohorts/tree           401 401     401      .          .          .      401      401
POST /v1/cohorts/paraphrase     401 401     401      .          .          .      401      401
POST /v1/cohorts/complete       401 401     401      .          .          .      401      401
POST /v1/cohorts/explain        401 401     401      .          .          .      401      401
POST /v1/cohorts/import         401 401     401      .          .          .      401      401
POST /v1/cohorts/export         401 401     401      .          .          .      401      401
POST /v1/cohorts/count          401 401     401    403          .          .      401      401
POST /v1/cohorts/breakdown      401 401     401    403          .          .      401      401
POST /v1/cohorts/attrition      401 401     401    403          .          .      401      401
POST /v1/cohorts/genotypes      401 401     401    403          .          .      401      401
POST /v1/cohorts/linkage        401 401     401    403        403        403      401      401
POST /v1/cohorts/inclusion      401 401     401    403        403        403      401      401
POST /v1/cohorts/incidence      401 401     401    422        422        422      401      401
POST /v1/cohorts/prevalence     401 401     401    422        422        422      401      401
POST /v1/cohorts/overlap        401 401     401    403          .          .      401      401
POST /v1/cohorts/profile        401 401     401    403          .          .      401      401
GET  /v1/runs                   401 401     401      .          .          .      401      401
POST /v1/runs                   401 401     401    403          .          .      401      401
GET  /v1/runs/{run}             401 401     401      .          .          .      401      401
DELETE /v1/runs/{run}           401 401     401      .          .          .      401      401
GET  /v1/runs/{run}/events      401 401     401      .          .          .      401      401
POST /v1/runs/{run}/cancel      401 401     401      .          .          .      401      401
POST /v1/runs/{run}/share       401 401     401      .          .          .      401      401
DELETE /v1/runs/{run}/share     401 401     401      .          .          .      401      401
GET  /v1/runs/{run}/answers/{number}.{form} 401 401 401 .          .          .      401      401
POST /v1/pictures/{kind}        401 401     401      .          .          .      401      401
POST /v1/feasibility            401 401     401    403          .          .      401      401
POST /v1/feasibility/html       401 401     401      .          .          .      401      401
POST /v1/feasibility/pdf        401 401     401      .          .          .      401      401
GET  /v1/feasibility/keys         .   .       .      .          .          .        .        .
POST /v1/feasibility/verify       .   .       .      .          .          .        .        .
GET  /verify                      .   .       .      .          .          .        .        .
POST /verify                    415 415     415    415        415        415      415      415
GET  /public                      .   .       .      .          .          .        .        .
GET  /public/list                 .   .       .      .          .          .        .        .
GET  /public/category             .   .       .      .          .          .        .        .
GET  /public/variants             .   .       .      .          .          .        .        .
GET  /public/table.csv            .   .       .      .          .          .        .        .
GET  /questions                   .   .       .      .          .          .        .        .
GET  /dashboards                  .   .       .      .          .          .        .        .
POST /dashboards/sign-in        403 403     403    403        403        403      403      403
POST /dashboards/sign-out       403 403     403    403        403        403      403      403
POST /dashboards/project        403 403     403    403        403        403      403      403
POST /dashboards/ask            401 401     401    403        403        403      401      401
GET  /operations                  .   .       .      .          .          .        .        .
GET  /ready                       .   .       .      .          .          .        .        .
GET  /metrics                     .   .       .      .          .          .        .        .
GET  /v1/operations             401 401     401    403        403        403      401      401
"""

INTERNAL = """
                               none bad expired public registered controlled internal reviewer
GET  /health                      .   .       .      .          .          .        .        .
GET  /openapi.json                .   .       .      .          .          .        .        .
GET  /v1/release                  .   .       .      .          .          .        .        .
GET  /v1/policy                   .   .       .      .          .          .        .        .
GET  /v1/precision                .   .       .      .          .          .        .        .
GET  /v1/domains                401 401     401    401        401        401        .        .
GET  /v1/concepts               401 401     401    401        401        401        .        .
GET  /v1/vocabularies           401 401     401    401        401        401        .        .
GET  /v1/survey/questions       401 401     401    401        401        401        .        .
GET  /v1/genes                  401 401     401    401        401        401        .        .
GET  /v1/variants               401 401     401    401        401        401        .        .
GET  /v1/panels                 401 401     401    401        401        401        .        .
GET  /v1/scores                 401 401     401    401        401        401        .        .
GET  /v1/budget                 401 401     401    401        401        401        .        .
GET  /v1/projects               401 401     401    401        401        401        .        .
GET  /v1/examples               401 401     401    401        401        401        .        .
POST /v1/cohorts/validate       401 401     401    401        401        401        .        .
POST /v1/cohorts/format         401 401     401    401        401        401        .        .
POST /v1/cohorts/tree           401 401     401    401        401        401        .        .
POST /v1/cohorts/paraphrase     401 401     401    401        401        401        .        .
POST /v1/cohorts/complete       401 401     401    401        401        401        .        .
POST /v1/cohorts/explain        401 401     401    401        401        401        .        .
POST /v1/cohorts/import         401 401     401    401        401        401        .        .
POST /v1/cohorts/export         401 401     401    401        401        401        .        .
POST /v1/cohorts/count          401 401     401    401        401        401        .        .
POST /v1/cohorts/breakdown      401 401     401    401        401        401        .        .
POST /v1/cohorts/attrition      401 401     401    401        401        401        .        .
POST /v1/cohorts/genotypes      401 401     401    401        401        401        .        .
POST /v1/cohorts/linkage        401 401     401    401        401        401        .        .
POST /v1/cohorts/inclusion      401 401     401    401        401        401        .        .
POST /v1/cohorts/incidence      401 401     401    401        401        401        .        .
POST /v1/cohorts/prevalence     401 401     401    401        401        401        .        .
POST /v1/cohorts/overlap        401 401     401    401        401        401        .        .
POST /v1/cohorts/profile        401 401     401    401        401        401        .        .
POST /v1/pictures/{kind}        401 401     401    401        401        401        .        .
GET  /ready                       .   .       .      .          .          .        .        .
GET  /metrics                     .   .       .      .          .          .        .        .
GET  /v1/operations             401 401     401    401        401        401      403      403
GET  /v1/exports                401 401     401    401        401        401        .        .
POST /v1/exports/count          401 401     401    401        401        401        .        .
POST /v1/exports/breakdown      401 401     401    401        401        401        .        .
POST /v1/exports/attrition      401 401     401    401        401        401        .        .
GET  /v1/exports/{export}       401 401     401    401        401        401      404      404
POST /v1/exports/{export}/release 401 401   401    401        401        401      403      404
POST /v1/exports/{export}/refuse  401 401   401    401        401        401      403      404
"""

DOCUMENT = {"text": ADULTS}
PLACES = {"export": "0" * 16, "family": "none", "run": "0" * 32, "number": 1, "form": "csv", "kind": "attrition"}
BODIES = {
    "complete": {"text": "cohort", "position": 6},
    "import": {"definition": {}},
    "breakdown": {"text": ADULTS, "by": ["sex"]},
    "genotypes": {"text": ADULTS, "variants": ["rs671"]},
    "linkage": {"text": ADULTS, "variants": ["rs671", "rs1229984"]},
    "overlap": {"cohorts": [DOCUMENT, {"text": ADULTS.replace("20", "40")}]},
    "runs": {"text": ADULTS, "parts": [{"kind": "count"}]},
    "profile": {"text": ADULTS, "groups": [{"text": ADULTS.replace("20", "40")}], "most": 1},
}


def rows(table: str) -> dict[tuple[str, str], dict[str, str]]:
    lines = [line.split() for line in table.strip().splitlines()]
    assert tuple(lines[0]) == CALLERS
    return {(line[0], line[1]): dict(zip(CALLERS, line[2:], strict=True)) for line in lines[1:]}


def routes(client: TestClient) -> Iterator[tuple[str, str]]:
    """Every route the application has, whether or not its document shows it."""
    waiting = list(client.app.routes)
    while waiting:
        route = waiting.pop()
        if included := getattr(route, "original_router", None):
            waiting.extend(included.routes)
        methods = getattr(route, "methods", None) or ()
        yield from ((method, route.path) for method in methods if method != "HEAD")


@pytest.fixture(scope="session")
def callers(tokens: LocalTokens) -> dict[str, dict[str, str]]:
    def bearer(tier: AccessTier, user: str = "matrix") -> dict[str, str]:
        principal = Principal(user=user, project="matrix", institution="matrix", tier=tier)
        return {
            "authorization": f"Bearer {tokens.issue(principal, hours=1)}",
            REASON_HEADER: quote("a table of who may do what"),
        }

    names = {"sub": "matrix", "project": "matrix", "institution": "matrix", "tier": "registered", "jti": "x"}
    past = {"iss": ISSUER, "aud": AUDIENCE, "iat": 1, "nbf": 1, "exp": 2, **names}
    header = {"alg": "ES256", "typ": "at+jwt", "kid": tokens.key.thumbprint()}
    expired = jwt.encode(header, past, tokens.key, algorithms=["ES256"])
    return {
        "none": {},
        "bad": {"authorization": "Bearer x"},
        "expired": {"authorization": f"Bearer {expired}"},
        "public": bearer(AccessTier.PUBLIC),
        "registered": bearer(AccessTier.REGISTERED),
        "controlled": bearer(AccessTier.CONTROLLED),
        "internal": bearer(AccessTier.INTERNAL),
        "reviewer": bearer(AccessTier.INTERNAL, "reviewer"),
    }


@pytest.mark.parametrize(("method", "path"), rows(RESEARCHERS))
def test_researchers(server: TestClient, callers: dict[str, dict[str, str]], method: str, path: str) -> None:
    check(server, callers, method, path, rows(RESEARCHERS)[method, path])


@pytest.mark.parametrize(("method", "path"), rows(INTERNAL))
def test_internal(internal_server: TestClient, callers: dict[str, dict[str, str]], method: str, path: str) -> None:
    check(internal_server, callers, method, path, rows(INTERNAL)[method, path])


def check(client: TestClient, callers: dict[str, dict[str, str]], method: str, path: str, row: dict[str, str]) -> None:
    body = BODIES.get(path.rsplit("/", 1)[-1], DOCUMENT) if method == "POST" and "{" not in path else None
    found = {}
    for name, expected in row.items():
        reply = client.request(method, path.format(**PLACES), json=body, headers=callers[name])
        status = str(reply.status_code)
        is_let_in = expected == "." and status in ("200", "201", "404", "409", "422")
        found[name] = "." if is_let_in else status
    assert found == row


def test_every_route_has_a_row(server: TestClient, internal_server: TestClient) -> None:
    assert set(routes(server)) == set(rows(RESEARCHERS))
    assert set(routes(internal_server)) == set(rows(INTERNAL))
