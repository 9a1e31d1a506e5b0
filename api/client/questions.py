"""Every question there is, as a value. Clients of both kinds ask these."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import JsonValue

from api.client.asking import Asked, look_up, question, several
from api.client.documents import Document, document_body
from api.client.results import (
    Attrition,
    Breakdown,
    Count,
    Genotypes,
    Incidence,
    Overlap,
    Prevalence,
    Profile,
)
from schemas.language import Language
from schemas.policy import Precision
from schemas.series import IntervalLength, PrevalenceMeasure
from schemas.wire.answers import (
    ExplanationAnswer,
    ExportedDefinition,
    FormattedDocument,
    ImportedDefinition,
    ValidationAnswer,
)
from schemas.wire.feasibility import SignedReport
from schemas.wire.paraphrase import ParaphraseAnswer
from schemas.wire_precision import PrecisionAnswer

Library = Mapping[str, Document]
PrecisionName = Precision | Literal["coarse", "standard", "fine", "finest"]
Day = datetime.date | str


def validate(document: Document, library: Library | None = None) -> Asked[ValidationAnswer]:
    """Read a document and judge its size."""
    return question("/v1/cohorts/validate", ValidationAnswer, document_body(document, library))


def explain(document: Document, library: Library | None = None) -> Asked[ExplanationAnswer]:
    """How a document is understood."""
    return question("/v1/cohorts/explain", ExplanationAnswer, document_body(document, library))


def format_document(document: Document) -> Asked[FormattedDocument]:
    """A document as text and as JSON."""
    return question("/v1/cohorts/format", FormattedDocument, document_body(document))


def paraphrase(document: Document, language: Language | str) -> Asked[ParaphraseAnswer]:
    """A document in words."""
    body: dict[str, JsonValue] = {**document_body(document), "language": Language(language).value}
    return question("/v1/cohorts/paraphrase", ParaphraseAnswer, body)


def feasibility(
    document: Document,
    breakdowns: Sequence[Sequence[str]] | None,
    language: Language | str,
    library: Library | None,
    precision: PrecisionName | None,
) -> Asked[SignedReport]:
    """A signed report of what a study could find."""
    tables: JsonValue = None if breakdowns is None else [_list(each) for each in several(breakdowns)]
    body = {**_body(document, library, precision), "language": Language(language).value, "breakdowns": tables}
    return question("/v1/feasibility", SignedReport, body)


def import_definition(definition: Mapping[str, JsonValue], mode: str, name: str | None) -> Asked[ImportedDefinition]:
    """An OHDSI definition in the language."""
    body: dict[str, JsonValue] = {"definition": dict(definition), "mode": mode, "name": name}
    return question("/v1/cohorts/import", ImportedDefinition, body)


def export_definition(document: Document) -> Asked[ExportedDefinition]:
    """A document as an OHDSI definition."""
    return question("/v1/cohorts/export", ExportedDefinition, document_body(document))


def count(document: Document, library: Library | None, precision: PrecisionName | None) -> Asked[Count]:
    """Persons in a cohort."""
    return question("/v1/cohorts/count", Count, _body(document, library, precision))


def breakdown(
    document: Document, by: Sequence[str] | None, library: Library | None, precision: PrecisionName | None
) -> Asked[Breakdown]:
    """Persons by dimensions."""
    return question("/v1/cohorts/breakdown", Breakdown, {**_body(document, library, precision), "by": _list(by)})


def attrition(document: Document, library: Library | None, precision: PrecisionName | None) -> Asked[Attrition]:
    """Persons left after each step."""
    return question("/v1/cohorts/attrition", Attrition, _body(document, library, precision))


def genotypes(
    document: Document, variants: Sequence[str], library: Library | None, precision: PrecisionName | None
) -> Asked[Genotypes]:
    """Genotypes of variants in a cohort."""
    body = {**_body(document, library, precision), "variants": _list(variants)}
    return question("/v1/cohorts/genotypes", Genotypes, body)


def prevalence(
    document: Document,
    first_day: Day,
    last_day: Day,
    *,
    per: IntervalLength | str,
    measure: PrevalenceMeasure | str,
    by: Sequence[str] | None,
    library: Library | None,
    precision: PrecisionName | None,
) -> Asked[Prevalence]:
    """How common a cohort is over time."""
    body = {
        **_body(document, library, precision),
        "first_day": str(first_day),
        "last_day": str(last_day),
        "per": IntervalLength(per).value,
        "measure": PrevalenceMeasure(measure).value,
        "by": _list(by),
    }
    return question("/v1/cohorts/prevalence", Prevalence, body)


def incidence(
    document: Document, first_day: Day | None, last_day: Day | None, by: Sequence[str] | None, library: Library | None
) -> Asked[Incidence]:
    """Outcomes and time at risk; inside the trusted environment only."""
    days = {"first_day": str(first_day) if first_day else None, "last_day": str(last_day) if last_day else None}
    return question("/v1/cohorts/incidence", Incidence, {**document_body(document, library), **days, "by": _list(by)})


def overlap(documents: Sequence[Document], precision: PrecisionName | None) -> Asked[Overlap]:
    """Persons in every combination of cohorts."""
    body: dict[str, JsonValue] = {
        "cohorts": [document_body(each) for each in several(documents)],
        "precision": _name(precision),
    }
    return question("/v1/cohorts/overlap", Overlap, body)


def profile(
    document: Document, groups: Sequence[Document], most: int, precision: PrecisionName | None
) -> Asked[Profile]:
    """Persons of a cohort in each of several groups."""
    named: list[JsonValue] = [document_body(each) for each in several(groups)]
    body: dict[str, JsonValue] = {**_body(document, None, precision), "groups": named, "most": most}
    return question("/v1/cohorts/profile", Profile, body)


def expected_precision(size: int, cells: int, steps: int) -> Asked[PrecisionAnswer]:
    """What answers will be worth, and cost."""
    return look_up("/v1/precision", PrecisionAnswer, size=size, cells=cells, steps=steps)


def _body(document: Document, library: Library | None, precision: PrecisionName | None) -> dict[str, JsonValue]:
    return {**document_body(document, library), "precision": _name(precision)}


def _name(precision: PrecisionName | None) -> JsonValue:
    return Precision(precision).value if precision is not None else None


def _list(words: Sequence[str] | None) -> JsonValue:
    return None if words is None else list[JsonValue](several(words))
