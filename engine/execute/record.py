"""What running a plan took, node by node. It holds true numbers and so stays inside, like counts before the gate."""

from dataclasses import dataclass, field

from engine.execute.intermediates import Found, Value, arrays_of
from engine.physical.estimates import Estimate


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NodeRun:
    """One node of a plan. `rows` are those of its result (people of a set, entries, entries for which a condition is
    true) and `bytes` what its result takes; `estimated` is the same before anything was looked at, with the events to
    be read. `milliseconds` count what the node asked for too, and of conditions read together each its part; they are
    absent for what was kept from before."""

    node: str
    target: str
    estimated: Estimate | None
    rows: int
    bytes: int
    milliseconds: float | None


@dataclass(slots=True, repr=False)
class Record:
    """Collects the nodes of one question in the order they were worked out."""

    nodes: list[NodeRun] = field(default_factory=list)

    def add(self, node: str, target: str, estimated: Estimate | None, rows: int, found: Found[Value]) -> None:
        """Note a node."""
        self.nodes.append(
            NodeRun(
                node=node,
                target=target,
                estimated=estimated,
                rows=rows,
                bytes=sum(array.nbytes for array in arrays_of(found.value)),
                milliseconds=found.milliseconds,
            )
        )
