"""What is wrong with a file of calls, in the same words for every format."""

from pathlib import Path

from schemas.errors import DataProblem


def cannot_open(path: Path, error: OSError) -> DataProblem:
    """The operating system does not give the file."""
    return DataProblem(
        "variants-unreadable", f"{path.name} cannot be opened: {error.strerror or 'read error'}", place=path
    )


def other_kind(path: Path, expected: str, *, hint: str | None = None) -> DataProblem:
    """The file is of another kind than its name says."""
    return DataProblem("variants-unreadable", f"{path.name} cannot be read as {expected}", hint=hint, place=path)


def damaged(path: Path, what: str) -> DataProblem:
    """The file begins as it should and does not hold what it promises."""
    return DataProblem(
        "variants-damaged", f"{path.name} is {what}", hint="copy the file again and compare its checksum", place=path
    )


def differ(first: str, second: str) -> DataProblem:
    """Two files that belong together do not: each is said as `x.bed has 3 samples`."""
    return DataProblem(
        "variants-differ",
        f"{first}, but {second}",
        hint="the files must come from one run of one tool; give those that belong together",
    )


def bad_line(path: Path, number: int, expected: str) -> DataProblem:
    """A line, counted from 1, of a text file that belongs to the calls."""
    return DataProblem("variants-text", f"line {number:,} of {path.name} does not have {expected}", place=path)
