"""OHDSI's own SQL for a Circe definition, run on DuckDB: a worker that speaks JSON, one line a message.

It runs in an environment of its own (`make oracle` sets it up), because the project itself does not depend on the
package that writes the SQL. Messages in, and what comes back:

    {"world": "/folder"}       {"loaded": number of tables}
    {"definition": {...}}      {"rows": [[person, "start", "end"], ...], "tied": bool}, or {"error": "..."}

Two of the SQL's `row_number()` calls order a person's events by start date alone, so that with a limit of one event
its answer can depend on the order of rows. `rows` is the answer when such ties go to the lowest event; `tied` says
that the highest would give another one.
"""

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
from duckcdm.circe import build_cohort_query
from duckcdm.sqlrender import render, translate

_COHORT = 1
_FACTOR = 987654321
_ORDERS = {
    "(partition by pe.person_id order by pe.start_date {sort})": f", pe.event_id * {_FACTOR})",
    "(partition by person_id order by start_date {sort}) as ordinal": f", event_id * {_FACTOR}) as ordinal",
}
"""The two orders that leave ties -> another end for them, which breaks ties; a negative factor breaks them the other
way, and can be put in after translation, which takes longest."""


class Oracle:
    """One data set, and the rows OHDSI's SQL gives for a definition over it."""

    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.tables = sorted(folder.glob("*.parquet"))
        for file in self.tables:
            self.connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_parquet('{file}')")
        self.connection.execute(
            "CREATE TABLE cohort (cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE)"
        )

    def answer(self, definition: dict[str, Any]) -> dict[str, Any]:
        sql = build_cohort_query(definition, cdm_schema="main", target_table="main.cohort", cohort_id=_COHORT)
        sql = translate(render(_with_ties_broken(sql)), "duckdb")
        lowest, highest = self._rows(sql), self._rows(sql.replace(str(_FACTOR), str(-_FACTOR)))
        return {"rows": lowest, "tied": lowest != highest}

    def _rows(self, sql: str) -> list[list[Any]]:
        cursor = self.connection.cursor()  # its temporary tables go with it, also after an error
        try:
            cursor.execute(sql)
            found = cursor.execute("SELECT subject_id, cohort_start_date, cohort_end_date FROM main.cohort").fetchall()
        finally:
            cursor.close()
        return sorted([person, str(start), str(end)] for person, start, end in found)


def _with_ties_broken(sql: str) -> str:
    for order, end in _ORDERS.items():
        (found,) = [whole for sort in ("ASC", "DESC") if (whole := order.format(sort=sort)) in sql]
        assert sql.count(found) == 1, "the SQL is not as expected"
        sql = sql.replace(found, found[: found.index(")", found.index("order by"))] + end)
    return sql


def _reply(message: dict[str, Any], oracle: Oracle | None) -> tuple[dict[str, Any], Oracle | None]:
    if "world" in message:
        oracle = Oracle(Path(message["world"]))
        return {"loaded": len(oracle.tables)}, oracle
    assert oracle is not None, "no world is loaded"
    try:
        return oracle.answer(message["definition"]), oracle
    except Exception as problem:  # whatever is wrong with one definition is its answer
        return {"error": f"{type(problem).__name__}: {problem}"}, oracle


def main() -> None:
    oracle = None
    for line in sys.stdin:
        reply, oracle = _reply(json.loads(line), oracle)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
