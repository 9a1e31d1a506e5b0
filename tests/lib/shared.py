"""Where the real inputs are that some tests use."""

import os
from pathlib import Path


def shared_folder() -> Path | None:
    """The folder of real inputs (`KOHORT_SHARED`, or beside the project), absent where there is none."""
    path = Path(os.environ.get("KOHORT_SHARED") or Path(__file__).parents[3] / "shared")
    return path if (path / "data").is_dir() else None
