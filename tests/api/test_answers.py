"""Answers: their envelope, their numbers, and what each tier may see."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cohort_dsl import parse, to_document
from schemas.policy import DEFAULT_POLICY, AccessTier
from schemas.wire import AttritionAnswer, BreakdownAnswer, CountAnswer, ExplanationAnswer, ValidationAnswer
from tests.api.conftest import ADULTS, PERSONS, SignIn, example_path

EXAMPLES = sorted(example_path().glob("*.kohort"))


def test_a_breakdown_by_age_has_shares_a_mean_and_quartiles(researcher: TestClient) -> None:
    reply = researcher.post("/v1/cohorts/breakdown", json={"text": ADULTS, "by": ["sex", "age(20)"]})
    answer = BreakdownAnswer.model_validate(reply.json())
    assert len(answer.shares) == len(answer.cells)
    (ages,) = answer.summaries
    assert ages.dimension == "age(20)"
    assert 20 <= ages.quartiles[0].value <= ages.quartiles[1].value <= ages.quartiles[2].value <= 120
    assert ages.mean.low < ages.mean.value < ages.mean.high


def test_a_count_carries_everything_needed_to_cite_it(researcher: TestClient) -> None:
    reply = researcher.post("/v1/cohorts/count", json={"text": ADULTS})
    assert reply.status_code == 200
    answer = CountAnswer.model_validate(reply.json())
    assert answer.release == "small"
    assert answer.policy_version == DEFAULT_POLICY.version
    assert len(answer.query) == 64
    assert answer.tier is AccessTier.REGISTERED
    assert answer.precision.name is not None and answer.precision.margin == 44 and not answer.precision.exact
    assert {balance.account for balance in answer.remaining_budget} == {"project", "user", "institution"}
    assert answer.unmatched == []
    assert reply.json()["count"]["margin"] == 44
    assert reply.json()["count"]["value"] % 10 == 0


def test_the_same_question_again_is_the_same_answer_and_free(sign_in: SignIn) -> None:
    client = sign_in(project="again", user="again")
    first, second = (client.post("/v1/cohorts/count", json={"text": ADULTS}).json() for _ in range(2))
    assert second["count"] == first["count"]
    assert second["charged"] == 0
    assert second["remaining_budget"] == first["remaining_budget"]


def test_json_and_text_are_one_question(researcher: TestClient) -> None:
    text = researcher.post("/v1/cohorts/count", json={"text": ADULTS}).json()
    form = researcher.post("/v1/cohorts/count", json={"cohort": to_document(parse(ADULTS))}).json()
    assert (form["query"], form["count"]) == (text["query"], text["count"])


def test_a_tiny_cohort_is_hidden_just_like_an_unknown_code(researcher: TestClient) -> None:
    nobody = 'cohort "x"\nindex first condition in code KCD7:"Z99999"\n'
    answer = researcher.post("/v1/cohorts/count", json={"text": nobody}).json()
    assert answer["count"] == {"less_than": 81}
    assert answer["unmatched"][0]["name"] == "KCD7:Z99999"
    span = answer["unmatched"][0]["span"]
    assert nobody[span["start"] : span["end"]] == 'code KCD7:"Z99999"'


def test_a_breakdown_adds_up_inside_and_names_its_dimensions(steward: TestClient) -> None:
    reply = steward.post("/v1/cohorts/breakdown", json={"text": ADULTS, "by": ["sex", "age(20)"]})
    answer = BreakdownAnswer.model_validate(reply.json())
    assert answer.dimensions == ["sex", "age(20)"]
    assert answer.precision.exact and answer.precision.margin == 0
    cells = [cell["count"]["value"] for cell in reply.json()["cells"]]
    assert sum(cells) == reply.json()["total"]["value"] > 0
    assert all(len(cell.label) == 2 for cell in answer.cells)


def test_a_breakdown_uses_the_documents_own_dimensions(researcher: TestClient) -> None:
    answer = researcher.post("/v1/cohorts/breakdown", json={"text": ADULTS}).json()
    assert answer["dimensions"] == ["sex"]
    without = researcher.post("/v1/cohorts/breakdown", json={"text": ADULTS.replace("count by sex", "")})
    assert without.status_code == 422
    assert without.json()["code"] == "no-dimensions"


@pytest.mark.parametrize("by", [["sex\nkeep first entry"], ["sex", "nonsense"], [""], ["sex", "sex"]])
def test_by_holds_dimensions_only(researcher: TestClient, by: list[str]) -> None:
    assert researcher.post("/v1/cohorts/breakdown", json={"text": ADULTS, "by": by}).status_code == 422


def test_attrition_starts_from_the_release_and_ends_in_the_cohort(steward: TestClient) -> None:
    text = ADULTS + 'include "woman" when sex is female\n'
    answer = AttritionAnswer.model_validate(steward.post("/v1/cohorts/attrition", json={"text": text}).json())
    count = steward.post("/v1/cohorts/count", json={"text": text}).json()["count"]
    assert answer.population == PERSONS
    assert [step.name for step in answer.steps] == ["consents and has an index event", "include woman"]
    assert answer.steps[-1].left.model_dump() == count


def test_a_cohort_of_the_library_can_be_referred_to(steward: TestClient) -> None:
    text = 'cohort "again"\nindex first entry of cohort "Adults"\n'
    body = {"text": text, "library": {"Adults": ADULTS}}
    assert steward.post("/v1/cohorts/count", json=body).json()["count"]["value"] > 0
    alone = steward.post("/v1/cohorts/count", json={"text": text})
    assert alone.json()["code"] == "cohort-unknown"


def test_validation_counts_and_charges_nothing(sign_in: SignIn) -> None:
    client = sign_in(project="careful", user="careful")
    before = client.get("/v1/budget").json()["remaining_budget"]
    answer = ValidationAnswer.model_validate(client.post("/v1/cohorts/validate", json={"text": ADULTS}).json())
    assert answer.leaves >= 1
    assert client.get("/v1/budget").json()["remaining_budget"] == before


def test_lints_stand_beside_the_verdict_and_block_nothing(researcher: TestClient) -> None:
    text = 'cohort "x"\nlet spare = concept 201826\nindex first ever visit\n'
    body = {"text": text}
    (lint,) = ValidationAnswer.model_validate(researcher.post("/v1/cohorts/validate", json=body).json()).lints
    assert (lint.code, lint.severity, lint.line, lint.column) == ("unused-concept-set", "warning", 2, 1)
    assert lint.span and text[lint.span.start : lint.span.end] == "let spare = concept 201826"
    assert lint.fix == "remove `let spare = …`"
    assert researcher.post("/v1/cohorts/count", json=body).status_code == 200
    form = {"cohort": to_document(parse(text))}
    (placeless,) = ValidationAnswer.model_validate(researcher.post("/v1/cohorts/validate", json=form).json()).lints
    assert (placeless.code, placeless.line) == (lint.code, None)


def test_only_the_trusted_environment_sees_plan_and_sql(researcher: TestClient, steward: TestClient) -> None:
    outside = ExplanationAnswer.model_validate(researcher.post("/v1/cohorts/explain", json={"text": ADULTS}).json())
    inside = ExplanationAnswer.model_validate(steward.post("/v1/cohorts/explain", json={"text": ADULTS}).json())
    assert (outside.physical, outside.sql) == (None, None)
    assert inside.physical and "entries on kernels" in inside.physical
    assert inside.sql == [], "kernels have none"
    assert outside.logical == inside.logical


def test_formatting_keeps_the_comments_it_begins_with(researcher: TestClient) -> None:
    answer = researcher.post("/v1/cohorts/format", json={"text": "# why\n" + ADULTS}).json()
    assert answer["text"].startswith('# why\ncohort "Adults"')
    assert parse(answer["text"]) == parse(ADULTS)
    inside = researcher.post("/v1/cohorts/format", json={"text": ADULTS + "# lost\n"})
    assert inside.json()["code"] == "comment-inside"


def test_completion_offers_what_may_come_next(researcher: TestClient) -> None:
    items = researcher.post("/v1/cohorts/complete", json={"text": ADULTS, "position": 0}).json()["items"]
    assert "cohort" in {item["insert"] for item in items}


def test_dictionaries_speak_english_and_korean(researcher: TestClient) -> None:
    concepts = researcher.get("/v1/concepts", params={"search": "당뇨", "limit": 5}).json()["concepts"]
    assert 0 < len(concepts) <= 5
    assert any("당뇨" in (concept["name_ko"] or "") for concept in concepts)
    question = researcher.get("/v1/survey/questions", params={"search": "smoking.status"}).json()["questions"][0]
    assert {option["answer"] for option in question["options"]} == {"never", "former", "current"}
    assert researcher.get("/v1/genes", params={"search": "PCSK9"}).json()["genes"][0]["gene"] == "PCSK9"
    assert "KCD7" in researcher.get("/v1/vocabularies").json()["vocabularies"]
    assert "measurement" in {domain["name"] for domain in researcher.get("/v1/domains").json()["domains"]}


def test_the_release_is_public_without_row_counts(server: TestClient) -> None:
    answer = server.get("/v1/release").json()
    assert answer["persons"] == PERSONS
    assert all(isinstance(name, str) for name in answer["tables"])


def test_examples_are_served_in_their_order(researcher: TestClient) -> None:
    served = researcher.get("/v1/examples").json()["examples"]
    assert [example["text"] for example in served] == [path.read_text() for path in EXAMPLES]
    assert 6 <= len(served) <= 16


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_runs_and_names_only_what_exists(sign_in: SignIn, path: Path) -> None:
    client = sign_in(project="examples", user="examples")
    body = {"text": path.read_text()}
    assert client.post("/v1/cohorts/validate", json=body).json()["unmatched"] == []
    for question in ("count", "attrition", "breakdown"):
        assert client.post(f"/v1/cohorts/{question}", json=body).status_code == 200


def test_the_public_tier_asks_nothing(sign_in: SignIn) -> None:
    reply = sign_in(AccessTier.PUBLIC, "public").post("/v1/cohorts/count", json={"text": ADULTS})
    assert (reply.status_code, reply.json()["code"]) == (403, "tier-not-interactive")


def test_a_budget_ends(sign_in: SignIn) -> None:
    client = sign_in(AccessTier.CONTROLLED, "spender", "spender")
    codes = []
    for year in range(1950, 2010):
        text = f'cohort "x"\nindex first visit\ninclude "y" when birth year >= {year}\n'
        reply = client.post("/v1/cohorts/count", json={"text": text, "precision": "finest"})
        codes.append(reply.status_code)
    assert codes == [200] * 50 + [409] * 10
    assert reply.json()["code"] == "budget-exhausted"
    again = client.post("/v1/cohorts/count", json={"text": text.replace("2009", "1950"), "precision": "finest"})
    assert (again.status_code, again.json()["charged"]) == (200, 0)


def test_a_precision_the_tier_does_not_have_is_refused(researcher: TestClient) -> None:
    reply = researcher.post("/v1/cohorts/count", json={"text": ADULTS, "precision": "finest"})
    assert (reply.status_code, reply.json()["code"]) == (403, "precision-not-allowed")
