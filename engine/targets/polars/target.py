"""The Polars target: entries, their ends and their conditions as lazy frames over Parquet, results as NumPy columns."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from engine.catalog.interruption import Interruption
from engine.catalog.release import Release
from engine.logical.nodes import Atom, CohortPlan, Entry, ExitPlan
from engine.personset import PersonSet
from engine.physical.entries import NO_VISIT, Anchors, CohortRows, Days, Truth
from engine.targets.polars.conditions import truths
from engine.targets.polars.entry import entry_rows, last_days
from engine.targets.polars.relations import Relations
from engine.targets.polars.tables import ReleaseTables

Cohorts = Mapping[CohortPlan, CohortRows]


class PolarsTarget:
    """Runs the parts of a plan over a release's files; safe to use from several threads. See `engine.execute.Target`.

    Polars cannot be stopped inside of a frame: a question that is given up ends with the frame it is in.
    """

    def __init__(self, release: Release) -> None:
        self._tables = ReleaseTables(release)

    def anchors(
        self,
        entry: Entry,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
        *,
        with_visits: bool = True,  # noqa: ARG002  # they are there anyway
        with_ends: bool = True,  # noqa: ARG002
    ) -> Anchors:
        rows = entry_rows(entry, self._relations(cohorts, among, stop))
        return Anchors(
            person=rows["person"].cast(pl.UInt32).to_numpy(),
            start=_days(rows["start"]),
            end=_days(rows["end"]),
            observed_from=_days(rows["observed_from"]),
            observed_to=_days(rows["observed_to"]),
            visit=rows["visit"].cast(pl.Int64).fill_null(int(NO_VISIT)).to_numpy(),
        )

    def last_days(
        self,
        exit: ExitPlan,
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> Days:
        entries = _rows(anchors)
        return _days(last_days(exit, entries, self._relations(cohorts, among, stop).of(entries)))

    def truths(
        self,
        atoms: tuple[Atom, ...],
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> dict[Atom, Truth]:
        """All of them together, from the events of the entries' people only."""
        entries = _rows(anchors)
        return truths(atoms, entries, self._relations(cohorts, among, stop).of(entries))

    def _relations(self, cohorts: Cohorts, among: PersonSet | None, stop: Interruption | None) -> Relations:
        if stop is not None:
            stop.check()
        return Relations(self._tables if among is None else self._tables.among(among), cohorts)


def _rows(anchors: Anchors) -> pl.DataFrame:
    """The entries as `engine.targets.polars.entry.entry_rows` has them."""
    return pl.DataFrame(
        {
            "entry": np.arange(len(anchors), dtype=np.uint32),
            "person": anchors.person,
            "start": anchors.start,
            "end": anchors.ends(),
            "visit": anchors.visits(),
            "observed_from": anchors.observed_from,
            "observed_to": anchors.observed_to,
        }
    ).with_columns(pl.col("visit").replace(int(NO_VISIT), None))


def _days(column: pl.Series) -> Days:
    return column.cast(pl.Int32).to_numpy()
