"""`kohort ingest`: from source files to a published release, and a report of what became of every row.

Everything is written to the staging folder and published in one step at the end, so that an ingest that stops
anywhere leaves the release in service as it was.
"""

import datetime
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.ingest import consent, omop, regions, survey
from engine.ingest.findings import CHECKED, findings
from engine.ingest.indexing import build_indexes
from engine.ingest.journal import Journal, key_of, read_journal
from engine.ingest.losses import check_columns, mostly_rejected, refuse_if_empty
from engine.ingest.meter import Meter
from engine.ingest.omop_survey import find_surveys
from engine.ingest.publish import ReleaseBuilder, only_one
from engine.ingest.report import REPORT, IngestReport, TableReport
from engine.ingest.session import Session, open_session, sql
from engine.ingest.source import SourceFile, open_source
from engine.ingest.sources import Sources, described, find_files
from engine.ingest.table import PERSON_INDEX, Plan, Target, append, load, write_empty
from engine.ingest.vocabulary import add_self_rows
from schemas.release import (
    CONCEPT,
    CONCEPT_ANCESTOR,
    CONSENT,
    PERSON,
    REGION,
    REJECTED,
    SURVEY_ANSWER,
    SURVEY_OPTION,
    SURVEY_QUESTION,
)

if TYPE_CHECKING:
    from engine.ingest.variants.opening import VariantInputs
    from engine.ingest.variants.outcome import VariantReport

WORK = ".work"
"""Folder inside the staging folder for what is not part of the release; gone before it is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One ingest under way: where it reads, writes, and notes what is finished."""

    session: Session
    builder: ReleaseBuilder
    journal: Journal
    meter: Meter
    today: datetime.date

    @property
    def work(self) -> Path:
        return self.journal.folder

    def target(self, plan: Plan) -> Target:
        """Where the plan's table goes."""
        name = plan.table.name
        return Target(
            file=self.builder.path(plan.table),
            rejects=self.work / f"{name}.rejects.parquet",
            scratch=self.work / f"{name}.staged.parquet",
        )


def ingest_sources(
    root: Path,
    release_id: str,
    sources: Sources,
    *,
    memory_limit: str = "4GB",
    threads: int = 2,
    phase: int = 1,
    resume: bool = False,
    progress: Callable[[str, float], None],
) -> IngestReport:
    """Ingest, publish under `root` and make current; the report also lies in the release as `report.json`.

    `progress` gets the step's name and the share done, 0 to 1. With `resume`, tables that an aborted ingest of
    this id finished from the same files are kept. Raises `Problems` for the tables that lack columns before any
    is read, and one `DataProblem` for the first source that cannot be used; rows that cannot be used are counted
    instead, and lie in `rejected.parquet`.
    """
    files = find_files(sources)
    with only_one(root, release_id):
        builder = ReleaseBuilder(root, release_id, sources=described(sources), phase=phase, keep_staging=resume)
        return _ingest(builder, files, sources, memory_limit=memory_limit, threads=threads, progress=progress)


def _ingest(
    builder: ReleaseBuilder,
    files: Mapping[str, Path],
    sources: Sources,
    *,
    memory_limit: str,
    threads: int,
    progress: Callable[[str, float], None],
) -> IngestReport:
    inputs = _variant_inputs(sources)
    if inputs:
        _look(inputs)
    work = builder.staging / WORK
    work.mkdir(exist_ok=True)
    journal = read_journal(work)
    _clear_staging(builder)
    meter = Meter(progress, {name: path.stat().st_size for name, path in files.items()})
    with open_session(builder.staging, files.values(), memory_limit=memory_limit, threads=threads) as session:
        run = _Run(session=session, builder=builder, journal=journal, meter=meter,
                   today=datetime.datetime.now(datetime.UTC).date())  # fmt: skip
        report = _tables(run, files, sources)
    if inputs:
        variants = _variants(run, inputs, memory_limit, threads)
        report = replace(report, variants=variants, warnings=(*report.warnings, *variants.warnings))
    builder.file(REPORT).write_text(report.to_json())
    shutil.rmtree(work)
    builder.publish(
        derive=lambda made: build_indexes(made, threads=threads, memory_limit=memory_limit, progress=meter.derived)
    )
    meter.finish()
    return report


def _clear_staging(builder: ReleaseBuilder) -> None:
    """Remove what an aborted ingest left and this one may not write again."""
    kept = {plan.table.path for plan in omop.plans()}
    for path in builder.staging.rglob("*"):
        relative = path.relative_to(builder.staging)
        if path.is_file() and relative.parts[0] != WORK and relative.as_posix() not in kept:
            path.unlink()


# --- tables ---------------------------------------------------------------------------------------


def _tables(run: _Run, files: Mapping[str, Path], sources: Sources) -> IngestReport:
    opened = {name: open_source(run.session, path) for name, path in files.items() if name not in omop.NOT_CARRIED}
    check_columns((plan, opened[plan.source]) for plan in _planned(opened))
    reports = [_omop_table(run, plan, opened) for plan in omop.plans()]
    reports.append(_region_table(run, opened))
    reports += _survey_tables(run, opened)
    consents = _consent_table(run, opened, sources)
    reports.append(consents)
    _write_rejected(run)
    reports = _with_findings(run, reports)
    return IngestReport(
        release_id=run.builder.release_id,
        persons=next(report.rows_out for report in reports if report.table == PERSON.name),
        tables=tuple(reports),
        tables_absent=tuple(sorted(plan.source for plan in omop.plans() if plan.source not in files)),
        files_not_carried=tuple(sorted(path.name for name, path in files.items() if name in omop.NOT_CARRIED)),
        warnings=(
            *(() if consents.rows_out else (consent.NOBODY,)),
            *((regions.NOBODY,) if sources.regions and regions.is_nobodys(run.session) else ()),
            *(told for report in reports if (told := mostly_rejected(report))),
        ),
    )


def _planned(opened: Mapping[str, SourceFile]) -> tuple[Plan, ...]:
    """The plans that have a source, with its names of columns."""
    return (*(omop.for_columns(plan, opened[plan.source]) for plan in omop.plans() if plan.source in opened),
            *(plan for plan in (regions.PLAN, *survey.PLANS, consent.PLAN) if plan.source in opened))  # fmt: skip


def _omop_table(run: _Run, plan: Plan, opened: Mapping[str, SourceFile]) -> TableReport:
    target = run.target(plan)
    kept = (target.file, target.rejects)
    key = _key(plan, opened)
    report = run.journal.finished(plan.table.name, key, kept)
    if report is None:
        report = _load(run, plan, opened.get(plan.source))
        if plan.table is CONCEPT_ANCESTOR:
            report = add_self_rows(run.session, report, target)
        run.journal.add(report, key, kept)
    run.session.view(plan.table.name, target.file)
    if plan.source in omop.REQUIRED:
        refuse_if_empty(report)
    if plan.table is PERSON:
        _index_persons(run.session)
    return report


def _load(run: _Run, plan: Plan, source: SourceFile | None) -> TableReport:
    """Read the table, or write an empty one; the session knows it by its name afterwards."""
    run.meter.start(plan.source)
    target = run.target(plan)
    if source is None:
        target.rejects.unlink(missing_ok=True)  # of an aborted ingest that had the table
        report = write_empty(plan.table, target.file)
    else:
        report = load(run.session, omop.for_columns(plan, source), source, target)
    run.session.view(plan.table.name, target.file)
    return report


def _key(plan: Plan, opened: Mapping[str, SourceFile]) -> str:
    """Everything an OMOP table's content depends on: its plan, its file, and the files it looks things up in."""
    names = (plan.source, "person", "location", CONCEPT.name)
    return key_of(repr(plan), *(opened[name].fingerprint if name in opened else "" for name in names))


def _index_persons(session: Session) -> None:
    session.run(
        sql(
            "CREATE OR REPLACE TABLE $name AS SELECT source_person_id AS person_id, person FROM person",
            name=exp.to_identifier(PERSON_INDEX),
        )
    )


def _region_table(run: _Run, opened: Mapping[str, SourceFile]) -> TableReport:
    given = opened.get(regions.PLAN.source)
    report = _load(run, regions.PLAN, given)
    if given is not None:
        return report
    return append(run.session, report, REGION, run.target(regions.PLAN), regions.chosen(run.session))


def _survey_tables(run: _Run, opened: Mapping[str, SourceFile]) -> list[TableReport]:
    reports = [_load(run, plan, opened.get(plan.source)) for plan in survey.PLANS]
    observation = opened.get("observation")
    if observation is None:
        return reports
    run.meter.start("surveys in observations")
    found = find_surveys(run.session, observation, opened.get(omop.SURVEY_CONDUCT), work=run.work)
    added = (
        (SURVEY_QUESTION, found.questions), (SURVEY_OPTION, found.options), (SURVEY_ANSWER, found.answers)
    )  # fmt: skip
    return [
        append(run.session, report, table, run.target(plan), rows)
        for report, plan, (table, rows) in zip(reports, survey.PLANS, added, strict=True)
    ]


def _consent_table(run: _Run, opened: Mapping[str, SourceFile], sources: Sources) -> TableReport:
    report = _load(run, consent.PLAN, opened.get(consent.PLAN.source))
    if not sources.assume_consent:
        return report
    rows = consent.assumed(sources.assume_consent, granted_on=run.today)
    return append(run.session, report, CONSENT, run.target(consent.PLAN), rows)


def _write_rejected(run: _Run) -> None:
    """All rejects in one table, empty when there are none."""
    file = run.builder.path(REJECTED)
    if not any(run.work.glob("*.rejects.parquet")):
        write_empty(REJECTED, file)
        return
    rows = sql(
        'SELECT "table", reason, source_row FROM READ_PARQUET($files) ORDER BY "table", reason, source_row',
        files=run.work / "*.rejects.parquet",
    )
    run.session.write(rows, file)


def _with_findings(run: _Run, reports: list[TableReport]) -> list[TableReport]:
    run.meter.start("findings")
    checked = {table.name: table for table in CHECKED}
    return [
        replace(report, findings=findings(run.session, checked[report.table], today=run.today))
        if report.table in checked and report.rows_out
        else report
        for report in reports
    ]


def _variant_inputs(sources: Sources) -> "VariantInputs | None":
    if not sources.variants:
        return None
    from engine.ingest.variants.opening import VariantInputs  # readers load only when they are needed

    assert sources.sample_map is not None
    return VariantInputs(
        calls=sources.variants, sample_map=sources.sample_map, annotation=sources.annotation,
        reference=sources.reference, panels=sources.panels, scores=sources.scores,
    )  # fmt: skip


def _look(inputs: "VariantInputs") -> None:
    from engine.ingest.variants.looking import look

    look(inputs)


def _variants(run: _Run, inputs: "VariantInputs", memory_limit: str, threads: int) -> "VariantReport":
    from engine.ingest.variants.run import ingest_variants

    return ingest_variants(
        run.builder, inputs, run.work / "variants",
        memory_limit=memory_limit, threads=threads, progress=run.meter.part,
    )  # fmt: skip
