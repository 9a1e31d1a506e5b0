"""Files of weighted scores: the PGS Catalog's scoring files, and plain tables of weights.

A scoring file (format 2.0) is a head of lines `#key=value`, a line of column names, and a line a variant, between
tabs: https://www.pgscatalog.org/downloads/#scoring_header. Its positions are used where they are known to be
GRCh38: `hm_chr` and `hm_pos` of a file harmonized to it, or `chr_name` and `chr_position` of a file made on it. A file
without positions is matched by rsID. A plain table has positions of GRCh38, as the release does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from engine.genotypes.columns import Mask, TextColumn, rsid_numbers
from engine.ingest.variants.score_columns import Keys, are, holds, numbers, place_keys, trimmed
from engine.ingest.variants.score_fates import Fate, Fates
from engine.ingest.variants.text_files import delimiter_of, is_parquet, open_bytes
from schemas.errors import DataProblem

_BASES = "^[ACGT]+$"
_BUILDS = frozenset({"grch38", "hg38", "b38"})
_FLAGS = (
    (Fate.INTERACTION, ("is_interaction",)),
    (Fate.HAPLOTYPE, ("is_haplotype", "is_diplotype")),
    (Fate.NOT_ADDITIVE, ("is_dominant", "is_recessive")),
)
_ALIASES = {
    "chr_name": ("chromosome", "contig", "chrom", "chr"),
    "chr_position": ("position", "pos"),
    "other_allele": ("reference_allele",),
    "effect_weight": ("weight",),
    "rsid": (),
    "effect_allele": (),
}
"""Columns as they are called here, and other names for them."""
_KEPT = ("hm_chr", "hm_pos", *_ALIASES, *(name for _, names in _FLAGS for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The variants a score file lists, one a line.

    `keys` are places (contig rank << 32 | position) or, when `by_rsid`, numbers of rsIDs; -1 where there is none.
    `other` is null where the file does not give the other allele. `fates` says why a line cannot be used; those still
    `Fate.MATCHED` can be looked for.
    """

    path: Path
    title: str | None
    source_id: str | None
    label: str | None
    by_rsid: bool
    keys: Keys
    effect: TextColumn
    other: TextColumn
    weights: npt.NDArray[np.float64]
    fates: Fates


def read_score(path: Path) -> Listed:
    """What a file lists. Raises `DataProblem` for another layout, or a build that is not known to be GRCh38."""
    head, table = _read(path)
    if not {"effect_allele", "effect_weight"} <= set(table.column_names):
        raise DataProblem(
            "score-layout",
            f"{path.name} is no file of additive weights that is known",
            expected=("a PGS Catalog scoring file", "columns contig, position, effect_allele, other_allele, weight"),
            hint=f"columns known of it: {', '.join(table.column_names) or 'none'}",
            place=path,
        )
    contig, position = _place_columns(path, head, table.column_names)
    by_rsid = contig is None or position is None
    keys = rsid_numbers(table.column("rsid")) if by_rsid else place_keys(table.column(contig), table.column(position))
    weights, numeric = numbers(table.column("effect_weight"))
    effect = pc.utf8_upper(table.column("effect_allele"))
    nothing = pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
    other = pc.utf8_upper(table.column("other_allele")) if "other_allele" in table.column_names else nothing
    if not by_rsid:
        keys, effect, other = trimmed(keys, effect, other)
    return Listed(
        path=path, title=head.get("pgs_name"), source_id=head.get("pgs_id"), label=head.get("trait_reported"),
        by_rsid=by_rsid, keys=keys, effect=effect, other=other, weights=weights,
        fates=_fates(table, keys, effect, other, numeric),
    )  # fmt: skip


def _read(path: Path) -> tuple[Mapping[str, str], pa.Table]:
    """The head, and the columns of interest under the names used here, all text."""
    if is_parquet(path):
        return {}, _renamed(pq.ParquetFile(path).read())
    with open_bytes(path) as file:
        head, columns = _head(file)
        delimiter = delimiter_of(columns)
        names = columns.split(delimiter)
        convert = pcsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=True,
            null_values=["", "NA", "NaN", "nan", ".", "None"],
        )  # fmt: skip
        parse = pcsv.ParseOptions(delimiter=delimiter, quote_char=False if delimiter == "\t" else '"')
        table = pcsv.read_csv(file, pcsv.ReadOptions(column_names=names), parse, convert)
    return head, _renamed(table)


def _head(file: BinaryIO) -> tuple[Mapping[str, str], str]:
    """`#key=value` lines before the column names, and the line of column names."""
    head: dict[str, str] = {}
    for raw in file:
        line = raw.decode("utf-8-sig").rstrip("\r\n")
        if not line.startswith("#"):
            return head, line
        key, equals, value = line.lstrip("#").partition("=")
        if equals and value.strip() not in ("", "NR"):
            head.setdefault(key.strip().lower(), value.strip())
    return head, ""


def _renamed(table: pa.Table) -> pa.Table:
    names = [name.strip().lower() for name in table.column_names]
    for name, others in _ALIASES.items():
        if name not in names:
            names = [name if old in others else old for old in names]
    table = table.rename_columns(names)
    return pa.table({name: table.column(name).cast(pa.string()) for name in _KEPT if names.count(name) == 1})


def _place_columns(path: Path, head: Mapping[str, str], names: Sequence[str]) -> tuple[str, str] | tuple[None, None]:
    """The columns with positions of GRCh38; none where the file has rsIDs only."""
    harmonized, build = head.get("hmpos_build", "").lower(), head.get("genome_build", "").lower()
    if {"hm_chr", "hm_pos"} <= set(names) and harmonized in _BUILDS:
        return "hm_chr", "hm_pos"
    if {"chr_name", "chr_position"} <= set(names):
        plain = not head.keys() & {"pgs_id", "format_version", "hmpos_build"}
        if build in _BUILDS or (plain and not build):
            return "chr_name", "chr_position"
        raise DataProblem(
            "score-build",
            f"{path.name} has positions of {head.get('genome_build', 'a build it does not name')}, not GRCh38",
            hint="take the file that the PGS Catalog harmonized to GRCh38 (…_hmPOS_GRCh38.txt.gz)",
            place=path,
        )
    if "rsid" not in names:
        raise DataProblem("score-layout", f"{path.name} says neither where its variants are nor their rsIDs",
                          expected=("contig and position", "rsID"), place=path)  # fmt: skip
    return None, None


def _fates(table: pa.Table, keys: Keys, effect: TextColumn, other: TextColumn, numeric: Mask) -> Fates:
    """Why a line cannot be used, the first reason that holds."""
    fates = np.full(table.num_rows, Fate.MATCHED, np.int8)

    def refuse(fate: Fate, where: Mask) -> None:
        fates[where & (fates == Fate.MATCHED)] = fate

    for fate, names in _FLAGS:
        for name in names:
            if name in table.column_names:
                refuse(fate, holds(pc.is_in(pc.utf8_lower(table.column(name)), pa.array(["true", "1", "yes"]))))
    if "rsid" in table.column_names:
        refuse(Fate.HAPLOTYPE, are(table.column("rsid"), "^HLA"))
    refuse(Fate.BAD_WEIGHT, ~numeric)
    refuse(Fate.BAD_ALLELE, ~are(effect, _BASES))
    refuse(Fate.BAD_ALLELE, ~are(other, _BASES) & other.is_valid().to_numpy())
    refuse(Fate.BAD_ALLELE, holds(pc.equal(effect, other)))
    refuse(Fate.NO_PLACE, keys < 0)
    return fates


def name_of(listed: Listed) -> str:
    """The name in the language: lower-case words of the score's title, else of its file, joined by `_`."""
    stem = re.sub(r"(_hmpos_grch38)?(\.(txt|tsv|csv|parquet|gz))+$", "", listed.path.name.lower())
    words = re.findall(r"[a-z0-9]+", (listed.title or stem).lower()) or re.findall(r"[a-z0-9]+", stem)
    name = "_".join(words)[:60].rstrip("_")
    return name if name[:1].isalpha() else f"score_{name}".rstrip("_")
