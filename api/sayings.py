"""What the server says, in another language: its sentences are told from each other by their words, and what they quote
is kept.

The same file as `api.explanations` has them, as `no concept set is named {}`; pages that run scripts read it in
`sayings.js`. `{said}` stands for what is a saying itself, as in `{said} (and {} more)`. What stands in a gap and is not
quoted is told where `parts` has it, as the tiers are.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from api.explanations import FILES
from api.languages import Language

_QUOTED: Final = r"""(?:```|`[^`]*`|"[^"]*"|'(?:[^'\\]|\\.)*')"""
_PIECE: Final = rf"""({_QUOTED}(?:(?:, | or ){_QUOTED})*(?: or \d+ others)?|[^`"]+?)"""
"""What is quoted, some of that listed, or words without a quotation."""

_QUOTATION: Final = re.compile(_QUOTED)
_OTHERS: Final = re.compile(r" or (\d+) others$")
_OR: Final = re.compile(r"""(?<=\S[`"']) or (?=[`"']\S)""")
_GAP: Final = "{}"
_SAID: Final = "{said}"


@dataclass(frozen=True, slots=True)
class _Sayings:
    """Sentences, and parts of them that stand in the gaps of others."""

    whole: Mapping[re.Pattern[str], str]
    parts: Mapping[re.Pattern[str], str]

    def sentence(self, text: str) -> str | None:
        return self._told(text, self.whole)

    def _told(self, text: str, known: Mapping[re.Pattern[str], str]) -> str | None:
        for pattern, told in known.items():
            if (found := pattern.fullmatch(text)) is None:
                continue
            place = pattern.groupindex.get("said", 0)
            said = self._said(found[place]) if place else ""
            if said is not None:
                pieces = [piece for number, piece in enumerate(found.groups(), 1) if number != place]
                return told.format(*map(self._piece, pieces), said=said)
        return None

    def _said(self, text: str) -> str | None:
        if _QUOTATION.fullmatch(text):
            return text
        return self._told(text, self.parts) or self._told(text, self.whole)

    def _piece(self, piece: str) -> str:
        """As it is where it is quoted, but for the words of a list, whose marks are the same in every language."""
        if _QUOTATION.match(piece):
            return _OR.sub(", ", _OTHERS.sub(r", … (+\1)", piece))
        return self._told(piece, self.parts) or piece


def told_in(text: str, language: Language) -> str | None:
    """A message or a hint in the language; absent in English, and where the language has no words for it."""
    return _sayings(language).sentence(text)


@cache
def _sayings(language: Language) -> _Sayings:
    if language is Language.ENGLISH:
        return _Sayings({}, {})
    read: dict[str, dict[str, str]] = json.loads((FILES / f"problems.{language.value}.json").read_text("utf-8"))
    return _Sayings(_patterns(read["sayings"]), _patterns(read["parts"]))


def _patterns(sayings: Mapping[str, str]) -> Mapping[re.Pattern[str], str]:
    """Those that go on from another saying first, then those that introduce one, then those with the most words of
    their own, since `write {}` is in many."""

    def rank(english: str) -> tuple[int, int]:
        introduces = _SAID in english and not english.startswith(_GAP)
        own = len(english.replace(_GAP, "").replace(_SAID, ""))
        return 0 if english.startswith(_SAID) else 1 if introduces else 2, -own

    return {_pattern(english): sayings[english] for english in sorted(sayings, key=rank)}


def _pattern(english: str) -> re.Pattern[str]:
    said = re.escape(_SAID)
    pieces = _PIECE.join(map(re.escape, english.split(_GAP)))
    return re.compile(pieces.replace(said, "(?P<said>.+)"), re.DOTALL)
