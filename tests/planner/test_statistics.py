"""Statistics of a release: right where they are exact, made again when lost, and of no weight in any answer."""

import datetime

import pytest

from engine.catalog.database import Database
from engine.catalog.statistics import FILE, NO_EVENTS, open_statistics
from engine.physical.estimates import cost_order
from schemas.omop import Domain
from tests.lib.releases import write_release

DAY = datetime.date(1970, 1, 11)


@pytest.fixture
def release(tmp_path):
    lab = {"start_date": DAY, "end_date": DAY}
    return write_release(
        tmp_path,
        {
            "person": [{"person": n} for n in range(4)],
            "measurement": [
                {"person": 0, "concept_id": 5, "value_as_number": 1.0, **lab},
                {"person": 0, "concept_id": 5, "start_date": DAY + datetime.timedelta(7), "end_date": DAY},
                {"person": 1, "concept_id": 5, "value_as_number": 2.0, **lab},
                {"person": 2, "concept_id": 9, **lab},
            ],
        },
    )


def test_events_are_counted_by_concept(release):
    found = open_statistics(release, Database(release))
    five = found.events(Domain.MEASUREMENT, (5,))
    assert (five.rows, five.persons, five.with_value, five.first_day, five.last_day) == (3, 2, 2, 10, 17)
    assert found.events(Domain.MEASUREMENT, (3, 5, 9, 11)).rows == 4
    assert found.events(Domain.MEASUREMENT, None).rows == 4
    assert found.events(Domain.MEASUREMENT, (6,)) == found.events(Domain.DRUG, (5,)) == NO_EVENTS
    assert found.events(Domain.DRUG, None).rows == 0


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no Parquet")])
def test_a_file_that_is_lost_or_damaged_is_made_again(release, damage):
    database = Database(release)
    first = open_statistics(release, database)
    damage(release.file(FILE))
    again = open_statistics(release, database)
    assert again.events(Domain.MEASUREMENT, (5,)) == first.events(Domain.MEASUREMENT, (5,))


def test_cheap_and_selective_rules_come_first():
    assert cost_order([10.0, 10.0, 1.0, 0.0], [0.9, 0.1, 0.5, 0.99]) == [3, 2, 1, 0]
