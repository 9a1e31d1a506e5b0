"""What commands that ask the engine share: the options that say where, who and what, and a session to ask in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import engine
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    DocumentFile,
    Library,
    Project,
    Reason,
    ReleaseId,
    Releases,
    State,
    Tier,
)
from api.commands.reading import local_principal, open_session, read_document_file
from api.documents import Document
from api.problems import about
from cohort_dsl.ast import Dimension, VariantById
from engine import Request, Session, Unmatched
from schemas.policy import AccessTier, Precision

Safe = TypeVar("Safe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The release that a command is about."""

    releases: Releases = DEFAULT_RELEASES
    state: State = DEFAULT_STATE
    release: ReleaseId = None

    def session(self) -> AbstractContextManager[Session]:
        """Open for the time of the command."""
        return open_session(self.releases, self.state, self.release)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker(Place):
    """Who asks about documents, and who pays."""

    library: Library = field(default_factory=list[Path])
    tier: Tier = AccessTier.INTERNAL
    project: Project = "internal"
    reason: Reason = None

    def document(self, file: str) -> Document:
        """A file's document with those it refers to."""
        return read_document_file(file, self.library)

    def request(
        self,
        document: Document,
        *,
        precision: Precision | None = None,
        dimensions: tuple[Dimension, ...] | None = None,
        variants: tuple[VariantById, ...] = (),
    ) -> Request:
        """The question of whoever runs the command; exact numbers need a reason."""
        return Request(
            cohort=document.cohort,
            principal=local_principal(self.tier, self.project, self.reason),
            library=document.library,
            precision=precision,
            dimensions=dimensions,
            variants=variants,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Safe]):
    """What was asked about, by which canonical hash, what may be said of it, and which names match nothing."""

    document: Document
    query_hash: str
    safe: Safe
    unmatched: tuple[Unmatched, ...]

    @property
    def name(self) -> str:
        """The cohort's."""
        return self.document.cohort.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Asker):
    """A question about one document."""

    file: DocumentFile

    def found(
        self,
        ask: Callable[[Session, Request], Safe],
        *,
        precision: Precision | None = None,
        dimensions: tuple[Dimension, ...] | None = None,
        variants: tuple[VariantById, ...] = (),
    ) -> Found[Safe]:
        """What the engine finds; problems of the document are shown in its text."""
        document = self.document(self.file)
        request = self.request(document, precision=precision, dimensions=dimensions, variants=variants)
        with self.session() as session, about(document.text):
            read = engine.validate(session, document.cohort, document.library, self.tier)
            safe = ask(session, request)
        return Found(document=document, query_hash=read.query_hash, safe=safe, unmatched=read.unmatched)
