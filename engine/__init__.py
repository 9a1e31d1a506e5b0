"""The engine's front door: everything the API and the command line may see, and nothing before the gate.

Names are loaded when they are first used: the numerical libraries take seconds to import, and `kohort --help` or a
format check needs none of them.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.catalog.release import Manifest, Release, current_release_id, open_release, read_manifest, release_ids
    from engine.catalog.survey import Option, Question
    from engine.catalog.variant_search import FoundVariant, VariantSearch
    from engine.catalog.vocabulary import Concept, Unmatched
    from engine.catalog.withdrawals import withdraw
    from engine.disclosure.account import AccountKind, Balance
    from engine.disclosure.audit.findings import Finding, LogReport
    from engine.disclosure.audit.proof import EntryProof, GrowthProof
    from engine.disclosure.audit.reading import (
        check_proof,
        export_log,
        find_entries,
        prove_entry,
        prove_growth,
        sign_log,
        verifier_key,
        verify_log,
    )
    from engine.disclosure.audit.sealing import make_review_key, open_sealed
    from engine.disclosure.request import Principal
    from engine.disclosure.safe import (
        Estimate,
        Receipt,
        SafeAttrition,
        SafeCell,
        SafeCounts,
        SafeGenotypes,
        SafeIncidence,
        SafeInclusion,
        SafeLinkage,
        SafeOverlap,
        SafePeriod,
        SafeProfile,
        SafeProportion,
        SafeTable,
        SafeValue,
        SafeVariant,
        Share,
        ShareWithin,
        Shown,
        Suppressed,
    )
    from engine.genotypes.genes import Gene
    from engine.ingest.concordance.checking import Concordance, check_concordance
    from engine.ingest.publish import use_release
    from engine.ingest.report import IngestReport
    from engine.ingest.run import Sources, ingest_sources
    from engine.ingest.synthetic import synthesize
    from engine.pipeline import (
        Explanation,
        Request,
        Validation,
        attrition,
        breakdown,
        count,
        explain,
        genotype_counts,
        incidence,
        inclusion,
        linkage,
        overlap,
        profile,
        validate,
        why_refused,
    )
    from engine.session import EngineSettings, ReleaseOverview, Session, today_in_korea

_HOMES = {
    "engine.catalog.release": (
        "Manifest",
        "Release",
        "current_release_id",
        "open_release",
        "read_manifest",
        "release_ids",
    ),
    "engine.catalog.survey": (
        "Option",
        "Question",
    ),
    "engine.catalog.variant_search": (
        "FoundVariant",
        "VariantSearch",
    ),
    "engine.catalog.vocabulary": (
        "Concept",
        "Unmatched",
    ),
    "engine.catalog.withdrawals": ("withdraw",),
    "engine.disclosure.account": (
        "AccountKind",
        "Balance",
    ),
    "engine.disclosure.audit.findings": (
        "Finding",
        "LogReport",
    ),
    "engine.disclosure.audit.proof": (
        "EntryProof",
        "GrowthProof",
    ),
    "engine.disclosure.audit.reading": (
        "check_proof",
        "export_log",
        "find_entries",
        "prove_entry",
        "prove_growth",
        "sign_log",
        "verifier_key",
        "verify_log",
    ),
    "engine.disclosure.audit.sealing": (
        "make_review_key",
        "open_sealed",
    ),
    "engine.disclosure.request": ("Principal",),
    "engine.disclosure.safe": (
        "Estimate",
        "Receipt",
        "SafeAttrition",
        "SafeCell",
        "SafeCounts",
        "SafeGenotypes",
        "SafeIncidence",
        "SafeInclusion",
        "SafeLinkage",
        "SafeOverlap",
        "SafePeriod",
        "SafeProfile",
        "SafeProportion",
        "SafeTable",
        "SafeValue",
        "SafeVariant",
        "Share",
        "ShareWithin",
        "Shown",
        "Suppressed",
    ),
    "engine.genotypes.genes": ("Gene",),
    "engine.ingest.concordance.checking": (
        "Concordance",
        "check_concordance",
    ),
    "engine.ingest.publish": ("use_release",),
    "engine.ingest.report": ("IngestReport",),
    "engine.ingest.run": (
        "Sources",
        "ingest_sources",
    ),
    "engine.ingest.synthetic": ("synthesize",),
    "engine.pipeline": (
        "Explanation",
        "Request",
        "Validation",
        "attrition",
        "breakdown",
        "count",
        "explain",
        "genotype_counts",
        "incidence",
        "inclusion",
        "linkage",
        "overlap",
        "profile",
        "validate",
        "why_refused",
    ),
    "engine.session": (
        "EngineSettings",
        "ReleaseOverview",
        "Session",
        "today_in_korea",
    ),
}
"""Module -> the names it gives to the front door."""

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AccountKind",
    "Balance",
    "Concept",
    "Concordance",
    "EngineSettings",
    "EntryProof",
    "Estimate",
    "Explanation",
    "Finding",
    "FoundVariant",
    "Gene",
    "GrowthProof",
    "IngestReport",
    "LogReport",
    "Manifest",
    "Option",
    "Principal",
    "Question",
    "Receipt",
    "Release",
    "ReleaseOverview",
    "Request",
    "SafeAttrition",
    "SafeCell",
    "SafeCounts",
    "SafeGenotypes",
    "SafeIncidence",
    "SafeInclusion",
    "SafeLinkage",
    "SafeOverlap",
    "SafePeriod",
    "SafeProfile",
    "SafeProportion",
    "SafeTable",
    "SafeValue",
    "SafeVariant",
    "Session",
    "Share",
    "ShareWithin",
    "Shown",
    "Sources",
    "Suppressed",
    "Unmatched",
    "Validation",
    "VariantSearch",
    "attrition",
    "breakdown",
    "check_concordance",
    "check_proof",
    "count",
    "current_release_id",
    "explain",
    "export_log",
    "find_entries",
    "genotype_counts",
    "incidence",
    "inclusion",
    "ingest_sources",
    "linkage",
    "make_review_key",
    "open_release",
    "open_sealed",
    "overlap",
    "profile",
    "prove_entry",
    "prove_growth",
    "read_manifest",
    "release_ids",
    "sign_log",
    "synthesize",
    "today_in_korea",
    "use_release",
    "validate",
    "verifier_key",
    "verify_log",
    "why_refused",
    "withdraw",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)
