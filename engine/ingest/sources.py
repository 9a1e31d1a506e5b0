"""What an ingest is given: folders and files, found and named before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.ingest import consent, omop, regions, survey
from engine.ingest.source import find_tables, table_name
from schemas.errors import DataProblem

_ABSENT: Final = {
    "variants": "variants-unreadable",
    "sample_map": "sample-map-unreadable",
    "annotation": "annotation-unreadable",
    "reference": "reference-unreadable",
    "panels": "panel-unreadable",
    "scores": "score-unreadable",
}
"""What goes with variants -> the problem of a path at which nothing lies, as its reader would say after hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What to ingest.

    `omop` and `survey` are folders of Parquet or CSV tables (question, option, answer for the survey);
    `consent` a table of person_id, permission, granted_on, withdrawn_on; `assume_consent` permissions that
    everyone is said to have given, for sources whose use was permitted as a whole; `regions` a table of the regions
    that people are told apart by, in the words of `location.state`. `sample_map` takes the
    samples of `variants` to persons; `annotation`, `reference`, `panels` and `scores` go with them.
    """

    omop: Path
    variants: tuple[Path, ...] = ()
    sample_map: Path | None = None
    annotation: Path | None = None
    reference: Path | None = None
    panels: tuple[Path, ...] = ()
    scores: tuple[Path, ...] = ()
    survey: Path | None = None
    consent: Path | None = None
    regions: Path | None = None
    assume_consent: tuple[str, ...] = ()


def find_files(sources: Sources) -> dict[str, Path]:
    """Table name -> file over all sources; survey tables and consent have names no OMOP table has."""
    consent.check_assumed(sources.assume_consent)
    if sources.consent and sources.assume_consent:
        raise DataProblem("consent-twice", "consent is given both as a table and as an assumption", hint="choose one")
    _check_variants(sources)
    files = find_tables(sources.omop, omop.known_tables())
    _require(files, omop.REQUIRED, sources.omop)
    if sources.survey:
        tables = find_tables(sources.survey, tuple(plan.source for plan in survey.PLANS))
        _require(tables, ("question", "answer"), sources.survey)
        files |= tables
    for plan, path in ((consent.PLAN, sources.consent), (regions.PLAN, sources.regions)):
        if path:
            files[plan.source] = _table_file(path)
    return files


def _table_file(path: Path) -> Path:
    if not path.exists():
        raise DataProblem("source-missing", f"there is no {path.name}", hint="check the path", place=path)
    if table_name(path) is None:
        raise DataProblem("source-missing", f"{path.name} is not a Parquet or CSV file", place=path)
    return path


def _check_variants(sources: Sources) -> None:
    if sources.variants and sources.sample_map is None:
        raise DataProblem("variants-sample-map", "variants need a table that takes samples to persons",
                          hint="give it as --sample-map, with the columns sample_id, person_id")  # fmt: skip
    for name in ("sample_map", "annotation", "reference", "panels", "scores"):
        if getattr(sources, name) and not sources.variants:
            option = f"--{name.removesuffix('s').replace('_', '-')}"
            raise DataProblem("variants-none", f"{option} is given, and no files of calls that it belongs to",
                              hint="give them as --variants")  # fmt: skip
    if len({path.resolve() for path in sources.variants}) < len(sources.variants):
        raise DataProblem("variants-twice", "a file of variants is given twice", hint="give each once")
    for name, code in _ABSENT.items():
        for path in _paths(getattr(sources, name)):
            if not path.exists():
                raise DataProblem(code, f"there is no {path.name}", hint="check the path", place=path)


def _paths(given: Path | tuple[Path, ...] | None) -> tuple[Path, ...]:
    return (given,) if isinstance(given, Path) else given or ()


def _require(files: Mapping[str, Path], names: tuple[str, ...], folder: Path) -> None:
    missing = [name for name in names if name not in files]
    if missing:
        raise DataProblem(
            "source-missing-table", f"{folder.absolute().name} has no table {' and no table '.join(missing)}",
            expected=[f"{name}.parquet or {name}.csv" for name in missing],
            hint=None if files else _what_lies_there(folder), place=folder)  # fmt: skip


def _what_lies_there(folder: Path) -> str:
    """Why a folder may have no table at all: tables lie deeper, are packed, or are a spreadsheet's."""
    names = sorted(path.name + ("/" if path.is_dir() else "") for path in folder.iterdir() if path.name[0] != ".")
    if not names:
        return "the folder is empty"
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return f"tables are files of the folder itself that end in .parquet, .csv, .csv.gz, .tsv or .txt; it holds {shown}"


def described(sources: Sources) -> dict[str, str]:
    """The sources by name, without the folders they lay in."""
    named = {
        "omop": sources.omop.name,
        "variants": ", ".join(path.name for path in sources.variants),
        "annotation": sources.annotation.name if sources.annotation else "",
        "reference": sources.reference.name if sources.reference else "",
        "panels": ", ".join(path.name for path in sources.panels),
        "scores": ", ".join(path.name for path in sources.scores),
        "survey": sources.survey.name if sources.survey else "",
        "regions": sources.regions.name if sources.regions else regions.CHOSEN,
        "consent": sources.consent.name if sources.consent else ", ".join(("assumed", *sources.assume_consent)),
    }
    if not sources.consent and not sources.assume_consent:
        named["consent"] = "none"
    return {kind: name for kind, name in named.items() if name}
