"""Rates over a real Redis: shared between processes, gone and back again, and its password never told."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from api import rates as rates_module
from api.cli import app
from api.rates import Rates, TooOften, check_store
from api.settings import ServerSettings
from schemas.errors import DataProblem
from schemas.rates import Rate, Span
from tests.lib.policies import strict_policy
from tests.lib.ports import free_port
from tests.lib.redis_server import PASSWORD, RedisServer
from tests.lib.waiting import PATIENCE, until_it_answers

LIMIT = [Rate(times=3, span=Span.DAY)]
LOOK_UPS = 6


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


def ask(rates: Rates, who: str, times: int = 1) -> list[bool]:
    """Whether each of so many requests was let in."""

    async def one() -> bool:
        try:
            await rates.count(LIMIT, who)
        except TooOften:
            return False
        return True

    return [asyncio.run(one()) for _ in range(times)]


@pytest.mark.parametrize("way", ["url", "socket_url"])
def test_two_that_share_a_store_have_one_limit(redis: RedisServer, way: str) -> None:
    first, second = Rates(getattr(redis, way)), Rates(getattr(redis, way))
    assert ask(first, way, 2) + ask(second, way, 2) == [True, True, True, False]
    assert ask(first, way) == [False]
    with pytest.raises(TooOften):
        asyncio.run(second.check(LIMIT, way))
    assert ask(second, f"another than {way}") == [True]


def test_the_store_holds_no_names(redis: RedisServer) -> None:
    asyncio.run(Rates(redis.url).count(LIMIT, "question", "researcher@example.org", "192.0.2.7"))
    keys = redis.keys()
    assert b"LIMITER" in keys
    assert b"example" not in keys
    assert b"192.0.2" not in keys


def test_while_the_store_is_gone_each_counts_for_itself_and_afterwards_together_again(
    redis: RedisServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "_LEFT_ALONE_SECONDS", 0.5)
    first, second = Rates(redis.url), Rates(redis.url)
    assert ask(first, "gone") == [True]
    redis.stop()
    began = time.monotonic()
    assert ask(first, "gone", 4) == [True, True, True, False]
    assert ask(second, "gone", 4) == [True, True, True, False]
    assert time.monotonic() - began < 2, "nobody waits for a store that is gone"
    redis.start()  # what was counted is gone with it
    time.sleep(0.6)
    assert ask(first, "gone", 2) + ask(second, "gone", 2) == [True, True, True, False]
    assert {record.getMessage() for record in caplog.records if record.name == "kohort.rates"} == {
        "the store of rates cannot be reached: each process counts for itself"
    }
    assert PASSWORD not in caplog.text


def test_a_store_that_stands_still_keeps_nobody_waiting(redis: RedisServer) -> None:
    rates = Rates(redis.url)
    assert ask(rates, "before") == [True]
    redis.stand_still()
    try:

        async def many() -> list[object]:
            asked = (rates.count(LIMIT, f"still {number}") for number in range(100))
            return await asyncio.gather(*asked, return_exceptions=True)

        began = time.monotonic()
        assert asyncio.run(many()) == [None] * 100
        assert time.monotonic() - began < 3
    finally:
        redis.go_on()


@pytest.mark.parametrize(
    "wrong",
    [
        "redis://:another-password@127.0.0.1:{port}",
        "redis://127.0.0.1:{port}",
        f"redis://:{PASSWORD}@127.0.0.1:1",
        f"redis://:{PASSWORD}@{'a' * 70}.example:6379",
        f"redis://:{PASSWORD}@127.0.0.1:{{port}}/999",
        f"redis+unix://:{PASSWORD}@/nowhere/redis.sock",
    ],
)
def test_a_store_that_lets_nobody_in_is_one_that_is_not_there(
    redis: RedisServer, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = wrong.format(port=redis.port)
    with caplog.at_level(logging.DEBUG):
        assert ask(Rates(store), "wrong", 4) == [True, True, True, False]
    assert "-password" not in caplog.text
    with pytest.raises(DataProblem) as told:
        check_store(store)
    assert told.value.code == "rate-store"
    assert "-password" not in str(told.value)


def test_the_check_of_a_configuration_asks_the_store(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOHORT_RATE_STORE", redis.url)
    told = CliRunner().invoke(app, ["config", "check"]).output
    assert "and it answers" in told.replace("\n", " ")
    monkeypatch.setenv("KOHORT_RATE_STORE", redis.url.replace(PASSWORD, "another-password"))
    told = CliRunner().invoke(app, ["config", "check"]).output
    assert "does not answer" in told.replace("\n", " ")
    assert "password@" not in told
    assert PASSWORD not in told


class Server:
    """A server of the small release in a process of its own."""

    def __init__(self, settings: ServerSettings, policy: Path, store: str, log: Path) -> None:
        port = free_port()
        self.address, self.log = f"http://127.0.0.1:{port}", log
        environment = {
            **os.environ,
            "KOHORT_RELEASES": str(settings.releases),
            "KOHORT_STATE": str(settings.state),
            "KOHORT_LOCAL_ISSUER": "true",
            "KOHORT_LOG_JSON": "true",
            "KOHORT_POLICY": str(policy),
            "KOHORT_RATE_STORE": store,
        }
        with log.open("w") as stream:
            command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
            self.process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)

    def wait(self) -> None:
        until_it_answers(f"{self.address}/ready", self.process, log=self.log)

    def look_up(self) -> int:
        return httpx2.get(f"{self.address}/v1/policy", timeout=PATIENCE).status_code

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)


@contextmanager
def two_servers(settings: ServerSettings, folder: Path, store: str) -> Iterator[tuple[Server, Server]]:
    policy = strict_policy(folder, tier="public", questions="", lookups=f'"{LOOK_UPS}/day"')
    first = Server(settings, policy, store, folder / "first.log")
    with closing(first), closing(Server(settings, policy, store, folder / "second.log")) as second:
        first.wait()
        second.wait()
        yield first, second


def test_two_real_servers_share_their_limits_and_outlive_their_store(
    settings: ServerSettings, tmp_path: Path, redis: RedisServer
) -> None:
    with two_servers(settings, tmp_path, redis.url) as servers:
        shared = [server.look_up() for _ in range(LOOK_UPS) for server in servers]
        assert shared == [200] * LOOK_UPS + [429] * LOOK_UPS
        redis.stop()
        apart = [[server.look_up() for _ in range(LOOK_UPS + 1)] for server in servers]
        assert apart == [[200] * LOOK_UPS + [429]] * 2, "a limit each, and no answer is missing"
        redis.start()
        time.sleep(rates_module._LEFT_ALONE_SECONDS + 0.5)
        again = [server.look_up() for _ in range(LOOK_UPS) for server in servers]
        assert again == [200] * LOOK_UPS + [429] * LOOK_UPS
    for server in servers:
        told = server.log.read_text()
        assert "cannot be reached" in told
        assert "Traceback" not in told
        assert PASSWORD not in told
        assert str(redis.port) not in told
