"""What running a plan took, on its way to the gate: the rows of its nodes are true counts."""

from dataclasses import dataclass

from engine.aggregate.raw import Raw
from engine.execute import NodeRun


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RawExecution(Raw):
    """The nodes of a plan in the order they were worked out."""

    nodes: tuple[NodeRun, ...]
