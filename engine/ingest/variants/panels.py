"""Gene panels from the files people have: PanelApp's export, gene sets (GMT), or a table of panel and gene.

PanelApp's export is one line an entity. Of it, genes with green evidence are taken: `GEL_Status` 3 or 4, or where that
is empty a source `Expert Review Green`. Amber and red genes, repeats and regions are counted and left out.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.report import Counted, counted
from engine.ingest.variants.text_files import header_of, is_parquet, open_bytes, reading, write_table
from schemas.errors import DataProblem
from schemas.release import GENE, PANEL

_UNREADABLE = "panel-unreadable"
_GREEN = frozenset({"3", "4", "green"})
_GREEN_SOURCE = "expert review green"
_LONGEST_NAME = 200

Row = Mapping[str, str]
"""A line by its column, in lower case with underscores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelReport:
    """`panels`: panel -> number of genes. `skipped`: lines left out, by reason: `not-green`, `not-a-gene`,
    `incomplete` (no panel or no gene), `repeated`. `genes_not_annotated`: genes of panels that the release's gene
    dictionary does not have, so that no variant can be found in them."""

    panels: Mapping[str, int]
    skipped: tuple[Counted, ...]
    genes_not_annotated: int


def write_panels(builder: ReleaseBuilder, files: Sequence[Path]) -> PanelReport:
    """Write the panels of these files, none for no files. The gene dictionary should be written before.

    Raises `DataProblem` when a file cannot be read, has none of the three layouts or no gene, or when two files have a
    panel of one name.
    """
    genes_of, skipped = read_panels(files)
    pairs = [(panel, gene) for panel, genes in genes_of.items() for gene in genes]
    write_table(builder.path(PANEL), PANEL, {"panel": [panel for panel, _ in pairs], "gene": [g for _, g in pairs]})
    return PanelReport(
        panels={panel: len(genes_of[panel]) for panel in sorted(genes_of)},
        skipped=counted(skipped.items()),
        genes_not_annotated=len({gene.casefold() for _, gene in pairs} - _annotated(builder)),
    )


def read_panels(files: Sequence[Path]) -> tuple[Mapping[str, Collection[str]], Counter[str]]:
    """The genes of each panel, and how many lines were left out for which reason; raises as `write_panels`."""
    genes_of: dict[str, set[str]] = {}
    skipped: Counter[str] = Counter()
    for path in files:
        with reading(path, _UNREADABLE):
            found = _read(path, skipped)
        for panel in found.keys() & genes_of.keys():
            raise DataProblem("panel-twice", f"{path.name} has a panel that another file has: {panel!r}",
                              hint="rename one, or join the files", place=path)  # fmt: skip
        genes_of |= found
    return genes_of, skipped


def _annotated(builder: ReleaseBuilder) -> set[str]:
    path = builder.path(GENE)
    if not path.exists():
        return set()
    return {str(gene).casefold() for gene in pq.ParquetFile(path).read(["gene"]).column("gene").to_pylist()}


def _read(path: Path, skipped: Counter[str]) -> dict[str, set[str]]:
    genes_of: dict[str, set[str]] = {}
    for panel, gene in _pairs(path, skipped):
        if not panel or not gene:
            skipped["incomplete"] += 1
            continue
        if len(panel) > _LONGEST_NAME or not panel.isprintable():
            raise DataProblem("panel-name", f"{path.name}: a panel's name is longer than {_LONGEST_NAME} characters "
                              "or has control characters", hint="shorten it", place=path)  # fmt: skip
        genes = genes_of.setdefault(panel, set())
        skipped["repeated"] += gene in genes
        genes.add(gene)
    if not genes_of:
        raise DataProblem(
            "panel-empty", f"{path.name} has no gene that could be taken", hint=_hint_of_none(path), place=path
        )
    return genes_of


def _hint_of_none(path: Path) -> str:
    if _is_gene_sets(path):
        return "a line is a set's name, a description and its genes, with tabs between them"
    return "of PanelApp's export only green genes are"


def _pairs(path: Path, skipped: Counter[str]) -> Iterator[tuple[str, str]]:
    """(panel, gene) of every line taken."""
    if is_parquet(path):
        yield from _of_rows(path, _parquet_rows(path), skipped)
        return
    with io.TextIOWrapper(open_bytes(path), "utf-8-sig", newline="") as text:
        if _is_gene_sets(path):
            yield from _gene_sets(text)
        else:
            yield from _of_rows(path, _text_rows(path, text), skipped)


def _is_gene_sets(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(".gmt")


def _gene_sets(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """GMT: name, description, then genes, between tabs."""
    for line in lines:
        name, _, *genes = (*(part.strip() for part in line.rstrip("\r\n").split("\t")), "")
        yield from ((name, gene) for gene in genes if gene)


def _text_rows(path: Path, text: io.TextIOWrapper) -> Iterator[Row]:
    columns, delimiter = header_of(text.readline())
    names = [_column(name) for name in columns]
    if names and not _is_table(names) and not _is_panelapp(names):
        raise _layout(path)
    for values in csv.reader(text, delimiter=delimiter):
        yield dict(zip(names, (value.strip() for value in values), strict=False))


def _parquet_rows(path: Path) -> Iterator[Row]:
    for row in pq.ParquetFile(path).read().to_pylist():
        yield {_column(str(name)): "" if value is None else str(value).strip() for name, value in row.items()}


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _of_rows(path: Path, rows: Iterator[Row], skipped: Counter[str]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if _is_table(row):
            yield row["panel"], row["gene"]
        elif _is_panelapp(row):
            reason = _reason(row)
            if reason is None:
                yield row["level4"], row.get("gene_symbol") or row.get("entity_name", "")
            else:
                skipped[reason] += 1
        else:
            raise _layout(path)


def _is_table(names: Collection[str]) -> bool:
    return {"panel", "gene"} <= set(names)


def _is_panelapp(names: Collection[str]) -> bool:
    return {"level4", "gel_status"} <= set(names) and not {"gene_symbol", "entity_name"}.isdisjoint(names)


def _layout(path: Path) -> DataProblem:
    return DataProblem(
        "panel-layout",
        f"{path.name} is no file of gene panels that is known",
        expected=("PanelApp's export with Level4, Gene Symbol, GEL_Status", "a .gmt file", "columns panel, gene"),
        hint="the first line names the columns, with commas, tabs, semicolons or bars between them",
        place=path,
    )


def _reason(row: Row) -> str | None:
    """Why a line of PanelApp is left out."""
    if row.get("entity_type", "").lower() not in ("", "gene"):
        return "not-a-gene"
    sources = next((value for name, value in row.items() if name.startswith("sources")), "")
    reviewed = _GREEN_SOURCE in (source.strip().lower() for source in sources.split(";"))
    green = row["gel_status"].lower() in _GREEN or (not row["gel_status"] and reviewed)
    return None if green else "not-green"
