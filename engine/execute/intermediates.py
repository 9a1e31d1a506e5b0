"""Intermediate values of questions, kept so that a question much like an earlier one costs only what differs.

What is kept is named by the canonical text of what it means (`engine.logical.digest`), never by who is in it: no
answer depends on what is kept, and whether a value is, depends on how large it is and on nothing else in it. Values are
about everybody in the release; consent is applied to what is made of them, question by question. They live in memory
only.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Generic, NoReturn, TypeVar, cast

import numpy as np
import numpy.typing as npt

from engine.catalog.interruption import Interruption
from engine.logical.digest import Digest

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value")

KEPT_BYTES = 1 << 30
"""How much is kept by default: of a release of 770,000 people some 700 conditions over two million entries each."""

_LARGEST_SHARE = 4
"""A value larger than one part in so many is given to who waits for it and not kept: it would drive out all others."""

_OVERHEAD_BYTES = 512
"""What a value costs beside its arrays, so that many empty ones are bounded too."""


@dataclass(frozen=True, slots=True, repr=False)
class Found(Generic[Value]):
    """A value, and how long it took to work out; absent where somebody else had, or did meanwhile."""

    value: Value
    milliseconds: float | None


@dataclass(frozen=True, slots=True)
class Usage:
    """How full the store is, for operators: no name and no value."""

    values: int
    bytes: int
    most_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A value under way, and the thread that works it out."""

    thread: int
    future: "Future[object]"


class Intermediates:
    """Keeps values while they fit in `most_bytes`; those used longest ago go first. Safe to use from several threads.

    Who asks for a value that somebody is working out waits for it, unless that somebody waits for what is worked out
    here: one criterion may need another one of the same batch, through a cohort that it refers to, and two questions
    each other's. Then it is worked out twice. Arrays of values can no longer be written to.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Digest, tuple[object, int]] = OrderedDict()
        self._under_way: dict[Digest, _Work] = {}
        self._waiting: dict[int, _Work] = {}
        """What each thread waits for."""
        self._lock = threading.Lock()

    def one(self, key: Digest, make: Callable[[], Value], stop: Interruption) -> Found[Value]:
        """The value of a name, worked out by `make` unless it is there. Raises what `make` raises."""
        return self.several({key: key}, lambda _: {key: make()}, stop)[key]

    def several(
        self,
        keys: Mapping[Name, Digest],
        make: Callable[[tuple[Name, ...]], Mapping[Name, Value]],
        stop: Interruption,
    ) -> dict[Name, Found[Value]]:
        """The values of several names; `make` works out those that are not there together.

        When somebody else's work on one fails or is given up, it is worked out here.
        """
        found: dict[Name, Found[Value]] = {}
        wanted = dict(keys)
        while wanted:
            stop.check()
            ours, theirs = self._claim(wanted, found)
            if ours:
                found |= self._make(ours, make)
            for name, work in theirs.items():
                if not self._begin_waiting(work):
                    found |= _timed((name,), make)
                    continue
                value = self._awaited(work, stop)
                if value is not None:
                    found[name] = cast("Found[Value]", value)
            wanted = {name: key for name, key in wanted.items() if name not in found}
        return found

    def has(self, key: Digest) -> bool:
        """Whether a value is there, or soon will be."""
        with self._lock:
            return key in self._kept or key in self._under_way

    def usage(self) -> Usage:
        """How full the store is."""
        with self._lock:
            return Usage(values=len(self._kept), bytes=self._bytes, most_bytes=self._most_bytes)

    def clear(self) -> None:
        """Let go of everything kept."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __reduce__(self) -> NoReturn:
        raise TypeError("intermediate values have no serializer")

    def _claim(
        self, wanted: Mapping[Name, Digest], found: dict[Name, Found[Value]]
    ) -> tuple[dict[Name, Digest], dict[Name, "_Work"]]:
        """What we are to work out, and what others are working out; what is kept goes to `found`."""
        ours: dict[Name, Digest] = {}
        theirs: dict[Name, _Work] = {}
        with self._lock:
            for name, key in wanted.items():
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[name] = Found(cast("Value", self._kept[key][0]), milliseconds=None)
                elif key in self._under_way:
                    theirs[name] = self._under_way[key]
                else:
                    self._under_way[key] = _Work(threading.get_ident(), Future())
                    ours[name] = key
        return ours, theirs

    def _make(
        self, ours: Mapping[Name, Digest], make: Callable[[tuple[Name, ...]], Mapping[Name, Value]]
    ) -> dict[Name, Found[Value]]:
        try:
            made = _timed(tuple(ours), make)
            for name, key in ours.items():
                self._keep(key, made[name].value)
        except BaseException:
            self._give_up(ours.values())
            raise
        return made

    def _begin_waiting(self, work: "_Work") -> bool:
        """Note that this thread waits for the work; not when the work waits, maybe through others, for this thread."""
        here = threading.get_ident()
        with self._lock:
            behind: _Work | None = work
            while behind is not None and not behind.future.done():
                if behind.thread == here:
                    return False
                behind = self._waiting.get(behind.thread)
            self._waiting[here] = work
        return True

    def _awaited(self, work: "_Work", stop: Interruption) -> "Found[object] | None":
        try:
            return _awaited(work.future, stop)
        finally:
            with self._lock:
                del self._waiting[threading.get_ident()]

    def _keep(self, key: Digest, value: object) -> None:
        size = _OVERHEAD_BYTES
        for array in arrays_of(value):
            array.flags.writeable = False
            size += array.nbytes
        with self._lock:
            work = self._under_way.pop(key)
            if size <= self._most_bytes // _LARGEST_SHARE:
                self._kept[key] = (value, size)
                self._bytes += size
                while self._bytes > self._most_bytes:
                    self._bytes -= self._kept.popitem(last=False)[1][1]
        work.future.set_result(value)

    def _give_up(self, keys: Iterable[Digest]) -> None:
        with self._lock:
            given_up = [self._under_way.pop(key) for key in keys if key in self._under_way]
        for work in given_up:
            work.future.cancel()


def _timed(
    names: tuple[Name, ...], make: Callable[[tuple[Name, ...]], Mapping[Name, Value]]
) -> dict[Name, Found[Value]]:
    """Work the values out, and say how long each took."""
    started = time.perf_counter()
    made = make(names)
    each = (time.perf_counter() - started) * 1000 / len(names)
    return {name: Found(made[name], milliseconds=each) for name in names}


def _awaited(future: "Future[object]", stop: Interruption) -> "Found[object] | None":
    """The value that somebody else works out; absent when they gave it up."""
    woken = threading.Event()
    future.add_done_callback(lambda _: woken.set())
    with stop.stopping(woken.set):
        woken.wait()
    try:
        return Found(future.result(timeout=0), milliseconds=None)
    except CancelledError:
        return None


def arrays_of(value: object) -> Iterator[npt.NDArray[np.generic]]:
    """Every array a value is made of."""
    if isinstance(value, np.ndarray):
        yield value
    elif names := _names(type(value)):
        for name in names:
            yield from arrays_of(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from arrays_of(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from arrays_of(part)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a class; none of what is no dataclass."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
