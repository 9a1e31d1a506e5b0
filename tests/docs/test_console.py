"""Commands and numbers on a page are those of the release that `make demo` builds."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import engine
from api.commands.reading import local_principal
from cohort_dsl import parse
from engine import Request, Session
from schemas.policy import AccessTier
from tests.docs.conftest import ROOT, Run, as_shown

PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if "```console\n" in page.read_text()]
STEP = re.compile(
    r"(?:(?:Save this as|다음을) `(?P<file>[^`]+)`(?: 파일로 저장하십시오)?:\n\n)?"
    r"```(?P<kind>kohort|console)\n(?P<body>.*?)^```",
    re.M | re.S,
)
COUNTED = re.compile(r"^```kohort\n(?P<text>[^`]*?)^```\n\n\*\*(?P<persons>[\d,]+)(?: people|명)\.\*\*", re.M | re.S)
LESSONS = sorted((ROOT / "docs" / "learn").glob("*.md"))
NUMBERS = [
    (page.stem, *step.group("text", "persons")) for page in LESSONS for step in COUNTED.finditer(page.read_text())
]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A file to save, or commands to type."""

    file: str | None = None
    text: str = ""
    commands: tuple[str, ...] = ()


Steps = tuple[Step, ...]


@pytest.fixture(scope="module")
def known() -> dict[Steps, list[str]]:
    """What is printed where all steps of a page are taken, by the steps: a page in Korean has those of the English one."""
    return {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_print_what_the_page_shows(
    page: Path, run: Run, known: dict[Steps, list[str]], request: pytest.FixtureRequest
) -> None:
    """`--update-golden` writes what is printed into the page."""
    text = written = page.read_text()
    steps = steps_of(text)
    if steps not in known:
        known[steps] = printed_by(steps, run)
    bodies = [step["body"] for step in STEP.finditer(text) if step["kind"] == "console" and not step["file"]]
    for body, printed in zip(bodies, known[steps], strict=True):
        written = written.replace(body, printed)
    if request.config.getoption("--update-golden"):
        page.write_text(written)
    else:
        assert written.splitlines() == text.splitlines()


@pytest.mark.parametrize(("lesson", "text", "persons"), NUMBERS, ids=lambda part: part.partition("\n")[0])
def test_a_lesson_s_numbers_are_those_of_the_demo(
    lesson: str, text: str, persons: str, session: Session, request: pytest.FixtureRequest
) -> None:
    """`--update-golden` writes the numbers of the demo into the lesson."""
    assert session.lints(parse(text)) == ()
    found = f"{persons_in(session, text):,}"
    if request.config.getoption("--update-golden"):
        page = ROOT / "docs" / "learn" / f"{lesson}.md"
        block = f"```kohort\n{text}```\n\n**"
        page.write_text(page.read_text().replace(f"{block}{persons}", f"{block}{found}"))
    else:
        assert found == persons


def test_lessons_count() -> None:
    """In both languages."""
    assert len(NUMBERS) >= 30


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.kohort")), ids=lambda path: path.stem)
def test_every_example_selects_someone_and_has_no_lint(path: Path, session: Session) -> None:
    assert persons_in(session, path.read_text()) > 0
    assert session.lints(parse(path.read_text())) == ()


def persons_in(session: Session, text: str) -> int:
    """How many persons are in the cohort, exactly."""
    asked = Request(
        cohort=parse(text), principal=local_principal(AccessTier.INTERNAL, "docs", "numbers of the documentation")
    )
    count = engine.count(session, asked).count
    assert isinstance(count, engine.Shown)
    return count.value


def steps_of(text: str) -> Steps:
    """What a page has its reader do: save a file, or type commands."""
    return tuple(
        Step(file=step["file"], text=step["body"]) if step["file"] else Step(commands=tuple(commands(step["body"])))
        for step in STEP.finditer(text)
        if step["file"] or step["kind"] == "console"
    )


def printed_by(steps: Steps, run: Run) -> list[str]:
    """What each step of commands prints, its commands with it."""
    printed = []
    for step in steps:
        if step.file:
            Path(step.file).write_text(step.text)
        else:
            printed.append("".join(turn(command, as_shown(run(command))) for command in step.commands))
    return printed


def commands(body: str) -> list[str]:
    """What is typed in a session."""
    return re.findall(r"^\$ (.*)", body, flags=re.M)


def turn(command: str, shown: str) -> str:
    """A command with what is shown below it."""
    return f"$ {command}\n{shown}\n" if shown else f"$ {command}\n"
