"""The system's Chromium, which drives the pages in tests and draws the pictures of the documentation."""

import os
import shutil
from typing import Final

BROWSERS: Final = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Where there is a choice the same engine without windows, which draws a page for half of the processor's time."""
ABSENT: Final = f"no Chromium: install it (Debian: apt-get install {BROWSERS[0]}) or name it in CHROMIUM"


def find_chromium() -> str | None:
    """Where it is; absent where there is none."""
    return os.environ.get("CHROMIUM") or next((path for each in BROWSERS if (path := shutil.which(each))), None)
