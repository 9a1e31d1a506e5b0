"""The public keys beside the published tables, where the public process finds them."""

from pathlib import Path

from engine import REPORT_KEYS_FILE, ReportKeys, write_report_keys


def publish_keys(keys: ReportKeys, cubes: Path) -> None:
    """Put the public halves into the folder of published tables, where there is one; raises `DataProblem`."""
    if cubes.is_dir():
        write_report_keys(cubes / REPORT_KEYS_FILE, keys.known)
