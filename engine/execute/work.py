"""One question being worked out: what it is run with, when to stop, and where to note what was done."""

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.catalog.interruption import Interruption
from engine.execute.intermediates import Found, Value
from engine.execute.means import Means
from engine.execute.record import Record
from engine.logical.digest import Digest, Names
from engine.logical.explain import explain
from engine.logical.nodes import Atom, Scan
from engine.physical.estimates import Estimate, Estimates
from engine.physical.planner import fragment_relations


@dataclass(frozen=True, slots=True)
class Work:
    """For one thread."""

    means: Means
    stop: Interruption
    record: Record | None = None
    names: Names = field(default_factory=Names)

    def one(self, key: Digest, make: Callable[[], Value]) -> Found[Value]:
        """The value of a name, worked out unless it is kept."""
        return self.means.kept.one(key, make, self.stop)

    def noted(
        self,
        found: Found[Value],
        node: str | Atom,
        target: str,
        rows: Callable[[Value], int],
        estimate: Callable[[Estimates], Estimate] | None = None,
    ) -> Value:
        """The value found; what it took is noted where somebody wants to know."""
        if self.record is not None:
            estimates = self.means.estimates
            thought = None if estimates is None or estimate is None else estimate(estimates)
            self.record.add(node if isinstance(node, str) else _words(node), target, thought, rows(found.value), found)
        return found.value


def _words(atom: Atom) -> str:
    """A condition in few words, for the record, with the first events that it reads: most conditions of a document are
    alike but for these."""
    words = explain(atom).splitlines()[0]
    scan = next((events for events in fragment_relations(atom) if isinstance(events, Scan)), None)
    return words if scan is None else f"{words}: {explain(scan)}"
