"""The engine's front door: everything the API and the command line may see, and nothing before the gate."""

from engine.catalog.release import Manifest, Release, current_release_id, open_release, read_manifest, release_ids
from engine.catalog.survey import Option, Question
from engine.catalog.vocabulary import Concept, Unmatched
from engine.disclosure.account import AccountKind, Balance
from engine.disclosure.request import Principal
from engine.disclosure.safe import Receipt, SafeAttrition, SafeCell, SafeCounts, SafeTable, SafeValue, Shown, Suppressed
from engine.genotypes.genes import Gene
from engine.ingest.publish import use_release
from engine.ingest.report import IngestReport
from engine.ingest.run import Sources, ingest
from engine.ingest.synthetic import synthesize
from engine.kernels.warm import warm_up
from engine.pipeline import Explanation, Request, Validation, attrition, breakdown, count, explain, validate
from engine.session import EngineSettings, ReleaseOverview, Session

__all__ = [
    "AccountKind",
    "Balance",
    "Concept",
    "EngineSettings",
    "Explanation",
    "Gene",
    "IngestReport",
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
    "SafeTable",
    "SafeValue",
    "Session",
    "Shown",
    "Sources",
    "Suppressed",
    "Unmatched",
    "Validation",
    "attrition",
    "breakdown",
    "count",
    "current_release_id",
    "explain",
    "ingest",
    "open_release",
    "read_manifest",
    "release_ids",
    "synthesize",
    "use_release",
    "validate",
    "warm_up",
]
