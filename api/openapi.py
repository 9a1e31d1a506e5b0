"""Write the OpenAPI document to `schemas/json/openapi.json`: `python -m api.openapi`. A test compares the two."""

import json
from pathlib import Path
from typing import Final

from api.app import create_app
from api.settings import ServerSettings

FILE: Final = Path(__file__).resolve().parent.parent / "schemas" / "json" / "openapi.json"


def document() -> str:
    """The OpenAPI 3.1 document as indented JSON, ending in a newline."""
    return json.dumps(create_app(ServerSettings()).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(document(), encoding="utf-8")
