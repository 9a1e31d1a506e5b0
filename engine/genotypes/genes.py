"""The gene dictionary of a release: it comes from the annotation and says nothing about people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from cohort_dsl.source import most_edits, nearest


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene: HGNC symbol, contig, first and last annotated base (1-based), full name where known."""

    gene: str
    contig: str
    start: int | None
    end: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class GeneDictionary:
    """Every gene, in the order of its symbol."""

    genes: tuple[Gene, ...] = field(repr=False)
    _folded: tuple[tuple[str, str], ...] = field(init=False, repr=False)
    _symbols: Mapping[str, str] = field(init=False, repr=False)
    _letters: npt.NDArray[np.uint8] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folded = tuple((gene.gene.casefold(), (gene.name or "").casefold()) for gene in self.genes)
        object.__setattr__(self, "_folded", folded)
        symbols = {gene.gene.casefold(): gene.gene for gene in self.genes}
        object.__setattr__(self, "_symbols", symbols)
        object.__setattr__(self, "_letters", _letters(list(symbols)))

    @staticmethod
    def read(path: Path) -> "GeneDictionary":
        """From `genotypes/gene.parquet`."""
        rows = pq.ParquetFile(path).read().to_pylist()
        return GeneDictionary(tuple(sorted((Gene(**row) for row in rows), key=lambda gene: gene.gene)))

    def search(self, text: str, *, limit: int) -> tuple[Gene, ...]:
        """The gene whose symbol the text is, those whose symbol begins with it, then those whose symbol or name has
        every word of it, in any letter case."""
        wanted = text.strip().casefold()
        words = wanted.split()
        ranked = [
            (rank, number)
            for number, (symbol, name) in enumerate(self._folded)
            if (rank := _rank(wanted, words, symbol, name)) is not None
        ]
        return tuple(self.genes[number] for _, number in sorted(ranked)[:limit])

    def symbol(self, text: str) -> str | None:
        """The symbol as the release writes it, absent when no gene has it."""
        return self._symbols.get(text.strip().casefold())

    def near(self, text: str) -> str | None:
        """The symbol a misspelled one most likely meant, absent when none is close.

        Only those that share enough letters with it, in any order, are compared.
        """
        wanted = text.strip().casefold()
        shared = np.zeros(len(self._letters), np.int64)
        for letter in set(wanted) if wanted.isascii() else ():
            shared += np.minimum((self._letters == ord(letter)).sum(axis=1), wanted.count(letter))
        longer = np.maximum((self._letters > 0).sum(axis=1), len(wanted))
        close = np.flatnonzero(longer - shared <= most_edits(wanted))
        symbols = list(self._symbols.values())
        return nearest(wanted, (symbols[number] for number in close.tolist()))


def _letters(symbols: list[str]) -> npt.NDArray[np.uint8]:
    """uint8[symbols, longest]: the characters of each, 0 behind its end."""
    if not symbols:
        return np.zeros((0, 0), np.uint8)
    encoded = np.array([symbol.encode("ascii", "replace") for symbol in symbols])
    return encoded.view(np.uint8).reshape(len(symbols), -1)


def _rank(wanted: str, words: list[str], symbol: str, name: str) -> int | None:
    """0 for the symbol itself, 1 where it begins so, 2 where all words are in symbol or name; else absent."""
    if symbol.startswith(wanted):
        return int(symbol != wanted)
    return 2 if all(word in symbol or word in name for word in words) else None
