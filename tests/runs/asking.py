"""Asking for runs in tests."""

import json
from collections.abc import Sequence
from typing import Any

from starlette.testclient import TestClient

COUNT: dict[str, Any] = {"kind": "count"}
ATTRITION: dict[str, Any] = {"kind": "attrition"}
BY_SEX: dict[str, Any] = {"kind": "breakdown", "by": ["sex"]}


def cohort(age: int, *, name: str = "Adults") -> str:
    """A document; another age is another question."""
    return f'cohort "{name}"\nindex first visit where age >= {age}\ninclude "w" when sex is female\n'


def start(client: TestClient, text: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A run as it is right after it was asked for."""
    reply = client.post("/v1/runs", json={"text": text, "parts": list(parts or (COUNT,)), **more})
    assert reply.status_code == 201, reply.text
    assert reply.headers["location"] == f"/v1/runs/{reply.json()['id']}"
    return reply.json()


def follow(client: TestClient, run: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Its events until it is done."""
    reply = client.get(f"/v1/runs/{run['id']}/events")
    assert reply.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in reply.text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def finished(client: TestClient, text: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A run when it is done."""
    run = start(client, text, *parts, **more)
    assert follow(client, run)[-1][0] == "done"
    return client.get(f"/v1/runs/{run['id']}").json()


def states(run: dict[str, Any]) -> Sequence[str]:
    """Where its questions stand."""
    return [step["state"] for step in run["steps"]]
