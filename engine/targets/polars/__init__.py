"""The second general target: plans as Polars lazy frames over the release's Parquet files."""

from engine.targets.polars.target import PolarsTarget

__all__ = ["PolarsTarget"]
