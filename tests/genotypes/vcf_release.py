"""Releases made from VCF files: real ones, and ones written here."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from engine.catalog.release import Release
from engine.ingest.publish import ReleaseBuilder
from engine.ingest.vcf import VariantReport, ingest_variants
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


def ingest(root: Path, sources, samples, *, others: int = 3, sample_map: Path | None = None, **options) -> Ingested:
    """Publish a release of these files; sample number i is person `2 i + 1` and `others` more have no sample."""
    persons = 2 * len(samples) + others
    person = {name: 2 * number + 1 for number, name in enumerate(samples)}
    root.mkdir(parents=True, exist_ok=True)
    if sample_map is None:
        sample_map = root / "map.csv"
        rows = "".join(f"{name},{FIRST_PERSON_ID + at}\n" for name, at in person.items())
        sample_map.write_text("sample_id,person_id\n" + rows)
    builder = ReleaseBuilder(root, "test", sources={"test": "vcf"})
    pq.write_table(_table(PERSON, [{}] * persons), builder.path(PERSON))
    index = (FIRST_PERSON_ID + np.arange(persons), np.arange(persons, dtype=np.uint32))
    report = ingest_variants(builder, sources, sample_map, index, **options)
    return Ingested(builder.publish(), report, person)
