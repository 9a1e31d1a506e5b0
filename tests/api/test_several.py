"""Overlap and profile over HTTP: regions that add up, groups that are bounded, in whatever order they are sent."""

import pytest
from starlette.testclient import TestClient

from schemas.policy import AccessTier, Precision
from schemas.wire import Number, OverlapAnswer, ProfileAnswer
from tests.api.conftest import ADULTS, SignIn

OLD = 'cohort "Over fifty"\nindex first visit where age >= 50\n'
WOMEN = 'cohort "Women"\nindex first visit where age >= 20\ninclude "woman" when sex is female\n'


def body(*texts: str, **more: str) -> dict[str, object]:
    return {"cohorts": [{"text": text} for text in texts], **more}


def ask(client: TestClient, *texts: str, **more: str) -> OverlapAnswer:
    reply = client.post("/v1/cohorts/overlap", json=body(*texts, **more))
    assert reply.status_code == 200, reply.text
    return OverlapAnswer.model_validate(reply.json())


def value(item: Number | object) -> int:
    return item.value if isinstance(item, Number) else 0


def test_regions_of_a_cohort_add_up_to_its_count(steward: TestClient) -> None:
    answer = ask(steward, ADULTS, OLD, WOMEN)
    assert [cohort.name for cohort in answer.cohorts] == ["Adults", "Over fifty", "Women"]
    assert [region.cohorts for region in answer.regions] == [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]
    for position, cohort in enumerate(answer.cohorts):
        parts = [value(region.count) for region in answer.regions if position in region.cohorts]
        assert sum(parts) == value(cohort.count)
    counts = [steward.post("/v1/cohorts/count", json={"text": text}).json() for text in (ADULTS, OLD, WOMEN)]
    assert [cohort.query for cohort in answer.cohorts] == [count["query"] for count in counts]
    assert [value(cohort.count) for cohort in answer.cohorts] == [count["count"]["value"] for count in counts]


def test_the_order_of_the_cohorts_changes_nothing_but_the_order(sign_in: SignIn) -> None:
    client = sign_in(project="overlap", user="overlap")
    first = ask(client, ADULTS, WOMEN)
    turned = ask(client, WOMEN, ADULTS)
    count = client.post("/v1/cohorts/count", json={"text": ADULTS}).json()
    assert (first.charged > 0, turned.charged, count["charged"]) == (True, 0, 0)
    assert first.cohorts == turned.cohorts[::-1]
    assert count["count"] == first.cohorts[0].count.model_dump()
    by_names = [
        {
            frozenset(answer.cohorts[position].name for position in region.cohorts): region.count
            for region in answer.regions
        }
        for answer in (first, turned)
    ]
    assert by_names[0] == by_names[1]
    assert first.query == turned.query


def test_a_name_that_matches_nothing_is_told_without_a_place(steward: TestClient) -> None:
    answer = ask(steward, ADULTS, 'cohort "none"\nindex condition in concept 2000000009\n')
    assert [(item.name, item.span) for item in answer.unmatched] == [("2000000009", None)]


@pytest.mark.parametrize(
    ("texts", "status", "code"),
    [
        ((ADULTS,), 422, "request-field"),
        ((ADULTS,) * 5, 422, "request-field"),
        ((ADULTS, ADULTS.replace("Adults", "Same")), 422, "cohort-twice"),
        ((ADULTS, "cohort"), 422, "unexpected-end"),
    ],
)
def test_what_is_no_overlap_is_refused(researcher: TestClient, texts: tuple[str, ...], status: int, code: str) -> None:
    reply = researcher.post("/v1/cohorts/overlap", json=body(*texts))
    codes = {reply.json()["code"], *(each["code"] for each in reply.json().get("problems", []))}
    assert (reply.status_code, code in codes) == (status, True), reply.text


def test_a_tier_with_no_questions_is_refused(sign_in: SignIn) -> None:
    reply = sign_in(AccessTier.PUBLIC, "public").post("/v1/cohorts/overlap", json=body(ADULTS, OLD))
    assert (reply.status_code, reply.json()["code"]) == (403, "tier-not-interactive")


def test_a_profile_counts_each_group_and_costs_as_many_tables_as_a_person_is_in(sign_in: SignIn) -> None:
    client = sign_in(project="profile", user="profile")
    asked = {"text": ADULTS, "groups": [{"text": OLD}, {"text": WOMEN}], "precision": "coarse"}
    once = client.post("/v1/cohorts/profile", json=asked).json()
    twice = client.post("/v1/cohorts/profile", json={**asked, "most": 2}).json()
    turned = client.post("/v1/cohorts/profile", json={**asked, "groups": asked["groups"][::-1]}).json()
    count = Precision.COARSE.cost(1)
    assert (once["charged"], twice["charged"], turned["charged"]) == (3 * count, 4 * count, 0)
    assert turned["groups"] == once["groups"][::-1]
    assert [group["name"] for group in once["groups"]] == ["Over fifty", "Women"]
    assert (once["most"], twice["most"]) == (1, 2)


def test_exact_profiles_count_everybody_in_all_their_groups(steward: TestClient) -> None:
    reply = steward.post("/v1/cohorts/profile", json={"text": ADULTS, "groups": [{"text": OLD}, {"text": WOMEN}]})
    answer = ProfileAnswer.model_validate(reply.json())
    whole = ask(steward, ADULTS, OLD, WOMEN)
    for position, group in enumerate(answer.groups, 1):
        within = [value(r.count) for r in whole.regions if {0, position} <= set(r.cohorts)]
        assert value(group.count) == sum(within)
    assert answer.most is None


@pytest.mark.parametrize(("groups", "most", "code"), [
    ([], 1, "request-field"), ([OLD], 2, "profile-most"), ([OLD, OLD], 1, "cohort-twice"), ([OLD], 0, "request-field"),
])  # fmt: skip
def test_what_is_no_profile_is_refused(researcher: TestClient, groups: list[str], most: int, code: str) -> None:
    asked = {"text": ADULTS, "groups": [{"text": group} for group in groups], "most": most}
    reply = researcher.post("/v1/cohorts/profile", json=asked)
    assert (reply.status_code, reply.json()["code"]) == (422, code)
