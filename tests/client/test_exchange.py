"""Waiting and asking again, step by step, without a clock or a connection."""

import pytest

from api.client.asking import look_up
from api.client.exchange import Lost, Reply, Send, Wait, exchange
from api.client.problems import AskedTooOften, DocumentWrong, KohortProblem, NotUnderstood, Unavailable, Unreachable
from api.client.retrying import Retries
from schemas.wire import Health, ProblemDocument

ASKED = look_up("/health", Health)
GOOD = Reply(200, b'{"status": "ok", "new": 1}')


def refusal(status: int, code: str, after: str | None = None) -> Reply:
    document = ProblemDocument(type="t", title="t", status=status, detail="d", code=code)
    return Reply(status, document.model_dump_json().encode(), after)


def run(replies: list[Reply | Lost], retries: Retries = Retries(), chance: float = 0.0) -> tuple[object, list[float]]:
    """What came of it in the end, and the waits until then."""
    left, waits = list(replies), []
    steps = exchange(ASKED, retries, lambda: chance)
    effect = next(steps)
    try:
        while True:
            if isinstance(effect, Wait):
                waits.append(effect.seconds)
                effect = steps.send(None)
            else:
                assert isinstance(effect, Send)
                effect = steps.send(left.pop(0))
    except StopIteration as done:
        return done.value, waits
    except KohortProblem as problem:
        return problem, waits


def test_a_good_reply_is_read_and_new_fields_are_passed_over() -> None:
    assert run([GOOD]) == (Health(status="ok"), [])


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_asked_again_when_it_says(status: int) -> None:
    assert run([refusal(status, "busy", "7"), GOOD]) == (Health(status="ok"), [7.0])
    assert run([refusal(status, "busy", "7"), GOOD], chance=1.0)[1] == [10.5]


def test_without_a_word_the_wait_doubles() -> None:
    assert run([refusal(503, "server-busy")] * 3 + [GOOD])[1] == [0.5, 1.0, 2.0]


def test_a_lost_connection_is_tried_again() -> None:
    assert run([Lost("ConnectError"), GOOD]) == (Health(status="ok"), [0.5])
    found, waits = run([Lost("ConnectError")] * 7)
    assert isinstance(found, Unreachable) and len(waits) == 6


def test_tries_and_waiting_have_a_bound() -> None:
    found, waits = run([refusal(503, "server-busy", "2")] * 7)
    assert isinstance(found, Unavailable) and len(waits) == 6
    found, waits = run([refusal(429, "rate-limit", "40000")])  # a day's limit is not waited for
    assert isinstance(found, AskedTooOften) and found.retry_after == 40_000 and waits == []
    found, waits = run([refusal(503, "server-busy", "200")] * 2)
    assert isinstance(found, Unavailable) and waits == [200.0]


@pytest.mark.parametrize(("status", "kind"), [(422, DocumentWrong), (413, DocumentWrong)])
def test_what_will_not_pass_is_not_asked_again(status: int, kind: type[KohortProblem]) -> None:
    found, waits = run([refusal(status, "x")])
    assert type(found) is kind and waits == []


def test_a_page_of_a_proxy_is_no_answer() -> None:
    found, _ = run([Reply(502, b"<html>Bad gateway</html>")])
    assert isinstance(found, NotUnderstood) and found.status == 502
    found, _ = run([Reply(200, b"<html>Please sign in</html>")])
    assert isinstance(found, NotUnderstood)
    found, _ = run([Reply(503, b"<html>", "soon"), GOOD])
    assert found == Health(status="ok")
