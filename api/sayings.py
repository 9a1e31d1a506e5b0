"""What the server says of a document, in another language: its sentences are told from each other by their words, and
what they quote is kept.

The same file as `api.explanations` has them, as `no concept set is named {}`; pages that run scripts read it in
`sayings.js`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from api.explanations import FILES
from api.languages import Language

_QUOTED: Final = r"""(?:`[^`]*`|"[^"]*")"""
_PIECE: Final = rf"""({_QUOTED}(?:(?:, | or ){_QUOTED})*(?: or \d+ others)?|[^`"]+?)"""
"""What is quoted, some of that listed, or words without a quotation."""

_OTHERS: Final = re.compile(r" or (\d+) others$")
_OR: Final = re.compile(r"""(?<=\S[`"]) or (?=[`"]\S)""")
_GAP: Final = "{}"


def told_in(text: str, language: Language) -> str | None:
    """A message or a hint in the language; absent in English, and where the language has no words for it."""
    for pattern, told in _sayings(language).items():
        if found := pattern.fullmatch(text):
            return told.format(*map(_without_words, found.groups()))
    return None


def _without_words(piece: str) -> str:
    """A list whose marks are the same in every language."""
    return _OR.sub(", ", _OTHERS.sub(r", … (+\1)", piece))


@cache
def _sayings(language: Language) -> Mapping[re.Pattern[str], str]:
    """Those with the most words of their own first, since `write {}` is in many."""
    if language is Language.ENGLISH:
        return {}
    read: dict[str, dict[str, str]] = json.loads((FILES / f"problems.{language.value}.json").read_text("utf-8"))
    ordered = sorted(read["sayings"].items(), key=lambda pair: -len(pair[0].replace(_GAP, "")))
    return {re.compile(_PIECE.join(map(re.escape, english.split(_GAP)))): told for english, told in ordered}
