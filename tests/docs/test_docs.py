"""What the documentation says runs: every document parses, every command of the real-data guide works."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cohort_dsl import parse, print_cohort
from tests.lib.ports import free_port
from tests.lib.waiting import PATIENCE, until_it_answers

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```kohort\n(.*?)^```", re.M | re.S)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)
GUIDE = ROOT / "docs" / "do" / "ingest-real-data.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_document_on_a_page_reads_and_is_written_back(page: Path) -> None:
    for text in FENCE.findall(page.read_text()):
        cohort = parse(text)
        assert parse(print_cohort(cohort)) == cohort


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_of_the_project_holds(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_heading_holds(page: Path) -> None:
    for target, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text()):
        assert heading in headings(page.parent / target if target else page), (target, heading)


def test_every_difference_between_the_modes_is_in_the_table() -> None:
    table = (ROOT / "docs" / "understand" / "modes.md").read_text()
    examples = ROOT / "docs" / "reference" / "semantics" / "8-modes.md"
    differences = headings(examples)[1:]
    assert [one for one in differences if f"8-modes.md#{one})" not in table] == []


def headings(page: Path) -> list[str]:
    """What a link to each heading of a page ends in: its words in lower case, joined by hyphens."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    lines = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return [re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines]


def test_the_real_data_guide_works_as_written(shared: Path, tmp_path: Path) -> None:
    """From real files to a protected count over HTTP, by the guide's own commands."""
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "KOHORT_RELEASES": str(tmp_path / "releases"),
        "KOHORT_STATE": str(tmp_path / "state"),
        "KOHORT_PORT": str(port),
    }

    def prepared(text: str) -> str:
        here = {
            "../shared/data": str(shared / "data"),
            "var/": f"{tmp_path}/",
            ".venv/bin/": f"{Path(sys.executable).parent}/",
        }
        for written, actual in {**here, "127.0.0.1:8000": f"127.0.0.1:{port}"}.items():
            text = text.replace(written, actual)
        return text

    def shell(text: str) -> str:
        done = subprocess.run(["bash", "-euc", text], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    data, link, reference, ingest, ask, serve, request, array = map(prepared, SHELL.findall(GUIDE.read_text()))
    shell("\n".join((data, link, reference)))
    report = shell("\n".join((data, ingest)))
    assert "unknown-person" in report
    assert "exclude smoker" in shell(ask)
    server = subprocess.Popen(
        ["bash", "-euc", f"exec {serve.strip()}"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        until_it_answers(f"http://127.0.0.1:{port}/health", server)
        answer = shell(request)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)
    assert '"release": "gibleed"' in answer
    assert re.search(r'"value": \d+,\s+"margin": 42', answer)
    assert "198 variants have dosages beside their calls" in shell("\n".join((data, array)))
