"""Counts by Hail's own call statistics, of MatrixTables and VariantDatasets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from engine.ingest.concordance.programs import first_line
from engine.ingest.concordance.tally import AlleleTally, Groups, Tally
from engine.ingest.variants.hail.environment import hail_python, run_script
from engine.ingest.variants.source import Sex


class HailTool:
    """`hl.agg.call_stats`, apart for calls of one and of two alleles."""

    name: ClassVar[str] = "hail"
    rules: ClassVar[tuple[str, ...]] = (
        "a VariantDataset is made dense by Hail first, so that reference blocks count as calls of the reference",
    )

    def version(self) -> str:
        asked = "from importlib.metadata import version; print('Hail', version('hail'))"
        return first_line([str(hail_python()), "-c", asked])

    def count(self, path: Path, groups: Groups, scratch: Path) -> Iterator[tuple[Sex | None, Tally]]:
        asked = scratch / "groups.json"
        order = tuple(groups)
        asked.write_text(json.dumps([groups[sex] for sex in order]))
        run_script("count.py", path, scratch, share=lambda _share: None)
        for number, sex in enumerate(order):
            with (scratch / "counts.tsv").open() as lines:
                next(lines)
                for line in lines:
                    yield sex, _tally(line.rstrip("\n").split("\t"), number, len(groups[sex]))


def _tally(fields: list[str], group: int, samples: int) -> Tally:
    contig, position, alleles, counted = fields
    ref, *alts = json.loads(alleles)
    one, two = json.loads(counted)[group]["single"], json.loads(counted)[group]["double"]
    homozygous = two["homozygote_count"]
    diploid = two["AN"] // 2
    return Tally(
        contig=contig,
        position=int(position),
        ref=ref.upper(),
        alts=tuple(alt.upper() for alt in alts),
        diploid=diploid,
        mixed=diploid - sum(homozygous),
        haploid=one["AN"],
        missing=samples - diploid - one["AN"],
        alleles=tuple(
            AlleleTally(held - 2 * twice, twice, alone)
            for held, twice, alone in zip(two["AC"], homozygous, one["AC"], strict=True)
        ),
    )
