"""Which identities are one person: those that trusted LinkedIdentities visas put together."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from api.identity.signed import Identity
from api.identity.visas import Visa

MOST_LINKS: Final = 200


def linked_identities(holder: Identity, visas: Iterable[Visa]) -> frozenset[Identity]:
    """The holder and every identity linked to them, directly or through another link.

    Links that depend on conditions count for nothing, nor do values with one faulty entry.
    """
    groups = [_group(visa) for visa in visas if visa.type == "LinkedIdentities" and visa.conditions is None]
    person = frozenset({holder})
    for _ in groups:
        person = person.union(*(group for group in groups if group & person))
    return person


def _group(visa: Visa) -> frozenset[Identity]:
    """The visa's own identity and those it lists, written `sub,iss;sub,iss`, each part percent-encoded."""
    entries = visa.value.split(";")
    parts = [entry.split(",") for entry in entries]
    if len(entries) > MOST_LINKS or any(len(part) != 2 or not all(part) for part in parts):
        return frozenset({visa.identity})
    return frozenset({visa.identity, *(Identity(unquote(issuer), unquote(subject)) for subject, issuer in parts)})
