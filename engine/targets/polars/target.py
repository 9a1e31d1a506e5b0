"""The Polars target: an entry scan as lazy frames over Parquet, its result as NumPy columns."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from engine.catalog.release import Release
from engine.logical.nodes import CohortPlan
from engine.personset import PersonSet
from engine.physical.entries import CohortRows, EntryTable
from engine.physical.nodes import EntryScan
from engine.targets.polars.conditions import truths
from engine.targets.polars.entry import entry_rows, last_days
from engine.targets.polars.relations import Relations
from engine.targets.polars.tables import ReleaseTables


class PolarsTarget:
    """Runs entry scans over a release's files; safe to use from several threads."""

    def __init__(self, release: Release) -> None:
        self._tables = ReleaseTables(release)

    def entries(
        self, scan: EntryScan, cohorts: Mapping[CohortPlan, CohortRows], among: PersonSet | None = None
    ) -> EntryTable:
        """Compute the scan; see `engine.execute.Target`.

        The entries come first. Conditions and ends are then computed for all of them together, from the events of
        their people only.
        """
        tables = self._tables if among is None else self._tables.among(among)
        relations = Relations(tables, cohorts)
        entries = entry_rows(scan.entry, relations)
        theirs = relations.of(entries)
        truth = truths(scan.atoms, entries, theirs)
        return EntryTable(
            person=entries["person"].to_numpy(),
            start=_days(entries["start"]),
            end=_days(last_days(scan.exit, entries, theirs)),
            period=_days(entries["observed_from"]),
            truth=truth,
        )


def _days(column: pl.Series) -> np.ndarray:
    return column.cast(pl.Int32).to_numpy()
