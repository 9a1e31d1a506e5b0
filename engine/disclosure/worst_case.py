"""The most that anybody can have been charged, by the log alone: what balances are raised to when their file is lost.

The log says what each new answer cost and not whom it counted, so it may have counted everybody. A balance made here
is never below the true one; it only leaves people out of answers earlier than they need have been.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.disclosure.account import AccountKind
from engine.disclosure.persons import MOST, PersonAxis, PersonBalances


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """That entry `number` of the log gave new answers, for at most `price` nano-rho a person."""

    number: int
    price: int


def answered_by_axis(database: sqlite3.Connection) -> Mapping[PersonAxis, Sequence[Answered]]:
    """The new answers of the log, by whose people they were about."""
    found: defaultdict[PersonAxis, list[Answered]] = defaultdict(list)
    for number, text in database.execute("select number, entry from audit order by number"):
        entry: Mapping[str, Any] = json.loads(text)
        if entry["outcome"] == "answered" and set(entry["qids"]) - set(entry["replayed"]):
            axis = PersonAxis(release_id=entry["release_id"], period=entry["period"], persons=entry["population"])
            found[axis].append(Answered(number=int(number), price=_price(entry["charged"])))
    return found


def _price(charged: Mapping[str, int]) -> int:
    """Nobody can have paid for a question that is new, so each account paid it in full, and no person pays more.

    What the public cube costs is promised to everybody on top of their cap, and charged to nobody.
    """
    return 0 if AccountKind.PUBLIC.value in charged else min(charged.values())


def worst_case(axis: PersonAxis, files: Sequence[PersonBalances], answered: Sequence[Answered]) -> PersonBalances:
    """The balances of the files that are left, and everybody charged for all answers that none of them knows."""
    known = max((file.entries + 1 for file in files if file.generation), default=0)  # a new file knows of no answer
    missing = min(sum(answer.price for answer in answered if answer.number > known), MOST)
    spent = np.zeros(axis.persons, np.uint64)
    for file in files:
        np.maximum(spent, file.spent, out=spent)
    raised = np.minimum(spent + np.uint64(missing), np.uint64(MOST)).astype(np.uint32)
    return PersonBalances(
        generation=max((file.generation for file in files), default=0),
        spent=raised,
        entries=max((answer.number for answer in answered), default=0),
    )


def without_own(file: PersonBalances) -> PersonBalances:
    """The balances without their word that they hold the charges of the next entry.

    A file's last change may be of an answer that nobody got, and then the next entry is of a later change.
    """
    return replace(file, entries=file.entries - 1)


def as_surely_charged(file: PersonBalances, answered: Sequence[Answered], *, later: int) -> PersonBalances:
    """The balances, with their word about the next entry only where the log shows that it is of their own change.

    At most `later` changes came after. More answers than that since are one that the file itself holds.
    """
    since = sum(answer.number > file.entries for answer in answered)
    return file if since > later else without_own(file)


def all_spent(balances: PersonBalances) -> PersonBalances:
    """Balances that leave nobody in any new answer."""
    return replace(balances, spent=np.full(len(balances.spent), MOST, np.uint32))


def generation_of(database: sqlite3.Connection, axis: PersonAxis) -> int:
    """How many changes the file of these people must hold at least."""
    row = database.execute(
        "select generation from person_ledger where release_id = ? and period = ?", (axis.release_id, axis.period)
    ).fetchone()
    return 0 if row is None else int(row[0])


def keep_generation(database: sqlite3.Connection, axis: PersonAxis, generation: int) -> None:
    """Remember, in the transaction that stores the answers paid for, that the file has so many changes."""
    database.execute(
        "insert into person_ledger values (?, ?, ?) "
        "on conflict (release_id, period) do update set generation = excluded.generation",
        (axis.release_id, axis.period, generation),
    )
