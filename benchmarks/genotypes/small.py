"""Peers too slow for all of the data: Hail and bcftools on some variants and a tenth of the people, scaled to all."""

import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.questions import WHOLE
from benchmarks.genotypes.record import Row, rows_of, same
from benchmarks.genotypes.timing import Times, interleaved, run_command
from engine.genotypes.columns import Rows
from engine.kernels.parts import Numbers
from engine.personset import PersonSet

_VARIANTS, _PEOPLE = 2_000, 77_000
_TURNS = 3
_HAIL = Path(".venv-hail/bin/python")


@dataclass(frozen=True)
class _Small:
    """The first people, some variants of all along the genome, and who of the cohort is among them."""

    bench: Bench

    @cached_property
    def rows(self) -> Rows:
        return np.unique(np.linspace(0, self.bench.every.size - 1, _VARIANTS).astype(np.int32))

    @property
    def people(self) -> int:
        return min(_PEOPLE, self.bench.persons)

    @cached_property
    def cohort(self) -> PersonSet:
        return self.bench.cohort & PersonSet.from_indices(np.arange(self.people), self.bench.persons)

    @property
    def factor(self) -> float:
        """How many times more genotypes all of the data have."""
        return self.bench.every.size * self.bench.persons / (self.rows.size * self.people)

    @property
    def note(self) -> str:
        return f"{self.rows.size:,} variants x {self.people:,} people, scaled {self.factor:,.0f} times"

    @cached_property
    def keep(self) -> Path:
        """The cohort, a name a line."""
        path = self.bench.work / "small.keep"
        path.write_text("".join(f"S{person}\n" for person in self.cohort.indices()))
        return path

    def export(self, *form: str) -> Path:
        """plink2's export of the small set; the prefix of its files."""
        work = self.bench.work
        (work / "small.people").write_text("#IID\n" + "".join(f"S{person}\n" for person in range(self.people)))
        (work / "small.variants").write_text("".join(f"rs{row + 1}\n" for row in self.rows))
        run_command(
            "plink2", "--pfile", self.bench.data.plink_prefix, "--keep", work / "small.people", "--extract",
            work / "small.variants", *form, "--memory", "4000", "--out", work / "small", log=work / "export.printed",
        )  # fmt: skip
        return work / "small"


def small_peers(bench: Bench) -> list[Row]:
    """Genotype counts of a 10 % cohort, by those peers that are installed."""
    small, rows = _Small(bench), []
    if shutil.which("bcftools"):
        rows += _bcftools(small)
    if _HAIL.exists():
        rows += _hail(small)
    return rows


def _bcftools(small: _Small) -> list[Row]:
    path = small.export("--export", "bcf", "id-paste=iid").with_suffix(".bcf")
    out = small.bench.work / "bcftools.counts"
    command = 'set -o pipefail; bcftools view -S "$1" -G -Ou "$2" | bcftools query -f "%AC\\t%AN\\n"'
    arguments = ("bash", "-c", command, "-", small.keep, path)
    run_command(*arguments, log=out)
    counts = small.bench.store.counts(small.rows, small.cohort)
    found: Numbers = np.loadtxt(out, np.int64).T
    same("bcftools", np.array([counts.allele_count, counts.allele_number]), found)
    return _scaled(
        small, "bcftools view -S", interleaved({"": lambda: run_command(*arguments, log=out)}, turns=_TURNS)[""]
    )


def _hail(small: _Small) -> list[Row]:
    prefix, out, work = small.export("--make-bed"), small.bench.work / "hail.json", small.bench.work
    os.environ["KOHORT_HAIL_CORES"] = str(small.bench.threads)
    run_command(
        _HAIL, Path(__file__).with_name("hail_process.py"), prefix, small.keep, out, work, log=work / "hail.printed"
    )
    found = json.loads(out.read_text())
    counts = small.bench.store.counts(small.rows, small.cohort)
    ours = np.array([counts.reference, counts.heterozygous, counts.homozygous, counts.missing])
    same("Hail", ours, np.array(found["counts"], np.int64).T)
    return _scaled(small, "Hail", Times.of([(turn["cpu"], turn["wall"]) for turn in found["turns"]]))


def _scaled(small: _Small, way: str, times: Times) -> list[Row]:
    bench = small.bench
    scaled = {way: times.scaled(small.factor)}
    return rows_of(WHOLE, "10 % cohort", scaled, threads=bench.threads, items=bench.every.size, note=small.note)
