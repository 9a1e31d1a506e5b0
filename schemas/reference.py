"""The reference page of the release format, made from the specifications.

`python -m schemas.reference` writes `docs/reference/release.md`; a test fails when the page is not what this makes.
"""

from pathlib import Path

from schemas.release import (
    CALLS_PATH,
    CLINICAL_TABLES,
    CONSENT,
    EVENT_TABLES,
    GENOTYPE_TABLES,
    REJECTED,
    RELEASE_SCHEMA_VERSION,
    SURVEY_TABLES,
    VOCABULARY_TABLES,
)
from schemas.tables import ColumnSpec, TableSpec

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "release.md"

_HEAD = f"""\
# The release format

<!-- Made by `python -m schemas.reference` from schemas/omop.py and schemas/release.py. Do not edit. -->

A release is one immutable folder. Everything in it is an open format, so that DuckDB, Polars, Spark and PLINK 2
read it without this project. This page describes schema version {RELEASE_SCHEMA_VERSION}.

| file | what it holds |
|---|---|
| `manifest.json` | id, schema version, time, phase, persons, sources; size, SHA-256 and rows of every file |
| `manifest.sha256` | the manifest's own checksum, as `sha256sum -c` reads it |
| `report.json` | what the ingest did with every source row, as counts |
| `{CALLS_PATH}` | genotype calls (PGEN), in the order of the tables of samples and of variants |
| `index/` | derived from the rest; may be deleted and is rebuilt |
| the tables below | Parquet |

When the checksums are compared is said in [when the bytes of a release are checked](../understand/release-checks.md).

* **Person index.** Row *i* of `person.parquet` is person *i*; every `person` column holds that number.
* **Order.** Rows lie in the order given as *clustered by*, so that a reader finds a concept's events in one place.
* **Missing.** Where a column says `null`, an absent value is a Parquet null; concept id 0 means that no standard
  concept matches.
* **Required** columns have a value in every row.
* A table whose source has no rows is still there, empty; genotype tables are there when the release has genotypes.
"""


def page() -> str:
    """The whole page as Markdown, ending in a newline."""
    chapters = {
        "People and places": CLINICAL_TABLES,
        "Events": tuple(EVENT_TABLES.values()),
        "Vocabulary": VOCABULARY_TABLES,
        "Surveys": SURVEY_TABLES,
        "Genotypes": GENOTYPE_TABLES,
        "Consent and rejected rows": (CONSENT, REJECTED),
    }
    parts = [_HEAD]
    for title, tables in chapters.items():
        parts.append(f"## {title}\n")
        parts.extend(_table(table) for table in tables)
    return "\n".join(parts)


def _table(table: TableSpec) -> str:
    lines = [f"### `{table.path}`", "", f"{table.description[0].upper()}{table.description[1:]}.", ""]
    facts = {
        "Source": f"`{table.source}`" if table.source else "",
        "Key": _names(table.key),
        "Clustered by": _names(table.clustered_by),
    }
    lines.append(" · ".join(f"{name}: {value}" for name, value in facts.items() if value))
    lines += ["", "| column | type | required | what it holds | unit | codes | missing | source column |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    lines += [_column(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _column(column: ColumnSpec) -> str:
    missing = "" if column.required and column.missing == "null" else column.missing
    cells = (
        f"`{column.name}`",
        column.type.arrow,
        "yes" if column.required else "",
        column.description,
        column.unit or "",
        column.codes or "",
        missing,
        f"`{column.source}`" if column.source else "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
