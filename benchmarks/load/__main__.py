"""The command: `python -m benchmarks.load`. Fifty researchers over HTTP, and what happens when it is too much.

    python -m benchmarks.load --releases FOLDER --release ID [--minutes 2] [--researchers 50]

A server of its own on this machine, asked by this process over the loopback interface; both share the cores. Half of
the time is usual work, the rest one greedy project, overload and what follows it. Every question differs from those
before in one criterion. Fixed answering deadlines are off, so that times are those of the work; budgets and rates are
raised, so that nobody is refused for having asked too much. A second server with short deadlines, which keeps
nothing of questions, is asked for what it can never finish. `--minutes 60` is the nightly form.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from api.auth import open_local_tokens
from benchmarks.load.phases import greedy, overload, steady
from benchmarks.load.policy import generous
from benchmarks.load.report import FILE, Load, Phase, show, write_pages
from benchmarks.load.researchers import Researcher, ask, connected
from benchmarks.load.runaway import run_away
from benchmarks.load.server import Server, served
from benchmarks.scale.questions import questions
from benchmarks.scale.run import QUICK_ID, machine, quick_release
from engine import Principal
from engine.catalog.release import open_release
from schemas.policy import AccessTier

_RUNAWAY_DEADLINE = 0.3
_LIMIT_DEADLINES = 10
_RUNAWAYS = 2


def load(releases: Path, release_id: str, minutes: float, number: int) -> Load:
    """All phases."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        settings = {
            "KOHORT_RELEASES": str(releases), "KOHORT_RELEASE_ID": release_id, "KOHORT_STATE": str(state),
            "KOHORT_FIXED_DEADLINES": "false",
        }  # fmt: skip
        researchers = _researchers(state, number)
        token = open_local_tokens(state).issue(_principal("greedy", "greedy"), hours=12)
        usual = {**settings, "KOHORT_POLICY": str(generous(state / "policy.toml"))}
        with served(usual) as server:
            texts = asyncio.run(_answered(server, researchers[0]))
            asking = [_with(researcher, texts) for researcher in researchers]
            phases = asyncio.run(_phases(server, asking, token, 60 * minutes))
        strict = generous(state / "strict.toml", deadline=_RUNAWAY_DEADLINE)
        limited = {**settings, "KOHORT_POLICY": str(strict), "KOHORT_KEPT_BYTES": "0"}
        with served(limited) as server:
            limit = _LIMIT_DEADLINES * _RUNAWAY_DEADLINE
            runaway = asyncio.run(run_away(server, asking[:_RUNAWAYS], texts[0], limit=limit))
    persons = open_release(releases, release_id).persons
    return Load(machine=machine(), release=release_id, persons=persons, minutes=minutes, researchers=number,
                texts=len(texts), phases=tuple(phases), runaway=runaway)  # fmt: skip


async def _phases(server: Server, researchers: Sequence[Researcher], token: str, seconds: float) -> list[Phase]:
    found = [await steady(server, researchers, 0.5 * seconds)]
    show(found[-1])
    found += await greedy(server, researchers, token, 0.2 * seconds)
    found.append(await overload(server, researchers, 0.1 * seconds))
    return [*found, await steady(server, researchers, 0.2 * seconds, "after the overload")]


async def _answered(server: Server, researcher: Researcher) -> tuple[str, ...]:
    """The questions that the tier is answered; each is asked once, so that its files are in the page cache."""
    found: list[str] = []
    async with connected(server.address, 1) as client:
        for question in questions():
            asked = await ask(client, researcher, question.text)
            if asked.status == 200:
                found.append(question.text)
            else:
                print(f"left out: {question.number} {question.name}, {asked.status} {asked.code}", flush=True)
    if not found:
        raise SystemExit("the server answered none of the questions")
    return tuple(found)


def _researchers(state: Path, number: int) -> list[Researcher]:
    """Two to a project."""
    tokens = open_local_tokens(state)
    found = []
    for at in range(number):
        project = f"p{at // 2}"
        token = tokens.issue(_principal(f"u{at}", project), hours=12)
        found.append(Researcher(token=token, project=project, texts=(), seed=at))
    return found


def _principal(user: str, project: str) -> Principal:
    return Principal(user=user, project=project, institution="i", tier=AccessTier.CONTROLLED)


def _with(researcher: Researcher, texts: tuple[str, ...]) -> Researcher:
    return Researcher(token=researcher.token, project=researcher.project, texts=texts, seed=researcher.seed)


def main() -> None:
    """Measure, unless only the page is wanted; print; write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=Path, help="without it a small release of its own")
    parser.add_argument("--release", default="national")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--researchers", type=int, default=50)
    parser.add_argument("--report", action="store_true", help="only write the page anew, from the last results")
    chosen = parser.parse_args()
    if not chosen.report:
        releases, release = (chosen.releases, chosen.release) if chosen.releases else (quick_release(), QUICK_ID)
        found = load(releases, release, chosen.minutes, chosen.researchers)
        found.show()
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps(found.to_json(), indent=1) + "\n")
    write_pages()


if __name__ == "__main__":
    main()
