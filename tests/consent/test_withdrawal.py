"""Who withdraws is in no new answer, from the next question on, of a session that keeps running."""

import datetime
import subprocess
import sys
from pathlib import Path

import pytest

from engine import withdraw
from engine.catalog.withdrawals import FILE_NAME, read_withdrawals
from engine.pipeline import attrition, breakdown, count, incidence, inclusion, overlap, profile
from schemas.errors import DataProblem
from schemas.policy import AccessTier, Precision
from tests.consent.conftest import EVERYBODY, PEOPLE, ask, ids_of, people_of

NOW = datetime.datetime(2026, 11, 29, 9, tzinfo=datetime.UTC)
USED = people_of("general", "health", "metabolic", "diabetes")
"""The internal tier counts who permits general, health or disease research and restricts nothing."""


OLDER = EVERYBODY + 'include "older" when birth year < 1960\n'


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def counted(session) -> int:
    return count(session, ask()).count.value


def test_a_withdrawal_takes_effect_on_the_next_question(open_session, state):
    session = open_session()
    assert counted(session) == USED
    withdraw(state, [ids_of("general")[0]], "*", now=NOW)
    assert counted(session) == USED - 1
    withdraw(state, ids_of("general"), "*", now=NOW)
    withdraw(state, ids_of("health")[:3], "HMB", now=NOW)
    assert counted(session) == USED - 13
    assert attrition(session, ask()).steps[0].count.value == USED - 13


def test_a_withdrawal_by_another_process_takes_effect_as_well(open_session, state, tmp_path):
    session = open_session()
    assert counted(session) == USED
    listed = tmp_path / "who.txt"
    listed.write_text("\n".join(map(str, ids_of("diabetes"))))
    done = subprocess.run(
        [sys.executable, "-m", "api", "consent", "withdraw", str(listed), "--state", str(state)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "10 withdrawals recorded" in done.stdout
    assert counted(session) == USED - 10
    assert counted(open_session()) == USED - 10


def test_what_is_withdrawn_one_by_one_leaves_the_rest(open_session, state):
    session = open_session()
    withdraw(state, ids_of("general"), "HMB", now=NOW)
    assert counted(session) == USED
    withdraw(state, ids_of("metabolic"), "DS:10", now=NOW)
    assert counted(session) == USED - 10
    with pytest.raises(DataProblem, match="withdrawals-permission"):
        withdraw(state, ids_of("public only"), "NPUNCU", now=NOW)
    assert counted(session) == USED - 10


INSIDE_ONLY = f"{EVERYBODY}incidence of first condition in concept 11 per year\n"


@pytest.mark.parametrize(
    "shown",
    [
        lambda session: count(session, ask()).count.value,
        lambda session: sum(
            cell.count.value for cell in breakdown(session, ask(text=EVERYBODY + "count by sex\n")).cells
        ),
        lambda session: sum(step.count.value for step in attrition(session, ask()).steps),
        lambda session: inclusion(session, ask()).modes[0].total.value,
        lambda session: incidence(session, ask(text=INSIDE_ONLY)).total.at_risk.value,
        lambda session: sum(cell.count.value for cell in overlap(session, [ask(), ask(text=OLDER)]).cells),
        lambda session: sum(cell.count.value for cell in profile(session, ask(), [ask(text=OLDER)], most=1).groups),
    ],
    ids=["count", "breakdown", "attrition", "inclusion", "incidence", "overlap", "profile"],
)
def test_every_kind_of_answer_is_about_those_who_consent(open_session, state, shown):
    session = open_session()
    assert shown(session) > 0
    withdraw(state, range(1000, 1000 + PEOPLE), "*", now=NOW)
    assert shown(session) == 0


def test_stored_answers_stay_and_new_ones_are_without(open_session, state):
    """The same question keeps its answer and stays free; another one is counted without who withdrew."""
    session = open_session()
    question = ask(tier=AccessTier.CONTROLLED, precision=Precision.FINEST)
    first = count(session, question)
    withdraw(state, [*ids_of("general"), *ids_of("health")], "*", now=NOW)
    again = count(session, question)
    assert (again.count, again.receipt.charged, again.receipt.query_ids) == (first.count, 0, first.receipt.query_ids)
    new = ask(tier=AccessTier.CONTROLLED, text=EVERYBODY + 'include "all" when birth year > 1900\n')
    assert session.consent_base(new.principal).members.count() == 0
    assert count(session, new).receipt.charged > 0


def test_people_of_other_releases_change_nothing(open_session, state):
    session = open_session()
    withdraw(state, [7, 999_999_999_999], "*", now=NOW)
    assert counted(session) == USED


def test_an_unfinished_line_is_not_there_yet(open_session, state):
    session = open_session()
    withdraw(state, [ids_of("general")[0]], "*", now=NOW)
    path = state / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole + f"{ids_of('general')[1]}\t*".encode())
    assert counted(session) == USED - 1
    withdraw(state, [ids_of("general")[2]], "*", now=NOW)
    assert counted(session) == USED - 2
    assert path.read_bytes().startswith(whole)
    assert len(read_withdrawals(path, None).entries) == 2


@pytest.mark.parametrize("harm", ["changed", "shortened", "removed", "malformed", "restriction"])
def test_a_file_that_cannot_be_trusted_stops_all_questions(open_session, state, harm):
    session = open_session()
    withdraw(state, ids_of("general"), "*", now=NOW)
    assert counted(session) == USED - 10
    path = state / FILE_NAME
    before = path.read_bytes()
    match harm:
        case "changed":
            path.write_bytes(before.replace(b"1000\t", b"1050\t", 1))
        case "shortened":
            path.write_bytes(before[: before.index(b"\n") + 1])
        case "removed":
            path.unlink()
        case "malformed":
            path.write_bytes(before + b"somebody\t*\tnow\n")
        case "restriction":
            path.write_bytes(before + b"1050\tNPUNCU\tnow\n")
    for tier in (AccessTier.INTERNAL, AccessTier.CONTROLLED):
        with pytest.raises(DataProblem) as caught:
            count(session, ask(tier=tier))
        assert caught.value.code in ("withdrawals-changed", "withdrawals-form")
        assert "10" not in caught.value.message.replace("line 11", "")
    assert all(balance.spent == 0 for balance in session.budget(ask(tier=AccessTier.CONTROLLED).principal))
    path.write_bytes(before)
    assert counted(session) == USED - 10


def test_the_file_is_for_its_owner_alone(state):
    withdraw(state, [1], "*", now=NOW)
    assert (state / FILE_NAME).stat().st_mode & 0o077 == 0
