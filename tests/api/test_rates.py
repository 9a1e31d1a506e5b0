"""Who asks too often is told when to come back, before anything is done for them; nobody else is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from limits.storage import MemoryStorage
from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.rates import Rates, TooOften, address_key, check_store
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import DataProblem
from schemas.policy import AccessTier
from schemas.rates import Rate, Span, parse_rate
from schemas.wire import ProblemDocument
from tests.api.conftest import ADULTS
from tests.lib.policies import strict_policy
from tests.lib.servers import application

COUNT = "/v1/cohorts/count"
VALIDATE = "/v1/cohorts/validate"


@contextmanager
def limited(settings: ServerSettings, policy: Path) -> Iterator[TestClient]:
    with TestClient(application(settings.model_copy(update={"policy": policy}))) as client:
        yield client


def bearer(tokens: LocalTokens, user: str, project: str = "rates") -> dict[str, str]:
    principal = Principal(user=user, project=project, institution="rates", tier=AccessTier.REGISTERED)
    return {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}


@pytest.fixture
def client(settings: ServerSettings, tmp_path: Path) -> Iterator[TestClient]:
    """A registered user may ask twice a minute and look up three times."""
    policy = strict_policy(tmp_path, tier="registered", questions='"2/minute", "1000/day"', lookups='"3/minute"')
    with limited(settings, policy) as client:
        yield client


def test_questions_and_look_ups_are_counted_apart_and_by_user(client: TestClient, tokens: LocalTokens) -> None:
    document = {"text": ADULTS, "precision": "coarse"}

    def asks(path: str, user: str, project: str = "rates") -> int:
        return client.post(path, json=document, headers=bearer(tokens, user, project)).status_code

    assert [asks(COUNT, "one") for _ in range(3)] == [200, 200, 429]
    assert asks(COUNT, "one", "another project") == 429, "a user has one limit in all projects"
    assert [asks(path, "one") for path in ("/v1/cohorts/attrition", "/v1/cohorts/breakdown")] == [429, 429]
    assert asks(COUNT, "two") == 200
    body = {"text": ADULTS}
    replies = [client.post(VALIDATE, json=body, headers=bearer(tokens, "one")).status_code for _ in range(3)]
    assert replies == [200, 200, 200]
    assert client.get("/v1/domains", headers=bearer(tokens, "one")).status_code == 429
    assert client.get("/health", headers=bearer(tokens, "one")).status_code == 200


def test_a_refusal_says_when_to_come_back_and_nothing_else(client: TestClient, tokens: LocalTokens) -> None:
    headers = bearer(tokens, "three")
    for _ in range(2):
        client.post(COUNT, json={"text": "nonsense"}, headers=headers)
    refusals = [client.post(COUNT, json={"text": text}, headers=headers) for text in (ADULTS, "nonsense", "")]
    assert {(each.status_code, each.text) for each in refusals} == {(429, refusals[0].text)}
    problem = ProblemDocument.model_validate(refusals[0].json())
    assert (problem.code, problem.title) == ("rate-limit", "Asked too often")
    assert all(1 <= int(each.headers["retry-after"]) <= 90 for each in refusals)


def test_an_address_without_a_token_has_a_limit(settings: ServerSettings, tokens: LocalTokens, tmp_path: Path) -> None:
    with limited(settings, strict_policy(tmp_path, tier="public", questions="", lookups='"3/minute"')) as client:
        replies = [client.get(path).status_code for path in ("/v1/policy", "/v1/release", "/v1/budget", "/v1/policy")]
        assert replies == [200, 200, 401, 429]
        assert client.get("/v1/budget", headers=bearer(tokens, "me")).status_code == 200


def test_refused_tokens_are_not_looked_at_for_ever(
    settings: ServerSettings, tokens: LocalTokens, tmp_path: Path
) -> None:
    policy = strict_policy(tmp_path, tier="public", questions="", lookups='"1000/minute"')
    text = policy.read_text()
    policy.write_text(text.replace('failed_sign_ins = ["1000000/minute"]', 'failed_sign_ins = ["2/minute"]'))
    known, new = bearer(tokens, "known"), bearer(tokens, "new")
    with limited(settings, policy) as client:
        assert client.get("/v1/budget", headers=known).status_code == 200
        bad = [client.get("/v1/budget", headers={"authorization": f"Bearer x{n}"}).status_code for n in range(3)]
        assert bad == [401, 401, 429]
        assert client.get("/v1/budget", headers=new).status_code == 429
        assert client.get("/v1/budget", headers=known).status_code == 200, "who was let in before still is"
        large = client.post(VALIDATE, content=b"x" * 100_000, headers={"authorization": "Bearer x"})
        assert large.status_code == 413


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_whom_an_address_stands_for(host: str | None, key: str) -> None:
    assert address_key(host) == key


class Shelf(MemoryStorage):
    """A store that fails, as one that cannot be reached does."""

    STORAGE_SCHEME = ["shelf"]  # noqa: RUF012  (as the library declares it)
    asked = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ConnectionError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        Shelf.asked += 1
        raise ConnectionError


def test_without_the_store_each_process_counts_for_itself() -> None:
    rates, limit = Rates("shelf://"), [Rate(times=2, span=Span.MINUTE)]
    for _ in range(2):
        asyncio.run(rates.count(limit, "me"))
    for refuse in (rates.count, rates.check):
        with pytest.raises(TooOften):
            asyncio.run(refuse(limit, "me"))
    assert Shelf.asked == 1, "a store that failed is left alone for a while"


@pytest.mark.parametrize("host", ["127.0.0.1:1", f"{'a' * 70}.example:6379"], ids=["refuses", "is no name"])
def test_a_store_that_cannot_be_there_is_told_without_its_address(host: str, caplog: pytest.LogCaptureFixture) -> None:
    store, limit = f"redis://:hidden-password@{host}", [Rate(times=1, span=Span.DAY)]
    rates = Rates(store)
    asyncio.run(rates.count(limit, "me"))
    with pytest.raises(TooOften):
        asyncio.run(rates.count(limit, "me"))
    assert caplog.messages == ["the store of rates cannot be reached: each process counts for itself"]
    with pytest.raises(DataProblem, match="rate-store") as told:
        check_store(store)
    assert "hidden" not in str(told.value)


@pytest.mark.parametrize("store", ["", "nothing", "http://localhost", "redis://:secret@host:port", "async+memory://"])
def test_a_store_that_cannot_be_used_is_told_at_the_start(settings: ServerSettings, store: str) -> None:
    with pytest.raises(DataProblem, match="rate-store"):
        Rates(store)


def test_a_day_is_not_used_up_by_what_a_minute_refuses() -> None:
    rates = Rates(clock=lambda: 86_400.0 * 7 + 30)
    limit = [Rate(times=1, span=Span.MINUTE), Rate(times=2, span=Span.DAY)]
    asyncio.run(rates.count(limit, "me"))
    for _ in range(5):
        with pytest.raises(TooOften) as refused:
            asyncio.run(rates.count(limit, "me"))
        assert refused.value.seconds == 90
    asyncio.run(rates.check(limit[1:], "me"))


@pytest.mark.parametrize("text", ["", "10", "10/", "/minute", "0/minute", "010/minute", "1/second", "-1/day",
                                  "1.5/day", "1 /day", "١/day", "1000001/day", "1/day/day"])  # fmt: skip
def test_a_rate_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        parse_rate(text)


@pytest.mark.parametrize("rate", [Rate(times=1, span=Span.DAY), Rate(times=1_000_000, span=Span.HOUR)])
def test_a_rate_reads_as_it_is_written(rate: Rate) -> None:
    assert parse_rate(str(rate)) == rate
