"""Parts of files read side by side in processes of their own; those finished before are not read again.

A process holds what `CallsReading` says and nothing that grows with the number of records. Small files are read here,
since starting a process takes longer than reading them.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from engine.ingest.variants.formats import open_source
from engine.ingest.variants.known import SitesReading, TableReading, is_table
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.parts import PartFiles, PartReport, finish, finished
from engine.ingest.variants.reading import CallsReading, Kept
from engine.ingest.variants.source import Part
from schemas.errors import DataProblem

Progress = Callable[[str, float], None]
"""Told the step and the share of the work that is done, 0 to 1."""

_BYTES_A_PROCESS = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTask:
    """A file to read: of calls, those of the samples `kept`; of sites, where that is absent."""

    path: Path
    bytes: int
    kept: Kept | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTask:
    """One part to read: `file` and `number` are its places among all files and parts, `key` tells all it depends on."""

    file: int
    number: int
    part: Part
    key: str
    files: PartFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that is to be read, as plain values that a process can be sent."""

    files: tuple[FileTask, ...] = field(repr=False)
    tasks: tuple[PartTask, ...] = field(repr=False)
    reference: Path | None

    def run(self, *, threads: int, progress: Progress) -> list[PartReport]:
        """Read every part that is not finished; the reports of all, in the order of the tasks."""
        reports = {task.number: report for task in self.tasks if (report := finished(task.files, task.key))}
        todo = [task for task in self.tasks if task.number not in reports]
        size = sum(self.files[task.file].bytes * task.part.share for task in todo)
        processes = min(threads, len(todo), int(size) // _BYTES_A_PROCESS)
        done = sum(self._weight(task) for task in self.tasks if task.number in reports)
        for task, report in self._here(todo) if processes < 2 else self._apart(todo, processes):
            reports[task.number] = report
            done += self._weight(task)
            progress(f"reading {self.files[task.file].path.name}", min(1.0, done))
        return [reports[task.number] for task in self.tasks]

    def _weight(self, task: PartTask) -> float:
        return task.part.share * self.files[task.file].bytes / max(1, sum(file.bytes for file in self.files))

    def _here(self, tasks: Sequence[PartTask]) -> Iterator[tuple[PartTask, PartReport]]:
        with PartReader(self) as reader:
            for task in tasks:
                yield task, reader.read(task)

    def _apart(self, tasks: Sequence[PartTask], processes: int) -> Iterator[tuple[PartTask, PartReport]]:
        spawn = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=_start, initargs=(self,))
        try:
            waiting: dict[Future[PartReport], PartTask] = {pool.submit(_read, task): task for task in tasks}
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(future), future.result()
        except BrokenProcessPool:
            raise DataProblem(
                "ingest-process",
                "a process that reads variants was ended from outside, most likely because memory ran out",
                hint="use fewer --threads; with --resume the parts that are finished are not read again",
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


class PartReader:
    """Reads parts one after another, and keeps the file of the last open. A context manager."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._stack = ExitStack()
        self._number = -1
        self._open: CallsReading | SitesReading | TableReading | None = None
        self._aligner = None if reading.reference is None else Aligner(reading.reference)

    def read(self, task: PartTask) -> PartReport:
        """Read a part and put it aside."""
        if task.file != self._number or self._open is None:
            self._stack.close()
            self._number, self._open = task.file, self._opened(self._reading.files[task.file])
        report = self._open.read(task.part, task.number, task.files)
        finish(task.files, task.key, report)
        return report

    def _opened(self, file: FileTask) -> CallsReading | SitesReading | TableReading:
        if file.kept is None and is_table(file.path):
            return TableReading(file.path, self._aligner)
        source = open_source(file.path)
        self._stack.callback(source.close)
        if file.kept is None:
            return SitesReading(source, self._aligner)
        return CallsReading(source, file.kept, self._aligner)

    def __enter__(self) -> "PartReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        if self._aligner is not None:
            self._aligner.close()


_reader: PartReader
"""What a process of the pool reads with; nowhere else is it set."""


def _start(reading: Reading) -> None:
    global _reader  # the pool gives its processes no other place to keep an open file in
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _reader = PartReader(reading)


def _read(task: PartTask) -> PartReport:
    return _reader.read(task)


def _end_with_parent() -> None:
    """A killed ingest takes its processes with it: they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
