"""What is known of an ingest's files before their records are read: samples, parts, and what decides what parts say."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.ingest.journal import key_of
from engine.ingest.variants.formats import open_source
from engine.ingest.variants.known import WHOLE, is_table
from engine.ingest.variants.parts import PartFiles
from engine.ingest.variants.reading import Kept
from engine.ingest.variants.samples import People, SampleAxis, SampleReport, match_samples
from engine.ingest.variants.source import Part, VariantSource
from engine.ingest.variants.workers import FileTask, PartTask, Progress, Reading
from engine.kernels.words import Ids
from schemas.errors import DataProblem

_FORM = "1"
"""Changed whenever parts put aside by an earlier program must be read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantInputs:
    """The files of an ingest of variants; see docs/do/ingest-real-data.md."""

    calls: tuple[Path, ...]
    sample_map: Path
    annotation: Path | None = None
    reference: Path | None = None
    panels: tuple[Path, ...] = ()
    scores: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is known of the files before their records are read."""

    axis: SampleAxis
    samples: SampleReport
    names: tuple[str, ...]
    sample_numbers: tuple[int, ...]
    positions: tuple[Ids, ...] = field(repr=False)
    unsure: tuple[str, ...]
    unnamed: tuple[str, ...]
    reading: Reading
    annotation: str | None


def open_inputs(inputs: VariantInputs, person_table: Path, scratch: Path, progress: Progress) -> Opened:
    """Open every file, match its samples, and cut it into parts; `progress` is told by readers that must prepare.

    Raises `DataProblem` when a file cannot be used or no sample has a person.
    """
    with ExitStack() as stack:
        sources = [_open(stack, path, progress) for path in inputs.calls]
        check_sources(sources)
        sites = None
        if inputs.annotation and not is_table(inputs.annotation):
            sites = _open(stack, inputs.annotation, progress)
        axis, report = match_samples(sources, inputs.sample_map, People.read(person_table))
        placed = [axis.place(source) for source in sources]
        copies = axis.copies()
        kept = [Kept(one.columns, np.ascontiguousarray(copies[:, one.positions])) for one in placed]
        files = [_file(path, one) for path, one in zip(inputs.calls, kept, strict=True)]
        parts = [source.parts() for source in sources]
        if inputs.annotation:
            files.append(_file(inputs.annotation, None))
            parts.append((WHOLE,) if sites is None else sites.parts())
        reference = None if inputs.reference is None else inputs.reference.resolve()
        return Opened(
            axis=axis,
            samples=report,
            names=tuple(source.name for source in sources),
            sample_numbers=tuple(len(source.samples) for source in sources),
            positions=tuple(one.positions for one in placed),
            unsure=tuple(source.name for source in sources if not source.reference_known),
            unnamed=_without_assembly([*sources, *([sites] if sites else [])]),
            reading=Reading(files=tuple(files), tasks=_tasks(files, parts, reference, scratch), reference=reference),
            annotation=inputs.annotation.name if inputs.annotation else None,
        )


def check_sources(sources: Sequence[VariantSource]) -> None:
    """Raises `DataProblem` where a file of calls is of nobody, or of another reference than a release is."""
    for source in sources:
        if not source.samples:
            raise DataProblem(
                "vcf-no-samples", f"{source.name} has sites and no samples", hint="give it as the annotation"
            )
    _without_assembly(sources)


def _open(stack: ExitStack, path: Path, progress: Progress) -> VariantSource:
    source = open_source(path, progress=progress)
    stack.callback(source.close)
    return source


def _without_assembly(sources: Sequence[VariantSource]) -> tuple[str, ...]:
    """Names of the files that do not say which reference they are of; `DataProblem` where one is not of GRCh38."""
    for source in sources:
        if source.assembly not in (None, "GRCh38"):
            raise DataProblem(
                "variants-assembly",
                f"{source.name} is of {source.assembly}, and a release is of GRCh38",
                hint="positions are never converted or guessed: lift the file over first, or call it again on GRCh38",
            )
    return tuple(source.name for source in sources if source.assembly is None)


def _file(path: Path, kept: Kept | None) -> FileTask:
    return FileTask(path=path.resolve(), bytes=sum(member.stat().st_size for member in _members(path)), kept=kept)


def _members(path: Path) -> list[Path]:
    """The file and those that lie beside it under its name, or all files of a folder."""
    if path.is_dir():
        return sorted(member for member in path.rglob("*") if member.is_file())
    beside = (other for other in path.parent.iterdir() if other.name.startswith(f"{path.stem}.") and other.is_file())
    return sorted({path, *beside})


def _fingerprint(path: Path) -> str:
    """Names, sizes and times of change, which tell whether a file is still the one that was read."""
    stats = [(member.relative_to(path.parent), member.stat()) for member in _members(path)]
    return key_of(*(f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in stats))


def _tasks(
    files: Sequence[FileTask], parts: Sequence[tuple[Part, ...]], reference: Path | None, scratch: Path
) -> tuple[PartTask, ...]:
    common = (_FORM, _fingerprint(reference) if reference else "")
    keys = [key_of(*common, _fingerprint(file.path), _digest(file.kept)) for file in files]
    places = [(file, part) for file, of_file in enumerate(parts) for part in of_file]
    return tuple(
        PartTask(
            file=file,
            number=number,
            part=part,
            key=key_of(keys[file], str(number), repr(part)),
            files=PartFiles(scratch.resolve(), f"{file:04d}-{part.name}"),
        )
        for number, (file, part) in enumerate(places)
    )


def _digest(kept: Kept | None) -> str:
    if kept is None:
        return "sites"
    return hashlib.sha256(kept.columns.astype(np.int64).tobytes() + kept.copies.tobytes()).hexdigest()
