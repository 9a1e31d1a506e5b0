"""From spilled facts to the tables of a release, one after another; the facts of a table that is written are let go."""

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.answers import answer_columns
from engine.ingest.synthetic.arrow import TableWriter
from engine.ingest.synthetic.blocks import Spills, part_of
from engine.ingest.synthetic.facts import Spill
from engine.ingest.synthetic.journal import Journal
from engine.ingest.synthetic.pace import Pace, Phase
from engine.ingest.synthetic.rows import event_columns
from schemas.omop import EVENT_TABLES
from schemas.tables import TableSpec

_DOMAINS = {table: domain for domain, table in EVENT_TABLES.items()}


def write_tables(builder: ReleaseBuilder, spills: Spills, journal: Journal, pace: Pace) -> None:
    """Write the tables that are not written yet."""
    rows = 0
    pace.at(Phase.TABLES, 0.0)
    for table, spill in spills.of.items():
        if not journal.has(part_of(table)):
            rows = _write_table(builder, table, spill, pace, rows)
            journal.add_files(part_of(table), [builder.path(table)])
        spill.remove()


def _write_table(builder: ReleaseBuilder, table: TableSpec, spill: Spill, pace: Pace, before: int) -> int:
    """The rows written by this run, `before` among them."""
    domain = _DOMAINS.get(table)
    rows = 0
    with TableWriter(builder.path(table), table) as writer:
        for batch in spill.batches():
            if domain is None:
                for columns, size in answer_columns(batch):
                    writer.write(columns, size)
            else:
                writer.write(event_columns(domain, batch, rows), len(batch))
            rows += len(batch)
            share = (before + rows) / max(pace.recipe.events, before + rows)
            pace.at(Phase.TABLES, share, before + rows, what=table.name)
    return before + rows
