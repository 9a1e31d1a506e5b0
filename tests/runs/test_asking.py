"""Asking several questions at once, following them, and taking their answers home."""

import csv
import io
from typing import Any

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from api.client.tables import Table
from api.runs.files import csv_of
from schemas.policy import AccessTier
from schemas.wire.runs import MOST_PARTS
from tests.api.conftest import SignIn
from tests.runs.asking import ATTRITION, BY_SEX, COUNT, cohort, finished, follow, start, states

EVERY_KIND: list[dict[str, Any]] = [
    COUNT,
    ATTRITION,
    {"kind": "breakdown", "by": ["sex", "age(10)"]},
    {"kind": "prevalence", "first_day": "2015-01-01", "last_day": "2017-12-31"},
    {"kind": "genotypes", "variants": ["rs671"]},
    {"kind": "overlap", "others": [{"text": cohort(41)}]},
    {"kind": "comparison", "other": {"text": cohort(41)}, "by": ["sex"]},
]


@pytest.fixture
def me(sign_in: SignIn) -> TestClient:
    return sign_in(AccessTier.CONTROLLED)


def test_every_kind_of_question_is_answered_with_the_numbers_of_its_own_route(me: TestClient) -> None:
    run = finished(me, cohort(21), *EVERY_KIND)
    assert run["state"] == "done" and set(states(run)) == {"answered"}
    alone = {
        "count": {},
        "attrition": {},
        "breakdown": {"by": ["sex", "age(10)"]},
        "genotypes": {"variants": ["rs671"]},
        "prevalence": {"first_day": "2015-01-01", "last_day": "2017-12-31", "per": "year"},
    }
    numbers = {
        "count": "count",
        "attrition": "steps",
        "breakdown": "cells",
        "genotypes": "variants",
        "prevalence": "rows",
    }
    for step in run["steps"][:5]:
        kind = step["kind"]
        reply = me.post(f"/v1/cohorts/{kind}", json={"text": cohort(21), **alone[kind]}).json()
        assert reply["charged"] == 0
        assert reply[numbers[kind]] == step["answer"][numbers[kind]]
    first, second = run["steps"][6]["answer"]["answers"]
    assert first["query"] == run["query"] != second["query"]
    assert run["charged"] == sum(
        each["charged"] for step in run["steps"] for each in step["answer"].get("answers", [step["answer"]])
    )


def test_events_tell_each_step_once_it_moves_and_the_end(me: TestClient) -> None:
    run = start(me, cohort(22), COUNT, ATTRITION, BY_SEX)
    assert run["state"] == "queued" and states(run) == ["queued"] * 3
    events = follow(me, run)
    name, last = events[-1]
    assert (name, last["state"], last["charged"] > 0) == ("done", "done", True)
    answered = [data["number"] for name, data in events if name == "answered"]
    assert answered == [1, 2, 3]
    for number in answered:
        moves = [name for name, data in events[:-1] if data["number"] == number]
        order = ["queued", "running", "answered"]
        assert moves == sorted(set(moves), key=order.index)
    again = follow(me, run)
    assert [name for name, _ in again] == ["answered"] * 3 + ["done"]
    assert (
        again[0][1]["answer"]["count"] == next(data for name, data in events if name == "answered")["answer"]["count"]
    )


def test_what_the_text_alone_decides_is_said_at_once_and_nothing_is_kept(me: TestClient) -> None:
    before = me.get("/v1/runs").json()
    reply = me.post("/v1/runs", json={"text": 'cohort "x"\nindex first conditoin\n', "parts": [COUNT]})
    assert reply.status_code == 422
    assert (reply.json()["problems"][0]["line"], reply.json()["problems"][0]["column"]) == (2, 13)
    assert me.post("/v1/runs", json={"text": cohort(20), "parts": []}).status_code == 422
    assert me.post("/v1/runs", json={"text": cohort(20), "parts": [COUNT] * (MOST_PARTS + 1)}).status_code == 422
    assert me.post("/v1/runs", json={"text": cohort(20), "parts": [{"kind": "people"}]}).status_code == 422
    assert me.get("/v1/runs").json() == before


def test_a_question_that_is_refused_says_why_and_the_others_are_answered(me: TestClient) -> None:
    months = {"kind": "prevalence", "first_day": "1950-01-01", "last_day": "2019-12-31", "per": "month"}
    dear = finished(me, cohort(23), COUNT, {"kind": "breakdown", "by": ["sex", "colour"]}, months, precision="finest")
    assert states(dear) == ["answered", "refused", "refused"]
    assert dear["steps"][1]["problem"]["problems"][0]["code"] in ("unexpected-word", "unexpected-name")
    assert dear["steps"][2]["problem"]["status"] in (409, 422)
    assert dear["charged"] == dear["steps"][0]["answer"]["charged"]


def test_what_is_over_the_budget_is_refused_in_its_place(sign_in: SignIn) -> None:
    poor = sign_in(AccessTier.CONTROLLED, project="poor", user="paul")
    years = {"kind": "prevalence", "per": "month", "first_day": "2010-01-01", "last_day": "2011-08-31"}
    later = {**years, "first_day": "2014-01-01", "last_day": "2015-08-31"}
    run = finished(poor, cohort(24), years, later, COUNT, precision="finest")
    assert states(run) == ["answered", "refused", "answered"], [
        (step["problem"] or {}).get("detail") for step in run["steps"]
    ]
    assert run["steps"][1]["problem"]["code"] == "budget-exhausted"


def test_the_public_tier_asks_nothing(sign_in: SignIn) -> None:
    public = sign_in(AccessTier.PUBLIC)
    reply = public.post("/v1/runs", json={"text": cohort(20), "parts": [COUNT]})
    assert (reply.status_code, reply.json()["code"]) == (403, "tier-not-interactive")
    assert public.get("/v1/runs").json()["runs"] == []


def test_staff_have_no_runs_as_exact_numbers_are_not_kept(internal_server: TestClient) -> None:
    assert internal_server.get("/v1/runs").status_code == 404
    assert "/v1/runs" not in internal_server.get("/openapi.json").json()["paths"]


def test_answers_are_files_with_the_numbers_that_were_answered(me: TestClient) -> None:
    run = finished(me, cohort(21), *EVERY_KIND)
    for step in run["steps"]:
        place = f"/v1/runs/{run['id']}/answers/{step['number']}"
        rows = list(csv.DictReader(io.StringIO(me.get(f"{place}.csv").text)))
        columns = pq.read_table(io.BytesIO(me.get(f"{place}.parquet").content))
        assert columns.column_names == list(rows[0])
        assert columns.num_rows == len(rows)
        assert columns.schema.metadata[b"kohort.query"].decode() == run["query"]
        picture = me.get(f"{place}.svg?language=ko")
        assert picture.status_code == (404 if step["kind"] == "count" else 200)
    cells = run["steps"][2]["answer"]["cells"]
    written = list(csv.DictReader(io.StringIO(me.get(f"/v1/runs/{run['id']}/answers/3.csv").text)))
    for cell, row in zip(cells, written, strict=True):
        assert cell["label"] == [row["sex"], row["age(10)"]]
        assert str(cell["count"].get("value", "")) == row["persons"]
        assert str(cell["count"].get("less_than", "")) == row["less_than"]
    reply = me.get(f"/v1/runs/{run['id']}/answers/3.csv")
    assert reply.headers["content-disposition"] == f'attachment; filename="kohort-{run["number"]}-3-breakdown.csv"'
    assert me.get(f"/v1/runs/{run['id']}/answers/8.csv").json()["code"] == "run-answer-none"
    assert me.get(f"/v1/runs/{run['id']}/answers/1.exe").status_code == 422


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_no_name_in_a_file_is_run_by_a_spreadsheet(name: str) -> None:
    found = Table(columns=(name, "persons"), types=(str, int), rows=((name, -5),))
    heading, row = csv.reader(io.StringIO(csv_of(found)))
    assert (heading[0], row) == (f"'{name}", [f"'{name}", "-5"])


def test_a_method_that_is_not_there_is_told_all_that_are(me: TestClient) -> None:
    place = f"/v1/runs/{'0' * 32}"
    assert me.put(place).headers["allow"] == "DELETE, GET"
    assert me.put(f"{place}/share").headers["allow"] == "DELETE, POST"
    assert me.get(f"{place}/cancel").headers["allow"] == "POST"
