"""VCF Zarr folders, as bio2zarr writes them (https://github.com/sgkit-dev/vcf-zarr-spec)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.ingest.variants.readers.contigs import assembly_of
from engine.ingest.variants.readers.problems import damaged
from engine.ingest.variants.readers.ranges import record_ranges
from engine.ingest.variants.readers.zarr_arrays import ZarrFolder, info_value
from engine.ingest.variants.source import Alleles, InfoValue, Part, Record, Sex
from schemas.errors import DataProblem

_NO_INFO = frozenset(
    f"variant_{name}" for name in ("contig", "position", "id", "id_mask", "allele", "quality", "filter", "length")
)
_AT_ONCE = 512 << 20
"""Bytes of calls held at once. Chunks of 1,000 records of 770,000 people are four times that, and are read in so many
pieces, each of which decodes them again: time for memory."""
_NEVER_ALL_REFERENCE = 100_000
"""A missing chunk of so many calls counts as lost: at sites that vary, so many are not all of the reference allele."""
_DIPLOID = 2
_NO_COPY = -2


class ZarrSource:
    """A VCF Zarr folder, of Zarr format 2 or 3; see `VariantSource`.

    It has the records, calls, phase, filters and INFO of the VCF it was made from. A record in which anyone has more
    than two copies has no calls. Sexes are not in it.
    """

    reference_known = True

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._folder = folder = ZarrFolder(path)
        self.samples: tuple[str, ...] = tuple(folder.read("sample_id").tolist())
        self.sexes: tuple[Sex | None, ...] = (None,) * len(self.samples)
        self._contigs: list[str] = folder.read("contig_id").tolist()
        self._filters: list[str] = folder.read("filter_id").tolist() if "variant_filter" in folder.names else []
        self.info_fields: Mapping[str, str] = {
            name.removeprefix("variant_"): folder.description(name)
            for name in sorted(folder.names)
            if name.startswith("variant_") and name not in _NO_INFO
        }
        lengths = folder.read("contig_length").tolist() if "contig_length" in folder.names else []
        self.assembly: str | None = assembly_of(dict(zip(self._contigs, lengths, strict=False)))
        self._check()

    def __enter__(self) -> "ZarrSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between reads."""

    def parts(self) -> tuple[Part, ...]:
        """Ranges of whole chunks of records."""
        return record_ranges(self._records, whole=self._chunk)

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:
        """Every record of a part, in order, with these INFO fields."""
        bytes_per_record = max(1, len(self.samples) * (self._copies + 1))
        at_once = max(1, min(self._chunk, _AT_ONCE // bytes_per_record))
        for chunk in range(part.first, part.last, self._chunk):
            self._check_chunks(chunk)
            end = min(chunk + self._chunk, part.last)
            for first in range(chunk, end, at_once):
                yield from self._read(first, min(first + at_once, end), info)

    def _check(self) -> None:
        """Refuse arrays that are not there or of another shape than belongs together."""
        folder = self._folder
        for name in ("variant_contig", "variant_allele"):
            folder.array(name)
        position = folder.array("variant_position")
        self._records, self._chunk = position.shape[0], position.chunks[0]
        self._has_calls = bool(self.samples) and "call_genotype" in folder.names
        self._copies = self._chunk_samples = 1
        if self._has_calls:
            calls = folder.array("call_genotype")
            if calls.ndim != 3 or calls.shape[1] != len(self.samples):  # variants, samples, copies
                raise damaged(folder.path, "damaged: call_genotype is not of these samples")
            self._chunk, self._chunk_samples, _ = calls.shards or calls.chunks
            self._copies = calls.shape[2]
        for name in folder.names:
            if name.startswith(("variant_", "call_genotype")) and folder.array(name).shape[:1] != (self._records,):
                raise damaged(folder.path, f"damaged: {name} is not as long as variant_position")

    def _check_chunks(self, first: int) -> None:
        """Refuse where chunks that belong to the records from `first` on are lost."""
        for name in ("variant_position", "variant_allele"):
            if not self._folder.has_chunk(name, first):
                raise self._lost(name, first)
        if self._has_calls:
            rows = min(self._chunk, self._records - first)
            for column in range(0, len(self.samples), self._chunk_samples):
                calls = rows * min(self._chunk_samples, len(self.samples) - column)
                if calls >= _NEVER_ALL_REFERENCE and not self._folder.has_chunk("call_genotype", first, column):
                    raise self._lost("call_genotype", first)

    def _lost(self, name: str, first: int) -> DataProblem:
        return damaged(self._folder.path, f"not whole: a chunk of {name}, records from {first + 1:,}, is not there")

    def _read(self, first: int, last: int, info: tuple[str, ...]) -> Iterator[Record]:
        contigs, positions = self._rows("variant_contig", first, last), self._rows("variant_position", first, last)
        alleles = self._rows("variant_allele", first, last)
        ids = self._rows("variant_id", first, last)
        filters = self._rows("variant_filter", first, last)
        fields = {name: self._rows(f"variant_{name}", first, last) for name in info if name in self.info_fields}
        calls = self._rows("call_genotype", first, last) if self._has_calls else None
        phased = self._rows("call_genotype_phased", first, last) if self._has_calls else None
        for row in range(last - first):
            ref, *alts = (text for text in alleles[row].tolist() if text != "")
            found = None if calls is None else _calls(calls[row], None if phased is None else phased[row])
            yield Record(
                contig=self._contig(int(contigs[row])),
                position=int(positions[row]),
                id=None if ids is None or ids[row] in ("", ".") else str(ids[row]),
                ref=ref,
                alts=tuple(alts),
                filter=None if filters is None else self._filter(filters[row]),
                alleles=found,
                info=_present({name: values[row] for name, values in fields.items()}),
                is_polyploid=calls is not None and found is None,
            )

    def _rows(self, name: str, first: int, last: int) -> Any:
        return self._folder.read(name, first, last) if name in self._folder.names else None

    def _contig(self, number: int) -> str:
        if not 0 <= number < len(self._contigs):
            raise damaged(self._folder.path, "damaged: variant_contig has numbers that contig_id does not")
        return self._contigs[number]

    def _filter(self, flags: npt.NDArray[np.bool_]) -> str | None:
        names = [name for name, is_set in zip(self._filters, flags.tolist(), strict=False) if is_set]
        return None if names in ([], ["PASS"]) else ";".join(names)


def _calls(calls: npt.NDArray[np.integer], phased: npt.NDArray[np.bool_] | None) -> Alleles | None:
    """int16[samples, 3] from [samples, copies] allele numbers, -1 missing and -2 no copy as here."""
    if (calls[:, _DIPLOID:] != _NO_COPY).any():
        return None
    result = np.full((len(calls), 3), _NO_COPY, np.int16)
    result[:, : min(calls.shape[1], _DIPLOID)] = calls[:, :_DIPLOID]
    result[:, 2] = 0 if phased is None else phased
    return result


def _present(values: dict[str, Any]) -> dict[str, InfoValue]:
    read = {name: info_value(value) for name, value in values.items()}
    return {name: value for name, value in read.items() if value is not None}
