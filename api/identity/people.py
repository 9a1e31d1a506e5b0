"""The file of projects and denials: read again whenever it changes, so that a denial holds from the next request."""

import json
import os
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from api.identity.addresses import Address
from api.identity.configuration import Any, Name, Some, Strict, Text, once, read_toml
from api.identity.signed import Identity
from schemas.errors import DataProblem


class Member(Strict):
    """A person of a project, as their issuer knows them."""

    issuer: Address
    subject: Text

    @property
    def identity(self) -> Identity:
        """The pair."""
        return Identity(self.issuer, self.subject)


class Project(Strict):
    """An approved project: its members, and the tier it was approved for."""

    id: Name
    tier: Literal["registered", "controlled"]
    members: Some[Member]


class Denial(Strict):
    """Tokens and visas of an issuer that no longer count: of one subject, with one id, or both."""

    issuer: Address
    subject: Text | None = None
    jti: Text | None = None
    reason: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.subject is None and self.jti is None:
            raise ValueError("name a `subject`, a `jti`, or both")
        return self


class Stop(Strict):
    """A project that is stopped, or a person's own: nobody asks anything in it."""

    project: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")
    reason: str = Field(default="", max_length=1000)


class People(Strict):
    """The whole file."""

    projects: Any[Project] = ()
    denied: Any[Denial] = ()
    stopped: Any[Stop] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        once("projects.id", (one.id for one in self.projects))
        return self

    def is_denied(self, identity: Identity, token_id: str) -> bool:
        """Whether a token or visa of this identity and id no longer counts."""
        issuer, subject = identity.issuer, identity.subject
        ways = ((issuer, subject, None), (issuer, None, token_id), (issuer, subject, token_id))
        return not self._denied.isdisjoint(ways)

    def is_stopped(self, project: str) -> bool:
        """Whether the kill switch of a project is on."""
        return project in self._stopped

    def project_of(self, identities: frozenset[Identity], project: str) -> Project | None:
        """The project of this id, when one of the identities is a member; absent otherwise."""
        found = self._projects.get(project)
        if found is None or all(member.identity not in identities for member in found.members):
            return None
        return found

    def projects_of(self, identities: frozenset[Identity]) -> tuple[str, ...]:
        """The ids of the projects that one of the identities is a member of, in the file's order."""
        return tuple(one.id for one in self.projects if any(member.identity in identities for member in one.members))

    @cached_property
    def _denied(self) -> frozenset[tuple[str, str | None, str | None]]:
        return frozenset((one.issuer, one.subject, one.jti) for one in self.denied)

    @cached_property
    def _stopped(self) -> frozenset[str]:
        return frozenset(one.project for one in self.stopped)

    @cached_property
    def _projects(self) -> dict[str, Project]:
        return {one.id: one for one in self.projects}


class PeopleFile:
    """The file, read when it changed. Thread-safe; a file that cannot be read lets nobody in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, ...], People] | None = None

    def now(self) -> People:
        """What the file says; raises `DataProblem`."""
        try:
            found = self._path.stat()
        except OSError:
            raise DataProblem(
                "identity-file", f"{self._path.name}: the file cannot be read", place=self._path
            ) from None
        state = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        with self._lock:
            if self._read is None or self._read[0] != state:
                self._read = (state, read_toml(self._path, People))
            return self._read[1]


@dataclass(frozen=True, slots=True)
class Entry:
    """A table to add at the end of the file."""

    name: Literal["denied", "stopped"]
    fields: dict[str, str]

    def as_text(self) -> str:
        """In TOML; a basic string of it is one of JSON, with DEL written as an escape."""
        lines = (
            f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
            for key, value in self.fields.items()
        )
        return "\n".join(("", f"[[{self.name}]]", *lines, ""))


def add_entry(path: Path, entry: Entry) -> None:
    """Add a denial or a stop, once it is known that the file is well-formed with it; raises `DataProblem`."""
    try:
        before = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataProblem("identity-file", f"{path.name}: the file cannot be read", place=path) from None
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("x", encoding="utf-8") as stream:
            stream.write(before.rstrip("\n") + "\n" + entry.as_text())
            stream.flush()
            os.fsync(stream.fileno())
        read_toml(aside, People)
        _give_as(path.stat(), aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _give_as(before: os.stat_result, aside: Path) -> None:
    """With the owner, group and mode of the file it replaces: root writes a file that the server has to read."""
    if os.geteuid() == 0:
        os.chown(aside, before.st_uid, before.st_gid)
    aside.chmod(before.st_mode & 0o777)
