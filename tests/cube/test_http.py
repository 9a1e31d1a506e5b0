"""Published tables over HTTP, by the public process and by the main server: the same answers, kept by caches."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.listener import Listener
from api.published.app import create_public_app
from api.published.content import Published
from api.rates import Rates
from api.settings import ServerSettings
from engine.pipeline.cube import build_cube
from engine.session import EngineSettings
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.cube.conftest import Fixed
from tests.lib.servers import application

PUBLIC = DEFAULT_POLICY.of(AccessTier.PUBLIC)
CONDITION = "/v1/public/tables/conditions"


@pytest.fixture(scope="module")
def settings(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    state = tmp_path_factory.mktemp("served")
    return ServerSettings(releases=releases, state=state, release_id="phase0", fixed_deadlines=False, local_issuer=True)


@pytest.fixture(scope="module")
def cube(settings: ServerSettings):
    inside = EngineSettings(releases=settings.releases, state=settings.state, release_id=settings.release_id)
    return build_cube(inside, DEFAULT_POLICY, settings.cube_folder(), user="s", progress=lambda *_: None, noise=Fixed())


@pytest.fixture(scope="module")
def main(settings, cube):
    with TestClient(application(settings), raise_server_exceptions=False) as client:
        yield client


def public_client(policy, cube) -> TestClient:
    return TestClient(
        create_public_app(Published(policy, cube), Rates(), report_keys=Path("no-such-file")),
        raise_server_exceptions=False,
    )


@pytest.fixture
def public(settings, cube):
    with public_client(settings.rules(), cube) as client:
        yield client


def test_both_servers_answer_alike_and_without_a_token(public, main):
    for address in ("/v1/public", "/v1/public/tables", CONDITION, f"{CONDITION}/category?code=E11"):
        one, other = public.get(address), main.get(address)
        assert one.status_code == other.status_code == 200
        assert one.text == other.text
        assert one.headers["etag"] == other.headers["etag"]


def test_the_overview_says_what_is_published_and_when_more_is(public):
    found = public.get("/v1/public").json()
    assert (found["release"], found["phase"], found["persons"]) == ("phase0", 0, 700)
    assert found["rules"] == {"sigma": 25, "floor": 20, "rounding": 20, "charged": 239_780_890, "budget": 240_000_000}
    names = ["resource", "conditions", "drugs", "measurements", "procedures", "visits", "survey", "genotypes"]
    assert [each["name"] for each in found["families"]] == names
    assert [each["sigma"] for each in found["families"]] == [25, 25, 25, 50, 50, 50, 25, 50]
    assert [each["table_sigma"] for each in found["families"]] == [31, 31, 31, 57, 57, 57, 31, 50]
    assert [each["tables"][3:] for each in found["families"]] == [["race"], *[["year"]] * 6, []]
    assert {"number": 1, "start": "2026-09-01"}.items() <= found["phases"][1].items()
    assert found["phases"][1]["families"] == ["resource", "conditions", "drugs", "procedures", "visits"]
    assert "measurements" in found["phases"][2]["families"] and found["phases"][2]["start"] == "2027-01-01"


def test_a_list_has_every_category_in_pages(public):
    whole = public.get(CONDITION).json()
    assert [each["code"] for each in whole["categories"]] == ["E11", "I10", "Q99", "R99"]
    page = public.get(CONDITION, params={"offset": 1, "limit": 2}).json()
    assert (page["found"], page["offset"]) == (4, 1)
    assert page["categories"] == whole["categories"][1:3]
    assert public.get(CONDITION, params={"offset": 900}).json()["categories"] == []
    few, nobody = (each["persons"] for each in whole["categories"][2:])
    assert few == nobody == {"less_than": 97}


@pytest.mark.parametrize(
    ("search", "codes"),
    [("당뇨", ["E11"]), ("HYPER", ["I10"]), ("e11", ["E11"]), ("%", []), ("'; drop table", []), ("depression", [])],
)
def test_a_list_is_searched_in_english_and_korean(public, search, codes):
    found = public.get(CONDITION, params={"search": search}).json()
    assert [each["code"] for each in found["categories"]] == codes


def test_a_category_has_its_tables(public):
    found = public.get(f"{CONDITION}/category", params={"code": "E11"}).json()
    assert found["category"]["label_ko"] == "제2형 당뇨병"
    assert found["category"]["persons"] == {"value": 400, "margin": 59}
    by_sex, by_region, by_year = found["tables"]
    assert (by_sex["name"], by_sex["dimensions"], len(by_sex["cells"])) == ("sex and age", ["sex", "age"], 33)
    assert [cell["label"] for cell in by_region["cells"]] == [["Busan"], ["Seoul"], ["unknown"]]
    assert (by_year["name"], by_year["dimensions"]) == ("year", ["year"])
    counted = {cell["label"][0]: cell["count"].get("value") for cell in by_year["cells"]}
    assert (counted["earlier"], counted["2018"], counted["2019"], counted["2020"]) == (None, 200, None, 200)
    people = public.get("/v1/public/tables/resource/category", params={"code": "everybody"}).json()
    assert [(table["name"], table["dimensions"]) for table in people["tables"]][2:] == [("race", ["race"])]
    assert people["tables"][2]["cells"][0] == {"label": ["Korean"], "count": {"value": 240, "margin": 79}}
    shown = public.get("/v1/public/tables/survey/category", params={"code": "smoking.status=never"}).json()
    assert shown["category"]["label"] == "Do you smoke?: Never"


def test_caches_may_keep_answers_and_need_not_have_them_twice(public, main):
    for client in (public, main):
        first = client.get(CONDITION)
        assert first.headers["cache-control"] == "public, max-age=3600"
        again = client.get(CONDITION, headers={"if-none-match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert client.get(CONDITION, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_refusal_is_not_kept(public):
    assert public.get("/v1/public/tables/nothing").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/v1/public/tables/genomes", 404, "cube-family-unknown"),
        (f"{CONDITION}/category?code=F32", 404, "cube-category-unknown"),
        (f"{CONDITION}/category", 422, "request-field"),
        (f"{CONDITION}/category?code=", 422, "request-field"),
        (f"{CONDITION}/category?code={'x' * 201}", 422, "request-field"),
        (f"{CONDITION}?search={'x' * 101}", 422, "request-field"),
        (f"{CONDITION}?limit=101", 422, "request-field"),
        (f"{CONDITION}?limit=0", 422, "request-field"),
        (f"{CONDITION}?offset=-1", 422, "request-field"),
        (f"{CONDITION}?offset=1e3", 422, "request-field"),
        (f"/v1/public/tables/{'x' * 33}", 422, "request-field"),
        (f"{CONDITION}?search={'x' * 9000}", 414, "target-too-long"),
        ("/v1/cohorts/count", 404, None),
        ("/v1/release", 404, None),
    ],
)
def test_bad_requests_are_problems_that_repeat_nothing(public, address, status, code):
    answer = public.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert code in (None, answer.json()["code"])
    assert "xxx" not in answer.text and "F32" not in answer.text


def test_nothing_is_sent_to_it(public):
    assert public.post(CONDITION, json={}).status_code == 405
    assert (
        public.post(CONDITION, content=b"x" * 70_000, headers={"content-type": "application/json"}).status_code == 413
    )


def test_one_address_asks_as_often_as_the_policy_says(cube):
    times = PUBLIC.lookups[0].times
    with public_client(DEFAULT_POLICY, cube) as client:
        statuses = [client.get("/v1/public/tables").status_code for _ in range(times + 1)]
        assert client.get("/health").status_code == 200
    assert statuses == [200] * times + [429]


def test_a_release_without_a_cube_says_so(settings):
    other = settings.model_copy(update={"release_id": "phase1"})
    with TestClient(application(other), raise_server_exceptions=False) as client:
        answer = client.get("/v1/public")
    assert (answer.status_code, answer.json()["code"]) == (404, "cube-none")


def test_the_internal_listener_has_no_published_tables(settings):
    with TestClient(application(settings, listener=Listener.INTERNAL), raise_server_exceptions=False) as client:
        assert client.get("/v1/public").status_code == 404
