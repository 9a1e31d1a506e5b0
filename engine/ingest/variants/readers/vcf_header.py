"""What the header lines of VCF say that other formats carry along: INFO fields, contigs, and values of INFO."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from engine.ingest.variants.readers.contigs import assembly_named, assembly_of
from engine.ingest.variants.source import InfoValue

_STRUCTURED = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,>]*)')
_NUMBERS: dict[str, Callable[[str], int | float]] = {"Integer": int, "Float": float}


@dataclass(slots=True)
class VcfHeader:
    """INFO fields with their descriptions and types, and lengths of contigs, gathered line by line.

    `has_dosage` says that a sample may have one number `DS`; `contigs` is one more than the largest number BCF gives
    a contig.
    """

    info_fields: dict[str, str] = field(default_factory=dict)
    has_dosage: bool = False
    contigs: int = 0
    _types: dict[str, str] = field(default_factory=dict)
    _lengths: dict[str, int | None] = field(default_factory=dict)
    _named: str | None = None

    def add(self, kind: str, text: str) -> None:
        """One line `##kind=<text>`; kinds that say nothing here are left out."""
        entry = {key: value.strip('"') for key, value in _STRUCTURED.findall(text)}
        if kind == "INFO" and "ID" in entry:
            self.info_fields[entry["ID"]] = entry.get("Description", "")
            self._types[entry["ID"]] = entry.get("Type", "String")
        if kind == "FORMAT" and entry.get("ID") == "DS":
            self.has_dosage = entry.get("Type") == "Float"
        if kind == "contig":
            length, number = entry.get("length", ""), entry.get("IDX", "")
            self._lengths.setdefault(entry.get("ID", ""), int(length) if length.isdecimal() else None)
            self.contigs = max(self.contigs, len(self._lengths), int(number) + 1 if number.isdecimal() else 0)
        if kind in ("reference", "assembly") or "assembly" in entry:
            self._named = self._named or assembly_named(entry.get("assembly", text))

    def undeclared(self, contigs: Iterable[str]) -> tuple[str, ...]:
        """Those of the contigs that the header does not have."""
        return tuple(contig for contig in contigs if contig not in self._lengths)

    @property
    def assembly(self) -> str | None:
        """The reference that the names and lengths of contigs tell, or else its own name."""
        return assembly_of(self._lengths) or self._named

    def values(self, text: str, wanted: frozenset[str]) -> dict[str, InfoValue]:
        """The wanted fields of an INFO column: a flag is true, numbers are one value or a tuple, text is as it is."""
        return dict(self._values(text, wanted))

    def _values(self, text: str, wanted: frozenset[str]) -> Iterator[tuple[str, InfoValue]]:
        for entry in text.split(";"):
            name, equals, value = entry.partition("=")
            if name not in wanted or value == ".":
                continue
            read = _NUMBERS.get(self._types.get(name, "String"))
            if not equals:
                yield name, True
            elif read is None:
                yield name, value
            else:
                numbers = tuple(None if part == "." else read(part) for part in value.split(","))
                yield name, numbers[0] if len(numbers) == 1 and numbers[0] is not None else numbers
