"""Ready-made questions: who may ask them, at which price, and that the price said before is the one that is paid."""

import datetime
import json
import re

import pytest
from starlette.testclient import TestClient

from api.dashboards.questions import QUESTIONS, Offer, Question, offers
from api.precision import precision_answer
from cohort_dsl import parse, print_cohort
from engine import Imagined
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.api.conftest import SignIn
from tests.runs.asking import finished, states

PRICES = precision_answer(DEFAULT_POLICY, Imagined(size=100, cells=2, steps=1))
BY_NAME = {each.name: each for each in QUESTIONS}


def offer(name: str, tier: AccessTier, *, phase: int, on: str) -> Offer:
    found = offers(BY_NAME[name], DEFAULT_POLICY, PRICES, phase=phase, on=datetime.date.fromisoformat(on))
    return next(each for each in found if each.tier is tier)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_documents_are_written_as_the_formatter_writes_them(question: Question) -> None:
    assert print_cohort(parse(question.text)) == question.text


@pytest.mark.parametrize("tier", [AccessTier.REGISTERED, AccessTier.CONTROLLED])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_the_price_said_before_is_the_one_paid(sign_in: SignIn, question: Question, tier: AccessTier) -> None:
    me = sign_in(tier, f"ready {question.name} {tier.value}")
    page = me.get("/questions").text
    request = json.loads(re.findall(r'id="requests">(.*?)</script>', page, re.DOTALL)[0])[question.name]
    run = finished(me, request["text"], *request["parts"])
    assert set(states(run)) == {"answered"}
    assert [step["answer"]["unmatched"] for step in run["steps"]] == [[]] * len(run["steps"])
    (project,) = (each for each in me.get("/v1/budget").json()["remaining_budget"] if each["account"] == "project")
    said = offer(question.name, tier, phase=0, on="2026-12-01").price
    assert said is not None and run["charged"] == project["spent"]
    assert run["charged"] / project["cap"] == pytest.approx(said)
    card = re.findall(rf'<section[^>]*id="{question.name}".*?</section>', page, re.DOTALL)[0]
    assert f"{100 * said:.3g} %" in re.findall(rf'data-tier="{tier.value}">([^<]*)<', card)[0]


def test_what_is_not_open_yet_says_from_which_day() -> None:
    registered, controlled = AccessTier.REGISTERED, AccessTier.CONTROLLED
    before = offer("ldl", registered, phase=1, on="2026-12-01")
    assert (before.is_open, before.start) == (False, datetime.date(2027, 1, 1))
    assert offer("ldl", controlled, phase=1, on="2026-12-01").is_open
    assert offer("ldl", registered, phase=1, on="2027-01-01").is_open
    never = offer("aldh2", registered, phase=2, on="2026-12-01")  # by gene from 2027-09 on, and never a single variant
    assert (never.is_open, never.start) == (False, None)
    assert offer("aldh2", controlled, phase=2, on="2026-12-01").start == datetime.date(2027, 3, 1)


def test_for_a_while_some_precisions_are_dearer_or_cheaper() -> None:
    """The first grant of phase 1 has coarse answers only, which cost less."""
    at_first = offer("diabetes", AccessTier.REGISTERED, phase=1, on="2026-10-01")
    later = offer("diabetes", AccessTier.REGISTERED, phase=1, on="2027-02-01")
    assert at_first.price is not None and later.price is not None and at_first.price < later.price


def test_the_page_has_no_number_of_people_and_no_token_is_needed(server: TestClient) -> None:
    page = server.get("/questions", headers={"accept-language": "ko"})
    assert page.status_code == 200
    assert "준비된 질의" in page.text and "ALDH2" in page.text
    assert re.findall(r"\d ± |&lt; \d", page.text) == []
    assert page.headers["cache-control"] == "no-store"
