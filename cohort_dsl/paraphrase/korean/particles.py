"""Korean particles, whose form follows from the sound a word ends in."""

import re
from enum import Enum
from typing import Final

_FIRST, _LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL: Final = 8
"""The number of the final consonant ㄹ, after which 로 stands as after a vowel."""

_DIGITS: Final = {"0": 21, "1": 8, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": 8, "8": 8, "9": 0}
_LETTERS: Final = {"l": 8, "m": 16, "n": 4, "r": 8}
"""The final consonant of how a digit or a Latin letter is read (영, 일, …; 엘, 엠, 엔, 알); other letters have none."""

_ENDINGS: Final = (
    (re.compile("ng$"), 21),
    (re.compile("le?$"), 8),
    (re.compile("me?$"), 16),
    (re.compile("ne?$"), 4),
    (re.compile("(?<![aeiou])[aeiou](?:c|k|ck)$"), 1),
    (re.compile("(?<![aeiou])[aeiou]p$"), 17),
    (re.compile("(?<![aeiou])[aeiou]t$"), 19),
)
"""The final consonant of a Latin word by how it ends, after the rules for writing loanwords: 시블링, 메트포르민,
클리닉; other words end in a vowel (커런트, 포머)."""


class Particle(Enum):
    """The form after a consonant and the one after a vowel."""

    SUBJECT = ("이", "가")
    OBJECT = ("을", "를")
    TOPIC = ("은", "는")
    WITH = ("과", "와")
    TO = ("으로", "로")


def particle(word: str, kind: Particle) -> str:
    """The word with its particle, which agrees with what stands before brackets at the word's end.

    >>> particle("처방", Particle.SUBJECT), particle("나이(세)", Particle.OBJECT), particle("「서울」", Particle.TO)
    ('처방이', '나이(세)를', '「서울」로')
    """
    final = _final(_spoken(word))
    after_consonant, after_vowel = kind.value
    is_open = final == 0 or (kind is Particle.TO and final == _RIEUL)
    return word + (after_vowel if is_open else after_consonant)


def _spoken(word: str) -> str:
    """The word without what stands in brackets at its end, and without quotation marks.

    >>> _spoken("「statins」 처방(조건: (가) 또는 (나))")
    '「statins」 처방'
    """
    rest = word.rstrip()
    while rest.endswith(")"):
        depth, place = 0, len(rest)
        while place and (depth or place == len(rest)):
            place -= 1
            depth += {")": 1, "(": -1}.get(rest[place], 0)
        if depth or not rest[:place].strip():
            break
        rest = rest[:place].rstrip()
    return rest.rstrip("”’\"'》」)] ")


def _final(word: str) -> int:
    """The number of the last syllable's final consonant, 0 for none. What ends in a capital is read letter by letter.

    >>> [particle(word, Particle.TO) for word in ("current", "sibling", "LDL", "metformin", "10")]
    ['current로', 'sibling으로', 'LDL로', 'metformin으로', '10으로']
    >>> [particle(word, Particle.SUBJECT) for word in ("former", "eGFR", "HbA1c", "1.5")]
    ['former가', 'eGFR이', 'HbA1c가', '1.5가']
    """
    last = word[-1:]
    if last and _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % _FINALS
    if re.search("[A-Za-z][a-z]$", word):
        return next((final for ending, final in _ENDINGS if ending.search(word.lower())), 0)
    return _DIGITS.get(last, _LETTERS.get(last.lower(), 0))
