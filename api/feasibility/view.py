"""A signed report as words and tables, the same for HTML and PDF."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from api.client.pictures.words import told
from api.pages import words_of
from schemas.language import Language
from schemas.policy import NANO_RHO
from schemas.wire import BelowThreshold, Number, Proportion, Share, ShareWithin, Value
from schemas.wire.feasibility import FeasibilityReport, ReportBreakdown, SignedReport
from schemas.wire.paraphrase import ParaphraseSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table. `low`, `shown` and `high` are persons for its bar; of a hidden number `high` is all that is
    known, and a line whose `high` is 0 has no bar."""

    cells: tuple[str, ...]
    low: int
    shown: int | None
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with what is below it; `most` persons are the whole width of its bars."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        return max((row.high for row in self.rows), default=1) or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that is printed, in the order it is."""

    language: str
    words: Mapping[str, str]
    title: str
    count: str
    facts: tuple[tuple[str, str], ...]
    paraphrase: tuple[ParaphraseSection, ...]
    tables: tuple[Table, ...]
    left_out: tuple[str, ...]
    unmatched: tuple[str, ...]
    meaning: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]
    signature: tuple[tuple[str, str], ...]
    signature_says: str


def view_of(signed: SignedReport) -> View:
    """The report in its own language."""
    report, block = signed.report, signed.signature
    words = words_of(("feasibility",), report.language)
    return View(
        language=report.language.value,
        words=words,
        title=report.title,
        count=value_text(report.count, words),
        facts=tuple(_facts(report, words)),
        paraphrase=tuple(report.paraphrase),
        tables=tuple(_tables(report, words)),
        left_out=tuple(each.why for each in report.left_out),
        unmatched=tuple(each.name for each in report.unmatched),
        meaning=tuple(report.meaning),
        documents=(
            (words["document"], report.document),
            *((words["library"].format(name), text) for name, text in report.library.items()),
        ),
        signature=(
            (words["key"], f"{block.key_name} ({block.key_id})"),
            (words["value"], block.value),
        ),
        signature_says=words["signature_says"].format(algorithm=block.algorithm),
    )


def value_text(value: Value, words: Mapping[str, str]) -> str:
    """`1,230 ± 44`, `< 81`."""
    match value:
        case Number(value=number, margin=margin):
            return f"{number:,} ± {margin:,}"
        case BelowThreshold(less_than=threshold):
            return words["less_than"].format(f"{threshold:,}")
        case _:
            assert_never(value)


def _facts(report: FeasibilityReport, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    release, precision = report.release, report.precision
    yield words["issued"], report.issued.isoformat()
    yield words["project"], report.project
    yield words["institution"], report.institution
    yield words["tier"], words[f"tier_{report.tier.value}"]
    yield (
        words["release"],
        words["release_value"].format(
            id=release.id, created=release.created[:10], phase=release.phase, persons=f"{release.persons:,}"
        ),
    )
    yield words["policy"], words["policy_value"].format(version=report.policy.version, sha256=report.policy.sha256)
    if precision.name is not None:
        yield words["precision"], words["precision_value"].format(name=precision.name.value, margin=precision.margin)
    rho = f"{report.charged / NANO_RHO:g}"
    yield words["charged"], words["charged_value"].format(rho=rho) if report.charged else words["charged_none"]
    yield words["query"], report.query
    yield words["document_hash"], report.document_hash


def _tables(report: FeasibilityReport, words: Mapping[str, str]) -> Iterator[Table]:
    if (attrition := report.attrition) is not None:
        everyone = Row(
            cells=(words["everyone"], f"{attrition.population:,}"),
            low=attrition.population,
            shown=attrition.population,
            high=attrition.population,
        )
        steps = tuple(_row((told(step.name, report.language),), step.left, words) for step in attrition.steps)
        yield Table(caption=words["attrition"], header=(words["step"], words["left"]), rows=(everyone, *steps))
    for breakdown in report.breakdowns:
        yield _breakdown(breakdown, words, report.language)


def _breakdown(found: ReportBreakdown, words: Mapping[str, str], language: Language) -> Table:
    rows = [
        _row(
            (" · ".join(told(label, language) for label in cell.label),),
            cell.count,
            words,
            _proportion(share, words),
        )
        for cell, share in zip(found.cells, found.shares, strict=True)
    ]
    notes = tuple(
        words["mean"].format(
            told(each.dimension, language), f"{each.mean.value:.1f}", f"{each.mean.low:.1f}", f"{each.mean.high:.1f}"
        )
        for each in found.summaries
    )
    dimensions = [told(name, language) for name in found.dimensions]
    total = Row(cells=(words["total"], value_text(found.total, words), ""), low=0, shown=None, high=0)
    return Table(
        caption=words["breakdown"].format(", ".join(dimensions)),
        header=(" · ".join(dimensions), words["persons"], words["share"]),
        rows=(*rows, total),
        notes=notes,
    )


def _row(labels: tuple[str, ...], value: Value, words: Mapping[str, str], *more: str) -> Row:
    cells = (*labels, value_text(value, words), *more)
    match value:
        case Number(value=number, margin=margin):
            return Row(cells=cells, low=max(number - margin, 0), shown=number, high=number + margin)
        case BelowThreshold(less_than=threshold):
            return Row(cells=cells, low=0, shown=None, high=threshold)
        case _:
            assert_never(value)


def _proportion(share: Proportion, words: Mapping[str, str]) -> str:
    match share:
        case Share(value=value, low=low, high=high):
            between = words["between"].format(low=f"{low:.1%}", high=f"{high:.1%}")
            return f"{value:.1%} ({between})"
        case ShareWithin(at_least=low, at_most=high):
            return words["between"].format(low=f"{low:.1%}", high=f"{high:.1%}")
        case _:
            assert_never(share)
