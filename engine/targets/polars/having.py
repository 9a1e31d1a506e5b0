"""Events that meet a condition of their own: each event is the entry the condition is about."""

from typing import TYPE_CHECKING

import polars as pl

from engine.logical.nodes import Condition, atoms_of
from engine.physical.entries import TRUE
from engine.physical.kleene import evaluate
from engine.targets.polars.conditions import truths
from engine.targets.polars.entry import observed
from engine.targets.polars.tables import collect

if TYPE_CHECKING:
    from engine.targets.polars.relations import Relations


def holding(events: pl.LazyFrame, condition: Condition, relations: "Relations") -> pl.DataFrame:
    """The events inside an observation period for which the condition is true.

    Where periods overlap the condition looks at the one that starts first.
    """
    inside = observed(events, relations.tables.periods.lazy())
    found = collect(
        inside.sort("observed_from", "observed_to").unique(("person", "event_id"), keep="first", maintain_order=True)
    )
    entries = found.with_row_index("entry")
    columns = truths(tuple(dict.fromkeys(atoms_of(condition))), entries, relations.of(entries))
    true = evaluate(condition, columns, len(entries)) == TRUE
    return found.drop("observed_from", "observed_to").filter(pl.Series(true))
