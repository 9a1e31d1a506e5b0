"""The dimensions of a breakdown as columns on the person axis, with labels that no person decides.

Age and index year are taken on the person's first day in the cohort. Labels come from the language, the survey
dictionary, the release's list of regions, a fixed list of races or the kinds of genotype there are, never from who is
in the cohort.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Dimension, DimensionKind
from engine.aggregate.cells import DimensionColumn
from engine.aggregate.genotypes import GENOTYPE_LABELS, GenotypeReader, genotype_text
from engine.catalog.database import Database
from engine.catalog.interruption import Interruption
from engine.catalog.people import UNKNOWN_LABEL, People
from engine.catalog.survey import Question
from engine.execute import Intermediates
from engine.logical.digest import Names

DEFAULT_AGE_WIDTH = 10
_OLDEST = 100
_FIRST_YEAR = 2002
_LAST_YEAR = 2030
_LAST_ANSWER = """
    SELECT person, arg_max(answer, (answered_on, answer)) AS answer FROM survey_answer
    WHERE question_id = $question AND missing_reason IS NULL GROUP BY person"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What dimensions are read from. `scope` names the release and the reading of its genotypes, for what is kept."""

    people: People
    database: Database
    genotypes: GenotypeReader
    kept: Intermediates
    scope: str
    stop: Interruption

    def column(self, dimension: Dimension, make: Callable[[], DimensionColumn]) -> DimensionColumn:
        """A column that does not depend on the cohort, kept for the next breakdown by it."""
        key = Names().of("dimension", self.scope, dimension_text(dimension))
        return self.kept.one(key, make, self.stop).value


def dimension_labels(dimension: Dimension, people: People, questions: Mapping[str, Question]) -> tuple[str, ...]:
    """The labels of a dimension in order."""
    match dimension.kind:
        case DimensionKind.SEX:
            return people.sexes
        case DimensionKind.AGE:
            return _age_labels(dimension.width or DEFAULT_AGE_WIDTH)
        case DimensionKind.REGION:
            return people.regions
        case DimensionKind.RACE:
            return people.races
        case DimensionKind.INDEX_YEAR:
            return (*year_labels(_LAST_YEAR), "later")
        case DimensionKind.SURVEY:
            options = questions[str(dimension.question)].options
            return (*(option.answer for option in options), UNKNOWN_LABEL)
        case DimensionKind.GENOTYPE:
            return GENOTYPE_LABELS
        case _:
            assert_never(dimension.kind)


def dimension_edges(dimension: Dimension) -> tuple[int, ...] | None:
    """Where the labels of a numeric dimension begin, and one number more, where the last would end if it were as wide
    as the others; absent for dimensions of words. What lies outside counts as the outermost."""
    match dimension.kind:
        case DimensionKind.AGE:
            width = dimension.width or DEFAULT_AGE_WIDTH
            return tuple(range(0, (len(_age_labels(width)) + 1) * width, width))
        case DimensionKind.INDEX_YEAR:
            return tuple(range(_FIRST_YEAR - 1, _LAST_YEAR + 3))
        case (
            DimensionKind.SEX
            | DimensionKind.REGION
            | DimensionKind.RACE
            | DimensionKind.SURVEY
            | DimensionKind.GENOTYPE
        ):
            return None
        case _:
            assert_never(dimension.kind)


def dimension_column(
    dimension: Dimension,
    labels: tuple[str, ...],
    *,
    facts: PersonFacts,
    index_day: npt.NDArray[np.int32],
) -> DimensionColumn:
    """The label of each person; `index_day` int32[N] is the first day in the cohort, in days since 1970-01-01."""
    people = facts.people
    match dimension.kind:
        case DimensionKind.SEX:
            cell = people.sex.astype(np.int32)
        case DimensionKind.AGE:
            return age_column(people, dimension.width or DEFAULT_AGE_WIDTH, index_day)
        case DimensionKind.REGION:
            cell = people.region
        case DimensionKind.RACE:
            cell = people.race.astype(np.int32)
        case DimensionKind.INDEX_YEAR:
            year = index_day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int32) + 1970
            cell = year_cells(year, labels)
        case DimensionKind.SURVEY:
            return facts.column(dimension, lambda: _last_answers(str(dimension.question), labels, facts))
        case DimensionKind.GENOTYPE:
            variant = dimension.variant
            assert variant is not None
            return facts.column(dimension, lambda: facts.genotypes.column(variant))
        case _:
            assert_never(dimension.kind)
    return DimensionColumn(labels=labels, cell=cell)


def age_column(people: People, width: int, day: npt.NDArray[np.int32]) -> DimensionColumn:
    """Bands of completed years on int32[N] `day`, in days since 1970-01-01."""
    labels = _age_labels(width)
    cell = np.clip(_ages(people.born, day) // width, 0, len(labels) - 1).astype(np.int32)
    return DimensionColumn(labels=labels, cell=cell)


def calendar_days(days: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The year, and 32 * month + day, of int32[n] days since 1970-01-01: int64[n] each."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    in_month = (dates - months.astype("datetime64[D]")).astype(np.int64)
    return number // 12 + 1970, 32 * (number % 12 + 1) + in_month + 1


def year_labels(last: int) -> tuple[str, ...]:
    """Calendar years until `last`, and what was earlier than all of them."""
    return ("earlier", *map(str, range(_FIRST_YEAR, last + 1)))


def year_cells(years: npt.NDArray[np.int32], labels: tuple[str, ...]) -> npt.NDArray[np.int32]:
    """Where in labels of years, the earliest first, calendar years are; what is later than all is in the last."""
    return np.clip(years - _FIRST_YEAR + 1, 0, len(labels) - 1).astype(np.int32)


def dimension_text(dimension: Dimension) -> str:
    """The canonical text of a dimension."""
    match dimension.kind:
        case DimensionKind.AGE:
            return f"age({dimension.width or DEFAULT_AGE_WIDTH})"
        case DimensionKind.SURVEY:
            return f"survey {dimension.question}"
        case DimensionKind.GENOTYPE:
            assert dimension.variant is not None
            return genotype_text(dimension.variant)
        case kind:
            return kind.value


def _age_labels(width: int) -> tuple[str, ...]:
    bands = [(low, low + width - 1) for low in range(0, _OLDEST, width)]
    return (*(f"{low}-{high}" if width > 1 else str(low) for low, high in bands), f"{bands[-1][1] + 1}+")


def _ages(born: npt.NDArray[np.int32], day: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Completed years from birth to day."""
    born_year, born_day = calendar_days(born)
    year, day_of_year = calendar_days(day)
    return year - born_year - (day_of_year < born_day)


def _last_answers(question: str, labels: tuple[str, ...], facts: PersonFacts) -> DimensionColumn:
    """The answer each person gave last, of two on one day always the same; `unknown` for those who gave none that the
    dictionary offers."""
    columns = facts.database.columns(_LAST_ANSWER, {"question": question}, stop=facts.stop)
    positions = {label: position for position, label in enumerate(labels)}
    unknown = len(labels) - 1
    cell = np.full(facts.people.sex.size, unknown, np.int32)
    answers = np.asarray(columns["answer"]).astype(str)
    offered, inverse = np.unique(answers, return_inverse=True)
    lookup = np.array([positions.get(answer, unknown) for answer in offered.tolist()], np.int32)
    cell[np.asarray(columns["person"], np.int64)] = lookup[inverse] if offered.size else unknown
    return DimensionColumn(labels=labels, cell=cell)
