"""The example documents that come with the project."""

from dataclasses import dataclass
from pathlib import Path

from cohort_dsl import parse
from schemas.errors import DataProblem, Problem, Problems

SUFFIX = ".kohort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document to start from; its title is the cohort's name."""

    id: str
    title: str
    text: str


def read_examples(folder: Path) -> tuple[Example, ...]:
    """Every document of a folder in the order of file names; `DataProblem` names one that cannot be read."""
    return tuple(_read(path) for path in sorted(folder.glob(f"*{SUFFIX}")))


def _read(path: Path) -> Example:
    try:
        text = path.read_text(encoding="utf-8")
        title = parse(text).name
    except (OSError, UnicodeError, Problem, Problems):
        raise DataProblem("example-damaged", f"the example {path.name} cannot be read", place=path) from None
    return Example(id=path.stem.lstrip("0123456789-"), title=title, text=text)
