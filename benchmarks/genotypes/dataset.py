"""The data of the benchmark: calls of 770,000 people as PGEN with its .pvar and .psam, and the tables of a release.

It is made once and kept under `var/benchmarks/genotypes`; a stamp says what it was made from.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.genotypes import founders, spectrum
from benchmarks.genotypes.spectrum import CLASSES, draw_classes, draw_missing
from engine.genotypes.pgen import CallsWriter
from engine.kernels._jit import jit
from engine.kernels.calls import MISSING, Calls
from engine.kernels.parts import Numbers
from schemas.release import CALLS_PATH, GENE, SAMPLE, SCORE, SCORE_WEIGHT, VARIANT

PERSONS = 770_000
GENE_VARIANTS = 100
CONSEQUENCES = {"stop_gained": 0.04, "missense_variant": 0.36, "intron_variant": 0.60}
_MUTATED = 2e-4
"""Share of a common variant's calls that founders do not explain."""
_STAMP = "stamp.json"
_SEED = 20_261_124


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is made."""

    name: str
    persons: int
    variants: int


QUICK = Size(name="quick", persons=PERSONS, variants=40_000)
FULL = Size(name="full", persons=PERSONS, variants=500_000)
SIZES = {size.name: size for size in (QUICK, FULL)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The files, with `seconds` and CPU seconds that making them took when they were made."""

    folder: Path
    size: Size
    seconds: float
    cpu_seconds: float

    @property
    def calls(self) -> Path:
        """The PGEN file."""
        return self.folder / CALLS_PATH

    @property
    def plink_prefix(self) -> Path:
        """What plink2 calls --pfile: .pgen, .pvar and .psam beside each other."""
        return self.calls.with_suffix("")


def dataset(root: Path, size: Size) -> Dataset:
    """The data of a size, made first unless it lies there whole."""
    folder = root / size.name
    stamp = _made_from(size)
    try:
        found = json.loads((folder / _STAMP).read_text())
    except (OSError, ValueError):
        found = {}
    if found.get("made_from") != stamp:
        found = {"made_from": stamp, **_make(folder, size)}
        (folder / _STAMP).write_text(json.dumps(found, indent=1))
    return Dataset(folder=folder, size=size, seconds=found["seconds"], cpu_seconds=found["cpu_seconds"])


def _made_from(size: Size) -> dict[str, object]:
    """Of another size, another seed or another program the data are made anew."""
    programs = (Path(__file__), Path(founders.__file__), Path(spectrum.__file__))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in programs)).hexdigest()
    return {**asdict(size), "seed": _SEED, "programs": digest}


def _make(folder: Path, size: Size) -> dict[str, float]:
    start, cpu = time.perf_counter(), time.process_time()
    (folder / _STAMP).unlink(missing_ok=True)
    (folder / CALLS_PATH).parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(_SEED)
    numbers = _write_calls(folder / CALLS_PATH, size, random)
    table = _variant_table(numbers, size, random)
    pq.write_table(table, folder / VARIANT.path)
    _write_samples(folder, size)
    _write_genes(folder, table)
    _write_scores(folder, numbers, size, random)
    _write_pvar((folder / CALLS_PATH).with_suffix(".pvar"), table)
    return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}


# --- calls --------------------------------------------------------------------------------------------


def _write_calls(path: Path, size: Size, random: np.random.Generator) -> Numbers:
    """Writes the PGEN; gives int64[4, variants]: reference, heterozygous, homozygous, missing."""
    numbers = np.empty((4, size.variants), np.int64)
    with CallsWriter(path, samples=size.persons, variants=size.variants, phased=False) as writer:
        for variant, calls in enumerate(_calls(size, random)):
            _count_calls(calls, numbers[:, variant])
            writer.append(calls)
            if variant % 10_000 == 9_999:
                print(f"  {variant + 1:,} of {size.variants:,} variants made", flush=True)
    return numbers


def _calls(size: Size, random: np.random.Generator) -> Iterator[Calls]:
    """int8[persons] of each variant; the arrays are used again."""
    classes = draw_classes(size.variants, random)
    is_common = np.array([own.is_common for own in CLASSES])[classes]
    missing = draw_missing(is_common, random)
    counts = np.zeros(size.variants, np.int64)
    for code, own in enumerate(CLASSES):
        if not own.is_common:
            rows = np.flatnonzero(classes == code)
            counts[rows] = own.allele_counts(rows.size, size.persons, random)
    common = founders.common_calls(size.persons, classes[is_common], random)
    rare = np.zeros(size.persons, np.int8)
    for variant in range(size.variants):
        without = random.integers(0, size.persons, random.poisson(missing[variant] * size.persons))
        if is_common[variant]:
            calls = next(common)
            mutated = random.integers(0, size.persons, random.poisson(_MUTATED * size.persons))
            calls[mutated] = random.integers(0, 3, mutated.size)
            calls[without] = MISSING
            yield calls
            continue
        carriers = random.integers(0, 2 * size.persons, counts[variant]) >> 1
        rare[without] = MISSING
        rare[carriers] = 0
        np.add.at(rare, carriers, 1)
        np.minimum(rare, 2, out=rare)
        yield rare
        rare[without] = 0
        rare[carriers] = 0


@jit
def _count_calls(calls: Calls, out: Numbers) -> None:
    het = hom = missing = 0
    for i in range(calls.size):
        het += int(calls[i] == 1)
        hom += int(calls[i] == 2)
        missing += int(calls[i] < 0)
    out[0], out[1], out[2], out[3] = calls.size - het - hom - missing, het, hom, missing


# --- tables -------------------------------------------------------------------------------------------


def _variant_table(numbers: Numbers, size: Size, random: np.random.Generator) -> pa.Table:
    contig = np.sort(np.arange(size.variants) * 22 // size.variants) + 1
    position = 1_000_000 + np.cumsum(random.integers(1, 9, size.variants))
    starts = np.searchsorted(contig, contig)
    position = (position - position[starts] + 1_000_000).astype(np.int32)
    consequence = random.choice(list(CONSEQUENCES), size.variants, p=list(CONSEQUENCES.values()))
    bases = np.array(["A", "C", "G", "T"])
    ref = random.integers(0, 4, size.variants)
    alt = (ref + random.integers(1, 4, size.variants)) % 4
    gene = np.char.add("GENE", np.char.zfill((np.arange(size.variants) // GENE_VARIANTS).astype(str), 5))
    reference, het, hom, missing = numbers.astype(np.int32)
    nulls = pa.nulls(size.variants, pa.string())
    columns = {
        "variant": np.arange(size.variants, dtype=np.int32),
        "contig": contig.astype(str),
        "position": position,
        "ref": bases[ref],
        "alt": bases[alt],
        "rsid": np.char.add("rs", (np.arange(size.variants) + 1).astype(str)),
        "gene": gene,
        "transcript": np.char.add("ENST", gene),
        "consequence": consequence,
        "hgvs_c": np.char.add(np.char.add(np.char.add("c.", (position % 5_000).astype(str)), bases[ref]), bases[alt]),
        "hgvs_p": nulls,
        "lof": pa.array(np.where(consequence == "stop_gained", "HC", ""), mask=consequence != "stop_gained"),
        "clinvar": nulls,
        "af_external": random.beta(0.1, 10, size.variants),
        "filter": nulls,
        "allele_count": het + 2 * hom,
        "allele_number": 2 * (reference + het + hom),
        "homozygotes": hom,
        "hemizygotes": np.zeros(size.variants, np.int32),
        "missing_calls": missing,
        "source_variant": nulls,
    }
    return pa.table(columns)


def _write_samples(folder: Path, size: Size) -> None:
    person = np.arange(size.persons, dtype=np.uint32)
    names = np.char.add("S", person.astype(str))
    sex = np.where(person % 2 == 0, "male", "female")
    columns = {"sample": person.astype(np.int32), "person": person, "sex": sex, "source_sample_id": names}
    pq.write_table(pa.table(columns), folder / SAMPLE.path)
    lines = (f"{name}\t{1 if own == 'male' else 2}\n" for name, own in zip(names, sex, strict=True))
    with (folder / CALLS_PATH).with_suffix(".psam").open("w") as out:
        out.write("#IID\tSEX\n")
        out.writelines(lines)


def _write_genes(folder: Path, table: pa.Table) -> None:
    found = table.group_by(["gene", "contig"]).aggregate([("position", "min"), ("position", "max")])
    genes = found.rename_columns(["gene", "contig", "start", "end"]).append_column(
        "name", pa.nulls(len(found), "string")
    )
    pq.write_table(genes.sort_by("gene"), folder / GENE.path)


def _write_scores(folder: Path, numbers: Numbers, size: Size, random: np.random.Generator) -> None:
    """Score `common` over variants of MAF 1 % and more, and `all` over every one."""
    alternate = (numbers[1] + 2 * numbers[2]) / (2 * numbers[:3].sum(0))
    is_common = np.minimum(alternate, 1 - alternate) >= 0.01
    weights = random.normal(0, 0.1, size.variants)
    rows = {"all": np.arange(size.variants, dtype=np.int32), "common": np.flatnonzero(is_common).astype(np.int32)}
    listed = pa.array([own.size for own in rows.values()], pa.int32())
    score = {"score": list(rows), "label": pa.nulls(2, pa.string()), "source_id": pa.nulls(2, pa.string())}
    pq.write_table(
        pa.table({**score, "constant": [0.0, 0.0], "listed": listed, "matched": listed}), folder / SCORE.path
    )
    parts = {
        "score": np.repeat(list(rows), [own.size for own in rows.values()]),
        "variant": np.concatenate(list(rows.values())),
        "weight": np.concatenate([weights[own] for own in rows.values()]),
    }
    pq.write_table(pa.table(parts), folder / SCORE_WEIGHT.path)


def _write_pvar(path: Path, table: pa.Table) -> None:
    columns: list[npt.NDArray[np.object_]] = [
        table.column(name).to_numpy() for name in ("contig", "position", "rsid", "ref", "alt")
    ]
    with path.open("w") as out:
        out.write("#CHROM\tPOS\tID\tREF\tALT\n")
        out.writelines("\t".join(map(str, row)) + "\n" for row in zip(*columns, strict=True))
