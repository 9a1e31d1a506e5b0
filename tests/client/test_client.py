"""Both clients against a real server."""

import asyncio
import inspect
import pickle
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import polars
import pytest

from api.client import (
    AskedTooOften,
    AsyncClient,
    Client,
    DocumentWrong,
    NotPermitted,
    NotSignedIn,
    NotUnderstood,
    Retries,
    Unreachable,
    compare,
)
from api.client.asking import Asked, look_up
from api.client.builder import cohort, field, first, visit
from cohort_dsl import parse
from schemas.policy import AccessTier
from schemas.wire import Health, ReleaseInfo
from tests.client.conftest import Connect

ADULTS = 'cohort "Adults"\nindex first visit where age >= 20\ncount by sex\n'
OLDER = 'cohort "Older adults"\nindex first visit where age >= 60\n'


def test_every_question_is_answered_with_its_type(connect: Connect) -> None:
    client = connect()
    count = client.count(ADULTS)
    assert str(count).endswith("persons") and "±" in str(count)
    assert client.breakdown(ADULTS).dimensions == ["sex"]
    assert client.breakdown(ADULTS, ["age(10)"]).dimensions == ["age(10)"]
    assert client.attrition(ADULTS).population == client.release().persons
    assert client.genotypes(ADULTS, ["rs671"]).variants[0].variant == "rs671"
    overlap = client.overlap([ADULTS, OLDER])
    assert [each.name for each in overlap.cohorts] == ["Adults", "Older adults"]
    assert client.profile(ADULTS, [OLDER]).groups[0].name == "Older adults"
    assert client.prevalence(ADULTS, "2015-01-01", "2016-12-31", per="year").rows[0].interval == "2015"


def test_a_cohort_made_in_python_is_the_one_written_as_text(connect: Connect) -> None:
    made = cohort("Adults").index(first(visit().where(field("age") >= 20))).count_by("sex")
    assert made.build() == parse(ADULTS)
    client = connect()
    assert client.count(made).query == client.count(ADULTS).query == client.count(made.build()).query
    assert client.count(made).count == client.count(ADULTS).count  # the same question has the same answer


def test_an_ohdsi_definition_is_a_document(connect: Connect) -> None:
    client = connect()
    definition = client.export_definition('cohort "Seen"\nindex first ever visit\n').definition
    text = client.import_definition(definition, mode="corrected", name="Older").text
    assert text.startswith('cohort "Older"')
    assert client.validate(definition).cost_class is not None


def test_documents_that_refer_to_others_send_them_along(connect: Connect) -> None:
    again = 'cohort "Seen when older"\nindex entry of cohort "older"\n'
    with pytest.raises(DocumentWrong, match="cohort-unknown"):
        connect().count(again)
    assert connect().count(again, library={"older": OLDER}).count


def test_dictionaries_are_searched(connect: Connect) -> None:
    client = connect()
    assert any("diabetes" in each.name for each in client.concepts("diabetes"))
    assert all(each.vocabulary == "ATC" for each in client.concepts("statin", vocabulary="ATC"))
    assert client.genes("PCSK9")[0].gene == "PCSK9"
    assert client.variants("rs671").kind == "rsid"
    assert any(each.question_id == "smoking.status" for each in client.questions("smok"))
    assert "measurement.value" in client.fields("value") and "measurement.value" not in client.fields("allele")
    assert client.vocabularies() and client.examples() and client.panels() and client.scores()
    assert client.format(OLDER).text.startswith('cohort "Older adults"')
    assert client.explain(ADULTS).logical


def test_answers_become_tables_and_what_is_hidden_is_absent(connect: Connect) -> None:
    answer = connect().breakdown(ADULTS, ["sex", "age(10)"])
    frame = answer.to_polars()
    assert frame.schema["persons"] == polars.Int64 and frame.height == len(answer.cells)
    hidden = frame.filter(polars.col("persons").is_null())
    assert hidden.height and hidden["less_than"].is_not_null().all() and hidden["margin"].is_null().all()
    assert answer.to_arrow().to_pylist() == frame.to_dicts()


def test_a_terminal_shows_an_answer_in_one_line(connect: Connect) -> None:
    client = connect()
    count, attrition = client.count(ADULTS), client.attrition(ADULTS)
    assert repr(count) == f"<Count: {count}>" and "persons" in repr(count)
    assert repr(attrition) == f"<Attrition: {len(attrition.steps) + 1} rows>"


def test_a_notebook_shows_picture_numbers_and_what_they_mean(connect: Connect) -> None:
    client = connect()
    adults, older = client.breakdown(ADULTS, ["sex", "age(10)"]), client.breakdown(OLDER, ["sex", "age(10)"])
    shown = adults._repr_html_()
    assert "<svg" in shown and "<table" in shown and "95 of 100" in shown and "<script" not in shown
    assert "100번 중 95번" in adults.html("ko")
    assert "<svg" not in client.count(ADULTS).html() and "persons" in client.count(ADULTS).html()
    assert "Older" in compare(("Adults", adults), ("Older", older))._repr_html_()
    assert "polyline" not in adults.picture("breakdown").svg


def test_a_fault_of_a_document_shows_its_place(connect: Connect) -> None:
    with pytest.raises(DocumentWrong) as caught:
        connect().count('cohort "x"\nindex first visit where aeg >= 20\n')
    assert caught.value.items[0].line == 2
    assert "^" in str(caught.value)


@pytest.mark.parametrize(
    ("tier", "kind", "code"),
    [
        (AccessTier.PUBLIC, NotPermitted, "tier-not-interactive"),
        (AccessTier.REGISTERED, DocumentWrong, "precision-not-allowed"),
    ],
)
def test_refusals_are_told_apart(connect: Connect, tier: AccessTier, kind: type[Exception], code: str) -> None:
    with pytest.raises((kind, NotPermitted)) as caught:
        connect(tier).count(ADULTS, precision="fine")
    assert caught.value.code in (code, "access-precision")


def test_no_token_and_no_service(address: str) -> None:
    with Client(address, "nothing", retries=Retries(most=0)) as client, pytest.raises(NotSignedIn):
        client.budget()
    with Client("http://127.0.0.1:9", "nothing", retries=Retries(most=0)) as client, pytest.raises(Unreachable):
        client.budget()


class Garbled(BaseHTTPRequestHandler):
    """What a gateway sends that takes plain text for a compressed one."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-encoding", "gzip")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


def test_an_answer_that_cannot_be_unpacked_is_a_problem_as_any_other() -> None:
    async def awaited(address: str) -> None:
        async with AsyncClient(address, "nothing", retries=Retries(most=0)) as client:
            await client.budget()

    with HTTPServer(("127.0.0.1", 0), Garbled) as gateway:
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{gateway.server_port}"
        with (
            Client(address, "nothing", retries=Retries(most=0)) as client,
            pytest.raises(Unreachable, match="Decoding"),
        ):
            client.budget()
        with pytest.raises(Unreachable, match="Decoding"):
            asyncio.run(awaited(address))
        gateway.shutdown()


def test_a_token_is_asked_for_each_time(address: str, token: Callable[..., str]) -> None:
    asked = []

    def fresh() -> str:
        asked.append(1)
        return token()

    with Client(address, fresh) as client:
        client.budget()
        client.budget()
    assert len(asked) == 2


@pytest.mark.parametrize("address", ["http://kohort.example.org", "kohort.example.org", "ftp://localhost"])
def test_a_token_is_never_sent_in_the_clear(address: str) -> None:
    with pytest.raises(ValueError, match=r"https"):
        Client(address, "secret")


@pytest.mark.parametrize("wrong", [{"token": ""}, {"token": "토큰"}, {"token": "a\nb"}, {"project": "a b"}])
def test_what_no_header_takes_is_told_before_anything_is_sent(wrong: dict[str, str]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=f"the {name} is empty or holds"):
        Client("http://127.0.0.1:9", **{"token": "secret", **wrong})


def test_a_token_may_end_as_a_line_of_a_file_does(address: str, token: Callable[..., str]) -> None:
    for given in (f"{token()}\n", lambda: f" {token()}\r\n"):
        with Client(address, given) as client:
            assert client.budget().remaining_budget


def test_answers_and_problems_go_from_process_to_process(connect: Connect) -> None:
    client = connect()
    answer = client.count(ADULTS)
    with pytest.raises(DocumentWrong) as wrong:
        client.count("cohort")
    for each in (answer, wrong.value, AskedTooOften(wrong.value._document, retry_after=2.0)):
        again = pickle.loads(pickle.dumps(each))
        assert (type(again), str(again)) == (type(each), str(each))
    assert (again.retry_after, again.items) == (2.0, wrong.value.items)


def test_an_answer_of_another_kind_is_not_taken_for_one(connect: Connect) -> None:
    wrong: Asked[ReleaseInfo] = look_up("/health", ReleaseInfo)
    with pytest.raises(NotUnderstood, match="field"):
        connect().ask(wrong)
    assert connect().ask(look_up("/health", Health)).status


def test_the_asynchronous_client_asks_the_same_questions(
    address: str, token: Callable[..., str], connect: Connect
) -> None:
    async def both() -> tuple[object, ...]:
        async with AsyncClient(address, token()) as client:
            return await asyncio.gather(client.count(ADULTS), client.breakdown(ADULTS), client.concepts("diabetes"))

    count, table, concepts = asyncio.run(both())
    client = connect()
    assert count.count == client.count(ADULTS).count
    assert table.cells == client.breakdown(ADULTS).cells
    assert concepts == client.concepts("diabetes")


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> dict[str, str]:
        named = {name: each for name, each in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
        return {name: str(inspect.signature(each)) for name, each in named.items()}

    assert methods(Client) == methods(AsyncClient)
    unlike = [name for name in methods(AsyncClient) if not inspect.iscoroutinefunction(getattr(AsyncClient, name))]
    assert unlike == []
