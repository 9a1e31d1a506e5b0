"""A real server process, asked by a real client."""

import re

import httpx2

from tests.cli.conftest import ADULTS, Run


def test_a_count_over_http(outside: str, run: Run) -> None:
    token = run("token", "--tier", "registered", "--project", "http").stdout.strip()
    with httpx2.Client(base_url=outside, headers={"authorization": f"Bearer {token}"}) as client:
        reply = client.post("/v1/cohorts/count", json={"text": ADULTS})
        assert reply.status_code == 200
        assert reply.elapsed.total_seconds() > 0.98, "held back until its deadline"
        assert reply.json()["release"] == "small"
        assert "server" not in reply.headers
        assert client.post("/v1/cohorts/count", content=b"x" * 2 * 10**6).status_code == 413
        assert client.post("/v1/cohorts/count", json={"text": ADULTS}).json()["charged"] == 0
        assert re.search(r"<title>.*Kohort</title>", client.get("/").text)
    assert httpx2.post(f"{outside}/v1/cohorts/count", json={"text": ADULTS}).status_code == 401
