"""Projects, denials and stops: they hold from the next request, also for those who are signed in."""

import os
from pathlib import Path

import pytest

from api.auth import ProjectRefused, TokenRefused
from api.identity.people import Entry, add_entry
from api.identity.signed import Identity
from api.identity.verifier import AccessNotGranted, ProviderTokens, user_id
from schemas.errors import DataProblem
from schemas.policy import AccessTier
from tests.identity.world import COMMITTEE, LOGIN, VISAS, World, quoted


@pytest.fixture
def verifier(world: World) -> ProviderTokens:
    return world.verifier()


def deny(world: World, **fields: str) -> None:
    add_entry(world.people, Entry("denied", fields))


def test_a_denied_person_is_out_at_the_next_request(world: World, verifier: ProviderTokens) -> None:
    token = world.token(*world.researcher())
    verifier.principal(token)
    deny(world, issuer=LOGIN, subject="bob")
    verifier.principal(token)
    deny(world, issuer=LOGIN, subject="alice", reason="left")
    for one in (token, world.token(*world.researcher())):
        with pytest.raises(TokenRefused):
            verifier.principal(one)


def test_a_denied_token_is_out_and_the_next_one_is_not(world: World, verifier: ProviderTokens) -> None:
    token, next_one = world.token(*world.researcher(), jti="stolen"), world.token(*world.researcher())
    verifier.principal(token)
    deny(world, issuer=LOGIN, jti="stolen")
    with pytest.raises(TokenRefused):
        verifier.principal(token)
    assert verifier.principal(next_one)


def test_an_id_is_of_one_issuer(world: World, verifier: ProviderTokens) -> None:
    token = world.token(*world.researcher(), jti="1")
    deny(world, issuer=VISAS, jti="1")
    deny(world, issuer=LOGIN, jti="1", subject="bob")
    assert verifier.principal(token)
    deny(world, issuer=LOGIN, jti="1", subject="alice")
    with pytest.raises(TokenRefused):
        verifier.principal(token)


def test_a_denied_visa_counts_no_more(world: World, verifier: ProviderTokens) -> None:
    token = world.token(*world.researcher(), world.grant(jti="grant"))
    assert verifier.principal(token, "T2DM-14").tier is AccessTier.CONTROLLED
    deny(world, issuer=COMMITTEE, jti="grant")
    with pytest.raises(ProjectRefused):
        verifier.principal(token, "T2DM-14")
    assert verifier.principal(token).tier is AccessTier.REGISTERED
    deny(world, issuer=VISAS, subject="alice")
    with pytest.raises(AccessNotGranted):
        verifier.principal(token)


def test_a_stopped_project_asks_nothing_more(world: World, verifier: ProviderTokens) -> None:
    token = world.token(*world.researcher(), world.grant())
    user = verifier.principal(token, "T2DM-14").user
    add_entry(world.people, Entry("stopped", {"project": "T2DM-14", "reason": "review"}))
    with pytest.raises(ProjectRefused):
        verifier.principal(token, "T2DM-14")
    assert verifier.principal(token, "OPEN-1").project == "OPEN-1"
    add_entry(world.people, Entry("stopped", {"project": f"personal:{user}"}))
    with pytest.raises(ProjectRefused):
        verifier.principal(token)


def test_a_member_who_is_taken_off_is_out_at_the_next_request(world: World, verifier: ProviderTokens) -> None:
    token = world.token(*world.researcher(), world.grant())
    verifier.principal(token, "T2DM-14")
    world.people.write_text(world.people.read_text().replace('"alice"', '"carol"'))
    with pytest.raises(ProjectRefused):
        verifier.principal(token, "T2DM-14")


def test_a_project_of_others_reads_like_none(world: World, verifier: ProviderTokens) -> None:
    token = world.token(*world.researcher(), world.grant())
    world.people.write_text(world.people.read_text() + '\n[[projects]]\nid = "THEIRS"\ntier = "registered"\n'
                            f'members = [{{ issuer = "{LOGIN}", subject = "bob" }}]\n')  # fmt: skip
    texts = set()
    for project in ("THEIRS", "NONE"):
        with pytest.raises(ProjectRefused) as told:
            verifier.principal(token, project)
        texts.add(str(told.value))
    assert len(texts) == 1


def test_a_file_that_cannot_be_read_lets_nobody_in(world: World, verifier: ProviderTokens) -> None:
    token, before = world.token(*world.researcher()), world.people.read_text()
    verifier.principal(token)
    for broken in ("[[denied", '[[denied]]\nissuer = "https://x.example"\n', '[[deny]]\nissuer = "x"\n'):
        world.people.write_text(broken)
        with pytest.raises(DataProblem, match="identity-file"):
            verifier.principal(token)
    world.people.unlink()
    with pytest.raises(DataProblem, match="identity-file"):
        verifier.principal(token)
    world.people.write_text(before)
    assert verifier.principal(token)


@pytest.mark.parametrize("text", ['x" \n[[stopped]]\nproject = "OPEN-1', "\\", "한국어", "\x7f\t\n", '"""'])
def test_a_reason_stays_a_reason(world: World, verifier: ProviderTokens, text: str) -> None:
    deny(world, issuer=LOGIN, jti="1", reason=text)
    people = verifier.people.now()
    assert people.denied[-1].reason == text
    assert people.stopped == ()


def test_an_entry_that_is_not_well_formed_changes_nothing(world: World) -> None:
    before = world.people.read_bytes()
    for entry in (
        Entry("denied", {"issuer": LOGIN}),
        Entry("stopped", {"project": "a b"}),
        Entry("denied", {"issuer": "x", "jti": "1"}),
    ):
        with pytest.raises(DataProblem):
            add_entry(world.people, entry)
    assert world.people.read_bytes() == before
    assert sorted(path.name for path in world.folder.iterdir()) == ["identity.toml", "people.toml"]


def test_adding_keeps_the_files_mode(world: World) -> None:
    world.people.chmod(0o640)
    deny(world, issuer=LOGIN, jti="1")
    assert world.people.stat().st_mode & 0o777 == 0o640


def test_a_session_ends_after_ten_minutes(world: World, verifier: ProviderTokens) -> None:
    """Within it keys are not asked for; after it, the visas are read again, and one has expired."""
    token = world.token(*world.researcher()[:3], world.affiliation(exp=world.now + 660), exp=world.now + 3600)
    verifier.principal(token)
    fetched = len(world.fetched)
    world.now += 599
    world.served.clear()
    assert verifier.principal(token)
    assert len(world.fetched) == fetched
    world.now += 122
    with pytest.raises(AccessNotGranted):
        verifier.principal(token)


def test_a_session_ends_with_its_token_and_its_visas(world: World, verifier: ProviderTokens) -> None:
    short = world.token(*world.researcher(), exp=world.now + 100)
    passing = world.token(*world.researcher()[:3], world.affiliation(exp=world.now + 100))
    verifier.principal(short)
    verifier.principal(passing)
    world.now += 159
    assert verifier.principal(short)
    assert verifier.principal(passing)
    world.now += 1
    with pytest.raises(TokenRefused):
        verifier.principal(short)
    with pytest.raises(AccessNotGranted):
        verifier.principal(passing)


def test_one_session_is_of_one_token(world: World, verifier: ProviderTokens) -> None:
    good = world.token(*world.researcher())
    verifier.principal(good)
    with pytest.raises(TokenRefused):
        verifier.principal(good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"))


def test_the_account_of_a_person_is_of_one_issuer_and_subject(world: World, verifier: ProviderTokens) -> None:
    signed = [verifier.verify_token(world.token(sub=name), world.now).identity for name in ("alice", "bob", "alice")]
    ids = [user_id(identity) for identity in signed]
    assert ids[0] == ids[2] != ids[1]
    assert len(ids[0]) == 34
    assert Path(ids[0]).name == ids[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_what_root_adds_stays_the_file_of_who_reads_it(world: World) -> None:
    """Else the server's user could not read it, and nobody would get in."""
    os.chown(world.people, 10001, 10002)
    world.people.chmod(0o640)
    deny(world, issuer=LOGIN, jti="1")
    after = world.people.stat()
    assert (after.st_uid, after.st_gid, after.st_mode & 0o777) == (10001, 10002, 0o640)


def test_accounts_that_a_trusted_link_joins_are_of_one_person(world: World, verifier: ProviderTokens) -> None:
    """Alice with a second account at the provider: each passport names the other account, by way of the visas' issuer."""
    first = verifier.principal(world.token(*world.researcher()))
    link = world.links(f"second,{quoted(LOGIN)};alice,{quoted(COMMITTEE)}")
    second = verifier.principal(world.token(link, world.status(), world.terms(), world.affiliation(), sub="second"))
    assert first.user != second.user
    assert set(first.linked) & set(second.linked) == {
        user_id(Identity(VISAS, "alice")),
        user_id(Identity(COMMITTEE, "alice")),
    }
    assert first.user not in first.linked


def test_a_link_by_somebody_who_may_not_link_joins_no_accounts(world: World, verifier: ProviderTokens) -> None:
    forged = world.links(f"victim,{quoted(LOGIN)};alice,{quoted(LOGIN)}", iss=COMMITTEE)
    principal = verifier.principal(world.token(*world.researcher(), forged))
    assert user_id(Identity(LOGIN, "victim")) not in principal.linked


def test_a_stop_of_ones_own_project_holds_under_each_account(world: World, verifier: ProviderTokens) -> None:
    both = world.links(f"second,{quoted(LOGIN)};alice,{quoted(LOGIN)}")
    token = world.token(*world.researcher(), both)
    assert verifier.principal(token)
    add_entry(world.people, Entry("stopped", {"project": f"personal:{user_id(Identity(LOGIN, 'second'))}"}))
    with pytest.raises(ProjectRefused):
        verifier.principal(token)
