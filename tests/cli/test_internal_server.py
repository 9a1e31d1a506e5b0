"""The server of the trusted environment as a real process beside the researchers', over one state folder."""

import json

import httpx2

from tests.cli.conftest import ADULTS, Run

REASON = {"Kohort-Reason": "a%20test%20of%20exact%20numbers"}


def test_each_door_opens_for_its_own(outside: str, inside: str, run: Run) -> None:
    body = {"text": ADULTS}
    steward, researcher = (
        {"authorization": f"Bearer {run('token', '--tier', tier).stdout.strip()}"}
        for tier in ("internal", "controlled")
    )
    path = "/v1/cohorts/count"
    assert httpx2.post(outside + path, json=body, headers={**steward, **REASON}).status_code == 401
    assert httpx2.post(inside + path, json=body, headers={**researcher, **REASON}).status_code == 401
    assert httpx2.post(inside + path, json=body, headers=steward).json()["code"] == "reason-needed"
    exact = httpx2.post(inside + path, json=body, headers={**steward, **REASON}).json()
    assert exact["precision"]["exact"] is True
    protected = httpx2.post(outside + path, json=body, headers=researcher, timeout=20).json()
    assert protected["precision"]["exact"] is False
    found = json.loads(run("audit", "verify", "--json").stdout)
    assert found["is_whole"] is True


def test_exact_numbers_on_the_command_line_need_a_reason(run: Run, adults: str) -> None:
    for command in ("count", "breakdown", "attrition", "inclusion"):
        refused = run(command, adults, "--reason", "")
        assert (refused.exit_code, "reason-needed" in refused.output) == (2, True), command
    assert run("count", adults, "--reason", "a reason in words").exit_code == 0
