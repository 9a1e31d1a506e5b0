"""Commands for what is exact or refused: inclusion statistics and incidence."""

from collections.abc import Sequence
from typing import Annotated

import typer

import engine
from api.commands.answering import print_footer, request_of
from api.commands.console import out, print_json, reporting, table_of, value_text
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    By,
    Day,
    DocumentFile,
    Library,
    Project,
    Reason,
    ReleaseId,
    Releases,
    State,
    Tier,
)
from api.commands.reading import open_session, read_document_file
from api.documents import read_dimensions
from api.problems import about
from api.series import read_between
from api.statistics import incidence_answer, inclusion_answer
from schemas.inclusion import InclusionMode
from schemas.policy import AccessTier
from schemas.wire import IncidencePeriod, IncidenceRate, InclusionCounts

_SHOWN_PATTERNS = 20
"""The most frequent ones; there may be as many as entries."""

app = typer.Typer()


@app.command()
def inclusion(
    file: DocumentFile,
    library: Library = [],  # noqa: B006 - typer copies it
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Count the entries that pass each rule, of all entries and of one a person, as OHDSI does."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        with open_session(releases, state, release) as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, tier)
            safe = engine.inclusion(session, request_of(document, tier, project, reason=reason))
        answer = inclusion_answer(safe, found.query_hash, found.unmatched)
        if as_json:
            print_json(answer)
            return
        for counts in answer.modes:
            title = f"{document.cohort.name}, {_MODES[counts.mode]}"
            headings = ["", "rule", "pass", "pass all others only"]
            out().print(table_of(title, headings, _rule_rows(counts), right=2))
            if counts.rules:
                out().print(table_of(None, ["rules passed", "entries"], _pattern_rows(counts), right=1))
        print_footer(answer)


@app.command()
def incidence(
    file: DocumentFile,
    first: Annotated[Day | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day that counts.")] = None,
    last: Annotated[Day | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day that counts.")] = None,
    by: By = [],  # noqa: B006
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Count time at risk and outcomes by calendar period, as the document's `incidence of …` asks."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        dimensions = read_dimensions(by)
        between = read_between(first and first.date(), last and last.date())
        with open_session(releases, state, release) as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, tier)
            request = request_of(document, tier, project, dimensions=dimensions, reason=reason)
            safe = engine.incidence(session, request, between)
        answer = incidence_answer(safe, found.query_hash, found.unmatched, dimensions or ())
        if as_json:
            print_json(answer)
            return
        headings = ["persons at risk", "person-days", "persons ill", "outcomes", "per 1,000 years", "95 %"]
        rows = [_period_row(period) for period in (*answer.periods, answer.total)]
        out().print(table_of(document.cohort.name, ["period", *headings], rows, right=len(headings)))
        if answer.strata:
            rows = [_period_row(stratum, *stratum.label) for stratum in answer.strata]
            out().print(table_of(None, ["period", *answer.dimensions, *headings], rows, right=len(headings)))
        print_footer(answer)


_MODES = {InclusionMode.EVENTS: "all entries", InclusionMode.BEST_EVENT: "the best entry of each person"}


def _rule_rows(counts: InclusionCounts) -> Sequence[Sequence[str]]:
    rules = [[str(rule.number), rule.name, value_text(rule.passed), value_text(rule.gain)] for rule in counts.rules]
    return [
        ["", "entries", value_text(counts.total), ""],
        *rules,
        ["", "all rules", value_text(counts.passed_all), ""],
    ]


def _pattern_rows(counts: InclusionCounts) -> Sequence[Sequence[str]]:
    rows = [
        [", ".join(map(str, pattern.passed)) or "none", value_text(pattern.entries)]
        for pattern in counts.patterns[:_SHOWN_PATTERNS]
    ]
    more = len(counts.patterns) - len(rows)
    return [*rows, [f"and {more:,} more patterns, with --json", ""]] if more else rows


def _period_row(period: IncidencePeriod, *label: str) -> Sequence[str]:
    counts = (period.persons_at_risk, period.person_days, period.persons_with_outcome, period.outcomes)
    return [period.period, *label, *map(value_text, counts), *_rate_cells(period.rate)]


def _rate_cells(rate: IncidenceRate | None) -> Sequence[str]:
    if rate is None:
        return ["", ""]
    return [f"{rate.per_1000_person_years:,.2f}", f"{rate.low:,.2f} to {rate.high:,.2f}"]
