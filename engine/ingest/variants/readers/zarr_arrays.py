"""Arrays of a VCF Zarr folder, opened, checked and read; values as VCF has them. The only door to zarr."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zarr

from engine.ingest.variants.readers.problems import damaged, other_kind
from engine.ingest.variants.source import InfoValue
from schemas.errors import DataProblem

_FLOAT_MISSING, _FLOAT_FILL = 0x7F800001, 0x7F800002
_MISSING, _FILL = -1, -2

zarr.config.set({"async.concurrency": 2})  # chunks decoded at a time: each takes memory of its own

Array = zarr.Array[Any]


class ZarrFolder:
    """A folder in the Zarr format, 2 or 3. Raises `DataProblem` when it is not one, or an array cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._group = zarr.open_group(path, mode="r")
            self.attributes = dict(self._group.attrs)
            self.names = frozenset(self._group.array_keys())
        except Exception as error:  # whatever the library and its codecs raise of a damaged file
            raise other_kind(
                path, "a VCF Zarr folder", hint="give the folder that holds call_genotype, as bio2zarr writes it"
            ) from error

    def array(self, name: str) -> Array:
        """An array, not read yet."""
        try:
            found = self._group[name]
        except Exception as error:  # as above
            raise self._damaged(name) from error
        if not isinstance(found, zarr.Array):
            raise self._damaged(name)
        return found

    def read(self, name: str, first: int = 0, last: int | None = None) -> npt.NDArray[Any]:
        """Rows `first` up to and without `last` of an array."""
        array = self.array(name)
        try:
            return np.asarray(array[first:last])
        except Exception as error:  # as above
            raise self._damaged(name) from error

    def has_chunk(self, name: str, row: int, column: int = 0) -> bool:
        """Whether the chunk that holds this row and column is stored.

        Zarr leaves out chunks that hold nothing but the fill value, and gives that value for chunks that are lost.
        """
        array = self.array(name)
        sizes = array.shards or array.chunks
        numbers = [place // size for place, size in zip((row, column), sizes, strict=False)]
        key = array.metadata.encode_chunk_key((*numbers, *(0 for _ in sizes[2:])))
        return (self.path / name / key).is_file()

    def description(self, name: str) -> str:
        """What the array says of itself."""
        return str(self.array(name).attrs.get("description", ""))

    def _damaged(self, name: str) -> DataProblem:
        return damaged(self.path, f"damaged: its array {name} is missing or cannot be read")


def info_value(value: Any) -> InfoValue | None:
    """One record's value of an INFO array as VCF has it; absent where it is missing.

    VCF Zarr writes -1, the NaN of bits 7F800001 and "." for a missing value, and -2, the NaN of bits 7F800002 and ""
    behind the end of a list. Several texts are one text with commas, as VCF has them.
    """
    array = np.atleast_1d(np.asarray(value))
    if array.dtype.kind == "b":
        return True if array.any() else None
    if array.dtype.kind == "f":
        return _numbers(array.astype(np.float32).view(np.int32), array, _FLOAT_MISSING, _FLOAT_FILL)
    if array.dtype.kind in "iu":
        return _numbers(array, array, _MISSING, _FILL)
    texts = [text for text in array.tolist() if text != ""]
    return None if all(text == "." for text in texts) else ",".join(texts)


def _numbers(codes: npt.NDArray[Any], values: npt.NDArray[Any], missing: int, fill: int) -> InfoValue | None:
    kept = codes != fill
    numbers = tuple(
        None if code == missing else value
        for code, value in zip(codes[kept].tolist(), values[kept].tolist(), strict=True)
    )
    if all(number is None for number in numbers):
        return None
    return numbers[0] if len(numbers) == 1 and numbers[0] is not None else numbers
