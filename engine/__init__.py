"""The engine's front door: everything the API and the command line may see, and nothing before the gate.

Names are loaded when they are first used: the numerical libraries take seconds to import, and `kohort --help` or a
format check needs none of them.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.catalog.interruption import Interruption
    from engine.catalog.manifest import Manifest, read_manifest, release_ids
    from engine.catalog.release import Release, current_release_id, open_release
    from engine.catalog.rereading import Rereading
    from engine.catalog.survey import Option, Question
    from engine.catalog.variant_search import FoundVariant, VariantSearch
    from engine.catalog.vocabulary import Concept, Unmatched
    from engine.catalog.withdrawals import withdraw
    from engine.disclosure.account import AccountKind, Balance
    from engine.disclosure.audit.findings import ClockRecord, Finding, LogReport
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
    from engine.disclosure.audit.watch import LogWatch, Watched
    from engine.disclosure.backup import LedgerCopy, back_up, check_copy
    from engine.disclosure.cube.file import Cube, CubeCell, has_cube, open_cube
    from engine.disclosure.expectation import AnswerKind, Expectation, Imagined, expect
    from engine.disclosure.operator import Operator
    from engine.disclosure.oversight import Activity, ActivityReader, ProjectActivity
    from engine.disclosure.rebuild import rebuild_persons
    from engine.disclosure.report_keys import ReportKeys, open_report_keys, rotate_report_key, write_report_keys
    from engine.disclosure.report_signature import (
        REPORT_KEYS_FILE,
        ReportKey,
        ReportSignature,
        read_report_keys,
        report_keys_of,
        report_signer,
    )
    from engine.disclosure.request import Principal, Settling
    from engine.disclosure.restore import Known, Restored, restore_ledger
    from engine.disclosure.safe import (
        Estimate,
        Receipt,
        SafeAttrition,
        SafeCell,
        SafeCounts,
        SafeExecution,
        SafeGenotypes,
        SafeIncidence,
        SafeInclusion,
        SafeLinkage,
        SafeNode,
        SafeOverlap,
        SafePeriod,
        SafePrevalence,
        SafeProfile,
        SafeProportion,
        SafeSeries,
        SafeStratum,
        SafeTable,
        SafeValue,
        SafeVariant,
        Share,
        ShareWithin,
        Shown,
        Suppressed,
    )
    from engine.disclosure.wrong_clock import Ahead, entries_ahead, record_clock
    from engine.genotypes.genes import Gene
    from engine.ingest.concordance.checking import Concordance, check_concordance
    from engine.ingest.indexing import index_release, verify_release
    from engine.ingest.publish import use_release
    from engine.ingest.report import IngestReport
    from engine.ingest.run import Sources, ingest_sources
    from engine.ingest.synthetic import ReleaseSize, measure_release, synthesize
    from engine.memory import share_one_heap
    from engine.pipeline import (
        Explanation,
        Request,
        Series,
        Validation,
        Window,
        attrition,
        breakdown,
        count,
        explain,
        explain_analyzed,
        genotype_counts,
        incidence,
        inclusion,
        linkage,
        overlap,
        prevalence,
        profile,
        validate,
        warm,
        why_refused,
    )
    from engine.pipeline.cube import build_cube
    from engine.pipeline.naming import names_of
    from engine.session import EngineSettings, ReleaseOverview, Session, today_in_korea

_HOMES = {
    "engine.catalog.interruption": ("Interruption",),
    "engine.catalog.manifest": (
        "Manifest",
        "read_manifest",
        "release_ids",
    ),
    "engine.catalog.release": (
        "Release",
        "current_release_id",
        "open_release",
    ),
    "engine.catalog.rereading": ("Rereading",),
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
        "ClockRecord",
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
    "engine.disclosure.audit.watch": (
        "LogWatch",
        "Watched",
    ),
    "engine.disclosure.backup": (
        "LedgerCopy",
        "back_up",
        "check_copy",
    ),
    "engine.disclosure.cube.file": (
        "Cube",
        "CubeCell",
        "has_cube",
        "open_cube",
    ),
    "engine.disclosure.expectation": (
        "AnswerKind",
        "Expectation",
        "Imagined",
        "expect",
    ),
    "engine.disclosure.operator": ("Operator",),
    "engine.disclosure.oversight": (
        "Activity",
        "ActivityReader",
        "ProjectActivity",
    ),
    "engine.disclosure.rebuild": ("rebuild_persons",),
    "engine.disclosure.report_keys": (
        "ReportKeys",
        "open_report_keys",
        "rotate_report_key",
        "write_report_keys",
    ),
    "engine.disclosure.report_signature": (
        "REPORT_KEYS_FILE",
        "ReportKey",
        "ReportSignature",
        "read_report_keys",
        "report_keys_of",
        "report_signer",
    ),
    "engine.disclosure.request": ("Principal", "Settling"),
    "engine.disclosure.restore": (
        "Known",
        "Restored",
        "restore_ledger",
    ),
    "engine.disclosure.safe": (
        "Estimate",
        "Receipt",
        "SafeAttrition",
        "SafeCell",
        "SafeCounts",
        "SafeExecution",
        "SafeGenotypes",
        "SafeIncidence",
        "SafeInclusion",
        "SafeLinkage",
        "SafeNode",
        "SafeOverlap",
        "SafePeriod",
        "SafePrevalence",
        "SafeProfile",
        "SafeProportion",
        "SafeSeries",
        "SafeStratum",
        "SafeTable",
        "SafeValue",
        "SafeVariant",
        "Share",
        "ShareWithin",
        "Shown",
        "Suppressed",
    ),
    "engine.disclosure.wrong_clock": (
        "Ahead",
        "entries_ahead",
        "record_clock",
    ),
    "engine.genotypes.genes": ("Gene",),
    "engine.ingest.concordance.checking": (
        "Concordance",
        "check_concordance",
    ),
    "engine.ingest.indexing": (
        "index_release",
        "verify_release",
    ),
    "engine.ingest.publish": ("use_release",),
    "engine.ingest.report": ("IngestReport",),
    "engine.ingest.run": (
        "Sources",
        "ingest_sources",
    ),
    "engine.ingest.synthetic": (
        "ReleaseSize",
        "measure_release",
        "synthesize",
    ),
    "engine.memory": ("share_one_heap",),
    "engine.pipeline": (
        "Explanation",
        "Request",
        "Series",
        "Validation",
        "Window",
        "attrition",
        "breakdown",
        "count",
        "explain",
        "explain_analyzed",
        "genotype_counts",
        "incidence",
        "inclusion",
        "linkage",
        "overlap",
        "prevalence",
        "profile",
        "validate",
        "warm",
        "why_refused",
    ),
    "engine.pipeline.cube": ("build_cube",),
    "engine.pipeline.naming": ("names_of",),
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
    "REPORT_KEYS_FILE",
    "AccountKind",
    "Activity",
    "ActivityReader",
    "Ahead",
    "AnswerKind",
    "Balance",
    "ClockRecord",
    "Concept",
    "Concordance",
    "Cube",
    "CubeCell",
    "EngineSettings",
    "EntryProof",
    "Estimate",
    "Expectation",
    "Explanation",
    "Finding",
    "FoundVariant",
    "Gene",
    "GrowthProof",
    "Imagined",
    "IngestReport",
    "Interruption",
    "Known",
    "LedgerCopy",
    "LogReport",
    "LogWatch",
    "Manifest",
    "Operator",
    "Option",
    "Principal",
    "ProjectActivity",
    "Question",
    "Receipt",
    "Release",
    "ReleaseOverview",
    "ReleaseSize",
    "ReportKey",
    "ReportKeys",
    "ReportSignature",
    "Request",
    "Rereading",
    "Restored",
    "SafeAttrition",
    "SafeCell",
    "SafeCounts",
    "SafeExecution",
    "SafeGenotypes",
    "SafeIncidence",
    "SafeInclusion",
    "SafeLinkage",
    "SafeNode",
    "SafeOverlap",
    "SafePeriod",
    "SafePrevalence",
    "SafeProfile",
    "SafeProportion",
    "SafeSeries",
    "SafeStratum",
    "SafeTable",
    "SafeValue",
    "SafeVariant",
    "Series",
    "Session",
    "Settling",
    "Share",
    "ShareWithin",
    "Shown",
    "Sources",
    "Suppressed",
    "Unmatched",
    "Validation",
    "VariantSearch",
    "Watched",
    "Window",
    "attrition",
    "back_up",
    "breakdown",
    "build_cube",
    "check_concordance",
    "check_copy",
    "check_proof",
    "count",
    "current_release_id",
    "entries_ahead",
    "expect",
    "explain",
    "explain_analyzed",
    "export_log",
    "find_entries",
    "genotype_counts",
    "has_cube",
    "incidence",
    "inclusion",
    "index_release",
    "ingest_sources",
    "linkage",
    "make_review_key",
    "measure_release",
    "names_of",
    "open_cube",
    "open_release",
    "open_report_keys",
    "open_sealed",
    "overlap",
    "prevalence",
    "profile",
    "prove_entry",
    "prove_growth",
    "read_manifest",
    "read_report_keys",
    "rebuild_persons",
    "record_clock",
    "release_ids",
    "report_keys_of",
    "report_signer",
    "restore_ledger",
    "rotate_report_key",
    "share_one_heap",
    "sign_log",
    "synthesize",
    "today_in_korea",
    "use_release",
    "validate",
    "verifier_key",
    "verify_log",
    "verify_release",
    "warm",
    "why_refused",
    "withdraw",
    "write_report_keys",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)
