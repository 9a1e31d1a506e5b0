"""What the engine relies on in a vocabulary and a source may lack: every concept is its own ancestor."""

from engine.ingest.report import TableReport
from engine.ingest.session import Session, sql
from engine.ingest.table import Target, append
from schemas.release import CONCEPT_ANCESTOR

_MISSING_SELF_ROWS = """
    WITH named AS (
        SELECT concept_id FROM concept
        UNION SELECT ancestor_concept_id FROM READ_PARQUET($ancestors)
        UNION SELECT descendant_concept_id FROM READ_PARQUET($ancestors)
    )
    SELECT concept_id AS ancestor_concept_id, concept_id AS descendant_concept_id
    FROM named
    WHERE concept_id NOT IN (
        SELECT ancestor_concept_id FROM READ_PARQUET($ancestors) WHERE ancestor_concept_id = descendant_concept_id
    )
"""


def add_self_rows(session: Session, report: TableReport, target: Target) -> TableReport:
    """Add (concept, concept) for each concept of the vocabulary that `concept_ancestor` lacks it for.

    Needs the view `concept` of the session.
    """
    rows = sql(_MISSING_SELF_ROWS, ancestors=target.file)
    return append(session, report, CONCEPT_ANCESTOR, target, rows)
