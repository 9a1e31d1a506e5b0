"""Records of a VCF as its text has them, read apart from any reader."""

import re


def text_records(path):
    """(contig without `chr`, position, ref, alts, calls as in `Record.alleles`) of each line."""
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            fields = line.split("\t")
            alts = () if fields[4] == "." else tuple(fields[4].split(","))
            at = fields[8].split(":").index("GT")
            calls = [_call(text.split(":")[at]) for text in fields[9:]]
            yield fields[0].removeprefix("chr"), int(fields[1]), fields[3], alts, calls


def _call(text):
    numbers = [-1 if part == "." else int(part) for part in re.split(r"[|/]", text)]
    return (numbers[0], numbers[1] if len(numbers) > 1 else -2, int("|" in text))
