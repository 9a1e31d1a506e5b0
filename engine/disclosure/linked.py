"""Which accounts are one person's, remembered for good: what they spent counts as one sum.

A link that was shown once holds from then on, whether or not it is shown again, so that leaving it out opens no second
budget. Links go through others: who was A and B, and then B and C, is one person with three accounts. Balances stay
with the accounts that paid. Linking adds them up, so that what a person has spent can only grow by it.
"""

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, Final

from engine.disclosure.account import Account, AccountKind

LINKED_TABLE: Final = """
create table if not exists linked (
    kind text not null, id text not null, other text not null, primary key (kind, id, other)) without rowid;
create index if not exists linked_other on linked (kind, other);
create trigger if not exists linked_stays before delete on linked begin select raise(abort, 'links stay'); end;
create trigger if not exists linked_fixed before update on linked begin select raise(abort, 'links stay'); end;
"""

_PERSON: Final = """
with recursive person(id) as (
    select ? union
    select l.other from linked l join person p on l.kind = ? and l.id = p.id union
    select l.id from linked l join person p on l.kind = ? and l.other = p.id)
select id from person"""

Link = tuple[str, str, str]
"""Kind of account, the account that showed the link, and the other."""


def accounts_of_person(database: sqlite3.Connection, account: Account) -> frozenset[str]:
    """The ids of all accounts of its kind that its holder has: as far as is remembered, and as they show now."""
    return frozenset().union(*(_known(database, account.kind, id) for id in (account.id, *account.linked)))


def new_links(database: sqlite3.Connection, accounts: Collection[Account]) -> tuple[Link, ...]:
    """The links of these accounts that are not known yet, directly or through others."""
    return tuple(
        (account.kind.value, account.id, other)
        for account in accounts
        if account.linked
        for other in sorted(set(account.linked) - _known(database, account.kind, account.id))
    )


def remember_links(database: sqlite3.Connection, links: Collection[Link]) -> None:
    """Keep them for good."""
    database.executemany("insert or ignore into linked values (?, ?, ?)", links)


def links_of(entry: Mapping[str, Any]) -> tuple[Link, ...]:
    """The links that an entry of the log was the first to tell of."""
    return tuple((str(kind), str(id), str(other)) for kind, id, other in entry.get("links", ()))


def stored_links(database: sqlite3.Connection) -> frozenset[Link]:
    """All that are kept; none in a ledger from before there were any."""
    if database.execute("select 1 from sqlite_master where name = 'linked'").fetchone() is None:
        return frozenset()
    return frozenset((str(kind), str(id), str(other)) for kind, id, other in database.execute("select * from linked"))


def _known(database: sqlite3.Connection, kind: AccountKind, id: str) -> frozenset[str]:
    """The account, and what is remembered to be linked to it, directly or through others."""
    rows = database.execute(_PERSON, (id, kind.value, kind.value))
    return frozenset(str(found) for (found,) in rows)
