"""Feasibility reports: what is asked, what is signed, and what a check of one found."""

import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from schemas.language import Language
from schemas.policy import AccessTier
from schemas.wire.answers import Cell, PrecisionUsed, Proportion, Step, Summary, UnmatchedName, Value
from schemas.wire.form import Name, Text, Wire
from schemas.wire.paraphrase import ParaphraseSection
from schemas.wire.requests import CountRequest

MOST_BREAKDOWNS = 6

REPORT_FORMAT = "kohort-feasibility-report/1"

_EXAMPLE = (
    'cohort "Adults with type 2 diabetes"\n\nlet t2dm = concept 201826 with descendants\n\n'
    "index first condition in t2dm where age >= 18\ncount by sex, age(10)\n"
)


class FeasibilityRequest(CountRequest):
    """A cohort to be reported on. `breakdowns` are tables beside the count: each a list of dimensions as after
    `count by`. Absent means the document's own `count by`, else sex and age."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE, "language": "ko", "breakdowns": [["sex", "age(10)"]]}]}
    )

    language: Language = Field(default=Language.ENGLISH, description="`en` or `ko`")
    breakdowns: list[list[Name]] | None = Field(default=None, max_length=MOST_BREAKDOWNS)


class ReportRelease(Wire):
    """The release that was counted."""

    id: str
    created: str
    phase: int
    persons: int


class ReportPolicy(Wire):
    """The rules that protect the numbers."""

    version: str
    sha256: str


class ReportAttrition(Wire):
    """From the persons of the release, step by step, to the cohort."""

    population: int
    steps: list[Step]


class ReportBreakdown(Wire):
    """The cohort by some dimensions; shares are those of the cells, in their order."""

    dimensions: list[str]
    total: Value
    cells: list[Cell]
    shares: list[Proportion]
    summaries: list[Summary]


class ReportOmission(Wire):
    """What the tier may not see, and why."""

    part: str
    why: str


class FeasibilityReport(Wire):
    """What is signed. `document_hash` is the canonical hash of `document`, which equal documents share whatever their
    layout; `query` is the hash that answers and the log know the question by, which equal meanings share. `charged` is
    in nano-rho, and 0 when everything was asked before; `meaning` says what the numbers mean, in the report's language.
    """

    format: Literal["kohort-feasibility-report/1"]
    issued: datetime.date
    language: Language
    title: str
    project: str
    institution: str
    tier: AccessTier
    release: ReportRelease
    policy: ReportPolicy
    query: str
    document_hash: str
    document: Text
    library: dict[Name, Text]
    paraphrase: list[ParaphraseSection]
    precision: PrecisionUsed
    count: Value
    attrition: ReportAttrition | None
    breakdowns: list[ReportBreakdown]
    left_out: list[ReportOmission]
    unmatched: list[UnmatchedName]
    meaning: list[str]
    charged: int


class ReportSignatureBlock(Wire):
    """An Ed25519 signature (64 bytes in base64) over the canonical JSON (RFC 8785) of `report`, in UTF-8."""

    algorithm: Literal["Ed25519"]
    canonical_form: Literal["RFC 8785"]
    key_name: Name
    key_id: Name
    value: Name


class SignedReport(Wire):
    """A report and the signature under it."""

    report: FeasibilityReport
    signature: ReportSignatureBlock


class ReportKeyInfo(Wire):
    """The public half of a signing key as `NAME+ID+KEY`, and the days it was in use; without a `last` it is."""

    key: str
    key_id: str
    first: datetime.date
    last: datetime.date | None


class ReportKeyList(Wire):
    """The public keys that reports are signed with, in the order they were made."""

    keys: list[ReportKeyInfo]


class ReportToCheck(Wire):
    """A report as the text of its file."""

    text: Text


CheckName = Literal["form", "key", "signature", "period", "document"]


class ReportCheck(Wire):
    """One thing that was checked: `form`, that it is a report; `key`, that its key is one of this service; `signature`,
    that it fits every byte; `period`, that the key was in use on the day; `document`, that the text has the hash."""

    name: CheckName
    passed: bool
    detail: str


class ReportVerdict(Wire):
    """Whether a report is as it was signed, and what was checked, in order; the first failure ends the checks. What the
    report says of itself is given only when it is genuine."""

    genuine: bool
    checks: list[ReportCheck]
    title: str | None = None
    issued: datetime.date | None = None
    release: str | None = None
    policy_version: str | None = None
    project: str | None = None
    count: Value | None = None
