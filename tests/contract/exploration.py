"""One exploration of a listener's OpenAPI document by schemathesis, as one tier, and what it found."""

import os
from collections.abc import Mapping
from typing import Any, Final

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

EXAMPLES: Final = int(os.environ.get("KOHORT_FUZZ_EXAMPLES", "3"))
"""Generated requests an operation, on top of those that cover its schema; `make fuzz` sets 500."""

SEED: Final = 20_261_129
_CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
)


_REFUSED: Final = ("400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx")
"""How a request that violates its schema may be refused: as usual, or because it is too large to be read."""

PROJECT: Final = "project"
"""The project of those who explore."""

_TEXTS: Final = (
    'cohort "a"\nindex first visit where age >= 20\ncount by sex\n',
    'cohort "b"\nindex first condition in concept 201826 with descendants\ninclude "v" when any visit before index\n',
    "sex",
    "age(10)",
    "rs671",
    "1-55039974-G-T",
    "\x00",
    "\u202e",
    "' or 1=1 --",
)
"""What strings often are, so that some requests get past the reading of documents."""


def explore(
    app: ASGIApp, headers: Mapping[str, str], *, examples: int = EXAMPLES, covers: bool = True
) -> dict[str, str]:
    """What fails, by operation and check: a line with the request that shows it. Same seed, same requests.

    With `covers`, also every bound of every schema, missing parts and methods that are not declared.
    """
    document = TestClient(app).get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document, config=_config(headers, examples, covers))
    schema.app = _running(app)
    found: dict[str, str] = {}
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                found.update(_failures(event))
            case events.NonFatalError():
                found[f"{event.label}: {event.info.title}"] = event.info.message
            case events.FatalError():
                raise event.exception
            case _:
                pass
    return found


def _running(app: ASGIApp) -> ASGIApp:
    """The application without its start and stop: it runs already, and would be started a second time."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError("only HTTP")
        await app(scope, receive, send)

    return serve


def _config(headers: Mapping[str, str], examples: int, covers: bool) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": dict(headers),
            "checks": {
                "enabled": False,
                **{name: {"enabled": True} for name in _CHECKS},
                "negative_data_rejection": {"enabled": True, "expected-statuses": list(_REFUSED)},
            },
            "generation": {
                "max-examples": examples,
                "deterministic": True,
                "database": "none",
                "dictionaries": {"string": {"dictionary": "texts", "probability": 0.5}},
            },
            "dictionaries": {"texts": {"values": list(_TEXTS)}},
            "parameters": {"Kohort-Project": PROJECT},
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": covers}},
            "suppress-health-check": ["all"],
            "continue-on-failure": True,
            "request-timeout": 300,
        }
    )


def _failures(event: Any) -> dict[str, str]:
    recorder = event.recorder
    return {
        f"{event.label}: {check.name}": f"{check.failure_info.failure.title}: {check.failure_info.failure.message}\n"
        f"{recorder.cases[case].value.as_curl_command()}"
        for case, checks in recorder.checks.items()
        for check in checks
        if check.failure_info is not None
    }
