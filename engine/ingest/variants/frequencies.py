"""External allele frequencies: which fields have one, and its value for one alternate allele."""

import re
from collections.abc import Iterable, Mapping

from engine.ingest.variants.source import InfoValue

_KINDS = {"joint": 0, "g": 1, "genome": 1, "genomes": 1, "e": 2, "exome": 2, "exomes": 2, "": 3}
_GNOMAD = re.compile(r"(?:af_)?gnomad(?:_?v?[0-9]+)*_?(joint|genomes?|exomes?|g|e|)(?:_?v?[0-9]+)*(?:_af)?")
_KNOWN = {
    "af_joint": 0,
    "af_genomes": 1,
    "af_exomes": 2,
    **dict.fromkeys(("topmed", "topmed_af", "af_topmed"), 4),
    **dict.fromkeys(("1000gp3_af", "1000g_af", "1kg_af", "af_1000g", "af_1kg", "af_tgp"), 5),
    **dict.fromkeys(("exac_af", "af_exac"), 6),
}


def by_preference(names: Iterable[str]) -> tuple[str, ...]:
    """Of the names of fields, those of an external frequency among all people: gnomAD's of joint, genome and exome
    data, then TOPMed, 1000 Genomes and ExAC. Those of one population are none."""
    ranked = ((rank, name) for name in names if (rank := _rank(name)) is not None)
    return tuple(name for _, name in sorted(ranked))


def of_allele(value: InfoValue | None, number: int, alternates: int) -> float | None:
    """The frequency of alternate allele `number` (from 1) in a field of one value an alternate, or one an allele."""
    return as_frequency(_own(value, number, alternates))


def of_counts(info: Mapping[str, InfoValue], number: int, alternates: int) -> float | None:
    """AC / AN of a file that gives no AF."""
    count, total = _own(info.get("AC"), number, alternates), info.get("AN")
    if not count.isdecimal() or not isinstance(total, int) or total <= 0:
        return None
    return int(count) / total


def as_frequency(text: str) -> float | None:
    """A number from 0 to 1; none for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _own(value: InfoValue | None, number: int, alternates: int) -> str:
    values = value if isinstance(value, tuple) else str(value).split(",")
    at = {alternates: number - 1, alternates + 1: number}.get(len(values))
    return "" if at is None else str(values[at])


def _rank(name: str) -> int | None:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower())
    found = _GNOMAD.fullmatch(plain)
    if found is not None and "af" in plain.split("_"):
        return _KINDS[found[1]]
    return _KNOWN.get(plain)
