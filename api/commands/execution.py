"""What running a plan took, as a table for people or JSON for programs."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from api.commands.answering import print_answer
from api.commands.console import table_of
from schemas.wire import ExecutedNode, ExecutionAnswer

_HEADINGS = ("step", "on", "events", "rows expected", "rows", "bytes expected", "bytes", "ms expected", "ms")


def print_execution(name: str, answer: ExecutionAnswer, *, as_json: bool) -> None:
    """The nodes in the order they were worked out, each with what was expected of it."""
    print_answer(answer, _parts(name, answer), as_json=as_json)


def _parts(name: str, answer: ExecutionAnswer) -> Iterator[RenderableType]:
    yield table_of(name, _HEADINGS, [_row(node) for node in answer.nodes], right=len(_HEADINGS) - 2)


def _row(node: ExecutedNode) -> Sequence[str]:
    thought = node.expected
    took = "kept" if node.milliseconds is None else f"{node.milliseconds:,.1f}"
    if thought is None:
        return [node.node, node.target, "", "", f"{node.rows:,}", "", f"{node.bytes:,}", "", took]
    expected = (f"{thought.events:,}", f"{thought.rows:,}", f"{thought.bytes:,}", f"{thought.milliseconds:,.1f}")
    events, rows, size, milliseconds = expected
    return [node.node, node.target, events, rows, f"{node.rows:,}", size, f"{node.bytes:,}", milliseconds, took]
