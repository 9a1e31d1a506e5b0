"""The release's tables as lazy frames, and the one place where Polars runs."""

from collections.abc import Iterable
from functools import cached_property

import polars as pl

from engine.catalog.release import Release
from engine.personset import PersonSet
from schemas.errors import InternalError
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import PERSON
from schemas.tables import TableSpec


class ReleaseTables:
    """Tables of one release. A release never changes, so what is small and always needed is read once.

    Narrowed to some people, events and answers are of theirs only; look-up tables stay whole.
    """

    def __init__(self, release: Release, persons: pl.DataFrame | None = None) -> None:
        self._release = release
        self._persons = persons

    def among(self, people: PersonSet) -> "ReleaseTables":
        """The tables of these people only, with what was read of the whole."""
        persons = pl.DataFrame({"person": people.indices()})
        narrowed = ReleaseTables(self._release, persons)
        narrowed.__dict__["people"] = self.people  # indexed by person
        narrowed.__dict__["periods"] = self.periods.join(persons, on="person", how="semi")
        return narrowed

    def events(self, table: TableSpec) -> pl.LazyFrame:
        """A table of events or answers, of the people that matter."""
        frame = self.scan(table)
        return frame if self._persons is None else frame.join(self._persons.lazy(), on="person", how="semi")

    def scan(self, table: TableSpec) -> pl.LazyFrame:
        """The table as it is stored."""
        return pl.scan_parquet(self._release.file(table.path), glob=False)

    @cached_property
    def people(self) -> pl.DataFrame:
        """Persons by index: day and year of birth, gender, race, ethnicity, region."""
        columns = ("gender_concept_id", "race_concept_id", "ethnicity_concept_id", "region")
        return collect(
            self.scan(PERSON).select(
                "person", pl.col("birth_date").cast(pl.Int32).alias("born"), "year_of_birth", *columns
            )
        )

    @cached_property
    def periods(self) -> pl.DataFrame:
        """Observation periods: person, observed_from, observed_to."""
        return collect(
            self.scan(EVENT_TABLES[Domain.OBSERVATION_PERIOD]).select(
                "person",
                pl.col("start_date").cast(pl.Int32).alias("observed_from"),
                pl.col("end_date").cast(pl.Int32).alias("observed_to"),
            )
        )


def collect(frame: pl.LazyFrame) -> pl.DataFrame:
    """Run one frame."""
    return collect_all([frame])[0]


def collect_all(frames: Iterable[pl.LazyFrame]) -> list[pl.DataFrame]:
    """Run the frames together, in morsels that bound the memory that joins take."""
    try:
        return pl.collect_all(frames, engine="streaming")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InternalError("database", "the query could not be run") from error
