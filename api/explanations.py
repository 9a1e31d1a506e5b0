"""What a problem's code means and what to do about it, in languages other than the server's own.

Pages that run scripts read the same file.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from api.languages import Language

FILES: Final = Path(__file__).resolve().parent / "web" / "static"

ANY_OTHER: Final = "*"
"""In place of a code: of all that only operators can put right."""


def explanation(code: str, language: Language) -> str | None:
    """One or two sentences in the language; absent in English, which the server's messages are in."""
    if language is Language.ENGLISH:
        return None
    known = _explanations(language)
    return known.get(code, known[ANY_OTHER])


@cache
def _explanations(language: Language) -> Mapping[str, str]:
    read: dict[str, dict[str, str]] = json.loads((FILES / f"problems.{language.value}.json").read_text("utf-8"))
    return read["problems"]
