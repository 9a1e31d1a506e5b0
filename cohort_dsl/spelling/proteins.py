"""HGVS changes of proteins, in three-letter amino acids."""

import re

_THREE = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His",
    "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp",
    "Y": "Tyr", "V": "Val", "U": "Sec", "O": "Pyl", "*": "Ter", "X": "Ter",
}  # fmt: skip
"""Amino acid in one letter -> in three; `X` was the stop of old names, before it came to mean any amino acid."""

_ACID = rf"(?:{'|'.join(sorted(set(_THREE.values())))}|[{''.join(map(re.escape, _THREE))}])"
_STOP = r"(?:Ter|\*|X)"
_LENGTH = r"(?:[0-9]{1,5}|\?)"
_PLACE = rf"{_ACID}[0-9]{{1,5}}"
_CHANGE = re.compile(
    rf"""
      (?P<first> {_PLACE} ) (?: _ (?P<last> {_PLACE} ) )?
      (?P<edit> = | \? | del | dup | (?:delins|ins) (?:{_ACID})+
        | (?:{_ACID})? fs (?: {_STOP} {_LENGTH} )?
        | (?:{_ACID})? ext (?: -?{_LENGTH} | {_STOP} {_LENGTH} )?
        | {_ACID} )
    """,
    re.VERBOSE,
)
_ACIDS = re.compile(_ACID)
_WORDS = re.compile(r"delins|ins|del|dup|fs|ext")
_WHOLE = ("0", "0?", "?", "=")


def canonical_protein_change(change: str) -> str | None:
    """What stands behind `p.`, in three letters and without the brackets of a prediction; absent when it is none.

    >>> canonical_protein_change("(R46L)"), canonical_protein_change("L79Rfs*5"), canonical_protein_change("Pro227Pro")
    ('Arg46Leu', 'Leu79ArgfsTer5', 'Pro227=')
    """
    if change.startswith("(") and change.endswith(")"):
        change = change[1:-1]
    change = change.replace("%3D", "=")
    if change in _WHOLE:
        return change
    found = _CHANGE.fullmatch(change)
    if found is None:
        return None
    first, last, edit = found["first"], found["last"], found["edit"]
    place = _in_three(first) if last is None else f"{_in_three(first)}_{_in_three(last)}"
    written = _in_three(edit)
    return f"{place}=" if last is None and written == place[:3] else f"{place}{written}"


def _in_three(text: str) -> str:
    """Amino acids in three letters; words such as `del` are left alone."""
    word = _WORDS.search(text)
    if word is None:
        return _ACIDS.sub(lambda acid: _THREE.get(acid.group(), acid.group()), text)
    before, behind = text[: word.start()], text[word.end() :]
    return f"{_in_three(before)}{word.group()}{_in_three(behind)}"
