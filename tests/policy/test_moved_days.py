"""A tier that names dates by whole years or months cannot name a day by counting to it, whatever words it uses."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from cohort_dsl import parse
from engine import EngineSettings, Principal, Request, Session, count
from engine.logical.access import Asked, check_by_time, refusals
from schemas.access import Access, AccessTier, DataDomain, DateStep, RegionLevel, VariantLevel
from schemas.errors import NotAllowed
from tests.lib.releases import write_release

ANYTHING = Access(
    tier=AccessTier.CONTROLLED, phase=0, start=None, domains=tuple(DataDomain), dates=DateStep.DAY, age_width=1,
    regions=RegionLevel.PROVINCE, variants=VariantLevel.ANY, temporal=True, free_text=True,
)  # fmt: skip
ILL = datetime.date(2016, 1, 17)
"""The day that the attacker wants to know, of a person of whom the year is known."""
OBSERVED = (datetime.date(2010, 1, 1), datetime.date(2020, 12, 31))


def library(days: int) -> dict[str, str]:
    return {
        "named": f'cohort "named"\nindex everyone on 2016-01-01\nend {days} days after start\n',
        "moved": f'cohort "moved"\nindex condition spanning {days} days before start to {days} days before start\n'
        "end 0 days after start\n",
        "ends": f'cohort "ends"\nindex condition\nend {days} days after start\n',
        "date": 'cohort "date"\nindex everyone on 2016-01-01\nend 0 days after start\n',
    }


def first_day(days: int) -> datetime.date:
    return datetime.date(2016, 1, 1) - datetime.timedelta(days=days)


SHIFTS = {
    "a date of a moved event": "index condition spanning {n} days before start to {n} days before start "
    "where date < 2016-01-01\n",
    "a date of an end that is moved": "index condition spanning {n} days before start to {n} days before end where end date < 2016-01-01\n",
    "a moved event covering a date": "index condition spanning {n} days before start to end covering ..2015-12-31\n",
    "a study period of moved entries": "index condition spanning {n} days before start to {n} days before start\n"
    "end 0 days after start\nstudy period ..2015-12-31\n",
    "the date of a moved index": "index condition spanning {n} days before start to {n} days before start\n"
    'include "before" when index date < 2016-01-01\n',
    "a study period and an end in days": "index condition\nend {n} days after start\nstudy period 2017-01-01..\n",
    "a study period and entries of a moved cohort": 'index entry of cohort "moved"\nend 0 days after start\n'
    "study period ..2015-12-31\n",
    "a window of a named day": 'index everyone on 2016-01-01\ninclude "then" when any condition within {n} days after index\n',
    "a moved event before a named day": "index everyone on 2016-01-01\n"
    'include "then" when any condition spanning {n} days before start to {n} days before start before index\n',
    "an event within days of a named one": "index condition\n"
    'include "then" when any observation period covering 2016-01-01.. starting within {n} days before index\n',
    "having an event within days of a covered one": "index observation period covering 2016-01-01.. "
    "having (any condition within {n} days after it)\n",
    "a named day within days of an entry": 'index condition\ninclude "then" when any cohort "date" within {n} days before index\n',
    "the end of a named cohort": 'index condition\ninclude "then" when any cohort "named" ending after index\n',
    "the end of a cohort in days": "index everyone on 2017-01-01\n"
    'include "then" when any cohort "ends" ending before index\n',
    "a window of an answer": "index everyone on 2016-01-01\n"
    'include "then" when survey smoking.status in ("current") within {n} days after index\n',
    "observed so many days before a named day": "index everyone on 2016-01-01 observed {n} days before\n",
}  # fmt: skip
"""What each does with `n` days is refused; with a number of days chosen between two, they would tell a day apart."""


def found(text: str, step: DateStep, days: int = 17) -> list[str]:
    others = {name: parse(other) for name, other in library(days).items()}
    asked = Asked(cohort=parse(f'cohort "c"\n{text}'), library=others)
    return [refusal.code for refusal in refusals(asked, replace(ANYTHING, dates=step), lambda variant: None)]


@pytest.mark.parametrize("words", SHIFTS.values(), ids=SHIFTS)
def test_a_day_inside_of_a_step_is_not_named_by_counting_to_it(words: str) -> None:
    text = words.format(n=17)
    assert found(text, DateStep.DAY) == []
    for step in (DateStep.MONTH, DateStep.YEAR):
        assert set(found(text, step)) == {"access-date"}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """One person, ill on a single day."""
    root: Path = tmp_path_factory.mktemp("moved")
    write_release(
        root,
        {
            "person": [{"birth_date": datetime.date(1980, 1, 1), "year_of_birth": 1980}],
            "observation_period": [{"person": 0, "start_date": OBSERVED[0], "end_date": OBSERVED[1]}],
            "condition": [{"person": 0, "concept_id": 1, "start_date": ILL, "end_date": ILL}],
            "concept": [{"concept_id": 1, "vocabulary_id": "TEST", "concept_code": "1", "standard_concept": "S"}],
            "consent": [{"person": 0, "permission": "GRU", "granted_on": OBSERVED[0]}],
            "survey_question": [{"question_id": "smoking.status", "survey_id": "s", "kind": "choice"}],
            "survey_option": [{"question_id": "smoking.status", "answer": "current", "position": 0}],
            "survey_answer": [{"question_id": "smoking.status", "person": 0, "answered_on": ILL, "answer": "current"}],
        },
    )
    opened = Session.open(EngineSettings(releases=root, state=root / "state"))
    yield opened
    opened.close()


NOT_ABOUT_THAT_DAY = ("observed so many days before a named day",)
TELLING = {name: words for name, words in SHIFTS.items() if name not in NOT_ABOUT_THAT_DAY}


@pytest.mark.parametrize("words", TELLING.values(), ids=TELLING)
def test_where_days_may_be_named_two_such_questions_tell_the_day(session: Session, words: str) -> None:
    """What each of them would tell: between two neighbouring numbers of days, and no others, the answer changes. Their
    dates are whole years, so that nothing refused them."""
    me = Principal(
        user="u", project="p", institution="i", tier=AccessTier.INTERNAL, reason="a test of days that were moved"
    )

    def answer(days: int) -> int | None:
        others = {name: parse(other) for name, other in library(days).items()}
        cohort = parse(f'cohort "c"\n{words.format(n=days)}')
        return count(session, Request(cohort=cohort, principal=me, library=others)).count.value

    far = (datetime.date(2017, 1, 1) - ILL).days
    changes = [n for n in (*range(12, 22), *range(far - 5, far + 5)) if answer(n) != answer(n + 1)]
    assert len(changes) == 1


@pytest.mark.parametrize(
    "text",
    [
        "index condition spanning 17 days before start to end\n",
        "index condition spanning start to end where date < 2016-01-01\n",
        "index condition spanning 1 year before start to 1 year before start where date < 2016-01-01\n",
        'index condition where date < 2016-01-01\ninclude "then" when any drug spanning 17 days before start to end before index\n',
        'index condition\ninclude "then" when any drug within 17 days after index\nend 17 days after start\n',
        "index condition spanning 17 days after start to end where age >= 40\nend 30 days after end\n",
        "index everyone on 2016-01-01\n"
        'include "then" when all of (any condition within 1 year before index, any drug before index, any death after index)\n',
        "index everyone on 2016-01-01 observed 1 year before\nend 1 year after start\n",
        "index condition\nend 0 days after end\nstudy period 2016-01-01..2016-12-31\n",
        'index everyone on 2016-01-01\ninclude "then" when any visit having (any drug within 17 days after it) before index\n',
        "index observation period covering 2016-01-01.. having (any condition within 1 year after it)\n",
        'index entry of cohort "moved"\n',
    ],
)
def test_days_between_events_and_whole_steps_from_a_date_are_no_day_of_the_calendar(text: str) -> None:
    for step in DateStep:
        assert found(text, step) == []


def test_whole_months_are_for_tiers_that_name_months() -> None:
    text = 'index everyone on 2016-01-01\ninclude "then" when any condition within 6 months before index\n'
    assert (found(text, DateStep.MONTH), found(text, DateStep.YEAR)) == ([], ["access-date"])
    text = text.replace("6 months", "12 months")
    assert found(text, DateStep.YEAR) == []


@pytest.mark.parametrize(("name", "is_moved"), [("moved", True), ("ends", False), ("date", False)])
def test_moved_entries_are_not_told_apart_by_year_or_interval(name: str, is_moved: bool) -> None:
    for cohort, others in (
        (parse(library(17)[name]), {}),
        (parse(f'cohort "c"\nindex entry of cohort "{name}"\n'), {name: parse(library(17)[name])}),
    ):
        access = replace(ANYTHING, dates=DateStep.YEAR)
        by_year = replace(cohort, count_by=parse('cohort "d"\nindex condition\ncount by index year\n').count_by)
        for asked in (
            Asked(cohort=by_year, library=others),
            Asked(cohort=cohort, library=others, dimensions=by_year.count_by),
        ):
            codes = [each.code for each in refusals(asked, access, lambda variant: None)]
            assert codes == ["access-date"] * is_moved
        if is_moved:
            with pytest.raises(NotAllowed):
                check_by_time(cohort, others, access)
        else:
            check_by_time(cohort, others, access)
        check_by_time(cohort, others, ANYTHING)
