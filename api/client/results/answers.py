"""The answers, typed: the models of the wire, with what a program does with them."""

from api.client.pictures import ComparedCohorts, Language, PictureKind, picture
from api.client.pictures.values import drawn_value
from api.client.results.tabular import Picture, Tabular
from schemas.wire.answers import (
    AttritionAnswer,
    BreakdownAnswer,
    CountAnswer,
    GenotypesAnswer,
    IncidenceAnswer,
    OverlapAnswer,
    PrevalenceAnswer,
    ProfileAnswer,
    Value,
)


class Count(Tabular, CountAnswer):
    """How many persons are in a cohort."""

    def summary(self) -> str:
        """As in `1,545 ± 42 persons`."""
        return _persons(self.count)


class Breakdown(Tabular, BreakdownAnswer):
    """A cohort's persons by one or more dimensions, with their `share` of it."""

    def summary(self) -> str:
        """The cohort's count."""
        return _persons(self.total)

    def usual_picture(self) -> PictureKind:
        """A pyramid of sex and age, a trend of years, and bars of everything else."""
        kinds = [name.partition("(")[0] for name in self.dimensions]
        if sorted(kinds) == ["age", "sex"]:
            return "pyramid"
        return "trend" if kinds == ["index year"] else "breakdown"


class Attrition(Tabular, AttritionAnswer):
    """Who is left after each step."""

    def usual_picture(self) -> PictureKind:
        """The funnel."""
        return "attrition"


class Genotypes(Tabular, GenotypesAnswer):
    """Genotypes of variants in a cohort, with each variant's allele frequency."""

    def usual_picture(self) -> PictureKind:
        """Bars, by variant."""
        return "genotypes"


class Overlap(Tabular, OverlapAnswer):
    """Persons in every combination of cohorts."""

    def usual_picture(self) -> PictureKind:
        """An UpSet picture."""
        return "overlap"


class Prevalence(Tabular, PrevalenceAnswer):
    """How common a cohort is over time."""

    def usual_picture(self) -> PictureKind:
        """Lines with bands."""
        return "trend"


class Incidence(Tabular, IncidenceAnswer):
    """Outcomes and time at risk; inside the trusted environment only."""

    def usual_picture(self) -> PictureKind:
        """Lines with bands."""
        return "trend"


class Profile(Tabular, ProfileAnswer):
    """A cohort's persons in each of several groups."""

    def summary(self) -> str:
        """The cohort's count."""
        return _persons(self.total)


def compare(
    first: tuple[str, Breakdown],
    second: tuple[str, Breakdown],
    *,
    language: Language | str = Language.ENGLISH,
    width: int = 640,
) -> Picture:
    """Two cohorts' shares side by side, from breakdowns by the same dimensions, each with a name."""
    compared = ComparedCohorts.model_construct(names=[first[0], second[0]], answers=[first[1], second[1]])
    return Picture(picture("comparison", compared, language=language, width=width))


def _persons(value: Value) -> str:
    return f"{drawn_value(value).words} persons"
