"""Questions about several cohorts, shared by server and command line: overlap and profile, and their wire models."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import engine
from api.documents import Document
from api.envelope import answer_fields, value_of
from api.problems import about
from cohort_dsl.ast import NO_SPAN
from engine import Request, SafeOverlap, SafeProfile, Session, Unmatched, Validation
from schemas.policy import AccessTier
from schemas.wire import OverlapAnswer, OverlapCohort, OverlapRegion, ProfileAnswer, ProfileGroup


def validate_all(session: Session, documents: Sequence[Document], tier: AccessTier) -> list[Validation]:
    """What is known of each document; raises `DocumentProblems` about the first that has problems."""
    found = []
    for document in documents:
        with about(document.text):
            found.append(engine.validate(session, document.cohort, document.library, tier))
    return found


def ask_overlap(session: Session, requests: Sequence[Request]) -> SafeOverlap:
    """The protected answer; raises `DocumentProblems`."""
    with about(None):
        return engine.overlap(session, requests)


def ask_profile(session: Session, request: Request, groups: Sequence[Request], most: int) -> SafeProfile:
    """The protected answer; raises `DocumentProblems`."""
    with about(None):
        return engine.profile(session, request, groups, most=most)


def overlap_answer(safe: SafeOverlap, documents: Sequence[Document], found: Sequence[Validation]) -> OverlapAnswer:
    """Cohorts in the order they were sent in, with everything that comes with them."""
    hashes = [cohort.label[0] for cohort in safe.cohorts]
    places = [hashes.index(each.query_hash) for each in found]
    regions = [
        OverlapRegion(
            cohorts=[position for position, place in enumerate(places) if cell.label[place] == "in"],
            count=value_of(cell.count),
        )
        for cell in safe.cells
    ]
    return OverlapAnswer(
        **answer_fields(safe.receipt, hashlib.sha256("\n".join(hashes).encode()).hexdigest(), _unmatched(found)),
        cohorts=[
            OverlapCohort(name=document.cohort.name, query=each.query_hash, count=value_of(safe.cohorts[place].count))
            for document, each, place in zip(documents, found, places, strict=True)
        ],
        regions=sorted(regions, key=lambda region: (len(region.cohorts), region.cohorts)),
    )


def profile_answer(safe: SafeProfile, documents: Sequence[Document], found: Sequence[Validation]) -> ProfileAnswer:
    """Groups in the order they were sent in, with everything that comes with them; the cohort is the first document."""
    counts = {cell.label[0]: cell.count for cell in safe.groups}
    return ProfileAnswer(
        **answer_fields(safe.receipt, found[0].query_hash, _unmatched(found)),
        total=value_of(safe.total),
        groups=[
            ProfileGroup(name=document.cohort.name, query=each.query_hash, count=value_of(counts[each.query_hash]))
            for document, each in zip(documents[1:], found[1:], strict=True)
        ],
        most=None if safe.receipt.exact else safe.most,
    )


def _unmatched(found: Sequence[Validation]) -> list[Unmatched]:
    """Names that match nothing, without their places, which are in different documents."""
    return [replace(item, span=NO_SPAN) for each in found for item in each.unmatched]
