"""Variants held against the reference sequence and moved as far left as it allows. The only door to pyfaidx."""

from pathlib import Path
from types import TracebackType

import pyfaidx

from engine.genotypes.alleles import Allele, canonical_contig, trim
from engine.ingest.variants.readers.contigs import assembly_of
from schemas.errors import DataProblem

_BASES = frozenset("ACGT")
_SEVERAL = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "",
}  # fmt: skip
"""Letters that stand for several bases. Where the reference has one, a file writes `N` or one of its bases."""
_COMPRESSED = frozenset({".gz", ".bgz", ".zst"})
_AT_ONCE = 1 << 16


class Aligner:
    """A FASTA file of GRCh38 with its index (`.fai`) beside it. A context manager.

    Raises `DataProblem` when either cannot be read, or the lengths of its contigs are those of another reference.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        _check(path)
        try:
            self._file = pyfaidx.Faidx(path, as_raw=True, build_index=False, rebuild=False)
        except (OSError, ValueError) as error:
            raise _unreadable(path, "cannot be read as FASTA with an index") from error
        lengths = {name: int(entry.rlen) for name, entry in self._file.index.items()}
        assembly = assembly_of(lengths)
        if assembly not in (None, "GRCh38"):
            raise DataProblem(
                "variants-assembly", f"{path.name} has the contigs of {assembly}", expected=("GRCh38",), place=path
            )
        self._names = {contig: name for name in lengths if (contig := canonical_contig(name)) is not None}
        self._lengths = {contig: lengths[name] for contig, name in self._names.items()}
        self._contig, self._first, self._held = "", 0, ""

    def __enter__(self) -> "Aligner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def length(self, contig: str) -> int:
        """Bases of a contig of a release; 0 for one that the file does not have."""
        return self._lengths.get(contig, 0)

    def fits(self, contig: str, position: int, sequence: str) -> bool:
        """Whether the reference has this sequence there; a letter for several bases fits `N` and each of them."""
        found = self._bases(contig, position, len(sequence))
        if found == sequence:
            return True
        return len(found) == len(sequence) and all(map(_is_base, found, sequence))

    def left_aligned(self, allele: Allele) -> Allele:
        """The same change as far left as it can be written, in its shortest spelling (Tan et al. 2015,
        https://doi.org/10.1093/bioinformatics/btv112). It does not move over letters that are no single base."""
        contig, position, ref, alt = allele.contig, allele.position, allele.ref, allele.alt
        while ref[-1] == alt[-1] and ref != alt:
            if min(len(ref), len(alt)) == 1:
                before = self._bases(contig, position - 1, 1) if position > 1 else ""
                if before not in _BASES or ref[-1] not in _BASES:
                    break
                position, ref, alt = position - 1, before + ref, before + alt
            ref, alt = ref[:-1], alt[:-1]
        return Allele(contig, *trim(position, ref, alt))

    def _bases(self, contig: str, position: int, length: int) -> str:
        """So many bases from a 1-based position on, in upper case; fewer at the end of the contig."""
        at = position - self._first
        if contig != self._contig or at < 0 or at + length > len(self._held):
            self._hold(contig, position, length)
            at = position - self._first
        return self._held[at : at + length]

    def _hold(self, contig: str, position: int, length: int) -> None:
        """Variants come in order and move left, so bases on both sides are kept."""
        first = max(1, position - _AT_ONCE)
        last = min(self.length(contig), position + length + _AT_ONCE)
        text = self._file.fetch(self._names[contig], first, last) if last >= first else ""
        self._contig, self._first, self._held = contig, first, str(text).upper()


def _check(path: Path) -> None:
    index = path.with_name(path.name + ".fai")
    if not path.is_file():
        raise _unreadable(path, "cannot be opened")
    if path.suffix in _COMPRESSED:
        raise _unreadable(path, "is compressed", hint="unpack it and run `samtools faidx` on it")
    if not index.is_file() or index.stat().st_mtime < path.stat().st_mtime:
        raise _unreadable(
            path, f"has no index {index.name} beside it, or an older one", hint=f"run `samtools faidx {path.name}`"
        )


def _unreadable(path: Path, what: str, *, hint: str | None = None) -> DataProblem:
    return DataProblem("reference-unreadable", f"{path.name} {what}", hint=hint, place=path)


def _is_base(letter: str, base: str) -> bool:
    return letter == base or (letter in _SEVERAL and (base == "N" or base in _SEVERAL[letter]))
