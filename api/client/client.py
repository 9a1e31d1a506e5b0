"""The client that waits: each method asks one question and returns its answer, or raises `KohortProblem`."""

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from api.client import questions
from api.client.asking import Asked
from api.client.batches import Finished, Plan, Progress, batch, unsaid
from api.client.connection import Connection, Token
from api.client.documents import Document
from api.client.exchange import Lost, Outcome, Reply, Wait, exchange
from api.client.methods import Methods
from api.client.planning import Documents, plan_of
from api.client.pricing import Priced
from api.client.problems import KohortProblem
from api.client.questions import PrecisionName
from api.client.results import Breakdown, Count, Run, Tabular
from api.client.retrying import Retries
from api.client.runs import SECONDS_BETWEEN_LOOKS, is_under_way, unheard
from api.client.saved import Saved

T = TypeVar("T")
A = TypeVar("A", bound=Tabular)


class Client(Methods):
    """A researcher at one service. Used with `with`, it closes its connections at the end.

    The same question again is the same answer and costs nothing, so nothing is kept here.
    """

    def __init__(
        self,
        address: str,
        token: Token,
        *,
        project: str | None = None,
        reason: str | None = None,
        seconds: float = 120.0,
        retries: Retries | None = None,
    ) -> None:
        self._connection = Connection(
            address=address,
            token=token,
            project=project,
            reason=reason,
            seconds=seconds,
            retries=retries or Retries(),
        )
        self._http = httpx2.Client(base_url=address, timeout=seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def ask(self, asked: Asked[T]) -> T:
        """Any question of `kohort_client.questions`."""
        steps = exchange(asked, self._connection.retries, random.random)
        effect = next(steps)
        while True:
            came: Outcome = None
            if isinstance(effect, Wait):
                time.sleep(effect.seconds)
            else:
                came = self._send(asked)
            try:
                effect = steps.send(came)
            except StopIteration as done:
                answer: T = done.value
                return answer

    def _send(self, asked: Asked[T]) -> Reply | Lost:
        try:
            reply = self._http.request(
                asked.method, asked.target(), json=asked.body, headers=dict(self._connection.headers())
            )
        except httpx2.TransportError as error:
            return Lost(f"{type(error).__name__} at {self._connection.address}")
        return Reply(reply.status_code, reply.content, reply.headers.get("retry-after"))

    def plan_counts(
        self, documents: Documents, *, precision: PrecisionName | None = None, reserve: float = 0.0
    ) -> Plan[Count]:
        """Counts of many cohorts, priced and not begun; `reserve` is the part of the budget to be left alone."""
        ask = partial(questions.count, library=None, precision=precision)
        return self._plan(documents, ask, "count", precision, reserve)

    def plan_breakdowns(
        self,
        documents: Documents,
        by: Sequence[str] | None = None,
        *,
        precision: PrecisionName | None = None,
        reserve: float = 0.0,
    ) -> Plan[Breakdown]:
        """The same for breakdowns."""
        ask = partial(questions.breakdown, by=by, library=None, precision=precision)
        return self._plan(documents, ask, "breakdown", precision, reserve)

    def _plan(
        self,
        documents: Documents,
        ask: Callable[[Document], Asked[A]],
        kind: Priced,
        precision: PrecisionName | None,
        reserve: float,
    ) -> Plan[A]:
        budget, expected = self.budget(), self.expected_precision(1_000)
        return plan_of(documents, ask, kind, budget=budget, expected=expected, precision=precision, reserve=reserve)

    def follow_run(self, run: str, *, progress: Callable[[Run], None] = unheard) -> Run:
        """Wait until a run is at its end; `progress` is told each second where it stands."""
        found = self.find_run(run)
        progress(found)
        while is_under_way(found):
            time.sleep(SECONDS_BETWEEN_LOOKS)
            found = self.find_run(run)
            progress(found)
        return found

    def run(
        self, plan: Plan[A], *, save_to: str | Path | None = None, progress: Callable[[Progress], None] = unsaid
    ) -> Finished[A]:
        """Ask a plan's questions one after the other, and stop before any account would be overspent.

        Answers are added to the file `save_to` as they come; run again with it, what it holds is not asked again.
        """
        steps = batch(plan, Saved(save_to), progress)
        came: A | KohortProblem | None = None
        while True:
            try:
                asked = steps.throw(came) if isinstance(came, KohortProblem) else steps.send(came)
            except StopIteration as done:
                finished: Finished[A] = done.value
                return finished
            try:
                came = self.ask(asked)
            except KohortProblem as problem:
                came = problem
