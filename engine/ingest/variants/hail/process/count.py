"""`python count.py DATASET FOLDER`: Hail's own call statistics, which a release is compared with.

`groups.json` of the folder lists samples, a list a group. `counts.tsv` gets contig, position, alleles and, for each
group, `hl.agg.call_stats` of calls with one allele (`single`) and with two (`double`).
"""

import argparse
import json
from pathlib import Path

import hail as hl  # pyrefly: ignore[missing-import]
from opened import CALL, Progress, open_calls, start, stop  # pyrefly: ignore[missing-import]


def main() -> None:
    """Count what the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory", default="4g")
    asked = parser.parse_args()
    log = asked.folder / "hail.log"
    start(log, asked.memory)
    matrix = open_calls(asked.dataset)
    groups = json.loads((asked.folder / "groups.json").read_text())
    of_sample = {name: number for number, names in enumerate(groups) for name in names}
    name = hl.str(next(iter(matrix.col_key.values())))
    matrix = matrix.annotate_cols(_group=hl.literal(of_sample, hl.tdict(hl.tstr, hl.tint32)).get(name))
    call = matrix[CALL]

    def stats(group: int, ploidy: int) -> object:
        wanted = (matrix._group == group) & (call.ploidy == ploidy)
        return hl.agg.filter(hl.coalesce(wanted, False), hl.agg.call_stats(call, matrix.alleles))

    counted = [hl.struct(single=stats(number, 1), double=stats(number, 2)) for number in range(len(groups))]
    rows = matrix.select_rows(
        contig=matrix.locus.contig, position=matrix.locus.position, names=matrix.alleles, counted=hl.array(counted)
    ).rows()
    with Progress():
        rows.key_by().select("contig", "position", "names", "counted").export((asked.folder / "counts.tsv").as_uri())
    stop(log)


if __name__ == "__main__":
    main()
