"""What is kept of questions: bounded, worked out once however many ask, and not to be written to, printed or sent."""

import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.catalog.interruption import Interruption
from engine.execute.intermediates import Intermediates
from engine.logical.digest import Digest
from engine.personset import PersonSet, Tri
from schemas.errors import TooExpensive

KIB = 1024


def name(text: str) -> Digest:
    return Digest(text)


def kibibyte() -> np.ndarray:
    return np.zeros(KIB, np.int8)


def never() -> np.ndarray:
    raise AssertionError("worked out again")


def test_a_value_is_worked_out_once():
    kept = Intermediates()
    first = kept.one(name("a"), kibibyte, Interruption())
    again = kept.one(name("a"), never, Interruption())
    assert again.value is first.value
    assert first.milliseconds is not None
    assert again.milliseconds is None


def test_what_was_used_longest_ago_goes_first_and_the_bound_holds():
    kept = Intermediates(8 * KIB)
    for text in "abcde":
        kept.one(name(text), kibibyte, Interruption())
    kept.one(name("a"), never, Interruption())
    for text in "fg":
        kept.one(name(text), kibibyte, Interruption())
        assert kept.usage().bytes <= 8 * KIB
    assert [text for text in "abcdefg" if kept.has(name(text))] == ["a", "d", "e", "f", "g"]


def test_a_value_too_large_is_given_and_not_kept():
    kept = Intermediates(2 * KIB)
    assert kept.one(name("large"), kibibyte, Interruption()).value.size == KIB
    assert kept.usage().values == kept.usage().bytes == 0


def test_whoever_asks_meanwhile_waits_for_the_one_who_works():
    kept, begun, calls = Intermediates(), threading.Barrier(8), []

    def slowly() -> np.ndarray:
        calls.append(1)
        time.sleep(0.05)
        return kibibyte()

    def ask(_: int) -> np.ndarray:
        begun.wait()
        return kept.one(name("a"), slowly, Interruption()).value

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))
    assert len(calls) == 1
    assert all(value is values[0] for value in values)


def test_when_the_one_who_works_fails_another_takes_over():
    kept, working, tried = Intermediates(), threading.Event(), []

    def fail() -> np.ndarray:
        working.set()
        time.sleep(0.05)
        tried.append("failed")
        raise TooExpensive("memory-limit", "no room")

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(kept.one, name("a"), fail, Interruption())
        working.wait()
        other = pool.submit(kept.one, name("a"), kibibyte, Interruption())
        with pytest.raises(TooExpensive):
            failing.result()
        assert other.result().value.size == KIB
    assert tried == ["failed"]


def test_who_waits_may_be_given_up_and_the_work_goes_on():
    kept, working, done = Intermediates(), threading.Event(), threading.Event()

    def until_done() -> np.ndarray:
        working.set()
        done.wait()
        return kibibyte()

    stop = Interruption()
    with ThreadPoolExecutor(2) as pool:
        worker = pool.submit(kept.one, name("a"), until_done, Interruption())
        working.wait()
        waiting = pool.submit(kept.one, name("a"), never, stop)
        stop.interrupt()
        with pytest.raises(TooExpensive) as problem:
            waiting.result()
        done.set()
        assert worker.result().value.size == KIB
    assert problem.value.code == "time-limit"


def test_several_are_worked_out_together_and_the_rest_is_taken_from_what_is_kept():
    kept, asked = Intermediates(), []

    def make(names: tuple[str, ...]) -> dict[str, np.ndarray]:
        asked.append(names)
        return {each: kibibyte() for each in names}

    keys = {text: name(text) for text in "abc"}
    kept.several({"b": keys["b"]}, make, Interruption())
    found = kept.several(keys, make, Interruption())
    assert asked == [("b",), ("a", "c")]
    assert [found[text].milliseconds is None for text in "abc"] == [False, True, False]


def test_two_names_of_one_value_do_not_wait_for_each_other():
    kept = Intermediates()
    found = kept.several({1: name("a"), 2: name("a")}, lambda names: dict.fromkeys(names, kibibyte()), Interruption())
    assert found[1].value is found[2].value


def test_one_of_a_batch_may_need_another_of_it():
    """As a criterion that refers to a cohort does, of whose criteria one is in the same question."""
    kept, keys = Intermediates(), {text: name(text) for text in "ab"}

    def make(names: tuple[str, ...]) -> dict[str, np.ndarray]:
        if "a" in names:
            needed = kept.several({"b": keys["b"]}, lambda _: {"b": kibibyte()}, Interruption())
            assert needed["b"].value.size == KIB
        return {each: kibibyte() for each in names}

    assert set(kept.several(keys, make, Interruption())) == {"a", "b"}
    assert kept.usage().values == 2


def test_two_that_need_each_other_do_not_wait_for_ever():
    kept, both_at_work = Intermediates(), threading.Barrier(2)

    def needing(other: str):
        def make() -> np.ndarray:
            both_at_work.wait()
            return kept.one(name(other), kibibyte, Interruption()).value

        return make

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(kept.one, name(a), needing(b), Interruption()) for a, b in ("ab", "ba")]
        assert [each.result(timeout=60).value.size for each in asked] == [KIB, KIB]


def test_nobody_can_write_to_what_is_kept():
    kept = Intermediates()
    with pytest.raises(ValueError, match="read-only"):
        kept.one(name("a"), kibibyte, Interruption()).value[0] = 1
    people = kept.one(name("b"), lambda: Tri.known(PersonSet.none(100)), Interruption()).value
    with pytest.raises(ValueError, match="read-only"):
        people.true.words[0] = 1


def test_nothing_kept_can_be_printed_or_sent():
    kept = Intermediates()
    found = kept.one(name("a"), lambda: np.full(3, 12345), Interruption())
    assert "12345" not in repr(kept) + repr(found) + repr(kept.usage())
    with pytest.raises(TypeError, match="serializer"):
        pickle.dumps(kept)
