"""The general target: plans as SQL trees with bound parameters, run by DuckDB over the release's Parquet files."""

from engine.targets.duckdb.target import (
    DuckDBTarget,
    cohort_tables,
    compile_anchors,
    compile_last_days,
    compile_truths,
)

__all__ = ["DuckDBTarget", "cohort_tables", "compile_anchors", "compile_last_days", "compile_truths"]
