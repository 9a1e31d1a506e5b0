"""The rules of the server under test: those that come with the program, with room for one load from one machine."""

import re
from pathlib import Path

from schemas import policy_file

SHIPPED = Path(policy_file.__file__).with_name("policies")

_MOST_RHO = 100
"""The largest budget that may be stated: of some hundred thousand coarse counts."""
_BUDGET = f"budget = {{ project = {_MOST_RHO}, user = {_MOST_RHO}, institution = {_MOST_RHO} }}"
_MOST_TIMES = 1_000_000


def generous(file: Path, *, deadline: float | None = None) -> Path:
    """A policy whose budgets and rates never end. Every deadline is `deadline` seconds where one is given: a
    question is given up after ten times as long."""
    text = max(SHIPPED.glob("*.toml")).read_text()
    text = re.sub(r'^version = "(.*)"$', r'version = "\1-load"', text, flags=re.MULTILINE)
    text = re.sub(r"^person_cap = [\d_.]+", f"person_cap = {_MOST_RHO}", text, flags=re.MULTILINE)
    text = re.sub(r"^budget = \{ project = 0?[1-9.][^}]*\}", _BUDGET, text, flags=re.MULTILINE)
    text = re.sub(r"^rates = .*$", _at_most, text, flags=re.MULTILINE)
    if deadline is not None:
        text = re.sub(r"^deadlines = \{ (?=quick = [\d.]*[1-9]).*$", lambda line: _with_deadline(line, deadline), text,
                      flags=re.MULTILINE)  # fmt: skip
    file.write_text(text)
    return file


def _at_most(line: "re.Match[str]") -> str:
    """Rates of the line as high as they may be stated."""
    return re.sub(r'"\d+/', f'"{_MOST_TIMES}/', line.group())


def _with_deadline(line: "re.Match[str]", seconds: float) -> str:
    return re.sub(r"(quick|medium|long) = [\d.]+", rf"\1 = {seconds}", line.string[line.start() : line.end()])
