"""OHDSI's cohort definitions in and out."""

import json
from functools import partial

from fastapi import APIRouter

from api.documents import read_definition, read_document
from api.envelope import import_answer
from api.problems import about
from api.routes.responses import COHORT_PROBLEMS
from api.service import SIGNED_IN, Caller, Here
from cohort_dsl.ast import Mode
from cohort_dsl.circe import to_circe
from engine import Session
from schemas.wire import CohortDocument, DefinitionImport, ExportedDefinition, ImportedDefinition

router = APIRouter(prefix="/v1/cohorts", tags=["cohorts"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])


@router.post("/import", response_model_exclude_none=True)
async def import_definition(body: DefinitionImport, caller: Caller, service: Here) -> ImportedDefinition:
    """An OHDSI cohort definition as a document, with notes on what it became and lints.

    What is wrong with the definition, or cannot be said, is listed with its JSON Pointer.
    """
    return await service.run(caller.project, partial(_imported, body, service.session))


@router.post("/export")
async def export_definition(body: CohortDocument, caller: Caller, service: Here) -> ExportedDefinition:
    """A document as an OHDSI cohort definition, or the problem that names what Circe cannot say."""
    return await service.run(caller.project, _exported, body)


def _imported(body: DefinitionImport, session: Session) -> ImportedDefinition:
    text = json.dumps(body.definition, ensure_ascii=False)
    return import_answer(read_definition(text, mode=Mode(body.mode), name=body.name), session.lints)


def _exported(body: CohortDocument) -> ExportedDefinition:
    document = read_document(body)
    with about(document.text):
        return ExportedDefinition(definition=json.loads(to_circe(document.cohort)))
