"""The `.pvar` of a PLINK 2 file set: its variants without their calls, as a VCF has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.ingest.variants.readers.companions import text_lines
from engine.ingest.variants.readers.contigs import plink_contig
from engine.ingest.variants.readers.problems import bad_line
from engine.ingest.variants.readers.vcf_header import VcfHeader
from engine.ingest.variants.source import InfoValue

_BIM = {5: ("CHROM", "ID", "POS", "ALT", "REF"), 6: ("CHROM", "ID", "CM", "POS", "ALT", "REF")}
_NEEDED = ("CHROM", "POS", "ID", "REF", "ALT")
_PROVISIONAL = "PR"


@dataclass(frozen=True, slots=True)
class Site:
    """One line of a .pvar."""

    contig: str
    position: int
    id: str | None
    ref: str
    alts: tuple[str, ...]
    filter: str | None
    info: dict[str, InfoValue]


class Pvar:
    """A `.pvar`, plain or compressed with Zstandard; without a header line it is a `.bim`.

    Opening it reads it once. `alleles` int64[variants + 1] are the sums of the alleles of the variants before, and
    `provisional` says whether any reference allele is marked as uncertain (INFO `PR`). Raises `DataProblem`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.header = VcfHeader()
        self._separator: str | None = None
        self._names, self._head = self._columns()
        self._place = {name: place for place, name in enumerate(self._names)}
        self.provisional = False
        self.alleles = self._count()

    @property
    def variants(self) -> int:
        """Lines after the header."""
        return self.alleles.size - 1

    def sites(self, first: int, last: int, info: tuple[str, ...]) -> Iterator[Site]:
        """Variants `first` up to and without `last`, with these INFO fields."""
        wanted = frozenset(info)
        for number, fields in islice(self._lines(), first, last):
            yield self._site(number, fields, wanted)

    def _columns(self) -> tuple[tuple[str, ...], int]:
        """Names of the columns, and how many lines come before the first variant."""
        number = 0
        for number, line in enumerate(text_lines(self._path), start=1):
            if line.startswith("##"):
                kind, _, text = line[2:].rstrip("\n").partition("=<")
                self.header.add(kind, text)
            elif line.startswith("#CHROM"):
                names = tuple(line[1:].split())
                if not set(_NEEDED) <= set(names):
                    break
                self._separator = "\t" if "\t" in line else None
                return names, number
            else:
                names = _BIM.get(len(line.split()), ())
                if not names:
                    break
                return names, number - 1
        raise bad_line(self._path, max(1, number), "a header with #CHROM, POS, ID, REF and ALT")

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        for number, line in enumerate(text_lines(self._path), start=1):
            if number <= self._head or not line.strip():
                continue
            fields = line.rstrip("\r\n").split(self._separator)
            if len(fields) != len(self._names):
                raise bad_line(self._path, number, f"{len(self._names)} columns")
            yield number, fields

    def _count(self) -> npt.NDArray[np.int64]:
        alt, info = self._place["ALT"], self._place.get("INFO")
        may_be_provisional = _PROVISIONAL in self.header.info_fields and info is not None
        counts = [0]
        for _, fields in self._lines():
            counts.append(2 + fields[alt].count(","))
            if may_be_provisional and not self.provisional:
                self.provisional = _PROVISIONAL in fields[info or 0].split(";")
        return np.cumsum(np.array(counts, np.int64))

    def _site(self, number: int, fields: list[str], wanted: frozenset[str]) -> Site:
        contig, position, name, ref, alt = (fields[self._place[column]] for column in _NEEDED)
        if not position.isdecimal():
            raise bad_line(self._path, number, "a whole-numbered position")
        passed = fields[self._place["FILTER"]] if "FILTER" in self._place else "."
        try:
            values = self.header.values(fields[self._place["INFO"]], wanted) if "INFO" in self._place else {}
        except ValueError as error:
            raise bad_line(self._path, number, "INFO values of the types that the header says") from error
        return Site(
            contig=plink_contig(contig),
            position=int(position),
            id=None if name == "." else name,
            ref=ref,
            alts=() if alt in (".", "0") else tuple(alt.split(",")),
            filter=None if passed in ("PASS", ".") else passed,
            info=values,
        )
