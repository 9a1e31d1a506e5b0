"""Known variants for people to read: one as a card, several as a table."""

from collections.abc import Sequence

from rich.text import Text

from api.commands.console import out, table_of
from schemas.wire import KnownVariantInfo, KnownVariantList

_CONFIDENCE = {"HC": "yes, with high confidence", "LC": "yes, with low confidence"}
_HEADINGS = ["GRCh38", "dbSNP", "gene", "consequence", "HGVS", "LoF", "ClinVar", "external AF"]


def print_variants(text: str, found: KnownVariantList) -> None:
    """What was found for the text, what it means in a document, and what may have been meant instead."""
    is_list = found.kind in ("gene", "region")
    if found.words is None:
        _say(f"no gene is called {text}")
    elif not found.known:
        _say(f"not in the annotation; a document can ask for it all the same: {found.words}")
    elif is_list:
        _say(f"{_of(len(found.variants), found.total)}; a document means all of them by: {found.words}")
    for variant in found.variants if not is_list else ():
        _print_card(variant)
    if is_list and found.variants:
        _print_table(found.variants)
        _say(f"one of them: {found.variants[0].words}")
    if found.hint:
        _say(f"hint: {found.hint}")
    if found.near:
        _print_table(found.near)


def _of(shown: int, total: int) -> str:
    variants = "variant" if total == 1 else "variants"
    return f"{total:,} known {variants}" if shown == total else f"the first {shown:,} of {total:,} known {variants}"


def _print_card(variant: KnownVariantInfo) -> None:
    hgvs = ", ".join(filter(None, (variant.hgvs_c, variant.hgvs_p)))
    lines = {
        "write": variant.words,
        "GRCh38": variant.variant,
        "dbSNP": variant.rsid,
        "gene": variant.gene,
        "transcript": variant.transcript,
        "consequence": variant.consequence,
        "HGVS": hgvs,
        "loss of function": _CONFIDENCE.get(variant.lof or "", "no"),
        "ClinVar": _statements(variant),
        "external frequency": _frequency(variant),
    }
    for name, value in lines.items():
        _say(f"{name:<20}{value or '-'}")


def _print_table(variants: Sequence[KnownVariantInfo]) -> None:
    rows = [
        [variant.variant, variant.rsid or "", variant.gene or "", variant.consequence or "",
         variant.hgvs_p or (variant.hgvs_c or "").rpartition(":")[2], variant.lof or "", _statements(variant),
         _frequency(variant)]
        for variant in variants
    ]  # fmt: skip
    out().print(table_of(None, _HEADINGS, rows, right=1))


def _statements(variant: KnownVariantInfo) -> str:
    return (variant.clinvar or "").replace("|", ", ").replace("_", " ")


def _frequency(variant: KnownVariantInfo) -> str:
    """Three significant digits, in percent."""
    return "" if variant.af_external is None else f"{100 * variant.af_external:.3g} %"


def _say(text: str) -> None:
    out().print(Text(text), soft_wrap=True)
