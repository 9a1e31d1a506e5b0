"""Incidence and inclusion statistics from a document to the answer: exact and logged inside, refused elsewhere."""

import json
import sqlite3
from pathlib import Path

import pytest

from engine.disclosure.ledger import LEDGER_FILE
from schemas.policy import AccessTier
from schemas.wire import IncidenceAnswer, InclusionAnswer, Number
from tests.incidence.conftest import TEXT

NOT_INSIDE = (AccessTier.PUBLIC, AccessTier.REGISTERED, AccessTier.CONTROLLED)


def numbers(period) -> tuple[int, ...]:
    counted = (period.persons_at_risk, period.person_days, period.persons_with_outcome, period.outcomes)
    assert all(isinstance(value, Number) and value.margin == 0 for value in counted)
    return tuple(value.value for value in counted)


def test_incidence_by_year_and_in_all(ask):
    answer = IncidenceAnswer.model_validate(ask("incidence").json())
    assert {period.period: numbers(period) for period in answer.periods} == {
        "2010": (1, 1, 0, 0),
        "2011": (2, 2 + 365, 1, 1),
        "2012": (1, 182, 0, 0),
    }
    assert numbers(answer.total) == (2, 550, 1, 1)
    assert answer.total.rate.per_1000_person_years == pytest.approx(365_250 / 550)
    assert answer.total.rate.low < answer.total.rate.per_1000_person_years < answer.total.rate.high
    assert answer.precision.exact


def test_inclusion_in_both_modes(ask):
    answer = InclusionAnswer.model_validate(ask("inclusion").json())
    events, best = answer.modes
    assert (events.mode.value, best.mode.value) == ("events", "best event")
    assert [rule.name for rule in events.rules] == ["include diabetic", "exclude cancer"]
    assert [mode.total.value for mode in answer.modes] == [5, 4]
    assert [mode.passed_all.value for mode in answer.modes] == [3, 2]
    assert [[(rule.passed.value, rule.gain.value) for rule in mode.rules] for mode in answer.modes] == [
        [(4, 0), (3, 1)],
        [(3, 0), (2, 1)],
    ]
    assert [(pattern.passed, pattern.entries.value) for pattern in events.patterns] == [([1, 2], 3), ([], 1), ([1], 1)]


def test_there_may_be_more_rules_than_bits_in_a_word(ask):
    rules = "".join(f'include "{n}" when any condition in concept {n % 3 + 1}\n' for n in range(70))
    answer = InclusionAnswer.model_validate(ask("inclusion", f'cohort "c"\nindex drug in concept 5\n{rules}').json())
    assert [len(mode.rules) for mode in answer.modes] == [70, 70]
    assert max(len(pattern.passed) for pattern in answer.modes[0].patterns) > 40


@pytest.mark.parametrize("tier", NOT_INSIDE)
@pytest.mark.parametrize(
    ("question", "code", "instead"),
    [("inclusion", "inclusion-exact-only", "attrition"), ("incidence", "incidence-exact-only", "count")],
)
def test_other_tiers_are_told_why_not_and_what_to_ask_instead(ask, tier, question, code, instead):
    refused = ask(question, tier=tier)
    assert refused.status_code == 403
    problem = refused.json()
    if tier is AccessTier.PUBLIC:
        assert problem["code"] == "tier-not-interactive"
    else:
        assert problem["code"] == code
        assert "person" in problem["detail"]
        assert instead in problem["hint"]


@pytest.mark.parametrize("question", ["inclusion", "incidence"])
def test_every_exact_answer_is_in_the_log_and_no_refused_one_is(ask, folders, question):
    before = entries_of(folders.state, question)
    assert ask(question).status_code == 200
    assert ask(question, tier=AccessTier.CONTROLLED).status_code == 403
    logged = entries_of(folders.state, question)[len(before) :]
    assert [(entry["tier"], entry["outcome"], len(entry["qids"])) for entry in logged] == [("internal", "exact", 1)]


def entries_of(state: Path, action: str) -> list[dict]:
    with sqlite3.connect(state / LEDGER_FILE) as database:
        entries = [json.loads(text) for (text,) in database.execute("select entry from audit order by number")]
    return [entry for entry in entries if entry["action"] == action]


def test_a_document_that_asks_for_no_incidence_is_told_how(ask):
    refused = ask("incidence", 'cohort "c"\nindex drug in concept 5\n')
    assert (refused.status_code, refused.json()["code"]) == (422, "no-incidence")
    assert "incidence of" in refused.json()["hint"]


def test_an_outcome_is_the_first_from_the_start_on_and_no_other(ask):
    refused = ask("incidence", TEXT.replace("first condition", "2nd condition")).json()
    assert [problem["code"] for problem in refused["problems"]] == ["censor-ordinal"]


def test_a_cohort_of_nobody_has_no_rate(ask):
    answer = IncidenceAnswer.model_validate(ask("incidence", TEXT.replace("concept 5", "concept 99")).json())
    assert (answer.periods, answer.total.rate, numbers(answer.total)) == ([], None, (0, 0, 0, 0))


def test_incidence_on_the_command_line(run):
    shown = run("incidence")
    assert shown.exit_code == 0, shown.output
    assert all(word in shown.stdout for word in ("2011", "367", "total", "550", "exact, for internal use only"))
    assert IncidenceAnswer.model_validate_json(run("incidence", "--json").stdout).total.outcomes.value == 1
    assert run("incidence", "--tier", "registered", "--project", "p").exit_code == 2


def test_inclusion_on_the_command_line(run):
    shown = run("inclusion")
    assert shown.exit_code == 0, shown.output
    assert all(
        words in shown.stdout for words in ("all entries", "best entry of each person", "exclude cancer", "1, 2")
    )
    assert len(InclusionAnswer.model_validate_json(run("inclusion", "--json").stdout).modes) == 2
    refused = run("inclusion", "--tier", "controlled", "--project", "p")
    assert refused.exit_code == 2
    assert "inclusion-exact-only" in refused.stderr


def test_explain_shows_what_is_asked_of_the_cohort(run):
    assert "IncidencePlan per=year" in run("explain").stdout
