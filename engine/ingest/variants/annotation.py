"""What a VCF says of its alleles: consequence by VEP (`CSQ`, `vep`) or SnpEff (`ANN`), ClinVar, gnomAD frequency."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.genotypes.hgvs import parse_hgvs
from engine.ingest.variants.consequences import INTERGENIC, most_severe, rank
from engine.ingest.variants.frequencies import as_frequency, by_preference, of_allele, of_counts
from engine.ingest.variants.source import InfoValue, Record

_CONSEQUENCE_FIELDS = ("CSQ", "vep", "ANN")
_CLINVAR_FIELD = "CLNSIG"
_CLINVAR_COLUMNS = ("ClinVar_CLNSIG", "CLNSIG", "CLIN_SIG")
_LOF_FIELD = "LOF"
_1000_GENOMES = "AF"
"""VEP's column for the frequency in the 1000 Genomes project."""
_SNPEFF_NAMES = {
    "Annotation": "Consequence",
    "Gene_Name": "SYMBOL",
    "Feature_ID": "Feature",
    "HGVS.c": "HGVSc",
    "HGVS.p": "HGVSp",
}
_CLINVAR_CODES = {
    "0": "uncertain_significance",
    "1": "not_provided",
    "2": "benign",
    "3": "likely_benign",
    "4": "likely_pathogenic",
    "5": "pathogenic",
    "6": "drug_response",
    "7": "histocompatibility",
    "255": "other",
}
_BETWEEN = re.compile(r",(?!_)")
"""Between values: ClinVar also writes `pathogenic,_low_penetrance`, which is one."""
_STATEMENTS = re.compile(r"[|&]|,(?!_)")
_MOST_TRANSCRIPTS = 0.5


class Annotation(NamedTuple):
    """The annotation columns of `schemas.release.VARIANT`; absent where the file says nothing."""

    gene: str | None = None
    transcript: str | None = None
    consequence: str | None = None
    hgvs_c: str | None = None
    hgvs_p: str | None = None
    lof: str | None = None
    clinvar: str | None = None
    af_external: float | None = None


ANNOTATION_COLUMNS = Annotation._fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """How one file's INFO fields are read: made from its header, so that each record is only split.

    `is_external` says that the file has no samples of ours, so that its own `AF` is an external frequency.
    """

    consequences: str | None
    columns: tuple[str, ...]
    frequencies: tuple[str, ...]
    """INFO fields, the preferred first."""
    column_frequencies: tuple[str, ...]
    """Columns of the consequence field, the preferred first."""
    is_external: bool
    info: tuple[str, ...]

    @staticmethod
    def of(described: Mapping[str, str], *, is_external: bool) -> "Annotator":
        """From the INFO fields of a header and their descriptions."""
        consequences = next((name for name in _CONSEQUENCE_FIELDS if _columns(described.get(name, ""))), None)
        columns = _columns(described.get(consequences, "")) if consequences else ()
        own = ("AF",) if is_external and "AF" in described else ()
        frequencies = (*by_preference(described), *own)
        counts = ("AC", "AN") if is_external and not own else ()
        wanted = (consequences, _CLINVAR_FIELD, _LOF_FIELD, *frequencies, *counts)
        return Annotator(
            consequences=consequences,
            columns=columns,
            frequencies=frequencies,
            column_frequencies=(*by_preference(columns), *({_1000_GENOMES} & set(columns))),
            is_external=is_external,
            info=tuple(name for name in wanted if name in described),
        )

    def annotate(self, record: Record, number: int) -> Annotation:
        """What the record says of its alternate allele `number` (from 1)."""
        entries = [entry for entry in self._entries(record) if _is_of(entry, record, number)]
        clinvar = _clinvar(record.info.get(_CLINVAR_FIELD), number, len(record.alts))
        frequency = self._frequency(record, number, entries)
        if not entries:
            return Annotation(clinvar=clinvar, af_external=frequency)
        worst = min(entries, key=_severity)
        consequence = most_severe(worst.get("Consequence", "")) or None
        is_intergenic = consequence in INTERGENIC
        gene = None if is_intergenic else _gene(worst)
        transcript = None if is_intergenic else worst.get("Feature") or None
        return Annotation(
            gene=gene,
            transcript=transcript,
            consequence=consequence,
            hgvs_c=None if is_intergenic else _hgvs(worst.get("HGVSc"), transcript),
            hgvs_p=_hgvs(worst.get("HGVSp"), None),
            lof=_lof(gene, entries, record.info.get(_LOF_FIELD)),
            clinvar=clinvar or _words(_first(entries, _CLINVAR_COLUMNS)),
            af_external=frequency,
        )

    def _entries(self, record: Record) -> Iterator[dict[str, str]]:
        """One dictionary a transcript, with VEP's names."""
        text = record.info.get(self.consequences) if self.consequences else None
        for entry in text.split(",") if isinstance(text, str) else ():
            yield dict(zip(self.columns, entry.split("|"), strict=False))

    def _frequency(self, record: Record, number: int, entries: list[dict[str, str]]) -> float | None:
        for name in self.frequencies:
            value = of_allele(record.info.get(name), number, len(record.alts))
            if value is not None:
                return value
        if self.is_external and "AC" in self.info:
            value = of_counts(record.info, number, len(record.alts))
            if value is not None:
                return value
        return as_frequency(_first(entries, self.column_frequencies).partition("&")[0])


def _columns(description: str) -> tuple[str, ...]:
    """Names between bars in the description of CSQ or ANN, SnpEff's taken to VEP's."""
    listed = re.split(r"Format:|annotations:", description)[-1].strip().strip("'\" ")
    if "|" not in listed:
        return ()
    names = (name.strip() for name in listed.split("|"))
    return tuple(_SNPEFF_NAMES.get(name, name) for name in names)


def _first(entries: Iterable[Mapping[str, str]], columns: Iterable[str]) -> str:
    """The first value that one of the entries has in one of the columns, those first in order first; or nothing."""
    found = (entry[column] for column in columns for entry in entries if entry.get(column, ".") not in ("", "."))
    return next(found, "")


def _is_of(entry: Mapping[str, str], record: Record, number: int) -> bool:
    said = entry.get("ALLELE_NUM", "")
    if said.isdecimal() and 1 <= int(said) <= len(record.alts):
        return int(said) == number
    named = entry.get("Allele", "").upper()
    return named in (record.alts[number - 1], _ensembl_spelling(record, number))


def _ensembl_spelling(record: Record, number: int) -> str:
    """VEP's name of an allele: without the first base where all alleles share it and some are not substitutions."""
    alleles = [allele for allele in (record.ref, *record.alts) if allele.isalpha()]
    alt = record.alts[number - 1]
    is_substitution = all(len(allele) == len(record.ref) for allele in alleles)
    if is_substitution or len({allele[0] for allele in alleles}) > 1:
        return alt
    return alt[1:] or "-"


def _severity(entry: Mapping[str, str]) -> tuple[int, bool, bool]:
    """The most severe first; of equals the one picked as MANE or canonical, then protein-coding ones."""
    is_chosen = bool(entry.get("MANE_SELECT") or entry.get("CANONICAL") == "YES" or entry.get("PICK") == "1")
    is_coding = "protein_coding" in (entry.get("BIOTYPE"), entry.get("Transcript_BioType"))
    return rank(most_severe(entry.get("Consequence", ""))), not is_chosen, not is_coding


def _gene(entry: Mapping[str, str]) -> str | None:
    """The symbol, or the gene's id where it has none."""
    return entry.get("SYMBOL") or entry.get("Gene") or entry.get("Gene_ID") or None


def _hgvs(name: str | None, transcript: str | None) -> str | None:
    if not name:
        return None
    parsed = parse_hgvs(name)
    sequence = parsed.sequence or transcript
    return f"{sequence}:{parsed.change}" if sequence else parsed.change


def _lof(gene: str | None, entries: list[dict[str, str]], snpeff: InfoValue | None) -> str | None:
    """The best verdict of LOFTEE for the gene; of SnpEff, HC where most transcripts of the gene lose function."""
    verdicts = {entry.get("LoF") for entry in entries if _gene(entry) == gene}
    for verdict in ("HC", "LC"):
        if verdict in verdicts:
            return verdict
    for entry in snpeff.split(",") if isinstance(snpeff, str) else ():
        name, *_, share = entry.strip("()").split("|")
        if name == gene:
            return "HC" if (as_frequency(share) or 0) > _MOST_TRANSCRIPTS else "LC"
    return None


def _clinvar(value: InfoValue | None, number: int, alternates: int) -> str | None:
    if value is None:
        return None
    parts = (
        [str(part) for part in value if part is not None] if isinstance(value, tuple) else _BETWEEN.split(str(value))
    )
    return _words(parts[number - 1] if len(parts) == alternates else "|".join(parts))


def _words(significance: str) -> str | None:
    """ClinVar's words in lower case, different statements joined by `|`; the numbers of older files are spelled out."""
    parts = (part.strip().lower().replace(" ", "_") for part in _STATEMENTS.split(significance))
    return "|".join(dict.fromkeys(_CLINVAR_CODES.get(part, part) for part in parts if part not in ("", "."))) or None
