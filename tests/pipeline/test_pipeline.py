"""From a document to a protected answer, over a release in which every row is known."""

import datetime
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from cohort_dsl import parse
from cohort_dsl.ast import Dimension, DimensionKind
from engine.disclosure.gate import calendar_year
from engine.disclosure.persons import PersonAxis, PersonLedger
from engine.disclosure.request import Principal
from engine.disclosure.safe import Shown, Suppressed
from engine.logical.analyze import analyze
from engine.logical.most import is_most
from engine.pipeline import Request, attrition, breakdown, count, explain, validate
from engine.session import EngineSettings, Session
from schemas.errors import AnalysisProblem, NotAllowed, OverBudget, Problems, TooExpensive
from schemas.policy import AccessTier, CostClass, Precision
from schemas.races import RACE_CONCEPTS
from tests.lib.releases import write_release

PEOPLE = 3_000
RACES = ((38003585, "Korean"), (38003580, "Asian"), (8527, "White"), (4218674, "other"), (0, "unknown"))
"""Concept, and the row it is counted in: 38003580 lies below Asian, 4218674 below nothing."""
DAY = datetime.date(2010, 1, 1)
TEXT = """
cohort "diagnosed women of forty and more"
index first condition in concept 1
include "forty" when age at index >= 40
include "woman" when sex is female
count by sex, age(20)
"""


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """2,000 of 3,000 people have the condition; the first 100 withdrew; half are women; a third is born in 1990."""
    root = tmp_path_factory.mktemp("pipeline")
    day = {"start_date": DAY, "end_date": DAY}
    write_release(
        root,
        {
            "person": [
                {
                    "person": n,
                    "gender_concept_id": 8532 if n % 2 else 8507,
                    "birth_date": datetime.date(1990 if n % 3 == 0 else 1950, 1, 1),
                    "year_of_birth": 1990 if n % 3 == 0 else 1950,
                    "region": "Seoul" if n % 5 else None,
                    "race_concept_id": RACES[n % len(RACES)][0],
                }
                for n in range(PEOPLE)
            ],
            "region": [{"region": "Seoul"}, {"region": "Ulsan"}],
            "observation_period": [
                {"person": n, "start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 1, 1)}
                for n in range(PEOPLE)
            ],
            "condition": [{"person": n, "concept_id": 1, **day} for n in range(2_000)],
            "concept_ancestor": [{"ancestor_concept_id": 8515, "descendant_concept_id": 38003580}],
            "concept": [{"concept_id": 1, "vocabulary_id": "TEST", "concept_code": "1", "standard_concept": "S"}],
            "consent": [
                {
                    "person": n,
                    "permission": "GRU",
                    "granted_on": DAY,
                    "withdrawn_on": DAY if n < 100 else None,
                }
                for n in range(PEOPLE)
            ],
            "survey_question": [{"question_id": "smoking.status", "survey_id": "s", "kind": "choice"}],
            "survey_option": [
                {"question_id": "smoking.status", "answer": a, "position": p}
                for p, a in enumerate(("never", "current"))
            ],
            "survey_answer": [
                {"question_id": "smoking.status", "person": n, "answered_on": DAY, "answer": "current"}
                for n in range(0, PEOPLE, 4)
            ],
        },
    )
    return root


@pytest.fixture
def session(releases, tmp_path):
    opened = Session.open(EngineSettings(releases=releases, state=tmp_path))
    yield opened
    opened.close()


def ask(text: str = TEXT, tier: AccessTier = AccessTier.INTERNAL, project: str = "p", **options) -> Request:
    principal = Principal(user="u", project=project, institution="i", tier=tier, reason="a test of exact numbers")
    return Request(cohort=parse(text), principal=principal, **options)


TRUE = sum(1 for n in range(100, 2_000) if n % 2 and n % 3)


def test_the_internal_count_is_exact_and_leaves_out_who_withdrew(session):
    answer = count(session, ask())
    assert answer.count == Shown(value=TRUE, margin=0)
    assert answer.receipt.exact


def test_a_protected_count_is_near_the_truth_and_says_how_near(session):
    answer = count(session, ask(tier=AccessTier.CONTROLLED, precision=Precision.FINE))
    assert abs(answer.count.value - TRUE) <= 4 * answer.count.margin
    assert answer.count.value % 5 == 0


def test_the_same_question_costs_once_and_answers_the_same_however_it_is_written(session):
    first = count(session, ask(tier=AccessTier.CONTROLLED))
    again = count(
        session,
        ask(
            TEXT.replace('"forty"', '"of age"').replace("index first", "index 1st"),
            tier=AccessTier.CONTROLLED,
        ),
    )
    assert again.count == first.count
    assert (first.receipt.charged > 0, again.receipt.charged) == (True, 0)


def test_a_breakdown_adds_up_to_the_count(session):
    table = breakdown(session, ask())
    assert sum(cell.count.value for cell in table.cells) == table.total.value == TRUE
    assert {cell.label: cell.count.value for cell in table.cells if cell.count.value} == {("female", "60-79"): TRUE}


def test_a_protected_breakdown_shows_the_count_of_the_cohort(session):
    asked = ask(TEXT, tier=AccessTier.CONTROLLED)
    assert breakdown(session, asked).total == count(session, asked).count == attrition(session, asked).steps[-1].count


def test_of_two_answers_of_one_day_the_order_of_the_rows_decides_nothing(tmp_path):
    answers = [(0, "never"), (0, "current"), (1, "current"), (1, "never")]
    tables = {
        "person": [{"person": n, "birth_date": DAY, "year_of_birth": DAY.year} for n in range(2)],
        "observation_period": [{"person": n, "start_date": DAY, "end_date": DAY} for n in range(2)],
        "consent": [{"person": n, "permission": "GRU", "granted_on": DAY} for n in range(2)],
        "survey_question": [{"question_id": "smoking.status", "survey_id": "s", "kind": "choice"}],
        "survey_option": [
            {"question_id": "smoking.status", "answer": a, "position": p} for p, a in enumerate(("never", "current"))
        ],
        "survey_answer": [
            {"question_id": "smoking.status", "person": n, "answered_on": DAY, "answer": a} for n, a in answers
        ],
    }
    write_release(tmp_path, tables)
    session = Session.open(EngineSettings(releases=tmp_path, state=tmp_path / "state"))
    table = breakdown(session, ask('cohort "all" index everyone count by survey smoking.status'))
    session.close()
    assert {cell.count.value for cell in table.cells} == {0, 2}


def test_dimensions_of_the_request_replace_those_of_the_document(session):
    by = (Dimension(kind=DimensionKind.SURVEY, question="smoking.status"), Dimension(kind=DimensionKind.REGION))
    table = breakdown(session, ask('cohort "c"\nindex condition in concept 1', dimensions=by))
    expected = Counter(("unknown" if n % 4 else "current", "Seoul" if n % 5 else "unknown") for n in range(100, 2_000))
    labels = product(("never", "current", "unknown"), ("Seoul", "Ulsan", "unknown"))
    assert {cell.label: cell.count.value for cell in table.cells} == {label: expected[label] for label in labels}


def test_a_breakdown_by_race_is_of_what_was_recorded(session):
    """Every label is there, whoever is in the cohort; a race below one of the list counts as that one."""
    table = breakdown(session, ask(f"{TEXT.rpartition('count by')[0]}count by race"))
    counted = {cell.label[0]: cell.count.value for cell in table.cells}
    expected = Counter(RACES[n % len(RACES)][1] for n in range(100, 2_000) if n % 2 and n % 3)
    assert counted == {label: expected[label] for label in (*RACE_CONCEPTS, "other", "unknown")}
    assert sum(counted.values()) == table.total.value == TRUE


def test_a_breakdown_needs_dimensions(session):
    with pytest.raises(AnalysisProblem) as caught:
        breakdown(session, ask('cohort "c"\nindex condition'))
    assert caught.value.code == "no-dimensions"


def test_attrition_follows_the_rules_of_the_document(session):
    funnel = attrition(session, ask())
    forty = sum(1 for n in range(100, 2_000) if n % 3)
    assert funnel.population == PEOPLE
    assert [(step.label[0], step.count.value) for step in funnel.steps] == [
        ("consents and has an index event", 1_900),
        ("include forty", forty),
        ("include woman", TRUE),
    ]


EVERYONE = 'cohort "all"\nindex everyone'
ALL_BUT = (
    f'{EVERYONE}\nexclude "diagnosed" when any condition in concept 1 from any time before to any time after index'
)


def charged(state: Path) -> list[int]:
    """Who has paid in the ledger per person."""
    axis = PersonAxis(release_id="tiny", period=calendar_year(), persons=PEOPLE)
    return np.flatnonzero(PersonLedger(state / "persons").read(axis, at_least=1).spent).tolist()


def test_people_counted_pay_and_who_withdrew_does_not(session, tmp_path):
    count(session, ask(tier=AccessTier.CONTROLLED))
    assert charged(tmp_path) == [n for n in range(100, 2_000) if n % 2 and n % 3]


def test_attrition_charges_those_with_an_index_event(session, tmp_path):
    attrition(session, ask(tier=AccessTier.CONTROLLED))
    assert charged(tmp_path) == list(range(100, 2_000))


@pytest.mark.parametrize(("text", "outside"), [(EVERYONE, []), (ALL_BUT, list(range(100, 2_000)))])
def test_everybody_but_a_few_is_counted_by_the_few(session, tmp_path, text, outside):
    exact = PEOPLE - 100 - len(outside)
    assert count(session, ask(text)).count.value == exact
    assert attrition(session, ask(text)).steps[-1].count.value == exact
    protected = count(session, ask(text, AccessTier.CONTROLLED, precision=Precision.FINEST)).count
    assert abs(protected.value - exact) <= 40  # eight deviations
    attrition(session, ask(text, AccessTier.CONTROLLED, precision=Precision.FINEST))
    assert charged(tmp_path) == outside


DIAGNOSED = "any condition in concept 1"


@pytest.mark.parametrize(
    ("rules", "by_those_outside"),
    [
        ("", True),
        (f'exclude "a" when {DIAGNOSED}', True),
        (f'include "a" when no condition in concept 1\nexclude "b" when {DIAGNOSED} or sex is female', True),
        (f'include "a" when not ({DIAGNOSED}) and not (sex is female)', True),
        (f'include "a" when {DIAGNOSED}', False),
        (f'exclude "a" when not ({DIAGNOSED})', False),
        (f'exclude "a" when {DIAGNOSED}\ninclude "b" when sex is female', False),
        (f'include "a" when not ({DIAGNOSED}) and sex is female', False),
    ],
)
def test_the_text_alone_says_who_is_counted(session, rules, by_those_outside):
    assert is_most(analyze(parse(f"{EVERYONE}\n{rules}"), session.dictionaries, {}).plan) is by_those_outside
    assert not is_most(analyze(parse(f'cohort "c"\nindex condition\n{rules}'), session.dictionaries, {}).plan)


def test_a_cohort_of_nobody_looks_like_an_unknown_code(session):
    nobody = count(session, ask('cohort "c"\nindex condition in concept 1 where age > 150', AccessTier.REGISTERED))
    unknown = count(session, ask('cohort "c"\nindex condition in concept 77', AccessTier.REGISTERED, project="q"))
    assert isinstance(nobody.count, Suppressed)
    assert nobody.count == unknown.count


def test_what_a_tier_may_not_ask_is_refused_from_the_text(session):
    many = "\n".join(f'include "{n}" when birth year > {1900 + n}' for n in range(13))
    with pytest.raises(TooExpensive) as caught:
        count(session, ask(f'cohort "c"\nindex condition\n{many}', AccessTier.REGISTERED))
    assert caught.value.code == "plan-leaves"
    with pytest.raises(NotAllowed):
        count(session, ask(tier=AccessTier.PUBLIC))
    with pytest.raises(NotAllowed):
        count(session, ask(tier=AccessTier.REGISTERED, precision=Precision.FINEST))


def test_a_spent_budget_stops_new_questions_and_not_old_ones(session):
    asked = [
        ask(f'cohort "c"\nindex condition where age > {n}', AccessTier.CONTROLLED, precision=Precision.FINEST)
        for n in range(51)
    ]
    answers = [count(session, request) for request in asked[:50]]
    with pytest.raises(OverBudget):
        count(session, asked[50])
    assert count(session, asked[0]).count == answers[0].count


def test_a_cohort_may_be_built_on_another_of_the_library(session):
    library = {"base": parse('cohort "base"\nindex condition in concept 1')}
    text = 'cohort "c"\nindex entry of cohort "base"\ninclude "woman" when sex is female'
    assert count(session, ask(text, library=library)).count.value == 950


def test_validation_and_explanation_look_at_nobody(session):
    checked = validate(session, parse(TEXT), {}, AccessTier.REGISTERED)
    assert (checked.cost_class, checked.leaves, checked.unmatched) == (CostClass.QUICK, 3, ())
    shown = explain(session, parse(TEXT), {})
    assert "entries on kernels" in shown.physical
    assert "SELECT" in explain(session, parse(TEXT), {}, "duckdb").sql[0]
    with pytest.raises(Problems):
        validate(session, parse('cohort "c"\nindex entry of cohort "none"'), {}, AccessTier.REGISTERED)
