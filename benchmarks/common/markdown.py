"""Markdown made from results, in pages that people write the rest of."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def fill(path: Path, name: str, maker: str, text: str) -> None:
    """Replace what lies between the two comments of that name in a page; `maker` is the module that makes it."""
    begin, end = f"<!-- {name}: made by python -m {maker} -->", f"<!-- /{name} -->"
    before, _, rest = path.read_text().partition(begin)
    _, _, after = rest.partition(end)
    if not rest:
        raise SystemExit(f"{path} has no place for {name}")
    path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
