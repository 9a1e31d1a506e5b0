"""Of what the boards of a reader are made, and how finely: the tables that a tier may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cohort_dsl.printing.values import question_text
from engine import Cube, Session
from schemas.access import Access, AccessTier, RegionLevel
from schemas.language import Language
from schemas.policy import TierPolicy

_AGES: Final = (("sex", "age(5)"), ("sex", "age(10)"), ("sex", "age(20)"), ("sex",))
_NARROW_AGES: Final = (("sex", "age(5)"), ("age(5)",))
"""Where ages by sex are as wide as those published, narrower ones without it come beside them."""
_PLACES: Final = (("region", "age(10)"), ("sex", "region"), ("region",))
_YEARS: Final = (("sex", "index year"), ("index year",))
_RACES: Final = (("race", "age(10)"), ("sex", "race"), ("race",))
_SEXES = 3
_YEAR_LABELS = 31
_GENOTYPE_LABELS = 8
_OLDEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Of what boards are made: the reader's tier with its rules and what is open to it today, a session, the cube, and
    the word that entries are found by."""

    tier: AccessTier
    rules: TierPolicy
    access: Access
    session: Session
    cube: Cube | None
    language: Language
    search: str = ""

    @property
    def ages(self) -> tuple[tuple[str, ...], ...]:
        """People by sex and age, and by ages narrower than those where the tier may not have both at once."""
        return tuple(dict.fromkeys((*self.finest(_AGES), *self.finest(_NARROW_AGES))))

    @property
    def of_first_events(self) -> tuple[tuple[str, ...], ...]:
        """People by sex and age, by place, and by the year of an event."""
        return (*self.ages, *self.places, *self.finest(_YEARS))

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """People by place."""
        return self.finest(_PLACES)

    @property
    def races(self) -> tuple[tuple[str, ...], ...]:
        """People by race as recorded."""
        return self.finest(_RACES)

    def finest(self, choices: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        """The first of some tables that the tier may ask for, or none: the finest ones stand first."""
        fitting = (by for by in choices if self._is_open(by))
        return tuple(by for by, _ in zip(fitting, range(1), strict=False))

    def _is_open(self, by: tuple[str, ...]) -> bool:
        cells = 1
        for dimension in by:
            if dimension == "region" and self.access.regions < RegionLevel.PROVINCE:
                return False
            if dimension.startswith("age") and _width(dimension) < self.access.age_width:
                return False
            cells *= self._labels(dimension)
        return len(by) <= self.rules.max_dimensions and cells <= self.rules.max_cells

    def _labels(self, dimension: str) -> int:
        word, _, rest = dimension.partition(" ")
        match word.partition("(")[0]:
            case "sex":
                return _SEXES
            case "age":
                return -(-_OLDEST // _width(dimension)) + 1
            case "region":
                return len(self.session.people.regions)
            case "race":
                return len(self.session.people.races)
            case "index":
                return _YEAR_LABELS
            case "genotype":
                return _GENOTYPE_LABELS
            case _:
                questions = self.session.dictionaries.questions.values()
                return next(len(each.options) + 1 for each in questions if question_text(each.question_id) == rest)


def _width(dimension: str) -> int:
    return int(dimension.removeprefix("age(").removesuffix(")"))
