"""The measured part of docs/understand/attacks.md, and of the same page in Korean."""

from collections.abc import Sequence
from pathlib import Path

from tests.attacks.kit.figures import Say, successes, trade_off
from tests.attacks.kit.korean import in_korean
from tests.attacks.kit.outcome import Check
from tests.attacks.kit.results import Result

START, END = "<!-- measured: made by python -m tests.attacks -->", "<!-- /measured -->"
_COLUMNS = ("suppress and round", "cell key", "fresh noise")
_ALSO = "suppress, exact margins"


def write_page(page: Path, plots: Path, results: Sequence[Result]) -> None:
    """Put tables between the page's marks, and the plots in their folder, in the language of the page."""
    is_korean = page.name.endswith(".ko.md")
    say, ending = (in_korean, ".ko.svg") if is_korean else (str, ".svg")
    plots.mkdir(parents=True, exist_ok=True)
    (plots / f"successes{ending}").write_text(successes([each for each in results if each.baselines], say))
    dearest = sorted((each for each in results if each.curve), key=lambda each: -(each.rho or 0))
    (plots / f"trade-off{ending}").write_text(trade_off(dearest[:6], say))
    before, _, rest = page.read_text().partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n{measured(results, say)}\n{END}{after}")


def measured(results: Sequence[Result], say: Say) -> str:
    """The tables, each text as `say` has it."""
    withstood = sum(each.withstood for each in results)
    small = [each.number for each in results if each.size == "small"]
    caveat = f"Of these {', '.join(small)} ran at the small size of the tests, which finds gross errors only."
    opening = [say(f"{withstood} of {len(results)} attacks withstood."), *([say(caveat)] if small else [])]
    lines = [
        " ".join(opening),
        "",
        _line("", *map(say, ("attack", "figure", "service", "allowed", *_COLUMNS))),
        "|---|---|---|---|---|" + "---|" * len(_COLUMNS),
        *(_row(each, say) for each in results),
        "",
        say("Every assertion, with its confidence limit:"),
        "",
        _line("", *map(say, ("assertion", "measured", "allowed")), ""),
        "|---|---|---|---|---|",
        *(_assertion(each.number, check, say) for each in results for check in each.checks),
    ]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _assertion(number: str, check: Check, say: Say) -> str:
    verdict = say("holds") if check.holds else f"**{say('fails')}**"
    return _line(number, say(check.says), say(check.measured), say(check.allowed), verdict)


def _row(result: Result, say: Say) -> str:
    baselines = [_cell(result.baselines.get(name)) for name in _COLUMNS]
    if _ALSO in result.baselines:
        baselines[0] += f" ({say(f'{result.baselines[_ALSO]:.2f} with exact margins')})"
    number = f"{result.measured:.2f}"
    figure = say(f"{number} (small)") if result.size == "small" else number
    verdict = figure if result.withstood else f"**{say(f'{figure}, broken')}**"
    what = f"{say(result.title)}: {say(result.tries)}"
    return f"| {' | '.join((result.number, what, say(result.figure), verdict, f'{result.limit:.2f}', *baselines))} |"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
