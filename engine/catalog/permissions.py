"""Whether what a person permits lets a project use their data: the matching rules of the Data Use Ontology.

Some permission must allow every kind of research of the project, and no restriction may stand against it. What cannot
be told from the project's purpose stands against it. docs/reference/consent.md has the rules as a table.
"""

import datetime
from collections.abc import Iterable
from typing import assert_never

from schemas.consent import PERMISSION_CODES, Covers, Purpose, Research


def permits(permissions: Iterable[str], purpose: Purpose, *, on: datetime.date, covers: Covers) -> bool:
    """Whether someone with these permissions in force lets a project of this purpose use their data on a day."""
    held = [(head, about) for head, _, about in (text.partition(":") for text in permissions)]
    on_disease = _is_about(held, purpose, covers)
    codes = {head for head, _ in held}
    return all(_allows(codes, kind, on_disease=on_disease) for kind in purpose.research) and not any(
        _stands_against(head, about, purpose, on=on, on_disease=on_disease) for head, about in held
    )


def permits_any(permissions: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether someone grants one of the codes wanted and restricts nothing: for questions of no project's purpose."""
    heads = {text.partition(":")[0] for text in permissions}
    uses = {code for code in heads if code in PERMISSION_CODES and PERMISSION_CODES[code].is_use}
    return bool(uses & set(wanted)) and heads == uses


def _is_about(held: list[tuple[str, str]], purpose: Purpose, covers: Covers) -> bool:
    """Whether each disease of the project is one that is permitted, or a kind of it."""
    permitted = [int(about) for head, about in held if head == "DS" and about]
    return bool(purpose.diseases) and all(
        any(covers(allowed, disease) for allowed in permitted) for disease in purpose.diseases
    )


def _allows(codes: set[str], kind: Research, *, on_disease: bool) -> bool:
    match kind:
        case Research.GENERAL:
            return "GRU" in codes
        case Research.ANCESTRY:
            return bool(codes & {"GRU", "POA"})
        case Research.HEALTH | Research.METHODS | Research.CONTROLS:
            return bool(codes & {"GRU", "HMB"}) or on_disease
        case _:  # pragma: no cover - the enumeration is closed
            assert_never(kind)


def _stands_against(code: str, about: str, purpose: Purpose, *, on: datetime.date, on_disease: bool) -> bool:
    """Whether one permission forbids what the project does; what is not known here does."""
    match code:
        case "GRU" | "HMB" | "DS" | "POA":
            return False
        case "NPOA":
            return Research.ANCESTRY in purpose.research
        case "NMDS":
            return Research.METHODS in purpose.research and not on_disease
        case "GSO":
            return not purpose.is_genetic
        case "NPUNCU":
            return purpose.is_for_profit or purpose.is_commercial
        case "NPU":
            return purpose.is_for_profit
        case "NCU":
            return purpose.is_commercial
        case "PUB":
            return not purpose.publishes
        case "COL":
            return not purpose.collaborates
        case "IRB":
            return not purpose.has_ethics_approval
        case "RTN":
            return not purpose.returns_results
        case "GS":
            return set(purpose.countries) != {about}
        case "IS":
            return set(purpose.institutions) != {about}
        case "PS":
            return purpose.project != about
        case "TS":
            return on.isoformat() > about
        case "MOR":
            return on.isoformat() < about
        case _:
            return True
