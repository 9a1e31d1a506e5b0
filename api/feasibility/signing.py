"""Signing a report, and finding out whether one is as it was signed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from api.feasibility.canonical_json import canonical_json
from cohort_dsl import canonical_hash, parse
from cohort_dsl.json_read import read_json
from engine import ReportKey, ReportSignature, report_signer
from schemas.errors import Problem, Problems
from schemas.wire.feasibility import (
    CheckName,
    FeasibilityReport,
    ReportCheck,
    ReportSignatureBlock,
    ReportVerdict,
    SignedReport,
)

if TYPE_CHECKING:
    from engine import ReportKeys  # whoever only checks reports has nothing that could read a secret key

_FORM: Final = "this is not a signed feasibility report"


def sign(report: FeasibilityReport, keys: "ReportKeys") -> SignedReport:
    """The report with a signature over its canonical JSON."""
    made = keys.sign(canonical_json(report.model_dump(mode="json")))
    block = ReportSignatureBlock(
        algorithm="Ed25519", canonical_form="RFC 8785", key_name=made.name, key_id=made.key_id, value=made.value
    )
    return SignedReport(report=report, signature=block)


def report_text(signed: SignedReport) -> str:
    """The report as a file: JSON for people to look at; white space and the order of keys are not signed."""
    return signed.model_dump_json(indent=1) + "\n"


def verdict(text: str, keys: Sequence[ReportKey]) -> tuple[ReportVerdict, SignedReport | None]:
    """What a check of the text of a report finds, and the report if it is genuine. Raises nothing: whatever cannot be
    read is no report."""
    checking = _Checking(tuple(keys))
    signed = checking.run(text)
    if signed is None:
        return ReportVerdict(genuine=False, checks=checking.checks), None
    report = signed.report
    found = ReportVerdict(
        genuine=True,
        checks=checking.checks,
        title=report.title,
        issued=report.issued,
        release=report.release.id,
        policy_version=report.policy.version,
        project=report.project,
        count=report.count,
    )
    return found, signed


class _Checking:
    """The checks of one text, until one fails."""

    def __init__(self, keys: tuple[ReportKey, ...]) -> None:
        self._keys = keys
        self.checks: list[ReportCheck] = []

    def run(self, text: str) -> SignedReport | None:
        read = self._read(text)
        if read is None:
            return None
        key = self._known(read.signed.signature)
        if key is None or not self._fits(read, key):
            return None
        report = read.signed.report
        is_good = self._was_in_use(key, report.issued) and self._says_what_its_hash_says(report)
        return read.signed if is_good else None

    def _note(self, name: CheckName, detail: str, *, passed: bool) -> bool:
        self.checks.append(ReportCheck(name=name, passed=passed, detail=detail))
        return passed

    def _read(self, text: str) -> "_Read | None":
        """The values as they stand in the text, not as the model would read them: what is signed is every value."""
        try:
            value = read_json(text)
            signed = SignedReport.model_validate_json(text)
            assert isinstance(value, dict)
            canonical = canonical_json(value["report"])
        except (Problem, Problems, ValidationError, ValueError, RecursionError):
            self._note("form", _FORM, passed=False)
            return None
        self._note("form", "a feasibility report with a signature", passed=True)
        return _Read(signed, canonical)

    def _known(self, block: ReportSignatureBlock) -> ReportKey | None:
        key = next((each for each in self._keys if each.key.id.hex() == block.key_id), None)
        if key is None or key.key.name != block.key_name:
            self._note("key", "the signature names a key that is none of those known here", passed=False)
            return None
        self._note("key", f"signed with the key {block.key_name} ({block.key_id})", passed=True)
        return key

    def _fits(self, read: "_Read", key: ReportKey) -> bool:
        block = read.signed.signature
        made = ReportSignature(name=block.key_name, key_id=block.key_id, value=block.value)
        if report_signer(read.canonical, made, (key.key,)) is None:
            return self._note("signature", "the report was changed after it was signed, or never was", passed=False)
        return self._note("signature", "the signature fits every value of the report", passed=True)

    def _was_in_use(self, key: ReportKey, issued: datetime.date) -> bool:
        is_within = key.first <= issued and (key.last is None or issued <= key.last)
        detail = "the key was in use on the day of the report" if is_within else "the key was not in use on that day"
        return self._note("period", detail, passed=is_within)

    def _says_what_its_hash_says(self, report: FeasibilityReport) -> bool:
        try:
            is_same = canonical_hash(parse(report.document)) == report.document_hash
        except (Problem, Problems):
            is_same = False
        detail = "the cohort's text has the hash that the report gives"
        return self._note("document", detail if is_same else f"not so: {detail}", passed=is_same)


@dataclass(frozen=True, slots=True)
class _Read:
    signed: SignedReport
    canonical: str
