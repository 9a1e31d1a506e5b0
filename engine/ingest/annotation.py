"""What a VCF says of its alleles: consequence by VEP (`CSQ`, `vep`) or SnpEff (`ANN`), ClinVar, gnomAD frequency."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.genotypes.hgvs import parse_hgvs
from engine.ingest.consequences import INTERGENIC, most_severe, rank
from engine.ingest.vcf_records import InfoValue, Record

_CONSEQUENCE_FIELDS = ("CSQ", "vep", "ANN")
_CLINVAR_FIELD = "CLNSIG"
_LOF_FIELD = "LOF"
_FREQUENCY = re.compile(r"gnomad\w*_AF|AF_gnomad\w*|ExAC_AF|1000Gp3_AF", re.IGNORECASE)
_CSQ_FREQUENCY = re.compile(r"gnomad[a-z]*_AF", re.IGNORECASE)
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
    info: tuple[str, ...]

    @staticmethod
    def of(described: Mapping[str, str], *, is_external: bool) -> "Annotator":
        """From the INFO fields of a header and their descriptions."""
        consequences = next((name for name in _CONSEQUENCE_FIELDS if _columns(described.get(name, ""))), None)
        frequencies = sorted(filter(_FREQUENCY.fullmatch, described), key=lambda name: "gnomad" not in name.lower())
        if is_external and "AF" in described:
            frequencies.append("AF")
        wanted = (consequences, _CLINVAR_FIELD, _LOF_FIELD, *frequencies)
        return Annotator(
            consequences=consequences,
            columns=_columns(described.get(consequences, "")) if consequences else (),
            frequencies=tuple(frequencies),
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
        gene = None if is_intergenic else worst.get("SYMBOL") or None
        transcript = None if is_intergenic else worst.get("Feature") or None
        return Annotation(
            gene=gene,
            transcript=transcript,
            consequence=consequence,
            hgvs_c=None if is_intergenic else _hgvs(worst.get("HGVSc"), transcript),
            hgvs_p=_hgvs(worst.get("HGVSp"), None),
            lof=_lof(gene, entries, record.info.get(_LOF_FIELD)),
            clinvar=clinvar or _words(next((entry["CLIN_SIG"] for entry in entries if entry.get("CLIN_SIG")), "")),
            af_external=frequency,
        )

    def _entries(self, record: Record) -> Iterator[dict[str, str]]:
        """One dictionary a transcript, with VEP's names."""
        text = record.info.get(self.consequences) if self.consequences else None
        for entry in text.split(",") if isinstance(text, str) else ():
            yield dict(zip(self.columns, entry.split("|"), strict=False))

    def _frequency(self, record: Record, number: int, entries: list[dict[str, str]]) -> float | None:
        for name in self.frequencies:
            value = _of_allele(record.info.get(name), number)
            if value is not None:
                return value
        for entry in entries:
            for name in filter(_CSQ_FREQUENCY.fullmatch, entry):
                value = _float(entry[name].partition("&")[0])
                if value is not None:
                    return value
        return None


def _columns(description: str) -> tuple[str, ...]:
    """Names between bars in the description of CSQ or ANN, SnpEff's taken to VEP's."""
    listed = re.split(r"Format:|annotations:", description)[-1].strip().strip("'\" ")
    if "|" not in listed:
        return ()
    names = (name.strip() for name in listed.split("|"))
    return tuple(_SNPEFF_NAMES.get(name, name) for name in names)


def _is_of(entry: Mapping[str, str], record: Record, number: int) -> bool:
    if entry.get("ALLELE_NUM", "").isdecimal():
        return int(entry["ALLELE_NUM"]) == number
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


def _hgvs(name: str | None, transcript: str | None) -> str | None:
    if not name:
        return None
    parsed = parse_hgvs(name)
    sequence = parsed.sequence or transcript
    return f"{sequence}:{parsed.change}" if sequence else parsed.change


def _lof(gene: str | None, entries: list[dict[str, str]], snpeff: InfoValue | None) -> str | None:
    """The best verdict of LOFTEE for the gene; of SnpEff, HC where most transcripts of the gene lose function."""
    verdicts = {entry.get("LoF") for entry in entries if entry.get("SYMBOL") == gene}
    for verdict in ("HC", "LC"):
        if verdict in verdicts:
            return verdict
    for entry in snpeff.split(",") if isinstance(snpeff, str) else ():
        name, *_, share = entry.strip("()").split("|")
        if name == gene:
            return "HC" if (_float(share) or 0) > _MOST_TRANSCRIPTS else "LC"
    return None


def _clinvar(value: InfoValue | None, number: int, alternates: int) -> str | None:
    if value is None:
        return None
    parts = [str(part) for part in value if part is not None] if isinstance(value, tuple) else str(value).split(",")
    return _words(parts[number - 1] if len(parts) == alternates else "|".join(parts))


def _words(significance: str) -> str | None:
    """ClinVar's words in lower case, different statements joined by `|`; the numbers of older files are spelled out."""
    parts = (part.strip().lower().replace(" ", "_") for part in re.split(r"[|,&]", significance))
    return "|".join(dict.fromkeys(_CLINVAR_CODES.get(part, part) for part in parts if part not in ("", "."))) or None


def _of_allele(value: InfoValue | None, number: int) -> float | None:
    if isinstance(value, tuple):
        value = value[number - 1] if number <= len(value) else None
    if isinstance(value, str):
        value = value.split(",")[number - 1] if "," in value else value
    return None if value is None else _float(str(value))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
