"""The client for asynchronous programs: each method asks one question, and raises `KohortProblem`."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from api.client.awaited import AwaitedSession
from api.client.batches import Finished, Plan, Progress, batch, unsaid
from api.client.methods import Methods
from api.client.results import Tabular
from api.client.saved import Saved

A = TypeVar("A", bound=Tabular)


class AsyncClient(Methods, AwaitedSession):
    """A researcher at one service. Used with `async with`, it closes its connections at the end.

    The same question again is the same answer and costs nothing, so nothing is kept here.
    """

    async def run(
        self, plan: Plan[A], *, save_to: str | Path | None = None, progress: Callable[[Progress], None] = unsaid
    ) -> Finished[A]:
        """Ask a plan's questions one after the other, and stop before any account would be overspent.

        Answers are added to the file `save_to` as they come; run again with it, what it holds is not asked again.
        """
        return await self._follow(batch(plan, Saved(save_to), progress))
