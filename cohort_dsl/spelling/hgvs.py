"""HGVS names of changes in transcripts and proteins, as far as finding a variant needs them."""

import re
from dataclasses import dataclass

from cohort_dsl.spelling.problem import bad_variant
from cohort_dsl.spelling.proteins import canonical_protein_change

_POSITION = r"[*-]?[0-9]{1,9}(?:[+-][0-9]{1,9})?"
_CODING = re.compile(
    rf"""
      (?P<place> {_POSITION} (?:_{_POSITION})? )
      (?: (?P<whole> [ACGT]>[ACGT] | = | inv | ins[ACGT]+ )
        | del [ACGT0-9]* ins (?P<inserted> [ACGT]+ )
        | (?P<word> del|dup ) [ACGT0-9]* )
    """,
    re.VERBOSE,
)
_NAME = re.compile(r"(?:([^:\s]+)(?:\s*:\s*|\s+))?([cnp]\..+)")
_SEQUENCE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)(?:\(([A-Za-z0-9_.-]+)\))?")
_GENOMIC_SEQUENCES = ("NC_", "NG_", "NT_", "NW_", "LRG_")
_CLINVAR_ENDING = re.compile(r"\s*\(p\.[^\s]+\)")


@dataclass(frozen=True, slots=True)
class Hgvs:
    """`ENST00000302118.5:c.137G>T`: the sequence is a transcript, protein or gene and may be absent."""

    sequence: str | None
    change: str

    @property
    def name(self) -> str:
        """Both parts, joined by a colon."""
        return f"{self.sequence}:{self.change}" if self.sequence else self.change

    @property
    def is_protein(self) -> bool:
        return self.change.startswith("p.")

    @property
    def unversioned(self) -> str:
        """The sequence without its version; empty where none is given."""
        return (self.sequence or "").partition(".")[0]

    def is_of(self, *sequences: str | None) -> bool:
        """Whether the sequence this names is one of these; naming none fits all, as no version fits all versions.

        Letter case does not count.
        """
        if self.sequence is None:
            return True
        wanted = self.sequence.upper()
        return any(wanted in (name.upper(), name.upper().partition(".")[0]) for name in sequences if name)


def parse_hgvs(name: str) -> Hgvs:
    """Both parts of a name, the change in its canonical spelling where it is understood, else as it is written."""
    sequence, _, change = name.strip().rpartition(":")
    return Hgvs(sequence or None, canonical_change(change) or change)


def read_hgvs(text: str) -> Hgvs | None:
    """The change a text names; absent when it is no HGVS name, a problem when it is a faulty one.

    >>> read_hgvs("NM_174936.4(PCSK9):c.137g>t (p.Arg46Leu)")
    Hgvs(sequence='NM_174936.4', change='c.137G>T')
    """
    found = _NAME.fullmatch(_CLINVAR_ENDING.sub("", text))
    if found is None:
        return None
    sequence, change = found.groups()
    if sequence is None:
        raise bad_variant("an HGVS name starts with its transcript, protein or gene, as in PCSK9:p.Arg46Leu")
    written = canonical_change(change)
    if written is None:
        raise bad_variant(f"`{change[:40]}` is no change that HGVS describes")
    return Hgvs(_sequence_of(sequence), written)


def canonical_change(change: str) -> str | None:
    """The one spelling of a change: bases in capitals, those deleted or doubled left out, amino acids in three letters.

    >>> canonical_change("c.35delG"), canonical_change("c.5_6delacinsT"), canonical_change("p.(R46L)")
    ('c.35del', 'c.5_6delinsT', 'p.Arg46Leu')
    """
    kind, body = change[:2], change[2:]
    if kind == "p.":
        protein = canonical_protein_change(body)
        return None if protein is None else f"p.{protein}"
    if kind not in ("c.", "n."):
        return None
    found = _CODING.fullmatch(_bases_in_capitals(body))
    if found is None:
        return None
    edit = found["whole"] or found["word"] or f"delins{found['inserted']}"
    return f"{kind}{found['place']}{edit}"


def _bases_in_capitals(text: str) -> str:
    return re.sub(r"(del|dup|inv|ins)|([acgt])", lambda m: m[1] or m[2].upper(), text.replace("%3D", "="))


def _sequence_of(text: str) -> str:
    """`NM_174936.4(PCSK9)` is the transcript; in `NC_000001.11(NM_174936.4)` that is the one in brackets."""
    found = _SEQUENCE.fullmatch(text)
    if found is None:
        raise bad_variant(f"`{text[:40]}` is no name of a transcript, protein or gene")
    outer, inner = found[1].upper(), (found[2] or "").upper()
    if not outer.startswith(_GENOMIC_SEQUENCES):
        return outer
    if not inner or inner.startswith(_GENOMIC_SEQUENCES):
        raise bad_variant(f"{outer} is no transcript, protein or gene, which `c.`, `n.` and `p.` are said of")
    return inner
