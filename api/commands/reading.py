"""Documents from files and standard input, and a session of the engine for one command."""

import datetime
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from api.documents import Document, read_any, read_json_text
from api.settings import ServerSettings
from cohort_dsl.ast import Cohort
from cohort_dsl.limits import MOST_JSON_CHARACTERS
from engine import EngineSettings, Principal, Session, today_in_korea
from schemas.errors import AnalysisProblem, DataProblem
from schemas.policy import AccessTier, DisclosurePolicy

STDIN = "-"
_MOST_BYTES = 4 * MOST_JSON_CHARACTERS


def read_file(name: str) -> str:
    """The text of a file, or of standard input for `-`; `DataProblem` when it cannot be read as UTF-8."""
    try:
        if name == STDIN:
            raw = sys.stdin.buffer.read(_MOST_BYTES)
        else:
            with Path(name).open("rb") as stream:
                raw = stream.read(_MOST_BYTES)
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise DataProblem("file-missing", f"there is no file {name}", place=Path(name)) from None
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise DataProblem("file-unreadable", f"{name} cannot be read: {why}", place=Path(name)) from None
    except UnicodeDecodeError:
        raise DataProblem("file-encoding", f"{name} is not text in UTF-8", place=Path(name)) from None


def read_document_file(name: str, library: list[Path]) -> Document:
    """The document of a file with those it refers to; raises `DocumentProblems` or `DataProblem`."""
    document = _read(name)
    others: dict[str, Cohort] = {}
    for path in library:
        cohort = _read(str(path)).cohort
        if cohort.name in others:
            raise AnalysisProblem("library-name-twice", f"two documents of the library are named {cohort.name!r}")
        others[cohort.name] = cohort
    return replace(document, library=others)


def _read(name: str) -> Document:
    text = read_file(name)
    return read_json_text(text) if name.endswith(".json") else read_any(text)


def local_principal(tier: AccessTier, project: str, reason: str | None = None) -> Principal:
    """Whoever runs the command, on this machine."""
    return Principal(
        user=getpass.getuser(), project=project, institution="local", tier=tier, reason=reason, address="command line"
    )


@contextmanager
def open_session(
    releases: Path,
    state: Path,
    release_id: str | None,
    *,
    policy: DisclosurePolicy | None = None,
    today: Callable[[], datetime.date] = today_in_korea,
) -> Iterator[Session]:
    """A session for the time of one command, with the server's settings for the rest; raises `DataProblem`."""
    served = ServerSettings()
    settings = EngineSettings(releases=releases, state=state, release_id=release_id, projects=served.projects)
    session = Session.open(settings, policy or served.rules(), today=today)
    try:
        yield session
    finally:
        session.close()
