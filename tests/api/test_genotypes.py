"""Genotypes and linkage over HTTP: the envelope, what each tier may see, and criteria on genotypes in every answer."""

import pytest
from starlette.testclient import TestClient

from schemas.policy import AccessTier
from schemas.wire import AttritionAnswer, BreakdownAnswer, GenotypesAnswer, LinkageAnswer, Number
from tests.api.conftest import ADULTS, PERSONS, SignIn

BODY = {"text": ADULTS, "variants": ["rs671"]}
CRITERIA = """cohort "by genotype"
index everyone
include "carries rs671" when carries variant rs671
include "no two copies of it" when not (carries homozygous variant rs671)
exclude "PCSK9" when carries variant in gene PCSK9 where lof
count by genotype of variant rs671
"""


def test_genotypes_carry_everything_needed_to_cite_them(researcher: TestClient) -> None:
    reply = researcher.post("/v1/cohorts/genotypes", json=BODY)
    assert reply.status_code == 200, reply.text
    answer = GenotypesAnswer.model_validate(reply.json())
    (variant,) = answer.variants
    assert answer.tier is AccessTier.REGISTERED and not answer.precision.exact
    assert [cell.label for cell in variant.genotypes][:3] == [["reference"], ["heterozygous"], ["homozygous"]]
    assert isinstance(variant.genotypes[0].count, Number) and variant.genotypes[0].count.margin > 0
    frequency = reply.json()["variants"][0]["frequency"]
    assert 0 < frequency["low"] < frequency["value"] < frequency["high"] < 0.5
    assert variant.exact is None


def test_the_total_is_the_count_and_the_table_the_breakdown(sign_in: SignIn) -> None:
    client = sign_in(project="one question", user="one question")
    first = client.post("/v1/cohorts/genotypes", json=BODY).json()
    count = client.post("/v1/cohorts/count", json={"text": ADULTS}).json()
    by = client.post("/v1/cohorts/breakdown", json={"text": ADULTS, "by": ["genotype of variant rs671"]}).json()
    assert (first["charged"] > 0, count["charged"], by["charged"]) == (True, 0, 0)
    assert count["count"] == first["total"] == by["total"]
    assert by["cells"] == first["variants"][0]["genotypes"]
    assert by["dimensions"] == ["genotype of variant rs671"]


def test_exact_numbers_agree_with_each_other(steward: TestClient) -> None:
    answer = GenotypesAnswer.model_validate(steward.post("/v1/cohorts/genotypes", json=BODY).json())
    (variant,) = answer.variants
    cells = {cell.label[0]: cell.count.value for cell in variant.genotypes if isinstance(cell.count, Number)}
    assert sum(cells.values()) == answer.total.value
    assert variant.exact is not None
    assert variant.exact.allele_count == cells["heterozygous"] + 2 * cells["homozygous"]
    assert variant.exact.alleles == ["12-111803962-G-A"]
    assert 0 <= variant.exact.hardy_weinberg <= 1


def test_linkage_is_given_inside_and_explained_outside(steward: TestClient, researcher: TestClient) -> None:
    body = {"text": ADULTS, "variants": ["rs671", "12-111803962-G-A"]}
    answer = LinkageAnswer.model_validate(steward.post("/v1/cohorts/linkage", json=body).json())
    assert answer.r_squared == pytest.approx(1)
    refused = researcher.post("/v1/cohorts/linkage", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "linkage-exact-only")


@pytest.mark.parametrize(
    ("variants", "status", "code"),
    [
        ([], 422, "request-field"),
        (["rs1"] * 101, 422, "request-field"),
        (["hello"], 422, "bad-variant"),
        (["rs671", "RS671"], 422, "variant-twice"),
        (["rs671", "rs1"], 403, "genotype-not-common"),
        ([f"rs{n}" for n in range(1, 12)], 422, "genotype-variants"),
    ],
)
def test_one_clear_problem_each(researcher: TestClient, variants: list[str], status: int, code: str) -> None:
    reply = researcher.post("/v1/cohorts/genotypes", json={"text": ADULTS, "variants": variants})
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_the_public_tier_sees_no_genotypes(sign_in: SignIn) -> None:
    reply = sign_in(AccessTier.PUBLIC, "public").post("/v1/cohorts/genotypes", json=BODY)
    assert (reply.status_code, reply.json()["code"]) == (403, "tier-not-interactive")


def test_a_budget_that_does_not_cover_all_variants_pays_for_none(sign_in: SignIn) -> None:
    client = sign_in(AccessTier.CONTROLLED, "poor", "poor")

    def spent() -> int:
        return client.get("/v1/budget").json()["remaining_budget"][0]["spent"]

    def ask(*variants: str):
        body = {"text": ADULTS, "variants": list(variants), "precision": "finest"}
        return client.post("/v1/cohorts/genotypes", json=body)

    assert ask(*(f"rs{n}" for n in range(1, 21))).status_code == 200
    before = spent()
    refused = ask(*(f"rs{n}" for n in range(21, 26)))
    assert (refused.status_code, refused.json()["code"]) == (409, "budget-exhausted")
    assert spent() == before


def test_criteria_on_genotypes_are_counted_step_by_step_and_split(steward: TestClient) -> None:
    attrition = AttritionAnswer.model_validate(steward.post("/v1/cohorts/attrition", json={"text": CRITERIA}).json())
    left = [step.left.value for step in attrition.steps]
    assert PERSONS >= left[0] > left[1] > left[2] >= left[3] > 0
    table = BreakdownAnswer.model_validate(steward.post("/v1/cohorts/breakdown", json={"text": CRITERIA}).json())
    cells = {cell.label[0]: cell.count.value for cell in table.cells}
    assert cells["heterozygous"] == table.total.value == left[3]
    explained = steward.post("/v1/cohorts/explain", json={"text": CRITERIA}).json()
    assert "person sets from the genotype store" in explained["physical"]
    assert "zygosity=homozygous" in explained["logical"]
