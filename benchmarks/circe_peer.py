"""The peer of `benchmarks.circe`: SQL of OHDSI's compiler as the `duckcdm` package makes it, run by DuckDB.

This file runs in the environment `make oracle` sets up, never in the project's own: it reads definitions as JSON lines
(`{"id", "expression"}`) and writes `{"id", "sql", "seconds"}`, or `{"id", "error"}` where the compiler refuses.
"""

import json
import sys
import time

from duckcdm.circe import build_cohort_query
from duckcdm.sqlrender import render, translate


def main() -> None:
    """Compile every definition on standard input."""
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.perf_counter()
        try:
            sql = build_cohort_query(
                asked["expression"], cdm_schema="main", target_table="main.cohort", cohort_id=asked["id"]
            )
            answer = {"id": asked["id"], "sql": translate(render(sql), "duckdb")}
        except Exception as error:  # whatever the compiler refuses is not compared
            answer = {"id": asked["id"], "error": type(error).__name__}
        print(json.dumps(answer | {"seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
