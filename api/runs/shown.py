"""An answer as a table in words, in the reader's language: what stands beside a picture."""

from dataclasses import dataclass
from typing import Final, assert_never

from api.client.pictures.values import drawn_share, drawn_value
from api.client.pictures.words import WORDS, told
from schemas.language import Language
from schemas.wire import (
    AttritionAnswer,
    BreakdownAnswer,
    CountAnswer,
    GenotypesAnswer,
    Number,
    OverlapAnswer,
    PrevalenceAnswer,
)
from schemas.wire.answers import Summary, VariantGenotypes
from schemas.wire.pictures import ComparedCohorts
from schemas.wire.runs import RunAnswer, ShownColumn, ShownTable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Headings and notes."""

    count: str
    step: str
    persons: str
    share: str
    interval: str
    observed: str
    cases: str
    prevalence: str
    genotype: str
    cohort: str
    variant: str
    just: str
    frequency: str
    missing: str
    missing_reference: str
    mean: str
    exact: str


_WORDS: Final = {
    Language.ENGLISH: _Words(
        count="Persons in the cohort",
        step="step",
        persons="persons",
        share="share of the cohort",
        interval="interval",
        observed="under observation",
        cases="in the cohort",
        prevalence="prevalence",
        genotype="genotype",
        cohort="cohort",
        variant="variant",
        just="in just these cohorts",
        frequency="{}: allele frequency {}",
        missing="missing calls {}",
        missing_reference="missing calls count as the reference",
        mean="Mean of {}: {} ({}–{}); quartiles {}",
        exact="everyone in the release",
    ),
    Language.KOREAN: _Words(
        count="코호트에 속한 사람",
        step="단계",
        persons="인원(명)",
        share="코호트 내 비율",
        interval="기간",
        observed="관찰 중인 사람",
        cases="코호트에 속한 사람",
        prevalence="유병률",
        genotype="유전형",
        cohort="코호트",
        variant="변이",
        just="이 코호트에만 속함",
        frequency="{}: 대립유전자 빈도 {}",
        missing="판정되지 않은 비율 {}",
        missing_reference="판정되지 않은 유전형은 참조형으로 셉니다",
        mean="{} 평균: {} ({}–{}), 사분위수 {}",
        exact="릴리스 전체",
    ),
}


def shown_table(answer: RunAnswer, language: Language) -> ShownTable:
    """The numbers of an answer, in the order of the picture."""
    words, titles = _WORDS[language], WORDS[language]
    match answer:
        case CountAnswer():
            return _table(words.count, [], [words.persons], [[drawn_value(answer.count).words]])
        case AttritionAnswer():
            everyone = [words.exact, drawn_value(Number(value=answer.population, margin=0)).words]
            steps = [[told(step.name, language), drawn_value(step.left).words] for step in answer.steps]
            return _table(titles.attrition, [words.step], [words.persons], [everyone, *steps])
        case BreakdownAnswer():
            return _breakdown(answer, language)
        case PrevalenceAnswer():
            return _prevalence(answer, language)
        case GenotypesAnswer():
            rows = [
                [each.variant, told(cell.label[0], language), drawn_value(cell.count).words]
                for each in answer.variants
                for cell in each.genotypes
            ]
            notes = [_said_of(each, words) for each in answer.variants]
            return _table(titles.genotypes, [words.variant, words.genotype], [words.persons], rows, notes)
        case OverlapAnswer():
            return _overlap(answer, language)
        case ComparedCohorts():
            return _compared(answer, language)
        case _:
            assert_never(answer)


def _table(
    title: str, labels: list[str], numbers: list[str], rows: list[list[str]], notes: list[str] | None = None
) -> ShownTable:
    columns = [ShownColumn(name=name, is_number=False) for name in labels]
    columns += [ShownColumn(name=name, is_number=True) for name in numbers]
    return ShownTable(title=title, columns=columns, rows=rows, notes=notes or [])


def _breakdown(answer: BreakdownAnswer, language: Language) -> ShownTable:
    words = _WORDS[language]
    labels = [told(dimension, language) for dimension in answer.dimensions]
    title = WORDS[language].breakdown.format(", ".join(labels))
    total = [WORDS[language].total, *[""] * (len(labels) - 1), drawn_value(answer.total).words, ""]
    notes = [_mean(summary, language) for summary in answer.summaries]
    return _table(title, labels, [words.persons, words.share], [*_cells(answer, language), total], notes)


def _cells(answer: BreakdownAnswer, language: Language) -> list[list[str]]:
    shares = [drawn_share(share).words for share in answer.shares] or [""] * len(answer.cells)
    return [
        [*(told(word, language) for word in cell.label), drawn_value(cell.count).words, share]
        for cell, share in zip(answer.cells, shares, strict=True)
    ]


def _mean(summary: Summary, language: Language) -> str:
    quartiles = ", ".join(f"{each.value:g} ({each.low:g}–{each.high:g})" for each in summary.quartiles)
    mean = summary.mean
    numbers = (f"{mean.value:g}", f"{mean.low:g}", f"{mean.high:g}")
    return _WORDS[language].mean.format(told(summary.dimension, language), *numbers, quartiles)


def _prevalence(answer: PrevalenceAnswer, language: Language) -> ShownTable:
    words = _WORDS[language]
    labels = [words.interval, *(told(dimension, language) for dimension in answer.dimensions)]
    rows = [
        [
            row.interval,
            *(told(word, language) for word in row.label),
            drawn_value(row.observed).words,
            drawn_value(row.cases).words,
            drawn_share(row.prevalence).words,
        ]
        for row in answer.rows
    ]
    return _table(WORDS[language].trend, labels, [words.observed, words.cases, words.prevalence], rows)


def _said_of(variant: VariantGenotypes, words: _Words) -> str:
    """Frequency and missing calls of a variant, which follow from its cells."""
    frequency = words.frequency.format(variant.variant, drawn_share(variant.frequency).words)
    missing = words.missing.format(drawn_share(variant.missing).words) if variant.missing else words.missing_reference
    return f"{frequency}; {missing}"


def _overlap(answer: OverlapAnswer, language: Language) -> ShownTable:
    words = _WORDS[language]
    names = [cohort.name for cohort in answer.cohorts]
    regions = [
        [" & ".join(names[place] for place in region.cohorts), drawn_value(region.count).words]
        for region in answer.regions
    ]
    whole = [[f"{cohort.name} ({WORDS[language].total})", drawn_value(cohort.count).words] for cohort in answer.cohorts]
    return _table(WORDS[language].overlap, [words.just], [words.persons], [*regions, *whole])


def _compared(answer: ComparedCohorts, language: Language) -> ShownTable:
    """Both cohorts beside each other, cell by cell."""
    words = _WORDS[language]
    first, second = answer.answers
    labels = [told(dimension, language) for dimension in first.dimensions]
    numbers = [f"{name}: {of}" for name in answer.names for of in (words.persons, words.share)]
    rows = [
        [*one, *other[len(labels) :]]
        for one, other in zip(_cells(first, language), _cells(second, language), strict=True)
    ]
    empty = [""] * (len(labels) - 1)
    total = [WORDS[language].total, *empty, drawn_value(first.total).words, "", drawn_value(second.total).words, ""]
    return _table(WORDS[language].comparison.format(", ".join(labels)), labels, numbers, [*rows, total])
