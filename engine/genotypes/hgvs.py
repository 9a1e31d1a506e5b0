"""HGVS names, as far as finding a variant needs them: a sequence, if one is given, and a change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hgvs:
    """`ENST00000302118.5:c.137G>T`: the sequence is a transcript, protein or gene and may be absent."""

    sequence: str | None
    change: str

    @property
    def is_protein(self) -> bool:
        return self.change.startswith("p.")

    def is_of(self, *sequences: str | None) -> bool:
        """Whether the sequence this names is one of these; naming none fits all, as no version fits all versions."""
        if self.sequence is None:
            return True
        return any(self.sequence in (name, name.partition(".")[0]) for name in sequences if name)


def parse_hgvs(name: str) -> Hgvs:
    """Both parts of a name; `p.(Arg46Leu)` is `p.Arg46Leu` and the `%3D` of VEP is `=`."""
    sequence, _, change = name.strip().rpartition(":")
    change = change.replace("%3D", "=")
    if change.startswith("p.(") and change.endswith(")"):
        change = "p." + change[3:-1]
    return Hgvs(sequence or None, change)
