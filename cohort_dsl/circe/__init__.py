"""OHDSI's cohort definitions (Circe JSON), read into the language and written from it."""

from cohort_dsl.circe.envelope import Definition, definition_in
from cohort_dsl.circe.exporting.document import to_circe
from cohort_dsl.circe.importing.context import Note
from cohort_dsl.circe.importing.document import Imported, from_circe

__all__ = ["Definition", "Imported", "Note", "definition_in", "from_circe", "to_circe"]
