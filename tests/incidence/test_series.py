"""Rates over time from a document to the answer: over HTTP and on the command line, exact inside, protected elsewhere."""

import pytest

from schemas.policy import AccessTier
from schemas.wire import BelowThreshold, IncidenceAnswer, PrevalenceAnswer, ShareWithin
from tests.incidence.conftest import TEXT
from tests.incidence.test_interfaces import entries_of, numbers

YEARS = {"first_day": "2010-01-01", "last_day": "2012-12-31", "per": "year"}
PROJECT = ("--from", "2010-01-01", "--to", "2012-12-31", "--per", "year")


def rows(reply) -> dict[tuple[str, ...], tuple[int, int, float]]:
    answer = PrevalenceAnswer.model_validate(reply.json())
    return {
        (row.interval, *row.label): (row.observed.value, row.cases.value, row.prevalence.value)
        for row in answer.rows
        if row.observed.value
    }


def test_prevalence_by_year(ask):
    """Four consent and are observed in all years; two are in the cohort, from their first drug on."""
    assert rows(ask("prevalence", **YEARS)) == {
        ("2010",): (4, 1, 0.25),
        ("2011",): (4, 2, 0.5),
        ("2012",): (4, 2, 0.5),
    }


def test_prevalence_on_the_middle_day_by_age(ask):
    """In the middle of 2010 nobody has started, in that of 2012, a day after the last, nobody is observed any more."""
    assert rows(ask("prevalence", measure="point", by=["age(50)", "sex"], **YEARS)) == {
        ("2010", "0-49", "unknown"): (4, 0, 0),
        ("2011", "0-49", "unknown"): (4, 2, 0.5),
    }


def test_incidence_within_a_window_by_sex(ask):
    asked = {"first_day": "2011-01-02", "last_day": "2011-12-31", "by": ["sex"]}
    answer = IncidenceAnswer.model_validate(ask("incidence", **asked).json())
    assert {period.period: numbers(period) for period in answer.periods} == {"2011": (2, 1 + 364, 1, 1)}
    assert answer.dimensions == ["sex"]
    assert [(row.period, row.label, numbers(row)) for row in answer.strata] == [("2011", ["unknown"], (2, 365, 1, 1))]
    assert numbers(answer.total) == (2, 365, 1, 1)


@pytest.mark.parametrize(("tier", "measure"), [(AccessTier.REGISTERED, "period"), (AccessTier.CONTROLLED, "point")])
def test_other_tiers_get_protected_rows_and_pay_for_every_interval(ask, tier, measure):
    answer = PrevalenceAnswer.model_validate(ask("prevalence", tier=tier, measure=measure, **YEARS).json())
    assert answer.charged == 2 * 3 * 1_250_000
    assert [row.interval for row in answer.rows] == ["2010", "2011", "2012"]
    assert all(isinstance(row.observed, BelowThreshold) for row in answer.rows)
    assert all(row.prevalence == ShareWithin(at_least=0, at_most=1) for row in answer.rows)
    again = PrevalenceAnswer.model_validate(ask("prevalence", tier=tier, measure=measure, **YEARS).json())
    assert (again.charged, again.rows) == (0, answer.rows)


def test_the_public_tier_asks_nothing(ask):
    refused = ask("prevalence", tier=AccessTier.PUBLIC, **YEARS)
    assert (refused.status_code, refused.json()["code"]) == (403, "tier-not-interactive")


REFUSED = [
    ("prevalence", YEARS | {"last_day": "2009-12-31"}, "rates-window"),
    ("prevalence", YEARS | {"first_day": "1990-01-01", "per": "month"}, "rates-intervals"),
    ("prevalence", YEARS | {"by": ["index year"]}, "rates-dimension"),
    ("prevalence", YEARS | {"by": ["genotype of variant rs671"]}, "rates-dimension"),
    ("prevalence", YEARS | {"per": "month", "by": ["age(1)", "sex"]}, "table-cells"),
    ("incidence", {"by": ["sex"]}, "rates-window"),
    ("incidence", {"first_day": "2010-01-01"}, "rates-window"),
    ("prevalence", {"first_day": "2010-01-01"}, "request-field"),
]


@pytest.mark.parametrize(("question", "more", "code"), REFUSED, ids=[f"{row[2]}-{n}" for n, row in enumerate(REFUSED)])
def test_what_is_refused_says_why(ask, question, more, code):
    refused = ask(question, **more).json()
    assert code in (refused["code"], *(problem["code"] for problem in refused.get("problems", [])))


def test_what_was_asked_is_in_the_log(ask, folders):
    before = entries_of(folders.state, "prevalence")
    assert ask("prevalence", by=["sex"], **YEARS).status_code == 200
    (entry,) = entries_of(folders.state, "prevalence")[len(before) :]
    assert (entry["tier"], entry["outcome"]) == ("internal", "exact")


def test_prevalence_on_the_command_line(run):
    shown = run("prevalence", *PROJECT, "--by", "sex")
    assert shown.exit_code == 0, shown.output
    assert all(words in shown.stdout for words in ("observed", "in the cohort", "2011", "0.5", "exact, for internal"))
    answer = PrevalenceAnswer.model_validate_json(run("prevalence", *PROJECT, "--json").stdout)
    assert [row.cases.value for row in answer.rows] == [1, 2, 2]
    refused = run("prevalence", "--from", "2012-01-01", "--to", "2010-01-01")
    assert (refused.exit_code, "rates-window" in refused.stderr) == (2, True)


def test_incidence_by_stratum_on_the_command_line(run):
    shown = run("incidence", "--from", "2011-01-01", "--to", "2011-12-31", "--by", "sex", "--by", "age(10)")
    assert shown.exit_code == 0, shown.output
    assert "unknown" in shown.stdout
    assert run("incidence", "--by", "sex").exit_code == 2


def test_a_document_that_names_its_own_split_is_not_split_by_it(ask):
    answer = IncidenceAnswer.model_validate(ask("incidence", TEXT + "count by sex\n").json())
    assert (answer.strata, answer.dimensions) == ([], [])
