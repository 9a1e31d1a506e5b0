"""plink2 over the same PGEN file. Its start-up (arguments, .psam, .pvar, list of people) is a run on one variant."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.csv as csv

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.timing import Run, run_command
from engine.kernels.parts import Numbers
from engine.personset import PersonSet

_FIRST = "rs1"


@dataclass(frozen=True)
class Plink:
    """Commands over the data of a benchmark, on as many threads as it has."""

    bench: Bench

    def counts(self, people: Path | None, *, only_first: bool = False) -> Run:
        """`--geno-counts`, of some people."""
        keep = ("--keep", people) if people else ()
        return self._run("counts", "--geno-counts", *keep, only_first=only_first)

    def counted(self) -> Numbers:
        """int64[4, variants] of the last counts: reference, heterozygous, homozygous, missing."""
        names = ("HOM_REF_CT", "HET_REF_ALT_CTS", "TWO_ALT_GENO_CTS", "MISSING_CT")
        table = self._table("counts.gcount")
        return np.array([table[name] for name in names], np.int64)

    def score(self, weights: Path, *, only_first: bool = False) -> Run:
        """`--score`: id, allele and weight of each variant in columns 1 to 3."""
        with weights.open() as lines:
            first = next(lines).split()[0]
        return self._run(
            "score", "--score", weights, "1", "2", "3", "cols=+scoresums", only_first=only_first, first=first
        )

    def scored(self) -> npt.NDArray[np.float64]:
        """float64[N]: the sums of the last score."""
        return self._table("score.sscore")["SCORE1_SUM"].astype(np.float64)

    def hardy(self, *, only_first: bool = False) -> Run:
        """`--hardy`, the exact test."""
        return self._run("hardy", "--hardy", only_first=only_first)

    def hardy_tested(self) -> npt.NDArray[np.float64]:
        """float64[variants]: p of the last test."""
        return self._table("hardy.hardy")["P"].astype(np.float64)

    def linkage(self, first: int, second: int) -> Run:
        """`--ld` of two rows."""
        return self._run("ld", "--ld", f"rs{first + 1}", f"rs{second + 1}")

    def linkage_found(self) -> float:
        """r squared of the last one."""
        log = (self.bench.work / "ld.log").read_text()
        return float(log.split("r^2 = ")[1].split()[0])

    def list_people(self, people: PersonSet) -> Path:
        """A file for `--keep`."""
        path = self.bench.work / "keep.txt"
        path.write_text("#IID\n" + "".join(f"S{person}\n" for person in people.indices()))
        return path

    def list_weights(self, name: str) -> Path:
        """A file for `--score` of a score of the release."""
        rows, weights = self.bench.store.weights(name)
        path = self.bench.work / f"{name}.weights"
        alleles = [variant.rsplit("-", 1)[1] for variant in self.bench.store.describe(rows)]
        lines = (
            f"rs{row + 1}\t{allele}\t{weight!r}\n"
            for row, allele, weight in zip(rows, alleles, weights.tolist(), strict=True)
        )
        path.write_text("".join(lines))
        return path

    def _run(self, name: str, *arguments: str | Path, only_first: bool = False, first: str = _FIRST) -> Run:
        one = ("--snp", first) if only_first else ()
        out = self.bench.work / name
        return run_command(
            "plink2", "--pfile", self.bench.data.plink_prefix, *arguments, *one,
            "--threads", str(self.bench.threads), "--memory", "4000", "--out", out, log=out.with_suffix(".printed"),
        )  # fmt: skip

    def _table(self, name: str) -> Mapping[str, npt.NDArray[np.generic]]:
        table = csv.read_csv(self.bench.work / name, parse_options=csv.ParseOptions(delimiter="\t"))
        return {column: table.column(column).to_numpy() for column in table.column_names}
