"""The example notebook runs, and shows what its text says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client import notebook
from tests.client.notebook import NOTEBOOK


@pytest.fixture
def ran(address: str, token: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> notebook.Notebook:
    monkeypatch.setenv("KOHORT_URL", address)
    monkeypatch.setenv("KOHORT_TOKEN", token(project="notebook"))
    monkeypatch.chdir(tmp_path)
    read = notebook.read(NOTEBOOK)
    notebook.run(read)
    return read


def shown(cells: notebook.Notebook, source: str) -> str:
    """What the cell with this in its source shows, as text and as HTML."""
    cell = next(each for each in cells["cells"] if each["cell_type"] == "code" and source in "".join(each["source"]))
    parts = [output.get("text") or [*output["data"].values()] for output in cell["outputs"]]
    return "".join(piece if isinstance(piece, str) else "".join(piece) for part in parts for piece in part)


def test_every_cell_runs_and_shows_what_its_text_says(ran: notebook.Notebook) -> None:
    assert "±" in shown(ran, "client.count(starters)")
    for source in (
        "client.attrition",
        '["sex", "age(10)"]',
        "compare(",
        "client.overlap",
        "client.prevalence",
        "client.genotypes",
    ):
        assert "<svg" in shown(ran, source) or "<svg" in shown(ran, f"{source}\n"), source
    assert "201826" in shown(ran, "client.concepts")
    assert "at most" in shown(ran, "plan_counts") and "from 70 on" in shown(ran, "client.run(plan")
    assert "^^^" in shown(ran, "except KohortProblem")


def test_the_words_that_the_notebook_is_kept_with_are_those_of_today(ran: notebook.Notebook) -> None:
    assert shown(notebook.read(NOTEBOOK), "client.paraphrase") == shown(ran, "client.paraphrase"), (
        "run `python -m tests.client.notebook`"
    )


def test_the_notebook_is_kept_with_what_it_showed() -> None:
    kept = notebook.read(NOTEBOOK)
    assert all(cell["outputs"] for cell in kept["cells"] if cell["cell_type"] == "code"), (
        "run `python -m tests.client.notebook`"
    )
    assert NOTEBOOK.stat().st_size < 200_000
    assert "eyJ" not in NOTEBOOK.read_text(encoding="utf-8")  # no token
