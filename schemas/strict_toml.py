"""Files in TOML, read strictly: faults are told with line and key, and what was written there is not repeated."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import DataProblem
from schemas.toml_places import place_in

Model = TypeVar("Model", bound=BaseModel)

_MOST_BYTES: Final = 4 << 20
_WORDS: Final = {"extra_forbidden": "there is no such key", "missing": "this is missing"}

Word = Field(strict=False)
"""Enumerations are written as their values."""


class Entry(BaseModel):
    """A table of a file: every key is known, and of its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True, slots=True)
class FileCodes:
    """The codes of what may be wrong with a kind of file: that it cannot be read, and its form."""

    unreadable: str
    form: str


def read_text(path: Path, codes: FileCodes) -> str:
    """The text of a file; raises `DataProblem`."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
        text = raw.decode("utf-8")
    except FileNotFoundError:
        raise DataProblem(codes.unreadable, f"the file {path.name} cannot be read: there is none", place=path) from None
    except (OSError, UnicodeDecodeError):
        raise DataProblem(codes.unreadable, f"the file {path.name} cannot be read as text", place=path) from None
    if len(raw) > _MOST_BYTES:
        raise DataProblem(codes.unreadable, f"the file {path.name} is larger than {_MOST_BYTES:,} bytes", place=path)
    return text


def parse_toml(text: str, model: type[Model], *, name: str, codes: FileCodes) -> Model:
    """A text as `model`; fractions are exact decimals, and `name` stands for it in problems. Raises `DataProblem`."""
    try:
        return model.model_validate(tomllib.loads(text, parse_float=Decimal))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataProblem(codes.form, f"{name} is not TOML: {error}") from None
    except ValidationError as error:
        raise DataProblem(codes.form, "; ".join(_faults(name, text, error))) from None


def _faults(name: str, text: str, error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        line, words = place_in(text, tuple(part for part in fault["loc"] if not _is_type(part)))
        where = f"{name}, line {line}" if line else name
        yield f"{where}: {words}: {_WORDS.get(fault['type'], fault['msg'])}"


def _is_type(part: int | str) -> bool:
    """Branches of a union, which pydantic puts into places, are not keys of the file."""
    return isinstance(part, str) and ("[" in part or part == "literal")
