"""Who the samples of a file are, from the text files PLINK and Oxford's tools keep beside their calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.ingest.variants.readers.companions import text_lines
from engine.ingest.variants.readers.problems import bad_line
from engine.ingest.variants.source import Sex

_SEXES = {"1": Sex.MALE, "m": Sex.MALE, "male": Sex.MALE, "2": Sex.FEMALE, "f": Sex.FEMALE, "female": Sex.FEMALE}
_FAM_COLUMNS = ("FID", "IID", "PAT", "MAT", "SEX")
_NO_FAMILY = "0"


@dataclass(frozen=True, slots=True)
class SampleTable:
    """Samples in the order of the calls: ids unique where the file's are, families ("0": none), sexes."""

    ids: tuple[str, ...]
    families: tuple[str, ...]
    sexes: tuple[Sex | None, ...]

    @staticmethod
    def of(rows: Sequence[tuple[str, str, str]]) -> "SampleTable":
        """From (family, id within it, sex) a sample. Where ids repeat, every id becomes `family_id`."""
        ids = [row[1] for row in rows]
        if len(set(ids)) < len(ids):
            ids = [row[1] if row[0] == _NO_FAMILY else f"{row[0]}_{row[1]}" for row in rows]
        return SampleTable(tuple(ids), tuple(row[0] for row in rows), tuple(_SEXES.get(row[2].lower()) for row in rows))


def read_fam(path: Path) -> SampleTable:
    """A PLINK 1 `.fam`: family, id, father, mother, sex, phenotype; no header."""
    return SampleTable.of(list(_rows(path, text_lines(path), _FAM_COLUMNS, before=0)))


def read_psam(path: Path) -> SampleTable:
    """A PLINK 2 `.psam`: its header line begins with `#FID` or `#IID`; without one it is a `.fam`."""
    lines = text_lines(path)
    for number, line in enumerate(lines, start=1):
        if line.startswith(("#FID", "#IID")):
            return SampleTable.of(list(_rows(path, lines, line[1:].split(), before=number)))
        if not line.startswith("#"):
            break
    return read_fam(path)


def read_oxford_samples(path: Path) -> SampleTable:
    """An Oxford `.sample`: a line of names, a line of types, then a sample a line.

    As in PLINK, ID_1 is the family and ID_2 the sample; with one column of ids, that is the sample.
    """
    lines = text_lines(path)
    names = [name.lower() for name in next(lines, "").split()]
    types = next(lines, "").split()
    if not names or len(types) != len(names) or types[0] != "0":
        raise bad_line(path, 2 if names else 1, "the names and types of columns of an Oxford .sample file")
    ids = ["FID", "IID"] if len(types) > 1 and types[1] == "0" and names[1] != "missing" else ["IID"]
    columns = [*ids, *("SEX" if name == "sex" else name for name in names[len(ids) :])]
    return SampleTable.of(list(_rows(path, lines, columns, before=2)))


def _rows(path: Path, lines: Iterator[str], columns: Sequence[str], *, before: int) -> Iterator[tuple[str, str, str]]:
    if "IID" not in columns:
        raise bad_line(path, before, "a column IID")
    places = [columns.index(name) if name in columns else None for name in ("FID", "IID", "SEX")]
    width = 0
    for number, line in enumerate(lines, start=before + 1):
        fields = line.split()
        if not fields:
            continue
        width = width or max(len(fields), 1 + max(place for place in places if place is not None))
        if len(fields) != width:
            raise bad_line(path, number, f"{width} columns")
        family, own, sex = (_NO_FAMILY if place is None else fields[place] for place in places)
        yield family, own, sex
