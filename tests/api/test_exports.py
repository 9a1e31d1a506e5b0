"""Carrying exact numbers out: small groups wait for somebody else, and everything is in the log first."""

import pytest
from starlette.testclient import TestClient

from api.exports import EXPORTS_FILE, below_floor
from api.listener import REASON_HEADER
from api.settings import ServerSettings
from engine import verify_log
from schemas.exports import Export
from schemas.policy import DEFAULT_POLICY, AccessTier
from schemas.wire import AttritionAnswer, BreakdownAnswer, CountAnswer
from tests.api.conftest import ADULTS, SignIn
from tests.api.test_internal import entries

FLOOR = DEFAULT_POLICY.of(AccessTier.INTERNAL).floor
NOBODY = 'cohort "Nobody"\nindex first visit where age >= 119\n'


@pytest.fixture
def analyst(sign_in: SignIn) -> TestClient:
    return sign_in(AccessTier.INTERNAL, "internal", user="analyst")


@pytest.fixture
def reviewer(sign_in: SignIn) -> TestClient:
    return sign_in(AccessTier.INTERNAL, "internal", user="reviewer")


@pytest.fixture
def held(analyst: TestClient) -> Export:
    return Export.model_validate(analyst.post("/v1/exports/count", json={"text": NOBODY}).json())


def outcomes(settings: ServerSettings, export: str) -> list[tuple[object, object]]:
    logged = [entry for entry in entries(settings) if entry.get("export") == export]
    return [(entry["user"], entry["outcome"]) for entry in logged]


def test_large_groups_leave_at_once_and_are_logged(analyst: TestClient, settings: ServerSettings) -> None:
    export = Export.model_validate(analyst.post("/v1/exports/count", json={"text": ADULTS}).json())
    assert (export.status.value, export.below_floor, export.reviewer) == ("released", 0, None)
    assert isinstance(export.answer, CountAnswer)
    assert (
        export.answer.count
        == CountAnswer.model_validate(analyst.post("/v1/cohorts/count", json={"text": ADULTS}).json()).count
    )
    assert outcomes(settings, export.id) == [("analyst", "export-released")]
    assert Export.model_validate(analyst.get(f"/v1/exports/{export.id}").json()) == export


def test_a_small_group_is_held_until_a_reviewer_releases_it(
    analyst: TestClient, reviewer: TestClient, held: Export, settings: ServerSettings
) -> None:
    assert (held.status.value, held.below_floor, held.answer) == ("held", 1, None)
    assert analyst.get(f"/v1/exports/{held.id}").json()["answer"] is None
    assert reviewer.get(f"/v1/exports/{held.id}").json()["answer"]["count"] == {"value": 0, "margin": 0}
    released = reviewer.post(f"/v1/exports/{held.id}/release")
    assert (released.status_code, released.json()["reviewer"]) == (200, "reviewer")
    assert analyst.get(f"/v1/exports/{held.id}").json()["answer"]["count"] == {"value": 0, "margin": 0}
    assert outcomes(settings, held.id) == [
        ("analyst", "export-held"),
        ("reviewer", "export-viewed"),
        ("reviewer", "export-released"),
    ]


def test_what_is_refused_stays_inside(analyst: TestClient, reviewer: TestClient, held: Export) -> None:
    assert reviewer.post(f"/v1/exports/{held.id}/refuse").json()["status"] == "refused"
    assert analyst.get(f"/v1/exports/{held.id}").json()["answer"] is None
    again = reviewer.post(f"/v1/exports/{held.id}/release")
    assert (again.status_code, again.json()["code"]) == (409, "export-decided")


def test_only_a_reviewer_decides_and_never_upon_their_own(
    analyst: TestClient, reviewer: TestClient, sign_in: SignIn, held: Export
) -> None:
    colleague = sign_in(AccessTier.INTERNAL, "internal", user="colleague")
    for somebody in (analyst, colleague):
        refused = somebody.post(f"/v1/exports/{held.id}/release")
        assert (refused.status_code, refused.json()["code"]) == (403, "export-reviewer")
    own = Export.model_validate(reviewer.post("/v1/exports/count", json={"text": NOBODY}).json())
    refused = reviewer.post(f"/v1/exports/{own.id}/release")
    assert (refused.status_code, refused.json()["code"]) == (403, "export-own")
    assert reviewer.get(f"/v1/exports/{own.id}").json()["answer"] is None
    other = sign_in(AccessTier.INTERNAL, "internal", user="other-reviewer")
    assert other.post(f"/v1/exports/{own.id}/release").status_code == 200


def test_a_decision_needs_a_reason(reviewer: TestClient, held: Export) -> None:
    del reviewer.headers[REASON_HEADER]
    for what in ("release", "refuse"):
        refused = reviewer.post(f"/v1/exports/{held.id}/{what}")
        assert (refused.status_code, refused.json()["code"]) == (403, "reason-needed")
    assert reviewer.get(f"/v1/exports/{held.id}").json()["code"] == "reason-needed"


def test_an_export_of_somebody_else_looks_like_none(sign_in: SignIn, held: Export) -> None:
    colleague = sign_in(AccessTier.INTERNAL, "internal", user="colleague")
    other = colleague.get(f"/v1/exports/{held.id}")
    none = colleague.get(f"/v1/exports/{'0' * 16}")
    assert (other.status_code, other.json()) == (404, none.json())
    assert colleague.get("/v1/exports/no-id").status_code == 422
    assert held.id not in colleague.get("/v1/exports").text


def test_a_list_has_no_numbers(analyst: TestClient, reviewer: TestClient, held: Export) -> None:
    for somebody in (analyst, reviewer):
        listed = [Export.model_validate(one) for one in somebody.get("/v1/exports").json()["exports"]]
        assert listed[0].id == held.id
        assert all(one.answer is None for one in listed)


def test_every_group_of_a_table_and_of_attrition_counts(analyst: TestClient) -> None:
    table = {"text": ADULTS, "by": ["sex", "age(10)"]}
    exact = BreakdownAnswer.model_validate(analyst.post("/v1/cohorts/breakdown", json=table).json())
    small = sum(cell.count.value < FLOOR for cell in exact.cells)
    export = analyst.post("/v1/exports/breakdown", json=table).json()
    assert small > 0
    assert (export["status"], export["below_floor"]) == ("held", small)
    text = f'{ADULTS.replace("count by sex", "")}include "all" when any visit\n'
    steps = AttritionAnswer.model_validate(analyst.post("/v1/cohorts/attrition", json={"text": text}).json())
    assert steps.steps[0].left == steps.steps[1].left
    assert analyst.post("/v1/exports/attrition", json={"text": text}).json()["below_floor"] == 1


@pytest.mark.parametrize(("count", "small"), [(0, 1), (1, 1), (FLOOR - 1, 1), (FLOOR, 0), (10**6, 0)])
def test_the_floor_is_the_smallest_that_leaves(analyst: TestClient, count: int, small: int) -> None:
    body = analyst.post("/v1/cohorts/count", json={"text": ADULTS}).json()
    answer = CountAnswer.model_validate(body | {"count": {"value": count, "margin": 0}})
    assert below_floor(answer, FLOOR) == small


def test_exports_are_kept_from_others_and_balances_still_follow_from_the_log(
    held: Export, settings: ServerSettings
) -> None:
    assert (settings.state / EXPORTS_FILE).stat().st_mode & 0o077 == 0
    assert verify_log(settings.state).findings == ()


@pytest.mark.parametrize("path", ["count", "breakdown", "attrition"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_question_s_path_is_no_export_s(analyst: TestClient, path: str, method: str) -> None:
    refused = analyst.request(method, f"/v1/exports/{path}")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_an_export_s_path_is_only_read(analyst: TestClient) -> None:
    refused = analyst.put("/v1/exports/0123456789abcdef")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
