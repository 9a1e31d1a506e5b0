"""Releases made from VCF files: real ones, and ones written here."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from engine.catalog.release import Release
from engine.ingest.publish import ReleaseBuilder
from engine.ingest.variants.opening import VariantInputs
from engine.ingest.variants.outcome import VariantReport
from engine.ingest.variants.run import ingest_variants
from schemas.access import TEST_DATA
from schemas.release import PERSON, VARIANT
from tests.lib.releases import _table

HEADER = '##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
FIRST_PERSON_ID = 1000


@dataclass(frozen=True)
class Ingested:
    """A release, what its ingest reported, and the person of each sample."""

    release: Release
    report: VariantReport
    person: dict[str, int]

    def variants(self):
        return pq.read_table(self.release.file(VARIANT.path)).to_pylist()


def write_vcf(path: Path, samples, *lines, header: str = ""):
    """A VCF of the lines; each is `contig pos id ref alt filter info calls…`, separated by blanks."""
    names = "\t".join(
        ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", *(["FORMAT", *samples] * bool(samples))]
    )
    rows = []
    for line in lines:
        contig, position, name, ref, alt, filter, info, *calls = line.split()
        rows.append("\t".join([contig, position, name, ref, alt, ".", filter, info, *(["GT", *calls] * bool(samples))]))
    path.write_text(HEADER + header + "\n".join([names, *rows, ""]))
    return path


def of_no_reference(path: Path, folder: Path):
    """A copy of a gzip file whose header does not say its reference: some real files are of GRCh37, which is refused."""
    with gzip.open(path, "rt") as lines:
        kept = [line for line in lines if not line.startswith(("##contig", "##reference"))]
    copy = folder / f"{path.name.partition('.vcf')[0]}.vcf"
    copy.write_text("".join(kept))
    return copy


def ingest(
    root: Path,
    sources,
    samples,
    *,
    others: int = 3,
    sample_map: Path | None = None,
    sexes: dict[str, int] | None = None,
    scratch: Path | None = None,
    threads: int = 1,
    progress=lambda _step, _share: None,
    **inputs,
) -> Ingested:
    """Publish a release of these files; sample number i is person `2 i + 1` and `others` more have no sample.

    `sexes` are the concepts of samples whose persons have one: 8507 male, 8532 female.
    """
    persons = 2 * len(samples) + others
    person = {name: 2 * number + 1 for number, name in enumerate(samples)}
    root.mkdir(parents=True, exist_ok=True)
    if sample_map is None:
        sample_map = root / "map.csv"
        rows = "".join(f"{name},{FIRST_PERSON_ID + at}\n" for name, at in person.items())
        sample_map.write_text("sample_id,person_id\n" + rows)
    builder = ReleaseBuilder(root, "test", sources={"test": "vcf"}, phase=TEST_DATA)
    rows = [{"source_person_id": FIRST_PERSON_ID + number} for number in range(persons)]
    for name, sex in (sexes or {}).items():
        rows[person[name]]["gender_concept_id"] = sex
    pq.write_table(_table(PERSON, rows), builder.path(PERSON))
    report = ingest_variants(
        builder,
        VariantInputs(calls=tuple(sources), sample_map=sample_map, **inputs),
        scratch or root.with_name(f"{root.name}~scratch"),
        threads=threads,
        progress=progress,
    )
    return Ingested(builder.publish(), report, person)
