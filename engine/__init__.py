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
    from engine.catalog.variant_search import FoundVariant
    from engine.catalog.vocabulary import Unmatched
    from engine.catalog.withdrawals import withdraw
    from engine.disclosure.account import Balance
    from engine.disclosure.audit.findings import ClockRecord, LogReport
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
    from engine.disclosure.expectation import Expectation, Imagined, expect
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
    from engine.disclosure.restore import Known, restore_ledger
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
        SafeOverlap,
        SafePeriod,
        SafeProfile,
        SafeProportion,
        SafeSeries,
        SafeTable,
        SafeValue,
        SafeVariant,
        Share,
        ShareWithin,
        Shown,
        Suppressed,
    )
    from engine.disclosure.wrong_clock import Ahead, entries_ahead, record_clock
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
    "engine.catalog.manifest": ("Manifest", "read_manifest", "release_ids"),
    "engine.catalog.release": ("Release", "current_release_id", "open_release"),
    "engine.catalog.rereading": ("Rereading",),
    "engine.catalog.variant_search": ("FoundVariant",),
    "engine.catalog.vocabulary": ("Unmatched",),
    "engine.catalog.withdrawals": ("withdraw",),
    "engine.disclosure.account": ("Balance",),
    "engine.disclosure.audit.findings": ("ClockRecord", "LogReport"),
    "engine.disclosure.audit.proof": ("EntryProof", "GrowthProof"),
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
    "engine.disclosure.audit.sealing": ("make_review_key", "open_sealed"),
    "engine.disclosure.audit.watch": ("LogWatch", "Watched"),
    "engine.disclosure.backup": ("LedgerCopy", "back_up", "check_copy"),
    "engine.disclosure.cube.file": ("Cube", "CubeCell", "has_cube", "open_cube"),
    "engine.disclosure.expectation": ("Expectation", "Imagined", "expect"),
    "engine.disclosure.operator": ("Operator",),
    "engine.disclosure.oversight": ("Activity", "ActivityReader", "ProjectActivity"),
    "engine.disclosure.rebuild": ("rebuild_persons",),
    "engine.disclosure.report_keys": ("ReportKeys", "open_report_keys", "rotate_report_key", "write_report_keys"),
    "engine.disclosure.report_signature": (
        "REPORT_KEYS_FILE",
        "ReportKey",
        "ReportSignature",
        "read_report_keys",
        "report_keys_of",
        "report_signer",
    ),
    "engine.disclosure.request": ("Principal", "Settling"),
    "engine.disclosure.restore": ("Known", "restore_ledger"),
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
        "SafeOverlap",
        "SafePeriod",
        "SafeProfile",
        "SafeProportion",
        "SafeSeries",
        "SafeTable",
        "SafeValue",
        "SafeVariant",
        "Share",
        "ShareWithin",
        "Shown",
        "Suppressed",
    ),
    "engine.disclosure.wrong_clock": ("Ahead", "entries_ahead", "record_clock"),
    "engine.ingest.concordance.checking": ("Concordance", "check_concordance"),
    "engine.ingest.indexing": ("index_release", "verify_release"),
    "engine.ingest.publish": ("use_release",),
    "engine.ingest.report": ("IngestReport",),
    "engine.ingest.run": ("Sources", "ingest_sources"),
    "engine.ingest.synthetic": ("ReleaseSize", "measure_release", "synthesize"),
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
    "engine.session": ("EngineSettings", "ReleaseOverview", "Session", "today_in_korea"),
}
"""Module -> the names it gives to the front door."""

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)
