"""Applications over a test's settings that share the OpenAPI document, which is most of what opening one costs."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.listener import Listener
from api.service import Service
from api.settings import ServerSettings


def application(
    settings: ServerSettings, opened: Service | None = None, *, listener: Listener = Listener.RESEARCHERS
) -> FastAPI:
    """What `create_app` gives, with the document that it would make as it starts: that of each application of its
    listener, which a test of tests/api holds it to."""
    app = create_app(settings, opened, listener=listener)
    app.openapi_schema = _document(opened.listener if opened else listener)
    for _ in iter_route_contexts(app.routes):
        pass  # making the document works the routes out, and nobody's first question is to wait for that
    return app


@cache
def _document(listener: Listener) -> dict[str, Any]:
    """Made once in a process."""
    return create_app(ServerSettings(), listener=listener).openapi()
