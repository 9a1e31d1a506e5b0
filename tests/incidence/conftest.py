"""Five persons who start a drug, and short ways to ask about them over HTTP and on the command line."""

import contextlib
import datetime
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from api.auth import open_local_tokens
from api.cli import app
from api.listener import REASON_HEADER, Listener
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.releases import write_release
from tests.lib.servers import application

START, END = datetime.date(2010, 7, 1), datetime.date(2012, 6, 30)
TEXT = """
cohort "starters"
index drug in concept 5
include "diabetic" when any condition in concept 2
exclude "cancer" when any condition in concept 3
incidence of first condition in concept 1 per year
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> ServerSettings:
    """Five persons start a drug, two of them a second time; the last one consented to nothing."""
    root = tmp_path_factory.mktemp("statistics")

    def on(person: int, concept: int, *date: int) -> dict[str, object]:
        day = datetime.date(*date)
        return {"person": person, "concept_id": concept, "start_date": day, "end_date": day}

    write_release(
        root / "releases",
        {
            "person": [{"person": n, "birth_date": None, "year_of_birth": 1970} for n in range(5)],
            "observation_period": [{"person": n, "start_date": START, "end_date": END} for n in range(5)],
            "drug": [
                on(0, 5, 2010, 12, 31),
                on(1, 5, 2011, 1, 1),
                on(1, 5, 2012, 1, 1),
                on(2, 5, 2011, 6, 1),
                on(3, 5, 2011, 7, 1),
                on(4, 5, 2011, 7, 1),
            ],
            "condition": [
                *(on(n, 2, 2010, 7, 2) for n in (0, 1, 3, 4)),
                *(on(n, 3, 2010, 7, 2) for n in (2, 3)),
                on(0, 1, 2011, 1, 2),
            ],
            "concept": [{"concept_id": n, "vocabulary_id": "TEST", "concept_code": str(n)} for n in (1, 2, 3, 5)],
            "consent": [{"person": n, "permission": "GRU", "granted_on": START} for n in range(4)],
        },
    )
    return ServerSettings(releases=root / "releases", state=root / "state", fixed_deadlines=False)


@pytest.fixture(scope="module")
def servers(folders) -> Iterator[dict[Listener, TestClient]]:
    """The one of the trusted environment, and the other."""
    with contextlib.ExitStack() as stack:
        made = {listener: TestClient(application(folders, listener=listener)) for listener in Listener}
        yield {listener: stack.enter_context(client) for listener, client in made.items()}


@pytest.fixture
def ask(servers, folders):
    tokens = open_local_tokens(folders.state)

    def post(question: str, text: str = TEXT, tier: AccessTier = AccessTier.INTERNAL, **more: object):
        principal = Principal(user="u", project="p", institution="i", tier=tier)
        headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}", REASON_HEADER: "a%20test%20of%20it"}
        client = next(client for listener, client in servers.items() if listener.admits(tier))
        return client.post(f"/v1/cohorts/{question}", json={"text": text} | more, headers=headers)

    return post


@pytest.fixture
def run(folders, tmp_path):
    (tmp_path / "starters.kohort").write_text(TEXT)
    environment = {
        "KOHORT_RELEASES": str(folders.releases),
        "KOHORT_STATE": str(folders.state),
        "KOHORT_REASON": "a test of exact numbers",
        "COLUMNS": "160",
    }

    def command(question: str, *options: str) -> Result:
        return CliRunner().invoke(app, [question, str(tmp_path / "starters.kohort"), *options], env=environment)

    return command
