"""The measured part of docs/understand/attacks.md."""

from collections.abc import Sequence
from pathlib import Path

from tests.attacks.kit.figures import successes, trade_off
from tests.attacks.kit.results import Result

START, END = "<!-- measured: made by python -m tests.attacks -->", "<!-- /measured -->"
_COLUMNS = ("suppress and round", "cell key", "fresh noise")
_ALSO = "suppress, exact margins"


def write_page(page: Path, plots: Path, results: Sequence[Result]) -> None:
    """Put tables between the page's marks, and the plots in their folder."""
    plots.mkdir(parents=True, exist_ok=True)
    (plots / "successes.svg").write_text(successes([each for each in results if each.baselines]))
    dearest = sorted((each for each in results if each.curve), key=lambda each: -(each.rho or 0))
    (plots / "trade-off.svg").write_text(trade_off(dearest[:6]))
    before, _, rest = page.read_text().partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n{measured(results)}\n{END}{after}")


def measured(results: Sequence[Result]) -> str:
    """The tables."""
    withstood = sum(each.withstood for each in results)
    small = [each.number for each in results if each.size == "small"]
    caveat = (
        f" Of these {', '.join(small)} ran at the small size of the tests, which finds gross errors only."
        if small
        else ""
    )
    lines = [
        f"{withstood} of {len(results)} attacks withstood.{caveat}",
        "",
        "| | attack | figure | service | allowed | " + " | ".join(_COLUMNS) + " |",
        "|---|---|---|---|---|" + "---|" * len(_COLUMNS),
        *map(_row, results),
        "",
        "Every assertion, with its confidence limit:",
        "",
        "| | assertion | measured | allowed | |",
        "|---|---|---|---|---|",
        *(
            f"| {each.number} | {check.says} | {check.measured} | {check.allowed} | {'holds' if check.holds else '**fails**'} |"
            for each in results
            for check in each.checks
        ),
    ]
    return "\n".join(lines)


def _row(result: Result) -> str:
    baselines = [_cell(result.baselines.get(name)) for name in _COLUMNS]
    if _ALSO in result.baselines:
        baselines[0] += f" ({result.baselines[_ALSO]:.2f} with exact margins)"
    number = f"{result.measured:.2f}" + (" (small)" if result.size == "small" else "")
    verdict = number if result.withstood else f"**{number}, broken**"
    return " | ".join(
        (f"| {result.number}", f"{result.title}: {result.tries}", result.figure, verdict, f"{result.limit:.2f}", *baselines)
    ) + " |"  # fmt: skip


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
